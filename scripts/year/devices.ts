/**
 * The site whose year it is: twelve devices of three accounts, what each sends on which day, and how large. Which moment and which
 * size is chance's; how much is not, so that two runs can be compared.
 */
import type { Random } from "../powercut/random.ts";

export const ACCOUNTS = {
	office: "office@contoso.example",
	plant: "plant@contoso.example",
	/** Goes over SMTP. */
	old: "old@contoso.example",
} as const;

export interface SiteDevice {
	readonly name: string;
	/** Of this machine. */
	readonly address: string;
	readonly account: keyof typeof ACCOUNTS;
	/** Messages on a working day, and on any other; below 1 it is a chance. */
	readonly workday: number;
	readonly otherDay: number;
	/** Hours of the box's time zone in which it sends. */
	readonly hours: readonly [from: number, to: number];
	readonly bytes: readonly [least: number, most: number];
	/** It says who it is by a password over TLS. */
	readonly signsIn?: true;
	readonly urgent?: true;
}

type Row = Omit<SiteDevice, "address">;

const HOUR_MS = 3_600_000;
const OFFICE_HOURS = [7, 18] as const;
const ALWAYS = [0, 24] as const;
const SMALL = [300, 3_000] as const;

const ROWS: readonly Row[] = [
	{
		name: "Copier, 1st floor",
		account: "office",
		workday: 60,
		otherDay: 0,
		hours: OFFICE_HOURS,
		bytes: [8_000, 240_000],
	},
	{
		name: "Copier, 2nd floor",
		account: "office",
		workday: 45,
		otherDay: 0,
		hours: OFFICE_HOURS,
		bytes: [8_000, 240_000],
	},
	{ name: "Fax", account: "office", workday: 20, otherDay: 1, hours: OFFICE_HOURS, bytes: [15_000, 60_000] },
	{ name: "Invoices", account: "office", workday: 60, otherDay: 0, hours: [17, 18], bytes: [20_000, 50_000] },
	{
		name: "Plotter",
		account: "office",
		workday: 0.5,
		otherDay: 0,
		hours: OFFICE_HOURS,
		bytes: [3_500_000, 6_000_000],
	},
	{ name: "Shop", account: "office", workday: 30, otherDay: 25, hours: ALWAYS, bytes: SMALL },
	{
		name: "Alarm panel",
		account: "plant",
		workday: 6,
		otherDay: 6,
		hours: ALWAYS,
		bytes: SMALL,
		urgent: true,
	},
	{ name: "Machine hall", account: "plant", workday: 24, otherDay: 24, hours: ALWAYS, bytes: SMALL },
	{ name: "Camera", account: "plant", workday: 8, otherDay: 12, hours: [17, 18], bytes: [60_000, 180_000] },
	{ name: "Storage", account: "plant", workday: 3, otherDay: 3, hours: [2, 4], bytes: SMALL },
	{ name: "Power supply", account: "old", workday: 4, otherDay: 4, hours: ALWAYS, bytes: SMALL },
	{
		name: "Time clock",
		account: "old",
		workday: 40,
		otherDay: 0,
		hours: OFFICE_HOURS,
		bytes: SMALL,
		signsIn: true,
	},
];

export const DEVICES: readonly SiteDevice[] = ROWS.map((row, index) => ({
	...row,
	address: `127.0.7.${index + 1}`,
}));

export interface PlannedMail {
	readonly atMs: number;
	readonly device: SiteDevice;
	readonly bytes: number;
	readonly recipient: string;
}

/** Recipients with a fate of their own at the sandbox (magic.ts), and how many in ten thousand have it. */
const FATES = [
	{ recipient: "senddenied@example.com", inTenThousand: 20 },
	{ recipient: "lost@example.com", inTenThousand: 20 },
	{ recipient: "throttle@example.com", inTenThousand: 10 },
] as const;
/** Mail to it is refused for good, and kept for its owner. */
export const DENIED = FATES[0].recipient;
const PEOPLE = 60;

/**
 * So often a day mail is handed in, each time all in one go: a box that was quiet for some seconds gives back its memory, and a
 * year in which it does so after each single message would take hours.
 */
const GOES = [3, 10, 17] as const;

function goOf([from, to]: SiteDevice["hours"], random: Random): number {
	const goes = GOES.filter((hour) => hour >= from && hour < to);
	return goes[random.between(0, goes.length - 1)] ?? from;
}

/** One day's mail in its order. `midnightMs` is the local one; `share` of the usual volume. */
export function mailOfDay(
	midnightMs: number,
	isWorkday: boolean,
	random: Random,
	share: number,
): PlannedMail[] {
	return DEVICES.flatMap((device) => {
		const wanted = (isWorkday ? device.workday : device.otherDay) * share;
		const count = Math.floor(wanted) + (random.chance(wanted % 1) ? 1 : 0);
		return Array.from({ length: count }, () => ({
			atMs: midnightMs + goOf(device.hours, random) * HOUR_MS,
			device,
			bytes: Math.round(device.bytes[0] * (device.bytes[1] / device.bytes[0]) ** random.next()),
			recipient: recipientOf(random),
		}));
	}).sort((one, other) => one.atMs - other.atMs);
}

function recipientOf(random: Random): string {
	let drawn = random.between(0, 9_999);
	for (const { recipient, inTenThousand } of FATES) {
		if (drawn < inTenThousand) return recipient;
		drawn -= inTenThousand;
	}
	return `person.${random.between(1, PEOPLE)}@example.com`;
}
