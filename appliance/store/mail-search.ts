/**
 * Finds a page of mail in queue and history. For reader.ts, which gives it one snapshot for its queries.
 *
 * Ids ascend in the order of acceptance, so a page is what follows an id in both tables, merged. History is
 * looked through in `listing`, which is small enough to be read whole (a search that finds nothing); what is
 * shown of a row comes from its document, for the page alone.
 */
import { parseQueueId } from "../mail/queue-id.ts";
import type { SqliteDatabase } from "./database.ts";
import {
	type FinishedOutcome,
	type FoundMail,
	type FoundPage,
	type HistoryDocument,
	MESSAGE_STATES,
	type QueuedStates,
	type Search,
} from "./operations.ts";

/** Of a message with more, the list says how many there are. */
const SHOWN_RECIPIENTS = 3;

type Direction = "older" | "newer";

interface Condition {
	readonly sql: string;
	readonly values: readonly (string | number)[];
}

export function searchMail(database: SqliteDatabase, search: Search): FoundPage {
	const { from, limit } = search;
	if (from !== null && "after" in from) {
		const ids = idsFrom(database, search, from.after, "newer", limit + 1);
		const hasOlder = idsFrom(database, search, from.after + 1, "older", 1).length > 0;
		const rows = rowsOf(database, ids.slice(0, limit).reverse());
		return { rows, hasOlder, hasNewer: ids.length > limit };
	}
	const before = from?.before ?? Number.MAX_SAFE_INTEGER;
	const ids = idsFrom(database, search, before, "older", limit + 1);
	const hasNewer = from !== null && idsFrom(database, search, before - 1, "newer", 1).length > 0;
	return { rows: rowsOf(database, ids.slice(0, limit)), hasOlder: ids.length > limit, hasNewer };
}

/** What matches beyond an id, the nearest first. */
function idsFrom(
	database: SqliteDatabase,
	search: Search,
	id: number,
	direction: Direction,
	limit: number,
): number[] {
	const find = (table: string, conditions: readonly Condition[]): number[] => {
		const beyond = direction === "older" ? "id < ?" : "id > ?";
		const order = direction === "older" ? "DESC" : "ASC";
		const where = [beyond, ...conditions.map(({ sql }) => sql)].join(" AND ");
		const statement = database.prepare(
			`SELECT id FROM ${table} WHERE ${where} ORDER BY id ${order} LIMIT ${limit}`,
		);
		return statement.pluck().all(id, ...conditions.flatMap(({ values }) => values)) as number[];
	};
	const { queued, outcomes } = search;
	const wantsQueue = queued === null || queued.ids.length + queued.states.length > 0;
	const found = [
		...(wantsQueue ? find("message", queueConditions(search)) : []),
		...(outcomes === null || outcomes.length > 0 ? find("listing", listingConditions(search)) : []),
	];
	return found.sort((a, b) => (direction === "older" ? b - a : a - b)).slice(0, limit);
}

function queueConditions(search: Search): readonly Condition[] {
	const { queued, text } = search;
	return [
		...(queued === null ? [] : [isInStates(queued)]),
		...commonConditions(search),
		...(text === "" ? [] : [contains(QUEUED_SEARCH_TEXT, text)]),
	];
}

const QUEUED_SEARCH_TEXT =
	"search_text(id, device, reverse_path, subject, (SELECT group_concat(address, char(10)) FROM recipient WHERE message_id = message.id))";

function listingConditions(search: Search): readonly Condition[] {
	const { outcomes, text } = search;
	return [
		...(outcomes === null ? [] : [isAnyOf("outcome", outcomes)]),
		...commonConditions(search),
		...(text === "" ? [] : [contains("search", text)]),
	];
}

function commonConditions({ device, account, sinceMs, untilMs }: Search): readonly Condition[] {
	const conditions = [
		{ sql: "device = ?", value: device },
		{ sql: "account = ?", value: account },
		{ sql: "received_ms >= ?", value: sinceMs },
		{ sql: "received_ms < ?", value: untilMs },
	];
	return conditions.flatMap(({ sql, value }) => (value === null ? [] : [{ sql, values: [value] }]));
}

/** An id by itself as well: an earlier program's listing does not have it. */
function contains(expression: string, text: string): Condition {
	const id = parseQueueId(text) ?? 0;
	return { sql: `(id = ? OR instr(${expression}, ?) > 0)`, values: [id, text] };
}

function isAnyOf(column: string, values: readonly (string | number)[]): Condition {
	return { sql: `${column} IN (SELECT value FROM json_each(?))`, values: [JSON.stringify(values)] };
}

function isInStates({ ids, otherIds, states }: QueuedStates): Condition {
	// Whom the scheduler does not know waits, although the card may say it is being attempted.
	const numbers = states.flatMap((state) => {
		if (state === "incoming") return [MESSAGE_STATES.indexOf("incoming"), MESSAGE_STATES.indexOf("active")];
		return state === "active" ? [] : [MESSAGE_STATES.indexOf(state)];
	});
	const [byWord, byCard, known] = [isAnyOf("id", ids), isAnyOf("state", numbers), isAnyOf("id", otherIds)];
	return {
		sql: `(${byWord.sql} OR (${byCard.sql} AND NOT ${known.sql}))`,
		values: [...byWord.values, ...byCard.values, ...known.values],
	};
}

function rowsOf(database: SqliteDatabase, ids: readonly number[]): FoundMail[] {
	const queued = database.prepare(QUEUED_ROW);
	const finished = database.prepare("SELECT outcome, finished_ms, document FROM history WHERE id = ?");
	const addresses = database
		.prepare("SELECT address FROM recipient WHERE message_id = ? ORDER BY ordinal LIMIT ?")
		.pluck();
	return ids.flatMap((id) => {
		const message = queued.get(id) as QueuedRow | undefined;
		if (message !== undefined) return [queuedMail(message, addresses.all(id, SHOWN_RECIPIENTS) as string[])];
		const history = finished.get(id) as FinishedRow | undefined;
		return history === undefined ? [] : [finishedMail(id, history)];
	});
}

const QUEUED_ROW = `
SELECT id, state, device, account, reverse_path AS sender, subject, size_bytes AS sizeBytes, received_ms AS receivedAtMs,
	attempts, last_error AS lastError, (SELECT count(*) FROM recipient WHERE message_id = message.id) AS recipientCount
FROM message WHERE id = ?`;

type QueuedRow = Omit<FoundMail, "state" | "recipients" | "finishedAtMs"> & { readonly state: number };

interface FinishedRow {
	readonly outcome: FinishedOutcome;
	readonly finished_ms: number;
	readonly document: string;
}

function queuedMail(row: QueuedRow, recipients: readonly string[]): FoundMail {
	return { ...row, state: MESSAGE_STATES[row.state] ?? "incoming", recipients, finishedAtMs: null };
}

function finishedMail(id: number, { outcome, finished_ms, document }: FinishedRow): FoundMail {
	const { device, account, sender, subject, sizeBytes, receivedAtMs, attempts, recipients } = JSON.parse(
		document,
	) as HistoryDocument;
	return {
		...{ id, state: outcome, device, account, sender, sizeBytes, receivedAtMs, attempts },
		subject: subject ?? "",
		recipients: recipients.slice(0, SHOWN_RECIPIENTS).map(({ address }) => address),
		recipientCount: recipients.length,
		finishedAtMs: finished_ms,
		lastError: "",
	};
}
