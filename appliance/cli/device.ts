/** `postern device …`: who may send. Adding, changing, reading and testing are files of their own. */
import type { StrangerRow } from "../services.ts";
import { type Command, DONE, type Invocation } from "./command.ts";
import { deviceAddCommands } from "./device-add.ts";
import { deviceLogCommand } from "./device-log.ts";
import { deviceSetCommands } from "./device-set.ts";
import { settingsText } from "./device-settings.ts";
import { deviceTestCommand } from "./device-test.ts";
import { renderTable } from "./table.ts";
import type { Terminal } from "./terminal.ts";
import { count, localTime, size } from "./words.ts";

export const deviceCommands: readonly Command[] = [
	...deviceAddCommands,
	...deviceSetCommands,
	{
		name: "device list",
		summary: "every device that may send, and who else has tried",
		details: "With --json the devices alone; `device strangers --json` gives the others.",
		run: list,
	},
	{ name: "device strangers", summary: "who has tried to send and may not", run: strangers },
	{
		name: "device show",
		summary: "what to type into the device, without its password, and what it may do",
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
	deviceLogCommand,
	deviceTestCommand,
];

async function show({ operands: [name = ""], terminal, json, services }: Invocation): Promise<number> {
	const { devices } = await services();
	const settings = await devices.show(name);
	if (json) terminal.json(settings);
	else terminal.print(settingsText(settings));
	return DONE;
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
	} else {
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
	}
	const knocked = await devices.strangers();
	if (knocked.length > 0) {
		terminal.print();
		printStrangers(knocked, terminal);
	}
	return DONE;
}

async function strangers({ terminal, json, services }: Invocation): Promise<number> {
	const { devices } = await services();
	const knocked = await devices.strangers();
	if (json) terminal.json(knocked);
	else if (knocked.length === 0) terminal.print("Nobody else has tried to send since Postern was started.");
	else printStrangers(knocked, terminal);
	return DONE;
}

function printStrangers(rows: readonly StrangerRow[], terminal: Terminal): void {
	terminal.print("These have tried to send and may not:");
	terminal.print();
	terminal.print(
		renderTable(
			[
				{ title: "ADDRESS" },
				{ title: "CALLS ITSELF", flexible: true },
				{ title: "SENDER", flexible: true },
				{ title: "LAST TRIED" },
				{ title: "REFUSED", align: "right" },
				{ title: "HELD" },
			],
			rows.map(({ address, helo, senders: [sender], lastSeenAt, refusals, heldMessages, heldBytes }) => [
				address,
				helo || "-",
				sender ?? "-",
				localTime(lastSeenAt),
				String(refusals),
				heldMessages === 0 ? "-" : `${count(heldMessages, "message")}, ${size(heldBytes)}`,
			]),
			terminal.columns,
		),
	);
	terminal.print();
	terminal.print(
		`To let one send: postern device allow ${rows[0]?.address ?? "ADDRESS"}. To forget it and what it sent: postern device refuse ADDRESS.`,
	);
}
