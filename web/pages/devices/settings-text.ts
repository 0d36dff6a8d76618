/** What to type into a device, line by line, for its card; and the same as text for the QR. Pure. */
import type { DeviceSettings, SettingField } from "../../../appliance/services.ts";
import type { deviceSetupWords } from "../../locales/device-setup.ts";

type Words = (typeof deviceSetupWords)["en"];

export interface TypedLine {
	readonly field: SettingField;
	/** As the device's menu calls it. */
	readonly label: string;
	/** Its usual name, where the menu has another. */
	readonly usual?: string;
	/** Absent: nothing is to be typed. */
	readonly value?: string;
	/** In place of a value, or beside it. */
	readonly note?: string;
}

export function linesToType(settings: DeviceSettings, words: Words): readonly TypedLine[] {
	const { hints, server, ports, username, password, sender } = settings;
	const [best] = ports;
	const line = (field: SettingField, rest: Pick<TypedLine, "value" | "note">): TypedLine => {
		const own = hints?.words[field];
		const usual = words.fields[field];
		const isOther = own !== undefined && own.toLowerCase() !== usual.toLowerCase();
		return { field, label: own ?? usual, ...(isOther ? { usual } : {}), ...rest };
	};
	return [
		line("server", { value: server }),
		...(best === undefined
			? []
			: [
					line("port", { value: String(best.port) }),
					line("security", {
						value: hints?.securityWords[best.security] ?? words.security[best.security],
					}),
				]),
		...(username === ""
			? [line("username", { note: words.noSignIn })]
			: [
					line("username", { value: username }),
					line("password", password === null ? { note: words.passwordGone } : { value: password }),
				]),
		line("sender", sender === "" ? { note: words.anySender } : { value: sender }),
	];
}

export function textOf(name: string, lines: readonly TypedLine[]): string {
	return [name, ...lines.map(({ label, value, note }) => `${label}: ${value ?? note ?? ""}`)].join("\n");
}
