/**
 * What is owed: each message with the moment of its 250 and those of its arrivals, as positions in the write log. Says of
 * a cut what Microsoft had by then, and judges what it has after the box came back.
 */
import { createHash } from "node:crypto";
import type { ArrivedMessage } from "../../appliance/sandbox/record.ts";
import type { Cut } from "./cuts.ts";

export interface Arrival {
	readonly position: number;
	readonly atMs: number;
	readonly bytes: Buffer;
}

interface Entry {
	readonly bodySha256: string;
	/** Undefined while nothing is promised. */
	acknowledged: number | undefined;
	readonly arrivals: Arrival[];
}

export interface MailVerdict {
	/** Messages that had been answered 250. */
	readonly checked: number;
	readonly lost: readonly string[];
	readonly damaged: readonly string[];
	readonly duplicated: readonly string[];
}

export class Ledger {
	readonly #entries = new Map<string, Entry>();

	/** It is about to be handed in. `token` is its subject. */
	sent(token: string, message: Buffer): void {
		this.#entries.set(token, {
			bodySha256: bodySha256(message),
			acknowledged: undefined,
			arrivals: [],
		});
	}

	acknowledged(token: string, position: number): void {
		const entry = this.#entries.get(token);
		if (entry !== undefined) entry.acknowledged = position;
	}

	/** Its bytes are kept: each cut sets the cloud back to what it had. */
	arrived({ message, atMs }: ArrivedMessage, position: number): void {
		const entry = this.#entries.get(message.summary.subject ?? "");
		if (message.bytes !== undefined) entry?.arrivals.push({ position, atMs, bytes: message.bytes });
	}

	/** For whoever looks into it: where in the log it was promised and where it arrived. */
	historyOf(token: string): string {
		const { acknowledged, arrivals = [] } = this.#entries.get(token) ?? {};
		const places = arrivals.map(({ position, atMs }) => `${position} (${new Date(atMs).toISOString()})`);
		return `answered 250 at write ${acknowledged}, arrived at ${places.join(", ") || "none"}`;
	}

	get acknowledgedCount(): number {
		return [...this.#entries.values()].filter((entry) => entry.acknowledged !== undefined).length;
	}

	/** What Microsoft had when the power was cut. At the very position either is true; `isLate` says which. */
	arrivalsBefore({ reached }: Cut, isLate: boolean): readonly Arrival[] {
		return [...this.#entries.values()].flatMap(({ arrivals }) =>
			arrivals.filter(({ position }) => position < reached || (isLate && position === reached)),
		);
	}

	/** `before` and `since` the cut; the box has nothing more to send. */
	judge(cut: Cut, before: readonly Arrival[], since: readonly ArrivedMessage[]): MailVerdict {
		const arrived = Map.groupBy(
			[
				...before.map(({ bytes }) => ({ token: subjectOf(bytes), bytes })),
				...since.map(({ message }) => ({ token: message.summary.subject ?? "", bytes: message.bytes })),
			],
			({ token }) => token,
		);
		const owed = [...this.#entries].filter(
			([, { acknowledged }]) => acknowledged !== undefined && acknowledged <= cut.reached,
		);
		const isWhole = (bodySum: string, bytes: Buffer | undefined) =>
			bytes !== undefined && bodySha256(bytes) === bodySum;
		return {
			checked: owed.length,
			lost: owed.filter(([token]) => !arrived.has(token)).map(([token]) => token),
			damaged: [...this.#entries]
				.filter(([token, { bodySha256: sum }]) =>
					arrived.get(token)?.some(({ bytes }) => !isWhole(sum, bytes)),
				)
				.map(([token]) => token),
			duplicated: [...arrived].filter(([, copies]) => copies.length > 1).map(([token]) => token),
		};
	}
}

const HEADER_END = "\r\n\r\n";

/** Fields are added on the way; the body must be the same to the octet. */
function bodySha256(message: Buffer): string {
	const body = message.subarray(message.indexOf(HEADER_END) + HEADER_END.length);
	return createHash("sha256").update(body).digest("hex");
}

function subjectOf(message: Buffer): string {
	const header = message.subarray(0, message.indexOf(HEADER_END)).toString("latin1");
	return /^Subject: (.*)$/im.exec(header)?.[1]?.trim() ?? "";
}
