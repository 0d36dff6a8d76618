/** Line icons, 24 by 24, drawn for this console. Decoration only: what they mean always stands beside them in words. */
import type { FC } from "hono/jsx";

const PATHS = {
	overview: "M4 13h6V4H4zM14 20h6V11h-6zM4 20h6v-4H4zM14 8h6V4h-6z",
	mail: "M3 6h18v12H3zM3 7l9 6 9-6",
	devices: "M7 8V3h10v5M5 8h14v8H5zM8 13h8v8H8zM16 11h.01",
	microsoft: "M7 18a4 4 0 0 1-.5-8A6 6 0 0 1 18 9.5 4.3 4.3 0 0 1 17.5 18z",
	mailboxes: "M3 17V11a4 4 0 0 1 4-4h10a4 4 0 0 1 4 4v6zM7 7a4 4 0 0 1 4 4v6M12 20v-3M15 11h3V8",
	log: "M6 3h9l4 4v14H6zM15 3v4h4M9 12h7M9 16h7",
	system:
		"M4 7h10M18 7h2M14 7a2 2 0 1 0 4 0 2 2 0 0 0-4 0zM4 17h2M10 17h10M6 17a2 2 0 1 0 4 0 2 2 0 0 0-4 0z",
	people:
		"M9 11a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM2 21c0-4 3-6 7-6s7 2 7 6M16 4a4 4 0 0 1 0 7M18 15c2.500.6 4 2.500 4 5",
	me: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM5 21c0-4 3-6 7-6s7 2 7 6",
	more: "M4 7h16M4 12h16M4 17h16",
	back: "M15 5l-7 7 7 7",
	forward: "M9 5l7 7-7 7",
	check: "M5 13l4 4L19 7",
	alert: "M12 4l9 16H3zM12 10v4M12 17h.01",
	info: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 11v5M12 8h.01",
	copy: "M9 9h11v11H9zM5 15H4V4h11v1",
	print: "M7 8V3h10v5M5 8h14v8h-3M8 16H5M8 13h8v8H8z",
	add: "M12 5v14M5 12h14",
	pause: "M8 5v14M16 5v14",
	play: "M7 5l12 7-12 7z",
	camera: "M3 8h4l2-3h6l2 3h4v11H3zM12 10a3.500 3.500 0 1 0 0 7 3.500 3.500 0 0 0 0-7z",
	plc: "M4 5h16v14H4zM8 5v14M11 9h6M11 13h6",
	nas: "M4 4h16v7H4zM4 13h16v7H4zM7 7.500h.01M7 16.500h.01M11 7.500h6M11 16.500h6",
	server: "M5 3h14v18H5zM9 7h6M9 11h6M12 17h.01",
	ups: "M6 7h12v14H6zM10 7V4h4v3M13 10l-3 4h4l-3 4",
	script: "M4 5h16v14H4zM7 9l3 3-3 3M12 15h5",
	other:
		"M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM9.500 9.500a2.500 2.500 0 1 1 3.500 2.300c-.7.4-1 .9-1 1.700M12 17h.01",
} as const;

export type IconName = keyof typeof PATHS;

export const Icon: FC<{ readonly name: IconName; readonly size?: number }> = ({ name, size = 24 }) => (
	<svg
		class="icon"
		viewBox="0 0 24 24"
		width={size}
		height={size}
		fill="none"
		stroke="currentColor"
		stroke-width="1.75"
		stroke-linecap="round"
		stroke-linejoin="round"
		aria-hidden="true"
		focusable="false"
	>
		<path d={PATHS[name]} />
	</svg>
);
