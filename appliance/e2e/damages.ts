/**
 * What a card may do to a state folder: one byte of each kind of page, of the log, of a body; files cut short, or gone. For
 * 51-damaged-storage, whose state it knows.
 */
import { readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "vitest";
import { PAGE_BYTES } from "../store/database.ts";
import { kindOf, PAGE_KINDS } from "../store/record.ts";

const FRAME_BYTES = PAGE_BYTES + 24;

function flip(file: string, at: number): void {
	const bytes = readFileSync(file);
	bytes[at] = (bytes[at] ?? 0) ^ 0xff;
	writeFileSync(file, bytes);
}

const databaseOf = (state: string) => path.join(state, "postern.db");

/** The first page of a kind that `wanted` likes; from the front, or from the end. */
function pageWhere(state: string, wanted: (page: Buffer, number: number, file: Buffer) => boolean): number {
	const file = readFileSync(databaseOf(state));
	for (let number = 2; number <= file.length / PAGE_BYTES; number += 1) {
		if (wanted(pageOf(file, number), number, file)) return number;
	}
	throw new Error("there is no such page");
}

const pageOf = (file: Buffer, number: number) =>
	file.subarray((number - 1) * PAGE_BYTES, number * PAGE_BYTES);
const placeOf = (number: number, offset: number) => (number - 1) * PAGE_BYTES + offset;
const hasText = (page: Buffer, text: string) => page.includes(text);

/** What becomes of the mail: all of it arrives, or so many at most do not, and that is known. */
export interface Damage {
	readonly change: (state: string) => void;
	readonly from?: "cut";
	readonly most?: number;
	/** The owner is told that the database was built anew. */
	readonly rebuilt?: true;
}

export const PAGES: Readonly<Record<string, Damage>> = {
	"header: the name of the format": { change: (state) => flip(databaseOf(state), 3), rebuilt: true },
	"header: the size of a page": { change: (state) => flip(databaseOf(state), 16), rebuilt: true },
	"header: the step of the schema": { change: (state) => flip(databaseOf(state), 63) },
	"the schema": { change: (state) => flip(databaseOf(state), 100), rebuilt: true },
	"an interior page": {
		change: (state) =>
			flip(
				databaseOf(state),
				placeOf(
					pageWhere(state, (page, number) => kindOf(page, number) === PAGE_KINDS.tableInterior),
					0,
				),
			),
		rebuilt: true,
	},
	"a leaf of messages: its head": {
		change: (state) => flip(databaseOf(state), placeOf(leafOfMessages(state), 3)),
		most: 12,
		rebuilt: true,
	},
	"a leaf of recipients: an address": {
		change: (state) => {
			const number = pageWhere(
				state,
				(page, at) => kindOf(page, at) === PAGE_KINDS.indexLeaf && hasText(page, "you@example.com"),
			);
			const page = pageOf(readFileSync(databaseOf(state)), number);
			flip(databaseOf(state), placeOf(number, page.indexOf("you@example.com") + 4));
		},
		most: 1,
	},
	"a leaf of bodies: a letter": {
		change: (state) => {
			const number = pageWhere(
				state,
				(page, at) => kindOf(page, at) === PAGE_KINDS.tableLeaf && hasText(page, "waits-2 waits-2"),
			);
			const page = pageOf(readFileSync(databaseOf(state)), number);
			flip(databaseOf(state), placeOf(number, page.indexOf("waits-2 waits-2") + 2));
		},
		most: 1,
	},
	"an overflow page: a letter": {
		change: (state) => flip(databaseOf(state), placeOf(overflowPage(state), 900)),
		most: 1,
	},
	"an overflow page: where it goes on": {
		change: (state) => flip(databaseOf(state), placeOf(overflowPage(state), 3)),
		most: 2,
	},
	"the list of free pages": {
		change: (state) => {
			const trunk = readFileSync(databaseOf(state)).readUInt32BE(32);
			expect(trunk).toBeGreaterThan(0);
			flip(databaseOf(state), placeOf(trunk, 6));
		},
		// Those under way when it is met: nobody may look at Microsoft whether they went.
		most: 4,
		rebuilt: true,
	},
};

function leafOfMessages(state: string): number {
	return pageWhere(
		state,
		(page, number) =>
			kindOf(page, number) === PAGE_KINDS.tableLeaf &&
			hasText(page, "scan@contoso.example") &&
			hasText(page, "alerts@contoso.example") &&
			!hasText(page, "Received:"),
	);
}

function overflowPage(state: string): number {
	return pageWhere(
		state,
		(page, _number, file) =>
			page.readUInt32BE(0) > 0 &&
			page.readUInt32BE(0) <= file.length / PAGE_BYTES &&
			page.subarray(900, 1_100).includes("waits-"),
	);
}

const logOf = (state: string) => path.join(state, "postern.db-wal");
export const FILES: Readonly<Record<string, Damage>> = {
	"the log: its header": { from: "cut", change: (state) => flip(logOf(state), 17) },
	"the log: the head of a frame": {
		from: "cut",
		change: (state) => flip(logOf(state), 32 + 20 * FRAME_BYTES + 3),
	},
	"the log: a page in it": {
		from: "cut",
		change: (state) => flip(logOf(state), 32 + 20 * FRAME_BYTES + 24 + 1_001),
		most: 1,
	},
	"the log: half a kilobyte of it": {
		from: "cut",
		change: (state) => {
			const bytes = readFileSync(logOf(state));
			bytes.fill(0xa5, 32 + 20 * FRAME_BYTES + 600, 32 + 20 * FRAME_BYTES + 1_112);
			writeFileSync(logOf(state), bytes);
		},
		most: 12,
		rebuilt: true,
	},
	"a body's file: a letter": { change: (state) => flip(bodyFile(state), 50_000), most: 1 },
	"a body's file, cut short": { change: (state) => truncateSync(bodyFile(state), 4_096), most: 1 },
	"a body's file, gone": { change: (state) => rmSync(bodyFile(state)), most: 1 },
	"the database, cut to its half": {
		change: (state) =>
			truncateSync(databaseOf(state), Math.floor(readFileSync(databaseOf(state)).length / 2)),
		most: 40,
		rebuilt: true,
	},
	"the database, empty": {
		change: (state) => truncateSync(databaseOf(state), 0),
		most: 40,
		rebuilt: true,
	},
	"the database, empty beside a log": {
		from: "cut",
		change: (state) => truncateSync(databaseOf(state), 0),
		rebuilt: true,
	},
	"the database, gone": { change: (state) => rmSync(databaseOf(state)), most: 40, rebuilt: true },
	"the attempt journal": { change: (state) => writeFileSync(path.join(state, "attempts"), "\0".repeat(300)) },
};

function bodyFile(state: string): string {
	const [name = ""] = readdirSync(path.join(state, "spool")).sort();
	return path.join(state, "spool", name);
}
