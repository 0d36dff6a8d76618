/**
 * What a line of a message's history says, taken apart so that it can be told in words: for journey.tsx. The lines are
 * written by queue/ (settlement.ts, queue-actions.ts, coalesced.ts, notice.ts) for people to read as they are; a line that is
 * not known, or of an older version, stays one.
 */
import type { HistoryRow } from "../../../appliance/services.ts";

export type OutcomeName = "delivered" | "deferred" | "failed" | "unknown";

export interface AttemptOutcome {
	readonly recipient: string;
	readonly outcome: OutcomeName;
	/** `550 5.1.1 No such user` */
	readonly reply: string;
}

export type HistoryStep =
	| {
			readonly kind: "attempt";
			readonly number: string;
			/** `graph`, `smtp`, … */
			readonly via: string;
			readonly outcomes: readonly AttemptOutcome[];
			/** What else was found out, or empty. */
			readonly note: string;
	  }
	| { readonly kind: "held" | "released" | "retried" | "deleted" | "removed" }
	/** It waits in place of so many earlier ones, of which it has the number. */
	| { readonly kind: "waits"; readonly count: number }
	| { readonly kind: "replaced"; readonly by: string }
	| { readonly kind: "report"; readonly about: string; readonly action: string }
	| { readonly kind: "other" };

const PLAIN = ["held", "released", "retried", "deleted", "removed"] as const;

export function stepOf({ event, detail }: HistoryRow): HistoryStep {
	const [, number, via] = /^attempt (\d+) via (\S+)$/.exec(event) ?? [];
	if (number !== undefined && via !== undefined) {
		return { kind: "attempt", number, via, ...outcomesIn(detail) };
	}
	const plain = PLAIN.find((name) => name === event);
	if (plain !== undefined) return { kind: plain };
	if (event === "coalesced") return coalescedStep(detail);
	const [, about, action] = event === "report" ? (/^about (\w+): (\w+)/.exec(detail) ?? []) : [];
	if (about !== undefined && action !== undefined) return { kind: "report", about, action };
	return { kind: "other" };
}

function coalescedStep(detail: string): HistoryStep {
	const [, by] = /^replaced by (\w+)/.exec(detail) ?? [];
	if (by !== undefined) return { kind: "replaced", by };
	if (!detail.startsWith("waits until ")) return { kind: "other" };
	const [, count = "0"] = /in place of (\d+) earlier/.exec(detail) ?? [];
	return { kind: "waits", count: Number(count) };
}

/** `a@x: delivered (250 2.0.0 OK); b@x: failed (550 5.1.1 Unknown); found in Sent Items` */
function outcomesIn(detail: string): {
	readonly outcomes: readonly AttemptOutcome[];
	readonly note: string;
} {
	const heads = [...detail.matchAll(/(?:^|; )([^;]+?): (delivered|deferred|failed|unknown) \(/g)];
	let note = "";
	const outcomes = heads.map(({ index, 0: head, 1: recipient = "", 2: outcome }, at) => {
		const rest = detail.slice(index + head.length, heads[at + 1]?.index);
		const end = at === heads.length - 1 ? endOfReply(rest) : rest.length;
		note = rest.slice(end).replace(/^; /, "");
		return { recipient, outcome: outcome as OutcomeName, reply: rest.slice(0, end).replace(/\)$/, "") };
	});
	return { outcomes, note: heads.length === 0 ? detail : note };
}

/** Behind the bracket that closes the last reply; what follows is a note. */
function endOfReply(rest: string): number {
	const at = rest.indexOf("); ");
	return at < 0 ? rest.length : at + 1;
}
