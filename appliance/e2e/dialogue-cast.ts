/**
 * Who plays in the dialogues: the devices of dialogues/devices.toml, one more for each combination of
 * compatibility switches that a dialogue asks for, and strangers. Each dialogue speaks from an address
 * of its own, so that no limit or lock of one is felt by another.
 */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "smol-toml";
import { type Dialogue, parseDialogue } from "./dialogue.ts";

const FOLDER = path.join(import.meta.dirname, "dialogues");
const SWITCHED_NETWORK = (index: number) => `127.2.${index}`;
const STRANGERS_NETWORK = (index: number) => `127.3.${Math.floor(index / 250)}`;

export interface Part {
	readonly file: string;
	readonly dialogue: Dialogue;
	/** Where its device connects from. */
	readonly address: string;
}

export interface Cast {
	readonly parts: readonly Part[];
	/** `[[device]]` tables. */
	readonly devicesToml: string;
}

/** Throws when a file is no dialogue or names a device that there is not. */
export function castDialogues(): Cast {
	const devicesToml = readFileSync(path.join(FOLDER, "devices.toml"), "utf8");
	const named = parse(devicesToml)["device"] as { name: string; addresses?: string[] }[];
	const switched: string[] = [];
	const files = readdirSync(FOLDER)
		.filter((file) => file.endsWith(".dialogue"))
		.sort();
	const parts = files.map((file, index): Part => {
		const dialogue = parseDialogue(file, readFileSync(path.join(FOLDER, file), "utf8"));
		const host = (index % 250) + 2;
		const switches = dialogue.head.get("device-switches");
		const fixed = dialogue.head.get("from-address");
		if (switches !== undefined && !switched.includes(switches)) switched.push(switches);
		const network =
			switches === undefined
				? networkOf(dialogue.head.get("device") ?? "Scanner", named, file, index)
				: SWITCHED_NETWORK(switched.indexOf(switches));
		return { file, dialogue, address: fixed ?? `${network}.${host}` };
	});
	return { parts, devicesToml: [devicesToml, ...switched.map(switchedDevice)].join("\n") };
}

function networkOf(
	name: string,
	named: readonly { readonly name: string; readonly addresses?: string[] }[],
	file: string,
	index: number,
): string {
	if (name === "stranger") return STRANGERS_NETWORK(index);
	const device = named.find((one) => one.name === name);
	if (device === undefined) throw new Error(`${file}: devices.toml has no device "${name}"`);
	return device.addresses?.[0]?.replace(/\.0\/24$/, "") ?? STRANGERS_NETWORK(index);
}

/** `lf_line_ends hide_ehlo=CHUNKING,STARTTLS` as a table of its own. */
function switchedDevice(switches: string, index: number): string {
	const settings = switches.split(/ +/).map((one) => {
		const [key, values] = one.split("=");
		return `${key} = ${values === undefined ? "true" : JSON.stringify(values.split(","))}`;
	});
	return `
[[device]]
name = "Switched ${index}"
addresses = ["${SWITCHED_NETWORK(index)}.0/24"]
${settings.join("\n")}
`;
}
