/** A message's rows as JSON, whose values SQLite has and JSON has not: octets. For contents.ts and staging.ts. */
import * as z from "zod";
import {
	type Cell,
	MESSAGE_TABLE_NAMES,
	type MessageRows,
	type MessageTable,
	type Row,
} from "../store/message-rows.ts";
import { damaged } from "./refusals.ts";

const OCTETS = z
	.strictObject({ octets: z.base64() })
	.transform(({ octets }) => Buffer.from(octets, "base64"));
const CELL = z.union([z.string(), z.number(), z.null(), OCTETS]);
const ROWS = z.array(z.record(z.string().min(1).max(100), CELL)).max(100_000);
const MESSAGE = z.strictObject({
	message: ROWS.length(1),
	recipient: ROWS,
	event: ROWS,
	dsn: ROWS.max(1),
	progress: ROWS.max(1),
	notice: ROWS.max(1),
}) satisfies z.ZodType<MessageRows>;

export function messageToJson(rows: MessageRows): unknown {
	const cell = (value: Cell) =>
		value instanceof Uint8Array ? { octets: Buffer.from(value).toString("base64") } : value;
	const row = (of: Row) => Object.fromEntries(Object.entries(of).map(([name, value]) => [name, cell(value)]));
	return Object.fromEntries(MESSAGE_TABLE_NAMES.map((table) => [table, rows[table].map(row)]));
}

/** Throws `backup-damaged`. All rows are of the message with this number. */
export function messageFromJson(id: number, value: unknown): MessageRows {
	const parsed = MESSAGE.safeParse(value);
	if (!parsed.success) throw damaged(parsed.error);
	const isOfIt = (table: MessageTable, name: "id" | "message_id") =>
		parsed.data[table].every((row) => row[name] === id);
	const all =
		isOfIt("message", "id") &&
		isOfIt("recipient", "message_id") &&
		isOfIt("event", "message_id") &&
		isOfIt("dsn", "id") &&
		isOfIt("progress", "id") &&
		isOfIt("notice", "id");
	if (!all) throw damaged();
	return parsed.data;
}
