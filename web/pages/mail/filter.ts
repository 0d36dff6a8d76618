/** The filter of the mail list, as it stands in the address: read from it, and written into the links of the page. */
import type { MailFilter, MailState } from "../../../appliance/console-services.ts";

export const STATES: readonly MailState[] = [
	"incoming",
	"active",
	"deferred",
	"held",
	"failed",
	"delivered",
	"deleted",
	"coalesced",
	"expired",
];
const LONGEST = 200;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

export interface ListQuery {
	readonly text: string;
	readonly states: readonly MailState[];
	readonly device: string;
	readonly account: string;
	/** Days of the box's time zone, `2026-11-20`, or empty; `until` is within. */
	readonly from: string;
	readonly until: string;
	readonly before: string | undefined;
	readonly after: string | undefined;
}

/** What cannot be meant is left out. */
export function readQuery(params: URLSearchParams): ListQuery {
	const text = (name: string) => (params.get(name) ?? "").trim().slice(0, LONGEST);
	const day = (name: string) =>
		DAY.test(text(name)) && midnight(text(name), 0) !== undefined ? text(name) : "";
	const wanted = params.getAll("state");
	return {
		text: text("q"),
		states: STATES.filter((state) => wanted.includes(state)),
		device: text("device"),
		account: text("account"),
		from: day("from"),
		until: day("until"),
		before: text("before") || undefined,
		after: text("after") || undefined,
	};
}

export function filterOf({ text, states, device, account, from, until }: ListQuery): MailFilter {
	const [since, before] = [midnight(from, 0), midnight(until, 1)];
	return {
		...(text === "" ? {} : { text }),
		...(states.length === 0 ? {} : { states }),
		...(device === "" ? {} : { device }),
		...(account === "" ? {} : { account }),
		...(since === undefined ? {} : { since }),
		...(before === undefined ? {} : { until: before }),
	};
}

export function pageOf({ before, after }: ListQuery): { readonly before?: string; readonly after?: string } {
	if (before !== undefined) return { before };
	return after === undefined ? {} : { after };
}

/** Of the box's time zone, which is its owner's. Undefined for no day. */
function midnight(day: string, daysOn: number): string | undefined {
	const [year = Number.NaN, month = 1, date = 1] = day === "" ? [] : day.split("-").map(Number);
	const at = new Date(year, month - 1, date + daysOn);
	return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}

/** Without the page. */
function searchParams({ text, states, device, account, from, until }: ListQuery): URLSearchParams {
	const params = new URLSearchParams();
	if (text !== "") params.set("q", text);
	for (const state of states) params.append("state", state);
	if (device !== "") params.set("device", device);
	if (account !== "") params.set("account", account);
	if (from !== "") params.set("from", from);
	if (until !== "") params.set("until", until);
	return params;
}

export function listPath(
	query: ListQuery,
	page: { readonly before?: string; readonly after?: string } = {},
): string {
	return withParams("/mail", query, page);
}

/** Where the actions of a list are sent: they are about what the list shows, and lead back to it. */
export function actionsPath(query: ListQuery): string {
	return withParams("/mail/actions", query, pageOf(query));
}

function withParams(
	path: string,
	query: ListQuery,
	page: { readonly before?: string; readonly after?: string },
): string {
	const params = searchParams(query);
	for (const [name, cursor] of Object.entries(page)) params.set(name, cursor);
	const search = params.toString();
	return search === "" ? path : `${path}?${search}`;
}

export function isFiltered(query: ListQuery): boolean {
	return searchParams(query).size > 0;
}
