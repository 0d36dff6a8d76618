/**
 * postern(1) and postern.toml(5), from what the program itself says in `--help` and `config describe`, so that they cannot
 * say anything else. For debian.ts.
 */
import { COMMON_OPTIONS, type Command, type OptionSpec } from "../../appliance/cli/command.ts";
import { allCommands } from "../../appliance/cli/verbs.ts";
import { SCHEMA_TABLES, type SchemaKey, type SchemaTable } from "../../appliance/config/schema-keys.ts";
import { item, paragraph, section, subsection, title, verbatim } from "./roff.ts";

const COMMANDS = await allCommands();

/** `date` as in 2026-11-26. */
export function commandPage(date: string): string {
	return page([
		title("postern", 1, date),
		section("NAME", "postern \\- lets devices that only speak old mail use Microsoft 365"),
		section(
			"SYNOPSIS",
			".B postern",
			".I COMMAND",
			"[\\fIARGUMENTS\\fR] [\\fB\\-\\-json\\fR] [\\fB\\-\\-config\\fR \\fIFILE\\fR]",
		),
		section(
			"DESCRIPTION",
			paragraph(
				"Postern takes mail by SMTP from printers, scanners, cameras and scripts, keeps it until Microsoft 365 has it, and lets programs fetch mail by POP3. Towards Microsoft it signs in with OAuth 2.0. As a service it is started by postern.service; its ports are opened by socket units, so that a restart refuses no connection. Most of what follows can be done in its console, too, in a browser.",
			),
		),
		section("COMMANDS", ...COMMANDS.map(commandItem)),
		section("OPTIONS OF ALL COMMANDS", ...optionItems(COMMON_OPTIONS)),
		section(
			"EXIT STATUS",
			item("0", "Done."),
			item("1", "Failed; standard error says why and what to do."),
			item("2", "Called wrongly."),
		),
		section(
			"SERVICE",
			item("systemctl reload postern", "Reads the configuration again; no session is dropped."),
			item(
				"systemctl stop postern.target",
				"Stops Postern and closes its ports. Stopping postern.service alone leaves the ports open: the next connection starts it again.",
			),
			item("journalctl -u postern", "The log."),
			paragraph(
				"Another port is chosen in postern.toml. One below 1024 also needs its socket unit changed, since the service itself may bind none: systemctl edit postern-http.socket, with an empty ListenStream= before the new one.",
			),
		),
		section(
			"BACKUP",
			paragraph(
				"postern-backup.timer writes /var/lib/postern-backup/postern.backup each night, encrypted with a passphrase that is a credential of the machine:",
			),
			verbatim(
				"systemd-creds encrypt --name=postern-backup-passphrase - \\\n    /etc/credstore.encrypted/postern-backup-passphrase\nsystemctl enable --now postern-backup.timer",
			),
		),
		section(
			"TWO BOXES",
			paragraph(
				"Two boxes can stand behind one address: keepalived gives it to the one that answers. Each has a queue of its own. One leads: its devices, accounts and mailbox logins are the ones to have, and the other takes them over every five minutes. Change them on the one that leads.",
			),
			paragraph(
				"On both: install Postern and keepalived, with names that differ, and take /usr/share/doc/postern/examples/keepalived.conf. On the box that stands in:",
			),
			verbatim(
				"echo LEADER=root@postern-a >/etc/default/postern-follow\npostern config follow postern-a\nsystemctl start postern-follow; journalctl -u postern-follow",
			),
			paragraph(
				"The first turn says which line belongs into /root/.ssh/authorized_keys of the box that leads: the key in it can do nothing there but export. When that is done, and when it works:",
			),
			verbatim("systemctl enable --now postern-follow.timer"),
			paragraph(
				"Mail that a box has answered for lies on that box alone, and goes out when that box has power. What was being handed over at the moment of the cut is handed over again by its device, and may arrive twice. The people of the console, ports and certificate are each box's own; what stands in postern.toml must be the same in both. When the box that leads is gone for good: postern config lead, on the other.",
			),
		),
		section(
			"FILES",
			item("/etc/postern/postern.toml", "The configuration; see postern.toml(5)."),
			item("/var/lib/postern", "Mail that waits, sign-ins, settings and history."),
			item(
				"/etc/credstore.encrypted/postern-vault-key",
				"The key of the sign-ins, where the machine seals it; else it is kept in /var/lib/postern.",
			),
			item("/run/postern/control.sock", "Where the commands reach the service."),
		),
		section("SEE ALSO", ".BR postern.toml (5),", ".BR systemd\\-creds (1)"),
	]);
}

function commandItem(command: Command): string {
	const { name, operands, summary, details, options } = command;
	return subsection(
		`postern ${name}${operands === undefined ? "" : ` ${operands.text}`}`,
		paragraph(`${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`),
		...(details === undefined ? [] : [paragraph(details)]),
		...optionItems(options ?? {}),
	);
}

function optionItems(specs: Readonly<Record<string, OptionSpec>>): readonly string[] {
	return Object.entries(specs).map(([name, { value, help, multiple, choices, short }]) => {
		const shown = choices?.join("|") ?? value;
		const also = short === undefined ? "" : `, -${short}`;
		return item(
			`--${name}${also}${shown === undefined ? "" : ` ${shown}`}`,
			`${help}${multiple === true ? " (may be repeated)" : ""}`,
		);
	});
}

export function configurationPage(date: string): string {
	return page([
		title("postern.toml", 5, date),
		section("NAME", "postern.toml \\- configuration of Postern"),
		section("SYNOPSIS", ".I /etc/postern/postern.toml"),
		section(
			"DESCRIPTION",
			paragraph(
				"A TOML file (toml.io). What it does not set can be set in the console; what it sets is shown there and cannot be changed. Environment variables named POSTERN_, with two underscores between table and key (POSTERN_SMTP__LISTEN), go before it. `postern config check` finds mistakes, `postern config show --origin` says where each value comes from.",
			),
		),
		...SCHEMA_TABLES.map(tableSection),
		section("SEE ALSO", ".BR postern (1)"),
	]);
}

function tableSection({ name, description, repeated, keys }: SchemaTable): string {
	if (name === "") return section("KEYS ABOVE THE TABLES", ...keys.map(keyItem));
	const header = repeated ? `[[${name}]]` : `[${name}]`;
	return section(`"${header}"`, paragraph(description), ...keys.map(keyItem));
}

function keyItem({ path, meta, defaultValue, choices, required }: SchemaKey): string {
	const facts = [
		...(required ? ["Must be given."] : []),
		...(choices.length > 0 ? [`One of: ${choices.join(", ")}.`] : []),
		...(defaultValue === undefined ? [] : [`Default: ${JSON.stringify(defaultValue)}`]),
		...(defaultValue === undefined && meta.example !== undefined
			? [`Example: ${JSON.stringify(meta.example)}`]
			: []),
	];
	return item(path.at(-1) ?? "", meta.description ?? "", ...facts);
}

function page(parts: readonly string[]): string {
	return `${parts.join("\n")}\n`;
}
