/**
 * Commits a whole message and tells of it: to the runner, the log, the listeners. For session-policy.ts.
 * Never throws for what the card does: that is the fate.
 */
import type { Hash } from "node:crypto";
import type { SMTPServerSession } from "smtp-server";
import type { Device } from "../accounts/model.ts";
import { asError } from "../errors.ts";
import type { DsnRequest, Envelope } from "../mail/envelope.ts";
import { formatQueueId } from "../mail/queue-id.ts";
import { INLINE_BYTES } from "../queue/body-writer.ts";
import type { Wait } from "../queue/coalescing.ts";
import type { Claim } from "../queue/runner.ts";
import type { AcceptFate, Incoming, Spool } from "../queue/spool.ts";
import { RECEIVING } from "../words/receiving.ts";
import type { PolicyOptions } from "./session-policy.ts";

export interface Submitted {
	readonly incoming: Incoming;
	readonly device: Device;
	/** A stranger: held until the owner has said who it is. */
	readonly guest: boolean;
	/** Address of the account, or empty. */
	readonly account: string;
	readonly client: string;
	readonly helo: string;
	readonly envelope: Envelope;
	readonly repairs: readonly string[];
	/** Empty where it is not kept; never for the log. */
	readonly subject: string;
	readonly count: Count;
}

/** What a message is counted against: its device's share, or the room for strangers' mail. */
export interface Count {
	/** False: there is no room for these bytes. */
	readonly grow: (sizeBytes: number) => boolean;
	/** To be called once: with its size when it was committed, else with undefined. */
	readonly end: (sizeBytes: number | undefined) => void;
}

/** Takes a message, or finds that it is one whose 250 its device has lost, which is answered and not kept again. */
export async function acceptOnce(
	options: PolicyOptions,
	submitted: Submitted,
	hash: Hash | undefined,
): Promise<AcceptFate> {
	if (hash === undefined) return await accept(options, submitted, undefined);
	const { repeats, spool, mailLog } = options;
	const { incoming, device, client, envelope } = submitted;
	const recipients = envelope.recipients.map((recipient) => recipient.toLowerCase()).sort();
	hash.update(JSON.stringify([device.name, envelope.reversePath, recipients]));
	const digest = new Uint8Array(hash.digest().subarray(0, DIGEST_BYTES));
	const key = Buffer.from(digest).toString("hex");
	const earlier = repeats.repeated(key);
	if (earlier !== undefined && (await isKept(spool, earlier))) {
		const queueId = formatQueueId(earlier);
		await incoming.abandon();
		mailLog.repeated({ qid: queueId, device: device.name, client });
		return { accepted: true, queueId, heard: repeats.answering(key, earlier) };
	}
	const fate = await accept(options, submitted, digest);
	return fate.accepted ? { ...fate, heard: repeats.answering(key, incoming.number) } : fate;
}

/** Enough to tell messages of minutes apart. */
const DIGEST_BYTES = 16;

/** Queued, delivered, or replaced by a newer one; one that its owner has deleted since is sent anew. */
async function isKept(spool: Spool, number: number): Promise<boolean> {
	const shown = await spool.show(number);
	return shown !== null && (!("outcome" in shown) || ["delivered", "coalesced"].includes(shown.outcome));
}

async function accept(
	options: PolicyOptions,
	submitted: Submitted,
	digest: Uint8Array<ArrayBuffer> | undefined,
): Promise<AcceptFate> {
	const { incoming, device, guest, account, envelope, count } = submitted;
	const { runner, events, strangers, coalescing } = options;
	const arrival = { number: incoming.number, device, account, envelope };
	const place = guest ? undefined : coalescing.place(arrival);
	// A large body's flush would hold the slot for nothing.
	const isSmall = incoming.body.sizeBytes <= INLINE_BYTES;
	const claim =
		isSmall && !guest && place?.wait === undefined ? runner.claim(account, device.name) : undefined;
	const fate = await commit(submitted, claim, digest, place?.wait);
	count.end(fate.accepted ? incoming.body.sizeBytes : undefined);
	if (!fate.accepted) {
		if (claim !== undefined) runner.releaseClaim(claim);
		place?.refused();
		const ownerText = fate.why === "full" ? RECEIVING.cardFull : RECEIVING.cardSick;
		events.emit("message-refused", { device: device.name, ownerText });
		return fate;
	}
	// First, so that nothing that only tells of it can keep a committed message from being delivered.
	if (guest) strangers.kept(submitted.client, incoming.number);
	else if (place?.wait === undefined) runner.accepted(incoming.number, account, device.name, claim);
	else runner.acceptedLater(incoming.number, account, device.name, place.wait.dueAtMs);
	place?.taken();
	if (guest) strangers.knocked(submitted.client, submitted.helo, envelope.reversePath, false);
	tell(options, submitted);
	return fate;
}

async function commit(
	{ incoming, device, guest, account, envelope, subject }: Submitted,
	claim: Claim | undefined,
	digest: Uint8Array<ArrayBuffer> | undefined,
	wait: Wait | undefined,
) {
	const known = digest === undefined ? {} : { digest };
	const accepted = { ...envelope, ...known, device: device.name, account, subject };
	try {
		if (wait !== undefined) return await incoming.accept({ ...accepted, ...wait, state: "deferred" });
		const state = guest ? "held" : claim === undefined ? "incoming" : "active";
		return await incoming.accept({ ...accepted, state });
	} catch (thrown) {
		const fate: AcceptFate = { accepted: false, why: "sick", reason: asError(thrown).message };
		return fate;
	}
}

function tell(
	{ mailLog, events }: PolicyOptions,
	{ incoming, device, client, envelope, repairs }: Submitted,
) {
	const { queueId, body } = incoming;
	const { sizeBytes } = body;
	mailLog.accepted({
		qid: queueId,
		device: device.name,
		client,
		from: envelope.reversePath,
		recipients: envelope.recipients,
		sizeBytes,
		repairs,
	});
	events.emit("message-accepted", { queueId, device: device.name, sizeBytes });
}

export function envelopeOf({ envelope }: SMTPServerSession): Envelope {
	return {
		reversePath: envelope.mailFrom === false ? "" : envelope.mailFrom.address,
		recipients: envelope.rcptTo.map(({ address }) => address),
		smtpUtf8: envelope.smtpUtf8 === true,
		...dsnOf(envelope),
	};
}

/** RFC 3461: nothing at all for a device that asked for nothing, as nearly all do. */
function dsnOf({ dsn, rcptTo }: SMTPServerSession["envelope"]): { readonly dsn?: DsnRequest } {
	const asked = rcptTo.flatMap(({ address, dsn: of }) =>
		of?.notify === undefined && of?.orcpt === undefined
			? []
			: [[address, { notify: of.notify ?? [], orcpt: of.orcpt ?? "" }] as const],
	);
	const envid = dsn?.envid ?? null;
	const ret = dsn?.ret === "FULL" || dsn?.ret === "HDRS" ? dsn.ret : null;
	if (asked.length === 0 && ret === null && envid === null) return {};
	return { dsn: { ret, envid, recipients: Object.fromEntries(asked) } };
}
