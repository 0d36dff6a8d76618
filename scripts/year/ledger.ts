/**
 * What is owed of a year of mail: each message that was answered 250 must arrive whole and once, or, where Microsoft refuses it for
 * good, not at all. What has come as it should is forgotten but for its number, so that the ledger stays small.
 */
import { createHash } from "node:crypto";
import type { ArrivedMessage } from "../../appliance/sandbox/record.ts";

interface Owed {
	readonly bodySha256: string;
	isPromised: boolean;
}

const SUBJECT = /^year-(\d+)$/;

export interface Verdict {
	readonly answered: number;
	readonly arrived: number;
	/** Refused by Microsoft for good, as it should be. */
	readonly denied: number;
	/** Postern's own: bounces, warnings. */
	readonly reports: number;
	/** Sent and not answered, because the connection was cut; and how many of those came all the same. */
	readonly unanswered: number;
	readonly cameUnanswered: number;
	readonly lost: readonly string[];
	readonly twice: readonly string[];
	readonly damaged: readonly string[];
}

export class YearLedger {
	readonly #owed = new Map<number, Owed>();
	/** A bit a number: it has come. */
	readonly #came: boolean[] = [];
	readonly #twice: string[] = [];
	readonly #damaged: string[] = [];
	#next = 1;
	#waiting = 0;
	#answered = 0;
	#arrived = 0;
	#denied = 0;
	#reports = 0;

	/** A message about to be handed in; gives its subject. */
	sent(body: Buffer): { readonly number: number; readonly subject: string } {
		const number = this.#next;
		this.#next += 1;
		this.#owed.set(number, { bodySha256: sha256(body), isPromised: false });
		return { number, subject: `year-${number}` };
	}

	/** It was answered 250. */
	answered(number: number, isToBeDenied: boolean): void {
		this.#answered += 1;
		if (isToBeDenied) {
			this.#denied += 1;
			this.#owed.delete(number);
			return;
		}
		const owed = this.#owed.get(number);
		if (this.#came[number] === true) {
			this.#owed.delete(number);
			return;
		}
		if (owed !== undefined) owed.isPromised = true;
		this.#waiting += 1;
	}

	arrived({ message }: ArrivedMessage): void {
		const subject = message.summary.subject ?? "";
		const number = Number(SUBJECT.exec(subject)?.[1] ?? 0);
		if (number === 0) {
			this.#reports += 1;
			return;
		}
		if (this.#came[number] === true) {
			this.#twice.push(subject);
			return;
		}
		this.#came[number] = true;
		this.#arrived += 1;
		const owed = this.#owed.get(number);
		if (owed === undefined || bodySha256(message.bytes) !== owed.bodySha256) this.#damaged.push(subject);
		if (owed?.isPromised !== true) return;
		this.#owed.delete(number);
		this.#waiting -= 1;
	}

	/** Answered, and not arrived yet. */
	get waiting(): number {
		return this.#waiting;
	}

	get counts(): { readonly answered: number; readonly arrived: number; readonly reports: number } {
		return { answered: this.#answered, arrived: this.#arrived, reports: this.#reports };
	}

	/** When the box has nothing more to send. */
	judge(): Verdict {
		const left = [...this.#owed];
		const unanswered = left.filter(([, { isPromised }]) => !isPromised);
		return {
			answered: this.#answered,
			arrived: this.#arrived,
			denied: this.#denied,
			reports: this.#reports,
			unanswered: unanswered.length,
			cameUnanswered: unanswered.filter(([number]) => this.#came[number] === true).length,
			lost: left.filter(([, { isPromised }]) => isPromised).map(([number]) => `year-${number}`),
			twice: this.#twice,
			damaged: this.#damaged,
		};
	}
}

const HEADER_END = "\r\n\r\n";

const IN_BASE64 = /^Content-Transfer-Encoding: base64$/im;

/** A message above Graph's limit arrives as Exchange puts it together: its text as an attachment. */
function bodySha256(message: Buffer | undefined): string {
	if (message === undefined) return "";
	const start = message.indexOf(HEADER_END);
	const body = message.subarray(start + HEADER_END.length);
	const isEncoded = IN_BASE64.test(message.subarray(0, start).toString("latin1"));
	return sha256(isEncoded ? Buffer.from(body.toString("latin1"), "base64") : body);
}

function sha256(bytes: Buffer): string {
	return createHash("sha256").update(bytes).digest("hex");
}
