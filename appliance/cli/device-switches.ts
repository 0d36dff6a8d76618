/** The words behind `--turn-on` and `--turn-off`: the leniencies of one device, by their keys in the configuration file. */
import { nearest } from "../config/nearest.ts";
import type { DeviceSwitches } from "../services.ts";
import { UsageError } from "./command.ts";

const FLAGS = [
	"legacy_tls",
	"lf_line_ends",
	"auth_without_tls",
	"accept_any_credentials",
	"cram_md5",
] as const satisfies readonly (keyof DeviceSwitches)[];
const HIDE_EHLO = "hide_ehlo";

/** For the help. */
export const SWITCH_NAMES = `${FLAGS.join(", ")}, ${HIDE_EHLO}=KEYWORD,…`;

/** `legacy_tls`, `hide_ehlo=CHUNKING,STARTTLS`, and off `hide_ehlo` alone; undefined when there are none. */
export function switchesFrom(
	option: "turn-on" | "turn-off",
	words: readonly string[],
): DeviceSwitches | undefined {
	if (words.length === 0) return undefined;
	const isOn = option === "turn-on";
	const hidden: string[] = [];
	const switches: Record<string, unknown> = {};
	for (const word of words) {
		const [name = "", value] = word.split("=", 2);
		const key = name.trim().toLowerCase().replaceAll("-", "_");
		const isFlag = FLAGS.some((flag) => flag === key);
		if (isFlag && value === undefined) switches[key] = isOn;
		else if (key === HIDE_EHLO && !isOn && value === undefined) switches[key] = [];
		else if (key === HIDE_EHLO && isOn && value) hidden.push(...value.split(",").map((one) => one.trim()));
		else throw unknownSwitch(option, word, key);
	}
	return { ...switches, ...(hidden.length === 0 ? {} : { hide_ehlo: hidden }) };
}

function unknownSwitch(option: string, word: string, key: string): UsageError {
	const near = nearest(key, [...FLAGS, HIDE_EHLO]);
	const meant = near === undefined || near === key ? "" : `Did you mean ${near}? `;
	return new UsageError(
		`--${option} takes no "${word}"`,
		`${meant}There are ${FLAGS.join(", ")} and ${HIDE_EHLO}=KEYWORD,…`,
	);
}
