/**
 * The rules of a device as a form has them: texts, one entry a line, limits in a number and its units. Read from
 * what the appliance shows (keys and forms of the file), and from what was typed; and what of it is asked for.
 */

import { UserError } from "../../../appliance/errors.ts";
import type { DeviceRules } from "../../../appliance/services.ts";
import type { Form } from "../../form.ts";
import { FLAGS } from "./device-draft.ts";

export interface Limit {
	/** As typed; empty: none. */
	readonly count: string;
	/** `MB`; empty where it counts things. */
	readonly size: string;
	/** `h` */
	readonly time: string;
}

export interface RuleValues {
	readonly addresses: string;
	readonly username: string;
	readonly kind: string;
	readonly account: string;
	readonly from: "keep" | "force" | "list";
	readonly senders: string;
	readonly recipients: string;
	readonly rate: Limit;
	readonly quota: Limit;
	readonly coalesce: Limit;
	readonly urgent: boolean;
	readonly newestFirst: boolean;
	readonly dropRepeats: boolean;
	readonly switches: readonly (typeof FLAGS)[number][];
	readonly hideEhlo: string;
}

export const SIZES = ["kB", "MB", "GB"] as const;
export const TIMES = ["s", "m", "h", "d"] as const;

const LIMIT = /^(\d+)([a-z]*B)?\/?([smhdw])$/i;

/** `120/h`, `500MB/d`, `5m`. */
function readLimit(value: unknown, otherwise: Limit): Limit {
	const [, count, size, time] = LIMIT.exec(typeof value === "string" ? value : "") ?? [];
	if (count === undefined || time === undefined) return otherwise;
	return { count, size: size ?? "", time };
}

const NO_RATE: Limit = { count: "", size: "", time: "h" };
const NO_QUOTA: Limit = { count: "", size: "MB", time: "d" };
const NO_COALESCE: Limit = { count: "", size: "", time: "m" };

export function valuesOf(rules: Readonly<Record<string, unknown>>): RuleValues {
	const text = (key: string) => (typeof rules[key] === "string" ? rules[key] : "");
	const lines = (key: string) => (Array.isArray(rules[key]) ? rules[key].map(String).join("\n") : "");
	const from = rules["from"];
	return {
		addresses: lines("addresses"),
		username: text("username"),
		kind: text("kind"),
		account: text("account"),
		from: from === "force" || from === "keep" ? from : "list",
		senders: lines("from"),
		recipients: lines("recipients"),
		rate: readLimit(rules["rate"], NO_RATE),
		quota: readLimit(rules["quota"], NO_QUOTA),
		coalesce: readLimit(rules["coalesce"], NO_COALESCE),
		urgent: rules["urgent"] === true,
		newestFirst: rules["newest_first"] === true,
		dropRepeats: rules["drop_repeats"] === true,
		switches: FLAGS.filter((flag) => rules[flag] === true),
		hideEhlo: lines("hide_ehlo"),
	};
}

export function readValues(form: Form): RuleValues {
	const turnedOn = form.all("turn_on");
	const from = form.text("from");
	const limit = (name: string, otherwise: Limit): Limit => ({
		count: form.text(name),
		size: form.text(`${name}_size`) || otherwise.size,
		time: form.text(`${name}_time`) || otherwise.time,
	});
	return {
		addresses: form.text("addresses"),
		username: form.text("username"),
		kind: form.text("kind"),
		account: form.text("account"),
		from: from === "force" || from === "list" ? from : "keep",
		senders: form.text("senders"),
		recipients: form.text("recipients"),
		rate: limit("rate", NO_RATE),
		quota: limit("quota", NO_QUOTA),
		coalesce: limit("coalesce", NO_COALESCE),
		urgent: form.isOn("urgent"),
		newestFirst: form.isOn("newest_first"),
		dropRepeats: form.isOn("drop_repeats"),
		switches: FLAGS.filter((flag) => turnedOn.includes(flag)),
		hideEhlo: form.text("hide_ehlo"),
	};
}

/** Throws `rule-sender-missing`, `rule-limit-invalid`. */
export function rulesOf(values: RuleValues): DeviceRules {
	const senders = linesOf(values.senders);
	if (values.from === "list" && senders.length === 0) {
		throw new UserError("rule-sender-missing", "There is no sender in the list.", "Write one a line.");
	}
	const recipients = linesOf(values.recipients);
	return {
		addresses: linesOf(values.addresses),
		username: values.username || null,
		kind: values.kind || null,
		account: values.account || null,
		from: values.from === "list" ? senders : values.from,
		recipients: recipients.length === 0 ? ["*"] : recipients,
		rate: limitText(values.rate, "/"),
		quota: limitText(values.quota, "/"),
		coalesce: limitText(values.coalesce, ""),
		urgent: values.urgent,
		newest_first: values.newestFirst,
		drop_repeats: values.dropRepeats,
		switches: {
			...Object.fromEntries(FLAGS.map((flag) => [flag, values.switches.includes(flag)])),
			hide_ehlo: linesOf(values.hideEhlo),
		},
	};
}

function limitText({ count, size, time }: Limit, between: "/" | ""): string | null {
	if (count === "") return null;
	const text = `${count}${size}${between}${time}`;
	if (/^0*$/.test(count) || !LIMIT.test(text)) {
		throw new UserError("rule-limit-invalid", "A limit is a whole number above zero.", "Empty: no limit.");
	}
	return text;
}

export function linesOf(text: string): readonly string[] {
	return text
		.split(/[\n,]/)
		.map((line) => line.trim())
		.filter((line) => line !== "");
}
