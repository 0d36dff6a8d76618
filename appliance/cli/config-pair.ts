/**
 * `postern config export`, `import`, `follow`, `lead`: two boxes behind one address, one of which leads. What is exported is
 * encrypted, always. The timer of systemd/postern-follow.timer runs `export` there and `import` here.
 */
import { createReadStream } from "node:fs";
import path from "node:path";
import type { PairState, TakenExport, TakenRecords } from "../console-services.ts";
import { type Command, DONE, type Invocation, UsageError } from "./command.ts";
import { newPassphrase, PASSPHRASE_OPTION, passphrase } from "./passphrase.ts";
import { assertReadable } from "./restore.ts";
import { asFileError, fileExists, isThere, openTarget } from "./target-file.ts";
import { count } from "./words.ts";

/** In place of a file's name. */
const STREAM = "-";

export const pairCommands: readonly Command[] = [
	{
		name: "config export",
		summary:
			"put accounts, devices, mailbox logins and shared settings into one encrypted file, for a second box",
		operands: { text: "FILE|-", least: 1, most: 1 },
		options: {
			"with-sign-ins": {
				type: "boolean",
				help: "the sign-ins to Microsoft too: whoever has file and passphrase has the mailboxes",
			},
			"passphrase-file": PASSPHRASE_OPTION,
			force: { type: "boolean", help: "write over a file that is there" },
		},
		details:
			"For a box that is to stand in for this one (postern config import). The queue, the people of the console, ports,\nname and certificate are each box's own; what stands in postern.toml is not in it: give both the same file.\nWith - it goes to standard output, and the passphrase is the first line of standard input.",
		run: exportConfig,
	},
	{
		name: "config import",
		summary: "make accounts, devices, mailbox logins and shared settings those of the box that leads",
		operands: { text: "FILE|-", least: 1, most: 1 },
		options: { "passphrase-file": PASSPHRASE_OPTION },
		details:
			"Only on a box that was told whom to go by (postern config follow). One leads, so nothing is merged: what is here and\nnot in the file is removed; mail that waits here stays and is sent. Nothing is written where nothing differs. With -\nthe file comes from standard input, and the passphrase from --passphrase-file.",
		run: importConfig,
	},
	{
		name: "config follow",
		summary: "from now on, go by what the box of that name exports",
		operands: { text: "NAME", least: 1, most: 1 },
		details:
			"The next `postern config import` of a file of that box removes the devices, accounts and mailbox logins that it\ndoes not have. Undone by `postern config lead`.",
		run: follow,
	},
	{
		name: "config lead",
		summary: "go by no other box any more: what is changed here stays",
		run: lead,
	},
];

async function exportConfig(invocation: Invocation): Promise<number> {
	const { operands, options, terminal, json } = invocation;
	const [operand = ""] = operands;
	if (operand === STREAM) {
		if (terminal.isInteractive) throw new UsageError("an export is not for a screen", "Send it to a file.");
		for await (const chunk of await exported(invocation)) terminal.bytes(chunk);
		return DONE;
	}
	const file = path.resolve(operand);
	const mayReplace = options.flag("force");
	if (!mayReplace && (await isThere(file))) throw fileExists(file);
	const content = await exported(invocation);
	const target = await openTarget(file, mayReplace);
	try {
		for await (const chunk of content) await target.handle.writeFile(chunk);
		await target.keep();
	} catch (thrown) {
		await target.discard();
		throw asFileError(thrown, file);
	}
	if (json) terminal.json({ file });
	else terminal.print(`The export is in ${file}.`);
	return DONE;
}

async function exported(invocation: Invocation): Promise<AsyncIterable<Uint8Array>> {
	const secret = await newPassphrase(invocation);
	const pair = await invocation.pair();
	const { content } = await pair.export(secret, { signIns: invocation.options.flag("with-sign-ins") });
	return content;
}

async function importConfig(invocation: Invocation): Promise<number> {
	const { operands, options, terminal, json } = invocation;
	const [operand = ""] = operands;
	const isStream = operand === STREAM;
	if (isStream && options.text("passphrase-file") === undefined) {
		throw new UsageError(
			"the file comes from standard input, so the passphrase cannot",
			"Name a file with --passphrase-file.",
		);
	}
	if (!isStream) await assertReadable(operand);
	const secret = await passphrase(invocation);
	const pair = await invocation.pair();
	const taken = await pair.take(isStream ? invocation.inputBytes() : createReadStream(operand), secret);
	if (json) terminal.json(taken);
	else {
		terminal.print(takenText(taken));
		for (const text of taken.left) terminal.tell(text);
	}
	return DONE;
}

async function follow(invocation: Invocation): Promise<number> {
	const [name = ""] = invocation.operands;
	const state = await (await invocation.pair()).follow(name);
	return told(
		invocation,
		state,
		`This box goes by "${name}" from its next export on. What it has and "${name}" has not is removed then.`,
	);
}

async function lead(invocation: Invocation): Promise<number> {
	const state = await (await invocation.pair()).lead();
	return told(
		invocation,
		state,
		"This box goes by no other. Stop the timer here: systemctl disable --now postern-follow.timer",
	);
}

function told({ terminal, json }: Invocation, state: PairState, text: string): number {
	if (json) terminal.json(state);
	else terminal.print(text);
	return DONE;
}

function takenText({
	from,
	isChanged,
	accounts,
	devices,
	mailboxes,
	settings,
	signIns,
	needRestart,
}: TakenExport) {
	if (!isChanged) return `All is as it is on "${from}".`;
	const lines = [
		...recordLines("account", accounts),
		...recordLines("device", devices),
		...recordLines("mailbox login", mailboxes),
		settings.length === 0 ? "" : `settings: ${settings.join(", ")}`,
		signIns.length === 0 ? "" : `signed in: ${signIns.join(", ")}`,
		needRestart.length === 0 ? "" : `In force when Postern starts again: ${needRestart.join(", ")}.`,
	];
	return [`Now as it is on "${from}":`, ...lines.filter((line) => line !== "")].join("\n");
}

function recordLines(what: string, records: TakenRecords): string[] {
	return (["added", "changed", "removed"] as const).flatMap((fate) => {
		const names = records[fate];
		return names.length === 0 ? [] : [`${count(names.length, what)} ${fate}: ${names.join(", ")}`];
	});
}
