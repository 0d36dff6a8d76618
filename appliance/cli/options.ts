/** The options of one call, read by name. Asking for one the command does not declare is a bug. */
export type OptionValue = string | boolean | (string | boolean)[] | undefined;

export class Options {
	readonly #values: Readonly<Record<string, OptionValue>>;

	constructor(values: Readonly<Record<string, OptionValue>>) {
		this.#values = values;
	}

	flag(name: string): boolean {
		return this.#values[name] === true;
	}

	/** Undefined when not given. */
	text(name: string): string | undefined {
		const value = this.#values[name];
		return typeof value === "string" ? value : undefined;
	}

	/** Every value of an option that may be repeated. */
	texts(name: string): readonly string[] {
		const value = this.#values[name];
		return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
	}
}
