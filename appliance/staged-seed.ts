/**
 * Postern's part of a seed, between the root's unit that read it from the boot partition (seeding.ts) and Postern's next start,
 * which takes it as if the console had saved it: settings and the owner before anything is read, records once those who keep
 * them are there. For appliance.ts.
 *
 * Taken again whole after a cut: what is there already stays as it is. A file that cannot be read is logged and put aside.
 */
import { rename, rm } from "node:fs/promises";
import path from "node:path";
import * as z from "zod";
import { OWNER, writePerson } from "./accounts/person-records.ts";
import { readBounded } from "./config/bounded-file.ts";
import type { MovingService } from "./console-services/moving.ts";
import { errorCode } from "./errors.ts";
import type { Log } from "./log.ts";
import { syncFolder } from "./microsoft/durable-file.ts";
import { Secret } from "./secret.ts";
import type { DocumentStore } from "./store/documents.ts";

export const STAGED_SEED = "seed.json";
const LARGEST_BYTES = 4 * 1024 * 1024;

const RECORDS = z.array(z.record(z.string(), z.unknown())).max(1000);

const STAGED = z.strictObject({
	settings: z.array(z.strictObject({ key: z.string().max(200), value: z.unknown() })).max(500),
	/** Of the password of the first owner; passwords are kept as hashes everywhere in it. */
	ownerPasswordHash: z.string().max(1000).nullable(),
	account: RECORDS,
	device: RECORDS,
	mailbox: RECORDS,
});
export type StagedSeed = z.output<typeof STAGED>;

export interface TakenSeed {
	/** The records, beside what is there; then the file goes. */
	takeRecords(moving: Pick<MovingService, "move">): Promise<void>;
}

/** The settings and the owner, at once. Undefined where nothing waits. */
export async function takeStagedSeed(
	stateDir: string,
	documents: DocumentStore,
	log: Log,
): Promise<TakenSeed | undefined> {
	const file = path.join(stateDir, STAGED_SEED);
	const seed = await readStaged(file, log);
	if (seed === undefined) return undefined;
	await documents.change(
		"setting",
		seed.settings.map(({ key, value }) => [key, value] as const),
	);
	if (seed.ownerPasswordHash !== null) await makeOwner(seed.ownerPasswordHash, documents);
	return {
		async takeRecords(moving) {
			await takeRecords(seed, moving, log);
			await rm(file, { force: true });
			await syncFolder(stateDir);
		},
	};
}

async function readStaged(file: string, log: Log): Promise<StagedSeed | undefined> {
	let bytes: Buffer;
	try {
		bytes = await readBounded(file, LARGEST_BYTES);
	} catch (thrown) {
		if (errorCode(thrown) === "ENOENT") return undefined;
		throw thrown;
	}
	try {
		return STAGED.parse(JSON.parse(bytes.toString("utf8")));
	} catch {
		// Nothing of what stood there is said: it may be a secret.
		log.error("seed-unreadable", { file });
		await rename(file, `${file}.unreadable`);
		return undefined;
	}
}

/** Whoever owns the box already goes on to. */
async function makeOwner(passwordHash: string, documents: DocumentStore): Promise<void> {
	if ((await documents.list("person")).length > 0) return;
	const owner = writePerson({
		...{ name: OWNER, role: "owner", passwordHash: new Secret(passwordHash), origin: "saved" },
		...{ createdAt: new Date().toISOString(), lastSignInAt: null, totp: undefined },
	});
	await documents.put("person", OWNER, owner);
}

async function takeRecords(seed: StagedSeed, moving: Pick<MovingService, "move">, log: Log): Promise<void> {
	const kinds = ["account", "device", "mailbox"] as const;
	const items = kinds.flatMap((kind) =>
		seed[kind].map((record) => {
			const what = `${kind} ${String(record["name"] ?? record["address"] ?? record["username"] ?? "")}`;
			return { kind, record, what, as: what, note: "" };
		}),
	);
	const { rows } = await moving.move({ source: "seed", items, next: [] }, { isTrial: false });
	for (const { what, outcome, note } of rows) {
		if (outcome === "not-taken") log.warning("seed-record-left-out", { what, why: note });
	}
	log.notice("seed-taken", { settings: seed.settings.length, records: rows.length });
}
