/** `postern mailbox …`: who may fetch what over POP3; `add` prints what to type into the program. */
import type { MailboxDraft, MailboxOptions, MailboxSettings } from "../services.ts";
import { type Command, DONE, type Invocation, UsageError } from "./command.ts";
import { type Column, renderTable } from "./table.ts";
import { followTest } from "./test-steps.ts";

const ON_DELETE = ["trash", "delete", "keep"] as const;
const SWITCHES = ["only_unread", "mark_read", "exact_sizes", "auth_without_tls", "apop"] as const;

export const mailboxCommands: readonly Command[] = [
	{
		name: "mailbox add",
		summary: "let a program fetch a mailbox over POP3; prints what to type into it",
		operands: { text: "ADDRESS", least: 1, most: 1 },
		options: {
			username: {
				type: "string",
				value: "NAME",
				help: "what it signs in with; made from the address otherwise",
			},
			account: { type: "string", value: "ADDRESS", help: "the account that reads the mailbox" },
			"on-delete": { type: "string", choices: ON_DELETE, help: "what deleting means; trash" },
			folder: { type: "string", value: "FOLDER", help: "which folder; inbox" },
			"newer-than": { type: "string", value: "TIME", help: "show no mail that came longer ago, 30d" },
			most: { type: "string", value: "N", help: "show the newest N messages only" },
			cache: {
				type: "string",
				value: "SIZE",
				help: "keep so much of it on the box, to be fetched and deleted without internet too",
			},
			"turn-on": {
				type: "string",
				multiple: true,
				value: "SWITCH",
				help: `${SWITCHES.join(", ")}; may be given several times`,
			},
		},
		run: add,
	},
	{ name: "mailbox list", summary: "who may fetch what", run: list },
	{
		name: "mailbox test",
		summary: "sign in as the program would, and show what it would see; the password on standard input",
		operands: { text: "NAME", least: 1, most: 1 },
		run: test,
	},
	{
		name: "mailbox remove",
		summary: "let it fetch no more",
		operands: { text: "NAME", least: 1, most: 1 },
		async run({ operands: [username = ""], terminal, json, services }) {
			const { mailboxes } = await services();
			await mailboxes.remove(username);
			if (json) terminal.json({ removed: username });
			else terminal.print(`"${username}" may fetch no more. Its mail stays where it is.`);
			return DONE;
		},
	},
];

async function add(invocation: Invocation): Promise<number> {
	const { terminal, json, services } = invocation;
	const { mailboxes } = await services();
	const settings = await mailboxes.add(draftOf(invocation));
	if (json) terminal.json(settings);
	else terminal.print(settingsText(settings));
	return DONE;
}

function draftOf({ operands: [mailbox = ""], options }: Invocation): MailboxDraft {
	const [username, account] = [options.text("username"), options.text("account")];
	const onDelete = ON_DELETE.find((name) => name === options.text("on-delete"));
	const [folder, newerThan, most] = [
		options.text("folder"),
		options.text("newer-than"),
		options.text("most"),
	];
	const cache = options.text("cache");
	const switches: MailboxOptions = {
		...(cache === undefined ? {} : { cache }),
		...Object.fromEntries(options.texts("turn-on").map((word) => [switchNamed(word), true])),
		...(folder === undefined ? {} : { folder }),
		...(newerThan === undefined ? {} : { newer_than: newerThan }),
		...(most === undefined ? {} : { most_messages: most }),
	};
	return {
		mailbox,
		...(username === undefined ? {} : { username }),
		...(account === undefined ? {} : { account }),
		...(onDelete === undefined ? {} : { onDelete }),
		...(Object.keys(switches).length === 0 ? {} : { options: switches }),
	};
}

function switchNamed(word: string): (typeof SWITCHES)[number] {
	const key = word.trim().toLowerCase().replaceAll("-", "_");
	const found = SWITCHES.find((name) => name === key);
	if (found !== undefined) return found;
	throw new UsageError(`--turn-on takes no "${word}"`, `There are ${SWITCHES.join(", ")}.`);
}

function settingsText({ mailbox, server, ports, password }: MailboxSettings): string {
	const shown = ports.map(
		({ port, security }) => `${port} (${security === "none" ? "no encryption" : security})`,
	);
	return [
		`"${mailbox.username}" may fetch ${mailbox.mailbox}. Type this into its POP3 settings:`,
		"",
		`  Server       ${server}`,
		`  Port         ${shown.join(", or ") || "no POP3 port is open: set pop3.listen"}`,
		`  User name    ${mailbox.username}`,
		...(password === null ? [] : [`  Password     ${password}`, "", "The password is shown only now."]),
	].join("\n");
}

const COLUMNS: readonly Column[] = [
	{ title: "USER NAME" },
	{ title: "MAILBOX", flexible: true },
	{ title: "FOLDER" },
	{ title: "ACCOUNT", flexible: true },
	{ title: "DELETING" },
];

async function list({ terminal, json, services }: Invocation): Promise<number> {
	const { mailboxes } = await services();
	const all = await mailboxes.list();
	if (json) {
		terminal.json(all);
		return DONE;
	}
	if (all.length === 0) {
		terminal.print("Nobody may fetch mail yet: postern mailbox add ADDRESS lets a program in.");
		return DONE;
	}
	const rows = all.map(({ username, mailbox, folder, account, onDelete }) => [
		...[username, mailbox, folder, account || "-", onDelete],
	]);
	terminal.print(renderTable(COLUMNS, rows, terminal.columns));
	return DONE;
}

async function test(invocation: Invocation): Promise<number> {
	const [username = ""] = invocation.operands;
	const password = await invocation.inputLine();
	if (password === "") throw new UsageError("the password is missing", "Give it on standard input.");
	const interrupted = invocation.interrupted();
	const { mailboxes } = await invocation.services();
	return await followTest(invocation, mailboxes.test({ username, password }, interrupted), interrupted);
}
