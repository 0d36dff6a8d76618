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
