/**
 * What is wrong with a configuration, in the owner's words: where it stands, what is wrong with it,
 * what would be right. Turns zod's issues and the findings of `cross-check.ts` into `ConfigProblem`s.
 */
import type * as z from "zod";
import { UserError } from "../errors.ts";
import { CONFIGURING } from "../words/configuring.ts";
import { say } from "../words/saying.ts";
import { nearest } from "./nearest.ts";
import { isRepeatedTable, keyAt, namesIn, SCHEMA_KEYS } from "./schema-keys.ts";
import { type Merged, type Source, valueAt } from "./source.ts";

export interface ConfigProblem {
	/** `/etc/postern/postern.toml:12:1`, `POSTERN_NAME`, `--name`, or `console`. */
	readonly where: string;
	/** Dotted, `device[0].rate`; empty when it is about the file as a whole. */
	readonly key: string;
	/** What is wrong and what would be right. Never holds a secret. */
	readonly text: string;
	/** For sorting and for editors; 0 when it is not about a line of the file. */
	readonly line: number;
	readonly column: number;
}

/** A finding about the value at a path, before it is known where that value came from. */
export interface Finding {
	readonly path: readonly PropertyKey[];
	readonly text: string;
}

/** Thrown when the configuration cannot be used. Its message is all problems, a line each. */
export class ConfigError extends UserError {
	readonly problems: readonly ConfigProblem[];

	constructor(problems: readonly ConfigProblem[]) {
		super(
			"config-invalid",
			problems.map(({ where, text }) => `${where}: ${text}`).join("\n"),
			'Mend it and try again; "postern config describe" shows every key.',
		);
		this.problems = problems;
	}
}

export function findingsOf(issues: readonly z.core.$ZodIssue[], values: unknown): Finding[] {
	return issues.flatMap((issue) =>
		issue.code === "unrecognized_keys"
			? issue.keys.map((key) => ({ path: [...issue.path, key], text: unknownKey(issue.path, key) }))
			: [{ path: issue.path, text: badValue(issue, values) }],
	);
}

/** What is wrong with one record that is not from the file, in one sentence: for `device add` and the like. */
export function recordProblems(table: string, issues: readonly z.core.$ZodIssue[], record: unknown): string {
	const placed = issues.map((issue) => ({ ...issue, path: [table, ...issue.path] }));
	return findingsOf(placed, { [table]: record })
		.map(({ text }) => text)
		.join("; ");
}

/** Says where each finding stands. In the order of the file, then the others. */
export function locate(findings: readonly Finding[], merged: Merged): ConfigProblem[] {
	const problems = findings.map(({ path, text }) => problemAt(merged.sourceAt(path), path, text));
	return problems.sort((a, b) => a.line - b.line || a.column - b.column);
}

export function problemAt(
	source: Source | undefined,
	path: readonly PropertyKey[],
	text: string,
): ConfigProblem {
	const position = source?.kind === "file" ? source.positions.at(path) : undefined;
	return {
		where: whereText(source, position),
		key: formatPath(path),
		text,
		line: position?.line ?? 0,
		column: position?.column ?? 0,
	};
}

function whereText(
	source: Source | undefined,
	position: { readonly line: number; readonly column: number } | undefined,
): string {
	switch (source?.kind) {
		case "file":
			return position === undefined ? source.file : `${source.file}:${position.line}:${position.column}`;
		case "environment":
			return source.variable;
		case "flag":
			return source.flag;
		case "console":
			return "console";
		case undefined:
			return "configuration";
	}
}

/** `device[0].rate`. */
export function formatPath(path: readonly PropertyKey[]): string {
	return path.reduce<string>((text, part) => {
		if (typeof part === "number") return `${text}[${part}]`;
		return text === "" ? String(part) : `${text}.${String(part)}`;
	}, "");
}

function unknownKey(path: readonly PropertyKey[], key: string): string {
	const table = String(path[0] ?? "");
	const name = JSON.stringify(key.slice(0, 60));
	const place = table === "" ? "" : ` in ${tableHeader(table)}`;
	return `unknown key ${name}${place}; ${suggestion(table, key)}`;
}

function suggestion(table: string, key: string): string {
	const near = nearest(key, namesIn(table));
	if (near !== undefined) {
		const written = namesIn(near).length > 0 && table === "" ? tableHeader(near) : `"${near}"`;
		return `did you mean ${written}?`;
	}
	const elsewhere = SCHEMA_KEYS.find(({ path }) => path.at(-1) === key)?.path;
	if (elsewhere !== undefined) {
		return elsewhere.length === 1
			? `"${key}" stands above the first table`
			: `"${key}" stands in ${tableHeader(elsewhere[0] ?? "")}`;
	}
	return `known here: ${namesIn(table).join(", ")}`;
}

export function tableHeader(name: string): string {
	return isRepeatedTable(name) ? `[[${name}]]` : `[${name}]`;
}

function badValue(issue: z.core.$ZodIssue, values: unknown): string {
	const key = formatPath(issue.path);
	const value = valueAt(values, issue.path);
	const shown = showValue(issue.path, value);
	switch (issue.code) {
		case "custom":
			return say(CONFIGURING.badValue, { key, value: shown, why: issue.message });
		case "invalid_value":
			return notAllowed(key, shown, issue.values, value);
		case "too_big":
			return say(CONFIGURING.tooMany, { key, most: String(issue.maximum) });
		default:
			if (value === undefined) return say(CONFIGURING.missing, { key });
			return say(CONFIGURING.wrongKind, { key, value: shown, wanted: wantedKind(issue.path) });
	}
}

function notAllowed(key: string, shown: string, values: readonly unknown[], value: unknown): string {
	const near = typeof value === "string" ? nearest(value, values.map(String)) : undefined;
	const allowed = values.map((one) => JSON.stringify(one)).join(", ");
	const found = { key, value: shown, allowed };
	return near === undefined
		? say(CONFIGURING.notAllowed, found)
		: say(CONFIGURING.notAllowedButNear, { ...found, near });
}

function wantedKind(path: readonly PropertyKey[]): string {
	const last = path.at(-1);
	const key = keyAt(path);
	if (key === undefined) return `write the table as ${tableHeader(String(path[0] ?? ""))}`;
	const example = key.meta.example ?? key.defaultValue;
	if (typeof last === "number") return CONFIGURING.wantsTextInList;
	if (key.type === "boolean") return CONFIGURING.wantsBoolean;
	const such =
		example === undefined || key.meta.secret === true ? undefined : { example: JSON.stringify(example) };
	if (such === undefined) return key.type === "list" ? CONFIGURING.wantsList : CONFIGURING.wantsText;
	return say(key.type === "list" ? CONFIGURING.wantsListSuchAs : CONFIGURING.wantsTextSuchAs, such);
}

const SHOWN_LENGTH = 60;

/** The value as the owner wrote it, shortened. Nothing that is or may hold a secret is shown. */
function showValue(path: readonly PropertyKey[], value: unknown): string {
	const single = typeof value === "string" || typeof value === "number" || typeof value === "boolean";
	if (!single || keyAt(path)?.meta.secret === true) return "this value";
	const text = withoutCredentials(JSON.stringify(value));
	return text.length > SHOWN_LENGTH ? `${text.slice(0, SHOWN_LENGTH)}…` : text;
}

/** The address of a proxy may hold the site's password. */
export function withoutCredentials(text: string): string {
	return text.replace(/\/\/.*@/g, "//***@");
}
