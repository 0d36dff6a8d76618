/** `postern device …`: who may send. `add` prints what to type into the device. */
import type { DeviceSettings } from "../services.ts";
import { type Command, DONE, type Invocation, UsageError } from "./command.ts";
import { renderPairs, renderTable } from "./table.ts";

export const deviceCommands: readonly Command[] = [
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
			account: {
				type: "string",
				value: "A",
				help: "the Microsoft account it sends through; needed when there are several",
			},
		},
		details: `With --address it needs no password; with --username, or neither, it gets one:
  postern device add "Copier, 2nd floor" --address 192.168.1.50
  postern device add NAS
  postern device add PLC --username plc-7 --account alerts@contoso.com
The password is shown once and kept only as a hash.`,
		run: add,
	},
	{ name: "device list", summary: "every device that may send", run: list },
	{
		name: "device show",
		summary: "what to type into the device, without its password",
		operands: { text: "NAME", least: 1, most: 1 },
		run: show,
	},
	{
		name: "device remove",
		summary: "let it send no more",
		operands: { text: "NAME", least: 1, most: 1 },
		async run({ operands: [name = ""], terminal, json, services }) {
			const { devices } = await services();
			await devices.remove(name);
			if (json) terminal.json({ removed: name });
			else terminal.print(`"${name}" may send no more. What it has sent already goes on.`);
			return DONE;
		},
	},
];

async function add({
	operands: [name = ""],
	options,
	terminal,
	json,
	services,
}: Invocation): Promise<number> {
	const addresses = options.texts("address");
	const username = options.text("username") ?? (addresses.length === 0 ? usernameFrom(name) : undefined);
	const account = options.text("account");
	const { devices } = await services();
	const settings = await devices.add({
		name,
		addresses,
		...(username === undefined ? {} : { username }),
		...(account === undefined ? {} : { account }),
	});
	if (json) {
		terminal.json(settings);
		return DONE;
	}
	terminal.print(`"${settings.device.name}" may send. Type this into its mail (SMTP) settings:`);
	terminal.print();
	terminal.print(settingsText(settings));
	if (settings.password !== null) {
		terminal.print();
		terminal.print("The password is shown only now.");
	}
	return DONE;
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

async function show({ operands: [name = ""], terminal, json, services }: Invocation): Promise<number> {
	const { devices } = await services();
	const settings = await devices.show(name);
	if (json) terminal.json(settings);
	else terminal.print(settingsText(settings));
	return DONE;
}

const SECURITY_TEXTS = {
	none: "without encryption",
	STARTTLS: "with STARTTLS",
	TLS: "with TLS (SSL)",
} as const;

/** In the words that devices use for their fields. */
function settingsText({ device, server, ports, username, password, sender }: DeviceSettings): string {
	const pairs: [string, string][] = [["  Server", server]];
	for (const [index, { port, security }] of ports.entries()) {
		pairs.push([index === 0 ? "  Port" : "    or", `${port} ${SECURITY_TEXTS[security]}`]);
	}
	if (username === "") {
		pairs.push(["  Sign-in", "none (it is known by its address)"]);
	} else {
		pairs.push(["  User name", username]);
		pairs.push(["  Password", password ?? "(shown when the device was added; only its hash is kept)"]);
	}
	pairs.push(["  Sender", sender === "" ? "any" : sender]);
	if (device.addresses.length > 0) pairs.push(["  Known at", device.addresses.join(", ")]);
	return renderPairs(pairs);
}

async function list({ terminal, json, services }: Invocation): Promise<number> {
	const { devices } = await services();
	const all = await devices.list();
	if (json) {
		terminal.json(all);
		return DONE;
	}
	if (all.length === 0) {
		terminal.print("No device may send yet: postern device add NAME --address CIDR lets one in.");
		return DONE;
	}
	terminal.print(
		renderTable(
			[
				{ title: "DEVICE", flexible: true },
				{ title: "ADDRESSES", flexible: true },
				{ title: "USER NAME" },
				{ title: "ACCOUNT" },
				{ title: "FROM" },
			],
			all.map(({ name, addresses, username, account, origin }) => [
				name,
				addresses.join(", ") || "-",
				username || "-",
				account || "(the only one)",
				origin === "file" ? "configuration file" : "saved",
			]),
			terminal.columns,
		),
	);
	return DONE;
}
