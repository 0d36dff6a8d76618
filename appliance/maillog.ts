/**
 * The mail events that a postmaster greps for, one typed function each: the only writer of them, so
 * that their form is an interface and not scattered format strings. Every line carries `qid=`.
 * Subjects and bodies never appear.
 */
import type { Log } from "./log.ts";

/** The rest are a number: a line must stay one line for journald (LineMax, 48 kB). */
const NAMED_RECIPIENTS = 20;

export class MailLog {
	readonly #log: Log;

	constructor(log: Log) {
		this.#log = log;
	}

	accepted(of: {
		qid: string;
		device: string;
		client: string;
		from: string;
		recipients: readonly string[];
		sizeBytes: number;
		/** What the device had done wrong and was mended, a few words each. */
		repairs: readonly string[];
	}): void {
		this.#log.info("mail-accepted", {
			qid: of.qid,
			device: of.device,
			client: of.client,
			from: `<${of.from}>`,
			to: of.recipients
				.slice(0, NAMED_RECIPIENTS)
				.map((recipient) => `<${recipient}>`)
				.join(","),
			nrcpt: of.recipients.length,
			size: of.sizeBytes,
			repaired: of.repairs.length === 0 ? undefined : of.repairs.join(", "),
		});
	}

	/** A device sent a message again whose 250 it had lost: `qid` is the one that is kept. */
	repeated(of: { qid: string; device: string; client: string }): void {
		this.#log.notice("mail-repeated", of);
	}

	/** A message makes room for a newer one of its device and is not sent (`coalesce`). */
	coalesced(of: { qid: string; device: string; by: string }): void {
		this.#log.notice("mail-coalesced", of);
	}

	/** A peer was refused: `reply` is what it was told, `reason` what it was not. */
	refused(of: { qid?: string; client: string; device?: string; reply: string; reason: string }): void {
		this.#log.notice("mail-refused", of);
	}

	delivered(of: { qid: string; account: string; via: string; to: string; reply: string }): void {
		this.#log.info("mail-delivered", of);
	}

	deferred(of: {
		qid: string;
		account: string;
		via: string;
		to: string;
		reason: string;
		waitMs: number;
	}): void {
		this.#log.notice("mail-deferred", of);
	}

	failed(of: { qid: string; account: string; via: string; to: string; reply: string; reason: string }): void {
		this.#log.warning("mail-failed", of);
	}

	accountTrouble(of: { account: string; kind: string; reason: string }): void {
		this.#log.warning("account-trouble", of);
	}

	accountRecovered(of: { account: string }): void {
		this.#log.notice("account-recovered", of);
	}
}
