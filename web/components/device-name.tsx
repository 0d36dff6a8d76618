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

export const DeviceLink: FC<{ readonly name: string }> = ({ name }) => {
	const path = devicePath(name);
	return path === undefined ? (
		<DeviceName name={name} />
	) : (
		<a href={path}>
			<DeviceName name={name} />
		</a>
	);
};
