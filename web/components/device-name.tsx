/** Who gave a message in, as the queue names it: a device, somebody unknown, or Postern itself with its reports. */
import type { FC } from "hono/jsx";
import { mailWords } from "../locales/mail.ts";
import { useWords } from "../page-context.ts";

/** Names that no device can have (queue/stranger-lane.ts, queue/bounces.ts). */
const STRANGER = "stranger ";
const REPORTS = "Postern (reports)";

/** Undefined for a device. */
export function strangerAddress(name: string): string | undefined {
	return name.startsWith(STRANGER) ? name.slice(STRANGER.length) : undefined;
}

/** Where there is a page of it. */
export function devicePath(name: string): string | undefined {
	if (name === REPORTS || name === "") return undefined;
	const address = strangerAddress(name);
	return address === undefined
		? `/devices/${encodeURIComponent(name)}`
		: `/strangers/${encodeURIComponent(address)}`;
}

export function deviceTitle(name: string, words: { stranger(address: string): string; reports: string }) {
	const address = strangerAddress(name);
	if (address !== undefined) return words.stranger(address);
	return name === REPORTS ? words.reports : name;
}

export const DeviceName: FC<{ readonly name: string }> = ({ name }) => (
	<>{deviceTitle(name, useWords(mailWords))}</>
);

/** `isGone`: it was removed or renamed since, so there is no page of it. */
export const DeviceLink: FC<{ readonly name: string; readonly isGone: boolean }> = ({ name, isGone }) => {
	const { removed } = useWords(mailWords);
	const path = devicePath(name);
	if (isGone && path !== undefined) {
		return (
			<>
				{name} <span class="quiet">({removed})</span>
			</>
		);
	}
	return path === undefined ? (
		<DeviceName name={name} />
	) : (
		<a href={path}>
			<DeviceName name={name} />
		</a>
	);
};
