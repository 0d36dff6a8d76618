/**
 * The text that a search for mail looks through: what people remember of a message, one thing to a line,
 * without its case. For the storage threads, where SQL knows it as `search_text`, and for whoever asks.
 */
import { formatQueueId } from "../mail/queue-id.ts";

/** What was typed, in the form that can be looked for; a line break in it would reach from one thing into the next. */
export function foldedText(text: string): string {
	return text.normalize().toLowerCase();
}

/** Arguments as SQL gives them; `recipients` one to a line. */
export function searchTextOf(
	id: number,
	device: string | null,
	sender: string | null,
	subject: string | null,
	recipients: string | null,
): string {
	const things = [subject, device, sender, recipients, formatQueueId(id)];
	return foldedText(things.filter((thing) => thing !== null && thing !== "").join("\n"));
}
