/** `postern queue …`: what is in the queue, and what can be done to it. */
import type { QueueAction, QueueEntry, QueueRow } from "../services.ts";
import { type Command, DONE, type Invocation, type OptionSpec, UsageError } from "./command.ts";
import { type Column, renderPairs, renderTable } from "./table.ts";
import { count, localTime, size } from "./words.ts";

const ALL_OPTION: Readonly<Record<string, OptionSpec>> = {
	all: { type: "boolean", help: "every message to which it can be done" },
};

/** Bounded as the appliance bounds it (web/routes/queue.ts). */
const MOST_IDS = 2000;

export const queueCommands: readonly Command[] = [
	{
		name: "queue list",
		summary: "every message that has not left yet, oldest first",
		details:
			"States: incoming (being taken), active (being sent), deferred (waits for its next try),\nheld (waits for you), failed (kept for you to retry or delete).",
		run: list,
	},
	{
		name: "queue show",
		summary: "one message: its recipients and what has happened to it",
		operands: { text: "ID", least: 1, most: 1 },
		run: show,
	},
	action("retry", "try again now, also what has failed", "tried again"),
	action("hold", "keep back until released", "held"),
	action("release", "let go what was held", "released"),
	action("delete", "remove for good; nobody is told", "deleted"),
];

function action(name: QueueAction, summary: string, done: string): Command {
	return {
		name: `queue ${name}`,
		summary,
		operands: { text: "ID… | --all", least: 0, most: MOST_IDS },
		options: ALL_OPTION,
		async run({ operands, options, terminal, json, services }) {
			const all = options.flag("all");
			if (all === operands.length > 0) {
				throw new UsageError(
					all ? "either ids or --all, not both" : "which messages? Give their ids, or --all",
					"postern queue list shows the ids.",
				);
			}
			const { queue } = await services();
			const { changed } = await queue.act(name, all ? "all" : operands);
			if (json) terminal.json({ changed });
			else
				terminal.print(changed === 0 ? "There was nothing to do." : `${count(changed, "message")} ${done}.`);
			return DONE;
		},
	};
}

const LIST_COLUMNS: readonly Column[] = [
	{ title: "ID" },
	{ title: "STATE" },
	{ title: "DEVICE", flexible: true },
	{ title: "RECIPIENTS", flexible: true },
	{ title: "SIZE", align: "right" },
	{ title: "RECEIVED" },
	{ title: "NEXT TRY" },
	{ title: "TROUBLE", flexible: true },
];

async function list({ terminal, json, services }: Invocation): Promise<number> {
	const { queue } = await services();
	const rows = await queue.list();
	if (json) terminal.json(rows);
	else if (rows.length === 0) terminal.print("The queue is empty.");
	else terminal.print(renderTable(LIST_COLUMNS, rows.map(listCells), terminal.columns));
	return DONE;
}

function listCells(row: QueueRow): string[] {
	const [first = "", ...others] = row.recipients;
	return [
		row.id,
		row.state,
		row.device,
		others.length === 0 ? first : `${first} +${others.length}`,
		size(row.sizeBytes),
		localTime(row.receivedAt),
		localTime(row.nextAttemptAt),
		row.lastError,
	];
}

async function show({ operands: [id = ""], terminal, json, services }: Invocation): Promise<number> {
	const { queue } = await services();
	const entry = await queue.show(id);
	if (json) {
		terminal.json(entry);
		return DONE;
	}
	terminal.print(renderPairs(entryFacts(entry)));
	terminal.print();
	terminal.print(
		renderTable(
			[
				{ title: "RECIPIENT" },
				{ title: "STATE" },
				{ title: "REPLY", flexible: true },
				{ title: "WHAT IT MEANS", flexible: true },
			],
			entry.recipientStates.map(({ address, state, reply, ownerText }) => [address, state, reply, ownerText]),
			terminal.columns,
		),
	);
	if (entry.history.length === 0) return DONE;
	terminal.print();
	terminal.print(
		renderTable(
			[{ title: "WHEN" }, { title: "WHAT" }, { title: "DETAIL", flexible: true }],
			entry.history.map(({ at, event, detail }) => [localTime(at), event, detail]),
			terminal.columns,
		),
	);
	return DONE;
}

function entryFacts(entry: QueueEntry): [string, string][] {
	return [
		["message", entry.id],
		["state", entry.state],
		["device", entry.device],
		["account", entry.account],
		["sender", entry.sender === "" ? "<> (nobody is told of failures)" : entry.sender],
		["size", size(entry.sizeBytes)],
		["received", localTime(entry.receivedAt)],
		["next try", localTime(entry.nextAttemptAt)],
		["tries so far", String(entry.attempts)],
		...(entry.lastError === "" ? [] : [["trouble", entry.lastError] as [string, string]]),
	];
}
