/**
 * The TRANSACTION and UPDATE states (RFC 1939 §5, §6) over one maildrop's snapshot. For session.ts. Message numbers are those
 * of the snapshot; what is marked as deleted goes at QUIT, and only then.
 */
import { readNumbers } from "./command-line.ts";
import { type Maildrop, MaildropBroken, type MaildropFailure, type MaildropMessage } from "./maildrop.ts";
import { transmit } from "./message-lines.ts";
import { err, ok } from "./replies.ts";
import type { Wire } from "./wire.ts";

/** Clients wait some minutes for the answer to QUIT, and few for longer. */
const UPDATE_MS = 5 * 60_000;

export interface TransactionParts {
	readonly wire: Wire;
	readonly maildrop: Maildrop;
	readonly signal: AbortSignal;
	/** Something went wrong that the owner should know. */
	readonly told: (failure: MaildropFailure) => void;
}

/** The client got part of a message: the connection has to break, so that it does not take that for all. */
export class CutOff extends Error {
	override readonly name = "CutOff";
}

export class Transaction {
	readonly #parts: TransactionParts;
	readonly #deleted = new Set<number>();
	/** Messages sent whole. */
	fetched = 0;
	/** Messages that QUIT removed. */
	removed = 0;
	/** The snapshot that all numbers are of. */
	readonly #messages: readonly MaildropMessage[];
	/** As they are known now: reading a message tells its size. */
	readonly #sizes: number[];

	constructor(parts: TransactionParts) {
		this.#parts = parts;
		this.#messages = parts.maildrop.messages;
		this.#sizes = this.#messages.map(({ sizeOctets }) => sizeOctets);
	}

	async stat(argument: string): Promise<void> {
		if (argument.trim() !== "") return await this.#say(err("STAT takes no argument"));
		const left = this.#left();
		const octets = left.reduce((sum, index) => sum + (this.#sizes[index] ?? 0), 0);
		// RFC 1939 §5: nothing may follow the two numbers.
		return await this.#say(ok(`${left.length} ${octets}`));
	}

	list(argument: string): Promise<void> {
		return this.#listing(argument, (index) => String(this.#sizes[index] ?? 0));
	}

	uidl(argument: string): Promise<void> {
		return this.#listing(argument, (index) => this.#messages[index]?.uid ?? "");
	}

	async retr(argument: string): Promise<void> {
		const index = await this.#oneOf(argument);
		if (index !== undefined) await this.#send(index, undefined);
	}

	async top(argument: string): Promise<void> {
		const [number, lines, ...rest] = readNumbers(argument) ?? [];
		if (number === undefined || lines === undefined || rest.length > 0)
			return await this.#say(err("TOP takes a message number and a number of lines"));
		const index = await this.#found(number);
		if (index !== undefined) await this.#send(index, lines);
	}

	async dele(argument: string): Promise<void> {
		const index = await this.#oneOf(argument);
		if (index === undefined) return;
		this.#deleted.add(index);
		await this.#say(ok(`message ${index + 1} is deleted at QUIT`));
	}

	async rset(): Promise<void> {
		this.#deleted.clear();
		await this.#say(ok(`${this.#left().length} messages`));
	}

	/** UPDATE. */
	async quit(): Promise<void> {
		const { maildrop, told } = this.#parts;
		if (this.#deleted.size === 0) return await this.#say(ok("bye"));
		// The client has said QUIT: it may hang up now, and what it wanted is done all the same.
		const signal = AbortSignal.timeout(UPDATE_MS);
		const removed = await maildrop.remove([...this.#deleted].sort(ascending), signal);
		if (!removed.ok) {
			told(removed.failure);
			return await this.#say(
				err(`some deleted messages not removed: ${removed.failure.text}`, removed.failure.code),
			);
		}
		this.removed = this.#deleted.size - removed.value.left;
		if (removed.value.left > 0) return await this.#say(err("some deleted messages not removed", "SYS/TEMP"));
		return await this.#say(ok("bye"));
	}

	async #send(index: number, bodyLines: number | undefined): Promise<void> {
		const { wire, maildrop, signal, told } = this.#parts;
		const opened = await maildrop.read(index, signal);
		if (!opened.ok) {
			told(opened.failure);
			return await this.#say(err(opened.failure.text, opened.failure.code));
		}
		const transmission = transmit(opened.value, bodyLines);
		// The first of it before the answer: a source that fails at once can still be told by -ERR.
		const chunks = transmission.chunks[Symbol.asyncIterator]();
		let first: IteratorResult<Buffer>;
		try {
			first = await chunks.next();
		} catch (error) {
			if (!(error instanceof MaildropBroken)) throw error;
			return await this.#say(err("the message cannot be had just now", "SYS/TEMP"));
		}
		await this.#say(
			ok(bodyLines === undefined ? `${this.#sizes[index] ?? 0} octets` : "top of message follows"),
		);
		try {
			for (let next = first; next.done !== true; next = await chunks.next()) await wire.write(next.value);
		} catch (error) {
			if (error instanceof MaildropBroken) throw new CutOff(error.message, { cause: error });
			throw error;
		} finally {
			await chunks.return?.();
		}
		await this.#say(".");
		if (bodyLines !== undefined) return;
		this.#sizes[index] = transmission.octets();
		this.fetched += 1;
		maildrop.wasRead(index, transmission.octets());
	}

	async #listing(argument: string, show: (index: number) => string): Promise<void> {
		if (argument.trim() !== "") {
			const index = await this.#oneOf(argument);
			if (index !== undefined) await this.#say(ok(`${index + 1} ${show(index)}`));
			return;
		}
		const left = this.#left();
		const lines = left.map((index) => `${index + 1} ${show(index)}`);
		await this.#parts.wire.sayAll(ok(`${left.length} messages`), lines);
	}

	/** The message of the only number there is; says what is wrong otherwise. */
	async #oneOf(argument: string): Promise<number | undefined> {
		const numbers = readNumbers(argument);
		const [number] = numbers ?? [];
		if (number !== undefined && numbers?.length === 1) return await this.#found(number);
		await this.#say(err("a message number is needed"));
		return undefined;
	}

	async #found(number: number): Promise<number | undefined> {
		const index = number - 1;
		if (index in this.#messages && !this.#deleted.has(index)) return index;
		await this.#say(
			err(this.#deleted.has(index) ? `message ${number} is deleted` : `there is no message ${number}`),
		);
		return undefined;
	}

	#left(): number[] {
		return this.#messages.flatMap((_, index) => (this.#deleted.has(index) ? [] : [index]));
	}

	#say(line: string): Promise<void> {
		return this.#parts.wire.say(line);
	}
}

function ascending(a: number, b: number): number {
	return a - b;
}
