/**
 * The texts that a regular expression stands for, where they are few: literals, escaped signs, and groups of choices,
 * such as `example\.(com|net)`. Pure; undefined for everything else.
 */

const MOST_TEXTS = 200;
const LONGEST = 2_000;

/** In lower case; for an expression that is matched as a whole and without regard to case. */
export function textsOf(expression: string): readonly string[] | undefined {
	return wholeOf(expression, (reader) => reader.choices());
}

/** The same for the end of a longer expression, which a `|` outside of brackets would tear apart. */
export function textsOfEnd(expression: string): readonly string[] | undefined {
	return wholeOf(expression, (reader) => reader.sequence());
}

function wholeOf(
	expression: string,
	read: (reader: Reader) => readonly string[] | undefined,
): readonly string[] | undefined {
	if (expression.length > LONGEST) return undefined;
	const reader = new Reader(expression);
	const texts = read(reader);
	return texts !== undefined && reader.isAtEnd ? texts : undefined;
}

class Reader {
	readonly #expression: string;
	#at = 0;
	#depth = 0;

	constructor(expression: string) {
		this.#expression = expression;
	}

	get isAtEnd(): boolean {
		return this.#at === this.#expression.length;
	}

	/** `a|b`, up to the end or a closing bracket. */
	choices(): readonly string[] | undefined {
		const all: string[] = [];
		for (;;) {
			const texts = this.sequence();
			if (texts === undefined || all.length + texts.length > MOST_TEXTS) return undefined;
			all.push(...texts);
			if (!this.#takes("|")) return all;
		}
	}

	/** Up to a `|`, a closing bracket or the end. */
	sequence(): readonly string[] | undefined {
		let texts: readonly string[] = [""];
		while (!this.isAtEnd && !/[|)]/.test(this.#next)) {
			const parts = this.#part();
			if (parts === undefined || texts.length * parts.length > MOST_TEXTS) return undefined;
			texts = texts.flatMap((text) => parts.map((part) => text + part));
		}
		return texts;
	}

	#part(): readonly string[] | undefined {
		if (this.#takes("(")) return this.#group();
		const escaped = this.#takes("\\");
		const sign = this.#next;
		this.#at += 1;
		// An escaped letter or digit is a class or a reference; a bare sign other than these means something.
		const isLiteral = escaped ? /^[^\w\s]$/.test(sign) : /^[\w@-]$/.test(sign);
		return isLiteral ? [sign.toLowerCase()] : undefined;
	}

	#group(): readonly string[] | undefined {
		this.#takes("?:");
		this.#depth += 1;
		const texts = this.#depth > 20 ? undefined : this.choices();
		this.#depth -= 1;
		return texts !== undefined && this.#takes(")") ? texts : undefined;
	}

	get #next(): string {
		return this.#expression.charAt(this.#at);
	}

	#takes(text: string): boolean {
		if (!this.#expression.startsWith(text, this.#at)) return false;
		this.#at += text.length;
		return true;
	}
}
