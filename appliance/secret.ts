/**
 * A value that must not be printed: a password, a token, a key. Every way of turning it into text
 * (template, JSON, inspect, log) gives `***`; only `reveal()` gives the value, and is easy to grep.
 */
import { inspect } from "node:util";

const MASK = "***";

export class Secret {
	readonly #value: string;

	constructor(value: string) {
		this.#value = value;
	}

	/** The value itself. Call it where the value crosses the wire or meets a hash, nowhere else. */
	reveal(): string {
		return this.#value;
	}

	toString(): string {
		return MASK;
	}

	toJSON(): string {
		return MASK;
	}

	[inspect.custom](): string {
		return MASK;
	}
}
