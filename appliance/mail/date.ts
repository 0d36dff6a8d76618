/**
 * The date as mail headers write it (RFC 5322 §3.3), always in UTC: a box in a cupboard does not
 * know where it stands, and readers convert anyway. Pure. An invalid date is a bug and throws.
 */

const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"] as const;
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"] as const;

/** `Fri, 20 Nov 2026 11:52:15 +0000`. */
export function formatDate(date: Date): string {
	if (Number.isNaN(date.getTime())) throw new RangeError("an invalid date cannot be written");
	const time = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map(twoDigits).join(":");
	const year = String(date.getUTCFullYear()).padStart(4, "0");
	return `${DAYS[date.getUTCDay()]}, ${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]} ${year} ${time} +0000`;
}

function twoDigits(value: number): string {
	return String(value).padStart(2, "0");
}

/** RFC 5322 §3.3 and §4.3, and two digits too few for the hour, as some firmware writes it. */
const DATE =
	/^(?:\p{L}{2,9}\.?,?\s+)?(?<day>\d{1,2})[ -](?<month>[A-Za-z]{3})[a-z]*[ -](?<year>\d{2}|\d{4})\s+(?<hour>\d{1,2}):(?<minute>\d{2})(?::(?<second>\d{2}))?\s*(?<zone>[+-]\d{4}|[A-Za-z]{1,5})?/u;

/** As RFC 5322 §3.3 has it, which nearly all write: found without the tolerant expression, at a third of its price. */
const STRICT_DATE =
	/^(?:[A-Z][a-z]{2}, )?([0-3]?\d) ([A-Z][a-z]{2}) (\d{4}) ([01]\d|2[0-3]):([0-5]\d):([0-5]\d) ([+-]\d{4})(?: |$)/;
const MONTH_NUMBERS: ReadonlyMap<string, number> = new Map(MONTHS.map((name, number) => [name, number]));

function parseStrictDate(value: string): number | undefined {
	const parts = STRICT_DATE.exec(value);
	const month = MONTH_NUMBERS.get(parts?.[2] ?? "");
	if (parts === null || month === undefined) return undefined;
	const [, day, , year, hour, minute, second, zone = ""] = parts;
	if (Number(day) < 1 || Number(day) > 31) return undefined;
	return (
		Date.UTC(Number(year), month, Number(day), Number(hour), Number(minute), Number(second)) - zoneMs(zone)
	);
}

/** Milliseconds since 1970 of a Date field's value; undefined when it is no date. A zone's name counts as UTC. */
export function parseDate(value: string): number | undefined {
	const strict = parseStrictDate(value);
	if (strict !== undefined) return strict;
	const parts = DATE.exec(value.trim())?.groups;
	if (parts === undefined) return undefined;
	const month = MONTHS.findIndex((name) => name.toLowerCase() === parts["month"]?.toLowerCase());
	const [day, hour, minute, second] = ["day", "hour", "minute", "second"].map((part) =>
		Number(parts[part] ?? 0),
	);
	if (month === -1 || day === undefined || day < 1 || day > 31) return undefined;
	if (hour === undefined || hour > 23 || minute === undefined || minute > 59) return undefined;
	const written = parts["year"] ?? "";
	// RFC 5322 §4.3: two digits below 50 are of this century.
	const year = Number(written) + (written.length === 4 ? 0 : Number(written) < 50 ? 2000 : 1900);
	return Date.UTC(year, month, day, hour, minute, second) - zoneMs(parts["zone"] ?? "");
}

function zoneMs(zone: string): number {
	if (zone === "+0000") return 0;
	const [, sign, hours, minutes] = /^([+-])(\d{2})(\d{2})$/.exec(zone) ?? [];
	if (sign === undefined) return 0;
	return (Number(hours) * 60 + Number(minutes)) * 60_000 * (sign === "-" ? -1 : 1);
}
