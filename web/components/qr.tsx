/** A QR code as one SVG path; dark on light in both themes, since many phones read no other. */
import type { FC } from "hono/jsx";
import { encode } from "uqr";

/** The quiet zone that readers need (ISO/IEC 18004). */
const BORDER_MODULES = 4;

export const Qr: FC<{ readonly text: string; readonly label: string }> = ({ text, label }) => {
	const { data, size } = encode(text, { border: BORDER_MODULES, ecc: "M" });
	const path = data.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : [])));
	return (
		<svg
			class="qr"
			viewBox={`0 0 ${size} ${size}`}
			role="img"
			aria-label={label}
			shape-rendering="crispEdges"
		>
			<rect width={size} height={size} fill="#fff" />
			<path d={path.join("")} fill="#000" />
		</svg>
	);
};
