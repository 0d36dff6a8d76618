/**
 * The state folder of every released version opens in this one, with all that was in it (scripts/make-state-fixture.ts keeps
 * one at each release); one that is too new is refused, and stays as it is.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";
import { afterEach, describe, expect, it } from "vitest";
import { openDatabase } from "../store/database.ts";
import { ConsoleVisitor } from "./console-visitor.ts";
import {
	askAs,
	type EarlierState,
	type Inventory,
	inventoryOf,
	liveIn,
	STATE_HOUSE,
} from "./earlier-state.ts";
import { eventually, House } from "./house.ts";
import { SmtpPeer } from "./smtp-peer.ts";

const STATES = path.join(import.meta.dirname, "states");
const VERSIONS = readdirSync(STATES).map((name) => name.replace(".tar.gz", ""));
/** Those of the maker that are neither kept for somebody nor gone. */
const WAITING = ["put off", "in the middle of it", "waits", "waits, and is large"];
const FROM_OLD_DEVICE = "from a device of old";

let house: House | undefined;
afterEach(async () => {
	await house?.close();
	house = undefined;
});

const archiveOf = (version: string) => path.join(STATES, `${version}.tar.gz`);

function knownOf(version: string): EarlierState {
	return JSON.parse(execFileSync("tar", ["-xzOf", archiveOf(version), "known.json"], { encoding: "utf8" }));
}

/** What was under way, and what was put off, waits in whatever state. */
function comparable({ mail, ...rest }: Inventory): object {
	const underWay = ["incoming", "active", "deferred"];
	return {
		...rest,
		mail: mail.map((row) => ({ ...row, state: underWay.includes(row.state) ? "" : row.state })),
	};
}

const databaseOf = (box: House) => path.join(box.folder, "state", "postern.db");

function tablesOf(file: string): readonly unknown[] {
	const database = new Database(file, { readonly: true });
	try {
		return database.prepare("SELECT name, sql FROM sqlite_schema ORDER BY name").all();
	} finally {
		database.close();
	}
}

function sumsBelow(folder: string): Readonly<Record<string, string>> {
	const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
		entry.isFile(),
	);
	const sums = files.map((entry) => {
		const file = path.join(entry.parentPath, entry.name);
		return [file, createHash("sha256").update(readFileSync(file)).digest("hex")] as const;
	});
	return Object.fromEntries(sums);
}

async function sees(box: House, known: EarlierState): Promise<void> {
	// Of kinds that its version did not have, nothing is known.
	expect(comparable(await inventoryOf(box, known.key))).toMatchObject(comparable(known.inventory));
	const peer = await SmtpPeer.connect(box.port("submission"));
	await peer.signIn("copier", known.devicePassword);
	await peer.send(`From: <scan@contoso.example>\r\nSubject: ${FROM_OLD_DEVICE}\r\n\r\nHello\r\n`);
	await peer.quit();
	const owner = new ConsoleVisitor(box);
	await owner.post("/sign-in", { name: "owner", password: known.ownerPassword }, "/sign-in");
	expect((await owner.ask("/api/v1/people")).status).toBe(200);
}

/** What was cut off is looked for at Microsoft, for half a minute, before it is sent again. */
const PATIENCE_MS = 90_000;

/** The mail that waited, and no other, goes out, once. */
async function delivers(box: House, known: EarlierState): Promise<void> {
	const before = box.cloud.control.arrived().length;
	const arrived = () => box.cloud.control.arrived().slice(before);
	const subjects = () => arrived().map(({ message: { summary } }) => summary.subject ?? "");
	const ids = known.inventory.mail.filter(({ subject }) => WAITING.includes(subject)).map(({ id }) => id);
	await askAs(box, known.key, "POST", "/resume", {});
	await askAs(box, known.key, "POST", "/mail/actions", { action: "retry", ids });
	const wanted = [...WAITING, FROM_OLD_DEVICE];
	const allThere = () => wanted.every((subject) => subjects().includes(subject));
	await eventually("what waited has arrived", allThere, PATIENCE_MS);
	expect(subjects().sort()).toEqual(wanted.toSorted());
	const large = arrived().find(({ message: { summary } }) => summary.subject === "waits, and is large");
	expect(large?.message.sizeBytes).toBeGreaterThan(80_000);
}

async function opened(version: string): Promise<[House, EarlierState]> {
	const known = knownOf(version);
	house = await House.build({
		...STATE_HOUSE,
		// At Microsoft it is still the day on which the state was made: a sign-in lives for 90.
		sandbox: { clockOffsetMs: known.madeAtMs - Date.now() },
		furnish: (folder) => execFileSync("tar", ["-C", folder, "-xzf", archiveOf(version)]),
	});
	return [house, known];
}

describe("the state folder", () => {
	it.each(VERSIONS)(
		"of %s opens, with all that was in it, and its mail goes out",
		async (version) => {
			const [box, known] = await opened(version);
			await sees(box, known);
			await delivers(box, known);
			expect(await box.end("SIGTERM")).toBe(0);
			expect(box.log).not.toMatch(/fault|unhandled|uncaught|damaged/);
			const fresh = path.join(box.folder, "fresh.db");
			openDatabase({ file: fresh, role: "writer" }).close();
			expect(tablesOf(databaseOf(box))).toEqual(tablesOf(fresh));
		},
		180_000,
	);

	it("as this version leaves it opens again", async () => {
		house = await House.build(STATE_HOUSE);
		const known = await liveIn(house);
		await house.end("SIGKILL");
		await house.start();
		await sees(house, known);
	}, 60_000);

	it("of a newer version that this one cannot read is refused in words, and stays as it is", async () => {
		const [box] = await opened(VERSIONS.at(-1) ?? "");
		await box.end("SIGTERM");
		const newer = new Database(databaseOf(box));
		newer.exec("UPDATE document SET value = '99' WHERE kind = 'format'; PRAGMA user_version = 99");
		newer.close();
		const sums = sumsBelow(path.join(box.folder, "state"));
		await expect(box.start()).rejects.toThrow(
			/ended with 1:[\s\S]*written by a newer Postern \(format 99; this one knows \d+\)\.\s+Install the newer version/,
		);
		expect(sumsBelow(path.join(box.folder, "state"))).toMatchObject(sums);
	}, 60_000);
});
