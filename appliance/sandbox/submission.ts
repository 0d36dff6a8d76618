/**
 * A message handed in, from either side: who may send it, what becomes of it, and where it goes. Graph
 * and SMTP ask here, and differ only in how they answer.
 */
import type { Person } from "./directory.ts";
import { type GraphRefusal, type MagicMemory, magicRecipient } from "./magic.ts";
import { isAddress, readAddresses } from "./message.ts";
import { nonDeliveryReport } from "./non-delivery.ts";
import type { ArrivedMessage, StoredMessage } from "./record.ts";
import type { World } from "./world.ts";

/** The default of Exchange Online; admins may set 1 to 1000. */
export const RECIPIENT_LIMIT = 500;

export type Fate =
	/** `answerLost`: taken, but the client must not learn of it. */
	| { readonly kind: "take"; readonly answerLost: boolean }
	| { readonly kind: "refuse"; readonly graph: GraphRefusal; readonly smtp: string }
	| { readonly kind: "hang" };

/** What its recipients decide about a message, before anything is done with it. */
export function fateOf(memory: MagicMemory, recipients: readonly string[], messageId: string): Fate {
	const magic = magicRecipient(recipients);
	if (magic === undefined) return { kind: "take", answerLost: false };
	const { effect, localPart } = magic;
	switch (effect.kind) {
		case "hang":
			return { kind: "hang" };
		case "lose-answer":
			return { kind: "take", answerLost: memory.within(1, localPart, messageId) };
		case "refuse-recipient":
			return { kind: "refuse", graph: effect.graph, smtp: effect.smtp };
		case "refuse": {
			const { graph, smtp, times } = effect;
			const refused = times === undefined || memory.within(times, localPart, messageId);
			return refused ? { kind: "refuse", graph, smtp } : { kind: "take", answerLost: false };
		}
	}
}

/** The first address in From that `person` may not use, if there is one. An empty From is theirs. */
export function deniedSender(world: World, person: Person, from: string): string | undefined {
	return readAddresses(from)
		.map(({ address, name }) => (address === "" ? name : address))
		.find((address) => address !== "" && !world.directory.maySendAs(person, address));
}

export interface Submission {
	readonly account: Person;
	/** Whose Sent Items get the copy; absent: none is kept. */
	readonly sentItemsOf: Person | undefined;
	readonly via: ArrivedMessage["via"];
	readonly reversePath: string;
	readonly recipients: readonly string[];
	/** As the recipients get it. */
	readonly delivered: StoredMessage;
	/** As the sender keeps it, Bcc and all. */
	readonly sent: StoredMessage;
}

/**
 * Takes a message: it is in the record, in Sent Items and in the inboxes of people known here.
 * Addresses in `.invalid` (RFC 2606) come back as a report in the sender's inbox, never as an error.
 */
export function take(world: World, submission: Submission): void {
	const nowMs = world.now();
	const { account, sentItemsOf, via, reversePath, delivered, sent } = submission;
	const undeliverable = submission.recipients.filter((address) => /\.invalid$/i.test(address));
	const recipients = submission.recipients.filter((address) => !undeliverable.includes(address));
	if (sentItemsOf !== undefined) {
		world.mailboxOf(sentItemsOf.address).add({
			folder: "sentitems",
			message: sent,
			isDraft: false,
			isRead: true,
			receivedAtMs: nowMs,
			settledAtMs: nowMs + world.settings.sentItemsDelayMs,
		});
	}
	if (recipients.length > 0) {
		const arrived = world.record.arrive({
			atMs: nowMs,
			via,
			account: account.address,
			reversePath,
			recipients,
			message: delivered,
		});
		world.log.debug("sandbox-arrived", { number: arrived.number, via, recipients: recipients.length });
	}
	for (const address of recipients) {
		const person = isAddress(address) ? world.directory.find(address) : undefined;
		if (person === undefined) continue;
		const inbox = { folder: "inbox", message: delivered, isDraft: false, receivedAtMs: nowMs } as const;
		world.mailboxOf(person.address).add(inbox);
	}
	if (undeliverable.length === 0) return;
	const report = world.record.keep(nonDeliveryReport(account.address, undeliverable, sent.summary, nowMs));
	world
		.mailboxOf(account.address)
		.add({ folder: "inbox", message: report, isDraft: false, receivedAtMs: nowMs });
}
