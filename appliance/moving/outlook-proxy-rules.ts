/**
 * Who may sign up, as microsoft-smtp-oauth2-proxy is told by its environment, as rules of `[sign_up]`. For
 * outlook-proxy-plan.ts; only lists in files are read.
 *
 * Never wider than what stood there: where a rule that keeps somebody out cannot be taken, none that lets in is.
 *
 * Sources (facts only), repository oldium/microsoft-smtp-oauth2-proxy: packages/common/src/lib/filters.ts (names, default
 * order, matching as a whole in lower case) and env.example (meaning; without ALLOWED_* everybody is let in). That
 * the program lets in whom DISALLOWED_* names, by a mistake, is not carried over.
 */
import { readMailPattern } from "../config/mail-pattern.ts";
import type { MovingItem } from "../console-services/moving.ts";
import { asError, UserError } from "../errors.ts";
import { textsOf, textsOfEnd } from "./finite-pattern.ts";
import { left } from "./found-items.ts";

export type Environment = Readonly<Record<string, string>>;

const FORMS = ["LIST", "LIST_FILE", "REGEX", "REGEX_FILE"] as const;
const nameAll = (effect: "ALLOWED" | "DISALLOWED") =>
	["EMAILS", "DOMAINS"].flatMap((subject) => FORMS.map((form) => `${effect}_${subject}_${form}`));
/** In the order in which they count. */
export const RULE_NAMES: readonly string[] = [...nameAll("DISALLOWED"), ...nameAll("ALLOWED")];

const MOST_PATTERNS = 1_000;

interface Rule {
	readonly name: string;
	readonly patterns: readonly string[];
	/** Why not all of it could be taken; empty when it could. */
	readonly trouble: string;
}

/** @param readLines of a list's file; rejects with `UserError` when it cannot be read. */
export async function ruleItems(
	environment: Environment,
	readLines: (file: string) => Promise<readonly string[]>,
): Promise<readonly MovingItem[]> {
	const order = (environment["RULES_ORDER"] ?? "").split(",").map((name) => name.trim());
	const isOrdered = order.some((name) => name !== "");
	const counted = RULE_NAMES.filter((name) => Object.hasOwn(environment, name)).filter(
		(name) => !isOrdered || order.includes(name),
	);
	const rules = await Promise.all(counted.map((name) => readRule(name, environment[name] ?? "", readLines)));
	return [
		...itemsOf(rules),
		...(isOrdered ? [left("RULES_ORDER", "here rules that keep out always go first")] : []),
		...RULE_NAMES.filter((name) => Object.hasOwn(environment, name) && !counted.includes(name)).map((name) =>
			left(name, "RULES_ORDER does not name it, so it did not count"),
		),
	];
}

function itemsOf(rules: readonly Rule[]): readonly MovingItem[] {
	const troubled = rules
		.filter(({ trouble }) => trouble !== "")
		.map(({ name, trouble }) => left(name, trouble));
	const keepOut = rules.filter(({ name }) => name.startsWith("DISALLOWED"));
	const letIn = rules.filter(({ name }) => name.startsWith("ALLOWED"));
	if (letIn.length === 0) {
		const why = "it let anybody sign up; here nobody may until sign_up.allow says who";
		return [...settingsOf([], keepOut), ...troubled, left("no ALLOWED_*", why)];
	}
	const broken = keepOut.find(({ trouble }) => trouble !== "");
	if (broken === undefined) return [...settingsOf(letIn, keepOut), ...troubled];
	const why = `left out, because without all of ${broken.name} it would let in whom that kept out`;
	return [
		...settingsOf([], keepOut),
		...troubled,
		...letIn.filter(({ trouble }) => trouble === "").map(({ name }) => left(name, why)),
	];
}

/** Together: who is to be kept out must not come in because half of it could not be saved. */
function settingsOf(letIn: readonly Rule[], keepOut: readonly Rule[]): readonly MovingItem[] {
	const allow = [...new Set(letIn.flatMap(({ patterns }) => patterns))];
	const deny = [...new Set(keepOut.flatMap(({ patterns }) => patterns))];
	if (allow.length + deny.length === 0) return [];
	const what = [...letIn, ...keepOut].filter(({ patterns }) => patterns.length > 0).map(({ name }) => name);
	const shown = [
		...(allow.length === 0 ? [] : [`sign_up.allow: ${some(allow)}`]),
		...(deny.length === 0 ? [] : [`sign_up.deny: ${some(deny)}`]),
	];
	return [
		{
			kind: "settings",
			what: what.join(", "),
			as: shown.join("; "),
			note:
				deny.length === 0
					? ""
					: "the proxy, by a mistake, let in whom DISALLOWED_* names; here they are kept out",
			add: {
				...(allow.length === 0 ? {} : { "sign_up.allow": allow }),
				...(deny.length === 0 ? {} : { "sign_up.deny": deny }),
			},
			put: {},
		},
	];
}

const SHOWN = 5;

function some(patterns: readonly string[]): string {
	const more = patterns.length - SHOWN;
	return patterns.slice(0, SHOWN).join(", ") + (more > 0 ? ` and ${more} more` : "");
}

async function readRule(
	name: string,
	value: string,
	readLines: (file: string) => Promise<readonly string[]>,
): Promise<Rule> {
	try {
		const isFile = name.endsWith("_FILE");
		const isExpression = name.includes("_REGEX");
		const lines = isFile ? await readLines(value) : isExpression ? [value] : value.split(",");
		const entries = lines.map((line) => line.trim()).filter((line) => line !== "");
		const texts = entries.map((entry) => (isExpression ? patternsOf(entry) : listed(entry)));
		const unknown = entries.find((_, index) => texts[index] === undefined);
		return ruleOf(
			name,
			texts.flatMap((found) => found ?? []),
			unknown,
		);
	} catch (thrown) {
		if (!(thrown instanceof UserError)) throw thrown;
		return { name, patterns: [], trouble: asError(thrown).message };
	}
}

function ruleOf(name: string, texts: readonly string[], unknown: string | undefined): Rule {
	const isDomain = name.includes("_DOMAINS_");
	const written = texts.map((text) => (isDomain && text !== "*" ? `*@${text}` : text));
	const patterns = written.map(readMailPattern);
	const good = patterns.filter((pattern) => typeof pattern === "string");
	const bad = written.find((_, index) => typeof patterns[index] !== "string") ?? unknown;
	const trouble =
		bad !== undefined
			? `"${bad.slice(0, 80)}" cannot be written as an address or *@domain; add to sign_up by hand what it means`
			: good.length > MOST_PATTERNS
				? `it has more than ${MOST_PATTERNS} entries`
				: "";
	return { name, patterns: good.slice(0, MOST_PATTERNS), trouble };
}

/** There a star in a list is a star and fits nobody; here it would fit everybody. */
function listed(entry: string): readonly string[] | undefined {
	return entry.includes("*") ? undefined : [entry.toLowerCase()];
}

/** `.*@example\.com` is any address of a domain; `.*` is any. Else what it stands for, where that is few. */
function patternsOf(expression: string): readonly string[] | undefined {
	if (/^\.[*+]$/.test(expression)) return ["*"];
	const [, domains] = /^(?:\.[*+]|\[\^@\][*+])@(.+)$/.exec(expression) ?? [];
	if (domains === undefined) return textsOf(expression);
	return textsOfEnd(domains)?.map((domain) => `*@${domain}`);
}
