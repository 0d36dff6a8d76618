/** The filter of the mail list, as it stands in the address: read from it, and written into the links of the page. */
import type { MailFilter, MailState } from "../../../appliance/console-services.ts";

const STATES: readonly MailState[] = [
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
	/** Days of the box's time zone, `2026-11-20`, or empty; `until` is within. */
	readonly from: string;
	readonly until: string;
	readonly before: string | undefined;
	readonly after: string | undefined;
}

export function readQuery(params: URLSearchParams): ListQuery {
	const text = (name: string) => (params.get(name) ?? "").trim().slice(0, LONGEST);
	const day = (name: string) => (DAY.test(text(name)) ? text(name) : "");
	const wanted = params.getAll("state").flatMap((value) => value.split(","));
	return {
		text: text("q"),
		states: STATES.filter((state) => wanted.includes(state)),
		device: text("device"),
		from: day("from"),
		until: day("until"),
		before: text("before") || undefined,
		after: text("after") || undefined,
	};
}

export function filterOf({ text, states, device, from, until }: ListQuery): MailFilter {
	return {
		...(text === "" ? {} : { text }),
		...(states.length === 0 ? {} : { states }),
		...(device === "" ? {} : { device }),
		...(from === "" ? {} : { since: midnight(from, 0) }),
		...(until === "" ? {} : { until: midnight(until, 1) }),
	};
}

/** Of the box's time zone, which is its owner's. */
function midnight(day: string, daysOn: number): string {
	const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
	const at = new Date(year, month - 1, date + daysOn);
	return Number.isNaN(at.getTime()) ? day : at.toISOString();
}

/** Without the page. */
export function searchParams({ text, states, device, from, until }: ListQuery): URLSearchParams {
	const params = new URLSearchParams();
	if (text !== "") params.set("q", text);
	for (const state of states) params.append("state", state);
	if (device !== "") params.set("device", device);
	if (from !== "") params.set("from", from);
	if (until !== "") params.set("until", until);
	return params;
}

export function listPath(
	query: ListQuery,
	page: { readonly before?: string; readonly after?: string } = {},
): string {
	const params = searchParams(query);
	if (page.before !== undefined) params.set("before", page.before);
	if (page.after !== undefined) params.set("after", page.after);
	const search = params.toString();
	return search === "" ? "/mail" : `/mail?${search}`;
}

export function isFiltered({ text, states, device, from, until }: ListQuery): boolean {
	return text !== "" || states.length > 0 || device !== "" || from !== "" || until !== "";
}
