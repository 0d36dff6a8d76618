/** `postern device set | password`: changes what a saved device may do, and its password. */
import type { DeviceRules } from "../services.ts";
import { type Command, DONE, type Invocation, type OptionSpec, UsageError } from "./command.ts";
import { settingsText } from "./device-settings.ts";
import { SWITCH_NAMES, switchesFrom } from "./device-switches.ts";
import type { Options } from "./options.ts";

const NONE = "none";

/** Rules that are one text. */
const TEXTS = {
	username: { value: "U", help: "the name it signs in with" },
	account: { value: "A", help: "the Microsoft account it sends through" },
	kind: { value: "KIND", help: "what it is, as for device add" },
	rate: { value: "RATE", help: "most messages in a time, such as 120/h" },
	quota: { value: "QUOTA", help: "most bytes in a time, such as 500MB/d" },
	coalesce: { value: "TIME", help: "at most one message in this time, such as 5m" },
} as const satisfies Partial<Record<keyof DeviceRules, Pick<OptionSpec, "value" | "help">>>;

/** By their options. */
const ON_OFF = {
	urgent: { rule: "urgent", help: "its mail goes before that of others" },
	"newest-first": { rule: "newest_first", help: "after an outage its latest messages go first" },
	"drop-repeats": { rule: "drop_repeats", help: "what it repeats because it lost our answer is taken once" },
} as const satisfies Readonly<Record<string, { readonly rule: keyof DeviceRules; readonly help: string }>>;

const switchOption = (help: string): OptionSpec => ({
	type: "string",
	multiple: true,
	value: "SWITCH",
	help,
});

export const deviceSetCommands: readonly Command[] = [
	{
		name: "device set",
		summary: "change what a device may do, and how it is known",
		operands: { text: "NAME", least: 1, most: 1 },
		options: {
			name: { type: "string", value: "NEW", help: "call it this; mail that waits keeps the old name" },
			address: {
				...{ type: "string", multiple: true, value: "CIDR" },
				help: "all the addresses it is known by without a password",
			},
			from: {
				...{ type: "string", multiple: true, value: "WHO" },
				help: "whom it may send as: keep (anybody), force (the account), or addresses and *@DOMAIN",
			},
			recipients: {
				...{ type: "string", multiple: true, value: "WHOM" },
				help: "whom it may write to: addresses, *@DOMAIN, or * for anybody",
			},
			...Object.fromEntries(
				Object.entries(TEXTS).map(([name, { value, help }]) => [
					name,
					{ type: "string", value, help } as const,
				]),
			),
			...Object.fromEntries(
				Object.entries(ON_OFF).map(([name, { help }]) => [
					name,
					{ type: "string", value: "on|off", choices: ["on", "off"], help } as const,
				]),
			),
			"turn-on": switchOption(`a leniency it needs: ${SWITCH_NAMES}`),
			"turn-off": switchOption("one that it needs no more"),
		},
		details: `What is not named stays as it is; "none" takes a limit, an address or a name away:
  postern device set Camera --rate 60/h --quota 1GB/d --recipients "*@contoso.com"
  postern device set PLC --urgent on --from plc@contoso.com --address 192.168.1.60
  postern device set Copier --rate none --turn-on legacy_tls
It holds from the next message on. Devices of the configuration file are changed there.`,
		run: set,
	},
	{
		name: "device password",
		summary: "a new password for a device, in place of the one it has",
		operands: { text: "NAME", least: 1, most: 1 },
		async run({ operands: [name = ""], terminal, json, services }) {
			const { deviceRules } = await services();
			const password = (await deviceRules.newPassword(name)).reveal();
			if (json) terminal.json({ device: name, password });
			else {
				terminal.print(`Type this into "${name}"; the old one is worth nothing now:`);
				terminal.print(`\n  Password  ${password}\n\nThe password is shown only now.`);
			}
			return DONE;
		},
	},
];

async function set(invocation: Invocation): Promise<number> {
	const { operands, options, terminal, json, services } = invocation;
	const [name = ""] = operands;
	const rules = rulesFrom(options);
	const newName = options.text("name");
	const isEmpty = Object.keys(rules).length === 0;
	if (isEmpty && newName === undefined) {
		throw new UsageError("what is to be changed?", "postern device set --help shows what there is.");
	}
	const { devices, deviceRules } = await services();
	const before = await deviceRules.rules(name);
	if (!isEmpty) await deviceRules.change(name, rules);
	if (newName !== undefined) await deviceRules.rename(name, newName);
	const called = newName ?? name;
	const settings = await devices.show(called);
	if (json) {
		terminal.json(settings);
		return DONE;
	}
	terminal.print(`"${settings.device.name}" is changed. It is now:`);
	terminal.print();
	terminal.print(settingsText(settings));
	if (before["username"] === null && settings.username !== "") {
		terminal.print();
		terminal.print(`It has no password yet. Make one: postern device password "${called}"`);
	}
	return DONE;
}

function rulesFrom(options: Options): DeviceRules {
	const rules: Record<string, unknown> = {};
	for (const key of Object.keys(TEXTS)) {
		const value = options.text(key);
		if (value !== undefined) rules[key] = value === NONE ? null : value;
	}
	for (const [name, { rule }] of Object.entries(ON_OFF)) {
		const value = options.text(name);
		if (value !== undefined) rules[rule] = value === "on";
	}
	const lists = { addresses: listFrom(options, "address"), recipients: listFrom(options, "recipients") };
	for (const [key, list] of Object.entries(lists)) if (list !== undefined) rules[key] = list;
	const from = listFrom(options, "from");
	if (from !== undefined) rules["from"] = policyFrom(from);
	const switches = {
		...switchesFrom("turn-on", options.texts("turn-on")),
		...switchesFrom("turn-off", options.texts("turn-off")),
	};
	return Object.keys(switches).length === 0 ? rules : { ...rules, switches };
}

/** `--recipients a --recipients b,c`; undefined when it was not given. */
function listFrom(options: Options, name: string): readonly string[] | undefined {
	const texts = options.texts(name);
	if (texts.length === 0) return undefined;
	const items = texts.flatMap((one) => one.split(",")).map((item) => item.trim());
	return items.filter((item) => item !== "" && item !== NONE);
}

function policyFrom(from: readonly string[]): NonNullable<DeviceRules["from"]> {
	const [only, ...others] = from;
	const policy = (["keep", "force"] as const).find((word) => from.includes(word));
	if (policy === undefined) return from;
	if (only === policy && others.length === 0) return policy;
	throw new UsageError(`--from is ${policy}, or a list of addresses, not both`);
}
