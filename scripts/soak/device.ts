/**
 * A device that has more to say than it is let: a message falls due at its rate whether or not the one before has gone, each over a
 * connection of its own, as old devices do it. What it cannot hand over it keeps, as they do, and tries again; each try has a subject
 * of its own, so that what was not answered and came all the same is nobody's second copy. For run.ts; never throws for an answer.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { messageOf, SmtpClient } from "../bench/smtp-client.ts";
import type { SoakLedger } from "./ledger.ts";

export interface DeviceOptions {
	readonly name: string;
	/** Loopback address that it is known by. */
	readonly address: string;
	readonly port: number;
	readonly perSecond: number;
	/** Of the n-th message. */
	readonly sizeBytes: (number: number) => number;
	/** At once; more it does not open. */
	readonly connections: number;
	readonly ledger: SoakLedger;
}

/** What it was answered. */
export interface Tally {
	accepted: number;
	/** "Come again later" (4xx). */
	later: number;
	/** 5xx: never right, where only too much is asked. */
	readonly refused: string[];
	/** Connections that were not taken or broke off without an answer. */
	readonly broken: string[];
	/** From connecting to 250 of messages as small as an alarm, milliseconds. */
	readonly smallTookMs: number[];
}

/** What an alarm has, and what is timed. */
export const SMALL_BYTES = 2_000;
const PAUSE_AFTER_REFUSAL_MS = 2_000;
const TICK_MS = 50;
const REPLY = /got: (\d)\d\d/;

export class SoakDevice {
	readonly tally: Tally = { accepted: 0, later: 0, refused: [], broken: [], smallTookMs: [] };
	readonly #options: DeviceOptions;
	/** Of what it has to say; may be raised while it works. */
	perSecond: number;
	#due = 0;
	#begun = 0;
	#tries = 0;

	constructor(options: DeviceOptions) {
		this.#options = options;
		this.perSecond = options.perSecond;
	}

	/** Messages that have fallen due. */
	get due(): number {
		return this.#due;
	}

	/** Until the signal; resolves when the last that was begun has been answered. */
	async work(signal: AbortSignal): Promise<void> {
		let lastMs = performance.now();
		const clock = setInterval(() => {
			const nowMs = performance.now();
			this.#due += ((nowMs - lastMs) / 1_000) * this.perSecond;
			lastMs = nowMs;
		}, TICK_MS);
		try {
			const slots = Array.from({ length: this.#options.connections }, () => this.#slot(signal));
			await Promise.all(slots);
		} finally {
			clearInterval(clock);
		}
	}

	async #slot(signal: AbortSignal): Promise<void> {
		while (!signal.aborted) {
			if (this.#begun + 1 > this.#due) {
				await sleep(TICK_MS);
				continue;
			}
			this.#begun += 1;
			await this.#hand(this.#options.sizeBytes(this.#begun), signal);
		}
	}

	/** Again and again, until it is taken or it is evening. */
	async #hand(sizeBytes: number, signal: AbortSignal): Promise<void> {
		const { tally } = this;
		while (!signal.aborted) {
			this.#tries += 1;
			const subject = `${this.#options.name}-${this.#tries}`;
			const startedMs = performance.now();
			const failure = await this.#tryOnce(subject, sizeBytes);
			if (failure === undefined) {
				tally.accepted += 1;
				if (sizeBytes <= SMALL_BYTES) tally.smallTookMs.push(performance.now() - startedMs);
				return;
			}
			const kind = REPLY.exec(failure)?.[1];
			if (kind === "5") {
				tally.refused.push(failure);
				return;
			}
			if (kind === "4") tally.later += 1;
			else tally.broken.push(failure);
			await sleep(PAUSE_AFTER_REFUSAL_MS, undefined, { signal }).catch(() => undefined);
		}
	}

	/** Gives what went wrong. */
	async #tryOnce(subject: string, sizeBytes: number): Promise<string | undefined> {
		const { port, address, ledger } = this.#options;
		try {
			const client = await SmtpClient.connect({ port, from: address });
			await client.command("EHLO device.test");
			await client.send("scan@contoso.example", "you@example.com", withSubject(subject, sizeBytes));
			ledger.answered(subject);
			// It is taken, however the farewell goes.
			await client.quit().catch(() => undefined);
			return undefined;
		} catch (thrown) {
			return thrown instanceof Error ? thrown.message : String(thrown);
		}
	}
}

function* withSubject(subject: string, sizeBytes: number): Generator<Buffer> {
	const [, ...rest] = messageOf(sizeBytes);
	yield Buffer.from(`From: <scan@contoso.example>\r\nTo: <you@example.com>\r\nSubject: ${subject}\r\n\r\n`);
	yield* rest;
}
