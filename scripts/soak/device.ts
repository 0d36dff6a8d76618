/**
 * A device that has more to say than it is let: a message falls due at its rate whether or not the one before has gone, each over a
 * connection of its own, as old devices do it. What it cannot hand over in time it keeps, as they do, and tries again.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { messageOf, SmtpClient } from "../bench/smtp-client.ts";

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
}

/** What it was answered. */
export interface Tally {
	accepted: number;
	/** "Come again later" (4xx), and connections that were not taken or broke off. */
	later: number;
	/** 5xx: never right, where only too much is asked. */
	refused: string[];
	/** From connecting to 250, milliseconds. */
	readonly tookMs: number[];
	/** Subjects that were answered 250. */
	readonly subjects: string[];
}

const PAUSE_AFTER_REFUSAL_MS = 2_000;
const REPLY = /got: (\d)\d\d/;

export class SoakDevice {
	readonly tally: Tally = { accepted: 0, later: 0, refused: [], tookMs: [], subjects: [] };
	readonly #options: DeviceOptions;
	#due = 0;
	#sent = 0;

	constructor(options: DeviceOptions) {
		this.#options = options;
	}

	get name(): string {
		return this.#options.name;
	}

	/** Until the signal; resolves when the last that was begun has been answered. */
	async work(signal: AbortSignal): Promise<void> {
		const { connections, perSecond } = this.#options;
		const startedMs = performance.now();
		const clock = setInterval(() => {
			this.#due = Math.floor(((performance.now() - startedMs) / 1_000) * perSecond);
		}, 50);
		try {
			await Promise.all(Array.from({ length: connections }, () => this.#slot(signal)));
		} finally {
			clearInterval(clock);
		}
	}

	async #slot(signal: AbortSignal): Promise<void> {
		while (!signal.aborted) {
			if (this.#sent >= this.#due) {
				await sleep(20);
				continue;
			}
			this.#sent += 1;
			await this.#hand(this.#sent, signal);
		}
	}

	/** Again and again, until it is taken or it is evening. */
	async #hand(number: number, signal: AbortSignal): Promise<void> {
		const subject = `${this.name}-${number}`;
		while (!signal.aborted) {
			const startedMs = performance.now();
			const failure = await this.#tryOnce(subject, this.#options.sizeBytes(number));
			if (failure === undefined) {
				this.tally.accepted += 1;
				this.tally.tookMs.push(performance.now() - startedMs);
				this.tally.subjects.push(subject);
				return;
			}
			if (REPLY.exec(failure)?.[1] === "5") {
				this.tally.refused.push(failure);
				return;
			}
			this.tally.later += 1;
			await sleep(PAUSE_AFTER_REFUSAL_MS);
		}
	}

	/** Gives what went wrong. */
	async #tryOnce(subject: string, sizeBytes: number): Promise<string | undefined> {
		const { port, address } = this.#options;
		try {
			const client = await SmtpClient.connect({ port, from: address });
			await client.command("EHLO device.test");
			await client.send("scan@contoso.example", "you@example.com", withSubject(subject, sizeBytes));
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
