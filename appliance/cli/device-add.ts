/** `postern device add | allow | refuse`: lets a device send, and prints what to type into it. */
import type { DeviceDraft, DeviceSettings, StrangerRow } from "../services.ts";
import { type Command, DONE, type Invocation, type OptionSpec, UsageError } from "./command.ts";
import { settingsText } from "./device-settings.ts";
import { SWITCH_NAMES, switchesFrom } from "./device-switches.ts";
import { count } from "./words.ts";

const DEVICE_OPTIONS: Readonly<Record<string, OptionSpec>> = {
	account: {
		type: "string",
		value: "A",
		help: "the Microsoft account it sends through; needed when there are several",
	},
	kind: {
		type: "string",
		value: "KIND",
		help: "what it is (brother, ricoh, hikvision, siemens-s7, printer, camera, …): hints in the words of its menu",
	},
	"turn-on": {
		type: "string",
		multiple: true,
		value: "SWITCH",
		help: `a leniency it needs: ${SWITCH_NAMES}`,
	},
};

export const deviceAddCommands: readonly Command[] = [
	{
		name: "device add",
		summary: "let a device send, and print what to type into it",
		operands: { text: "NAME", least: 1, most: 1 },
		options: {
			address: {
				type: "string",
				multiple: true,
				value: "CIDR",
				help: "an address or range it is known by without a password",
			},
			username: {
				type: "string",
				value: "U",
				help: "the name it signs in with; without --address, made from NAME",
			},
			...DEVICE_OPTIONS,
		},
		details: `With --address it needs no password; with --username, or neither, it gets one:
  postern device add "Copier, 2nd floor" --address 192.168.1.50 --kind ricoh
  postern device add NAS --kind synology
  postern device add PLC --username plc-7 --account alerts@contoso.com
  postern device add Old --address 192.168.1.60 --turn-on legacy_tls
The password is shown once and kept only as a hash (with cram_md5 also encrypted).
An unknown --kind lists those there are.`,
		run: add,
	},
	{
		name: "device allow",
		summary: "let a stranger send that has tried to, and release its mail",
		operands: { text: "ADDRESS", least: 1, most: 1 },
		options: {
			name: {
				type: "string",
				value: "NAME",
				help: "how you call it; else as it calls itself, or device-ADDRESS",
			},
			...DEVICE_OPTIONS,
		},
		details: "`postern device list` shows who has tried.",
		run: allow,
	},
	{
		name: "device refuse",
		summary: "forget a stranger, and delete what it has sent",
		operands: { text: "ADDRESS", least: 1, most: 1 },
		async run({ operands: [address = ""], terminal, json, services }) {
			const { devices } = await services();
			const { deleted } = await devices.refuse(address);
			if (json) terminal.json({ refused: address, deleted });
			else terminal.print(`${address} is forgotten; ${count(deleted, "message")} of it deleted.`);
			return DONE;
		},
	},
];

async function add(invocation: Invocation): Promise<number> {
	const { operands, options, terminal, json, services } = invocation;
	const [name = ""] = operands;
	const addresses = options.texts("address");
	const username = options.text("username") ?? (addresses.length === 0 ? usernameFrom(name) : undefined);
	const draft = { ...draftFrom(invocation, name), ...(username === undefined ? {} : { username }) };
	const { devices } = await services();
	const settings = await devices.add({ ...draft, addresses });
	if (json) terminal.json(settings);
	else tellSettings(settings, invocation);
	return DONE;
}

async function allow(invocation: Invocation): Promise<number> {
	const { operands, options, terminal, json, services } = invocation;
	const [address = ""] = operands;
	const { devices } = await services();
	const row = (await devices.strangers()).find((stranger) => stranger.address === address);
	const taken = (await devices.list()).map((device) => device.name.toLowerCase());
	const name = options.text("name") ?? guessedName(address, row, taken);
	const settings = await devices.allow(address, draftFrom(invocation, name));
	if (json) {
		terminal.json(settings);
		return DONE;
	}
	tellSettings(settings, invocation);
	const { released } = settings;
	if (released > 0) {
		terminal.print();
		terminal.print(`Its mail that waited (${count(released, "message")}) goes on.`);
	}
	return DONE;
}

function draftFrom({ options }: Invocation, name: string): Omit<DeviceDraft, "addresses"> {
	const account = options.text("account");
	const kind = options.text("kind");
	const switches = switchesFrom("turn-on", options.texts("turn-on"));
	return {
		name,
		...(account === undefined ? {} : { account }),
		...(kind === undefined ? {} : { kind }),
		...(switches === undefined ? {} : { switches }),
	};
}

function tellSettings(settings: DeviceSettings, { terminal }: Invocation): void {
	terminal.print(`"${settings.device.name}" may send. Type this into its mail (SMTP) settings:`);
	terminal.print();
	terminal.print(settingsText(settings));
	if (settings.password === null) return;
	terminal.print();
	terminal.print("The password is shown only now.");
}

/** Letters and digits that any device's keypad has: `Büro, 2. OG` signs in as `buro-2-og`. */
function usernameFrom(name: string): string {
	const username = name
		.normalize("NFKD")
		.toLowerCase()
		.replace(/\p{M}/gu, "")
		.replace(/[^a-z0-9]+/g, "-")
		.replace(/^-|-$/g, "");
	if (username !== "") return username;
	throw new UsageError("how is the device known?", "Give --address, --username or both.");
}

/**
 * As it calls itself, unless that is an address, says nothing, or is what its twin calls itself too; else
 * `device-192-168-1-50`.
 */
function guessedName(address: string, row: StrangerRow | undefined, taken: readonly string[]): string {
	const [called = ""] = row?.helo.split(".") ?? [];
	const tells = /^[a-z][\w-]{1,40}$/i.test(called) && !/^local/i.test(called);
	if (tells && !taken.includes(called.toLowerCase())) return called;
	return `device-${address.replaceAll(/[^0-9a-f]+/gi, "-").replaceAll(/^-|-$/g, "")}`;
}
