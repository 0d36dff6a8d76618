/**
 * Reads a dialogue file (dialogues/README.md describes the form): what one device says and what it
 * must hear. Throws with file and line where the text is no dialogue; plays nothing.
 */

export type Step =
	| { readonly type: "send"; readonly bytes: Buffer; readonly at: string }
	| { readonly type: "expect"; readonly pattern: string; readonly at: string }
	| { readonly type: "has" | "lacks"; readonly pattern: string; readonly at: string }
	| { readonly type: "lines"; readonly count: number; readonly at: string }
	| { readonly type: "cram"; readonly username: string; readonly password: string; readonly at: string }
	| { readonly type: "pause"; readonly ms: number; readonly at: string }
	| { readonly type: "half-close" | "close" | "closed" | "tls" | "no-tls"; readonly at: string };

export interface Dialogue {
	/** The first comment line: the quirk and the device. */
	readonly title: string;
	/** `key: value` lines before the first step. */
	readonly head: ReadonlyMap<string, string>;
	readonly steps: readonly Step[];
	/** Messages taken. */
	readonly queued: number;
	/** Texts of which each is in one of the messages that arrived. */
	readonly arrivedHas: readonly string[];
	readonly arrivedLacks: readonly string[];
	/** One a message, in the order of arrival. */
	readonly envelopes: readonly { readonly from: string; readonly to: readonly string[] }[];
}

const HEAD_KEYS = [
	"device",
	"device-switches",
	"port",
	"from-address",
	"tls",
	"tls-version",
	"username",
	"password",
];
const WORDS = {
	"HALF-CLOSE": "half-close",
	CLOSE: "close",
	"S-CLOSED": "closed",
	TLS: "tls",
	"TLS-REFUSED": "no-tls",
} as const;

interface Line {
	readonly text: string;
	readonly at: string;
}

export function parseDialogue(name: string, source: string): Dialogue {
	const lines = source.split("\n").map((text, index) => ({ text, at: `${name}:${index + 1}` }));
	const title = lines
		.find(({ text }) => text.startsWith("#"))
		?.text.slice(1)
		.trim();
	if (title === undefined) throw new Error(`${name}: the first line says what it is about, after a #`);
	const told = lines.filter(({ text }) => text.trim() !== "" && !text.startsWith("#"));
	const head = new Map<string, string>();
	const steps: (Step | Bracket)[] = [];
	const ends: Line[] = [];
	for (const line of repeated(told)) {
		const [, key = "", value = ""] = /^([a-z-]+): ?(.*)$/.exec(line.text) ?? [];
		if (key !== "" && steps.length === 0) {
			if (!HEAD_KEYS.includes(key)) throw new Error(`${line.at}: no such setting: ${key}`);
			head.set(key, value.trim());
		} else if (/^(QUEUED|ARRIVED-HAS|ARRIVED-NOT|ENVELOPE): /.test(line.text)) ends.push(line);
		else steps.push(readStep(line));
	}
	const valuesOf = (word: string) =>
		ends.filter(({ text }) => text.startsWith(`${word}: `)).map(({ text }) => text.slice(word.length + 2));
	const [queued] = valuesOf("QUEUED");
	if (queued === undefined) throw new Error(`${name}: QUEUED says how many messages are taken`);
	return {
		title,
		head,
		steps: joined(steps),
		queued: Number(queued),
		arrivedHas: valuesOf("ARRIVED-HAS").map((text) => expand(text).toString("latin1")),
		arrivedLacks: valuesOf("ARRIVED-NOT").map((text) => expand(text).toString("latin1")),
		envelopes: valuesOf("ENVELOPE").map((text) => {
			const [from = "", to = ""] = text.split("->").map((side) => side.trim());
			return { from: from === "<>" ? "" : from, to: to.split(",").map((address) => address.trim()) };
		}),
	};
}

/** Whole text; `*` stands for anything. */
export function matches(pattern: string, text: string): boolean {
	const parts = pattern.split("*").map((part) => part.replaceAll(/[\\^$.|?+()[\]{}]/g, "\\$&"));
	return new RegExp(`^${parts.join(".*")}$`, "is").test(text);
}

/** `TIMES n` … `END`: the lines between, n times, `{n}` counted from 1. */
function repeated(lines: readonly Line[]): Line[] {
	const result: Line[] = [];
	for (let index = 0; index < lines.length; index += 1) {
		const line = lines[index] as Line;
		const times = /^TIMES (\d+)$/.exec(line.text)?.[1];
		if (times === undefined) {
			result.push(line);
			continue;
		}
		const length = lines.slice(index).findIndex(({ text }) => text === "END");
		if (length === -1) throw new Error(`${line.at}: TIMES without END`);
		const block = lines.slice(index + 1, index + length);
		for (let n = 1; n <= Number(times); n += 1) {
			result.push(...block.map(({ text, at }) => ({ text: text.replaceAll("{n}", String(n)), at })));
		}
		index += length;
	}
	return result;
}

interface Bracket {
	readonly bracket: "begin" | "end";
	readonly at: string;
}

/** `PIPELINED:` … `END`: one segment of all that is sent between. */
function joined(steps: readonly (Step | Bracket)[]): Step[] {
	const result: Step[] = [];
	let segment: Buffer[] | undefined;
	for (const step of steps) {
		if ("bracket" in step) {
			if (step.bracket === "end")
				result.push({ type: "send", bytes: Buffer.concat(segment ?? []), at: step.at });
			segment = step.bracket === "begin" ? [] : undefined;
		} else if (segment === undefined) result.push(step);
		else if (step.type === "send") segment.push(step.bytes);
		else throw new Error(`${step.at}: only what is sent can be pipelined`);
	}
	if (segment !== undefined) throw new Error("PIPELINED: without END");
	return result;
}

function readStep({ text, at }: Line): Step | Bracket {
	if (text === "PIPELINED:") return { bracket: "begin", at };
	if (text === "END") return { bracket: "end", at };
	if (text in WORDS) return { type: WORDS[text as keyof typeof WORDS], at };
	const pause = /^PAUSE (\d+)ms$/.exec(text)?.[1];
	if (pause !== undefined) return { type: "pause", ms: Number(pause), at };
	const [, word = "", rest = ""] = /^([A-Z-]+): ?(.*)$/s.exec(text) ?? [];
	switch (word) {
		case "C":
			return { type: "send", bytes: Buffer.concat([expand(rest), Buffer.from("\r\n")]), at };
		case "C-LF":
			return { type: "send", bytes: Buffer.concat([expand(rest), Buffer.from("\n")]), at };
		case "C-RAW":
			return { type: "send", bytes: expand(rest), at };
		case "C-HEX":
			return { type: "send", bytes: Buffer.from(rest.replaceAll(/\s/g, ""), "hex"), at };
		case "C-CRAM": {
			const [username = "", password = ""] = rest.split(/ (.*)/s);
			return { type: "cram", username, password, at };
		}
		case "S":
			return { type: "expect", pattern: rest, at };
		case "S-HAS":
			return { type: "has", pattern: rest, at };
		case "S-LINES":
			return { type: "lines", count: Number(rest), at };
		case "S-NOT":
			return { type: "lacks", pattern: rest, at };
		default:
			throw new Error(`${at}: no dialogue line: ${text}`);
	}
}

const ESCAPES: Readonly<Record<string, string>> = { r: "\r", n: "\n", t: "\t", "\\": "\\" };

/** `{base64:text}`, `{unpadded:text}`, `{repeat:n:text}`, and `\r \n \t \\ \xHH`; the rest as UTF-8. */
function expand(text: string): Buffer {
	const placed = text.replaceAll(
		/\{(base64|unpadded|repeat:\d+):([^}]*)\}/g,
		(_, what: string, of: string) => {
			if (what.startsWith("repeat:")) return of.repeat(Number(what.slice("repeat:".length)));
			const encoded = unescaped(of).toString("base64");
			return what === "base64" ? encoded : encoded.replaceAll("=", "");
		},
	);
	return unescaped(placed);
}

function unescaped(text: string): Buffer {
	const parts = text.split(/(\\x[0-9a-f]{2}|\\[rnt\\])/i);
	return Buffer.concat(
		parts.map((part) => {
			if (/^\\x[0-9a-f]{2}$/i.test(part)) return Buffer.from([Number.parseInt(part.slice(2), 16)]);
			return Buffer.from(/^\\[rnt\\]$/.test(part) ? (ESCAPES[part.slice(1)] ?? "") : part);
		}),
	);
}
