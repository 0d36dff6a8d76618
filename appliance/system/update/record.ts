/**
 * What was last installed, as root writes it beside the data before and after RAUC's work (`/data/system/update.json`), and
 * what has become of it. For the machine door, which writes, and update-desk.ts, which reads and tells the owner.
 *
 * A file that is not there or cannot be read counts as none: the box runs all the same.
 */
import { mkdir, open, readFile, rename } from "node:fs/promises";
import path from "node:path";
import * as z from "zod";
import { type ImageFacts, imageFacts } from "../machine/image-facts.ts";

const FILE = "/data/system/update.json";
/** Made by the health gate when it has found that Postern works; in memory, so of this start. */
const KEPT = "/run/postern-kept";

const SLOT = z.enum(["A", "B"]);
const RELEASE = z.object({
	version: z.string(),
	slot: SLOT,
	/** The last step of the data's format that it knows (store/migrations.ts). */
	schema: z.int(),
});
const RECORD = z.object({
	at: z.iso.datetime(),
	from: RELEASE,
	to: RELEASE,
	/** Of the start in which it was installed. */
	bootId: z.string(),
	/** False while RAUC writes: what is in the other slot is of no use. */
	isWritten: z.boolean(),
});

export type UpdateRecord = z.output<typeof RECORD>;

/**
 * `broken-off`: it was not written to its end. `waiting`: in use after the next start. `trying`: it runs, and the health gate
 * has not spoken yet. `kept`: it works. `rolled-back`: it did not, and what was before runs again.
 */
type UpdateFate = "broken-off" | "waiting" | "trying" | "kept" | "rolled-back";

export interface UpdateFacts {
	readonly image: ImageFacts;
	/** The health gate has found this start good. */
	readonly isKept: boolean;
	/** Null where nothing was ever installed. */
	readonly last: (UpdateRecord & { readonly fate: UpdateFate }) | null;
}

/** Null where this is not the firmware. */
export async function updateFacts(root: string): Promise<UpdateFacts | null> {
	const image = await imageFacts(root);
	if (image === null) return null;
	const [record, isKept, now] = await Promise.all([readRecord(root), isThere(root, KEPT), bootId(root)]);
	const last = record === null ? null : { ...record, fate: fateOf(record, image, isKept, now) };
	return { image, isKept, last };
}

function fateOf(
	record: UpdateRecord,
	{ slot, version }: Pick<ImageFacts, "slot" | "version">,
	isKept: boolean,
	now: string,
): UpdateFate {
	if (!record.isWritten) return "broken-off";
	if (record.bootId === now) return "waiting";
	// The version too: a card may have been written by other hands.
	if (slot !== record.to.slot || version !== record.to.version) return "rolled-back";
	return isKept ? "kept" : "trying";
}

async function readRecord(root: string): Promise<UpdateRecord | null> {
	try {
		return RECORD.parse(JSON.parse(await readFile(path.join(root, FILE), "utf8")));
	} catch {
		return null;
	}
}

async function isThere(root: string, file: string): Promise<boolean> {
	return readFile(path.join(root, file)).then(
		() => true,
		() => false,
	);
}

/** Another one at each start. */
export async function bootId(root: string): Promise<string> {
	const text = await readFile(path.join(root, "/proc/sys/kernel/random/boot_id"), "utf8").catch(() => "");
	return text.trim();
}

/** On the card when it resolves. */
export async function writeRecord(root: string, record: UpdateRecord): Promise<void> {
	const file = path.join(root, FILE);
	await mkdir(path.dirname(file), { recursive: true });
	const handle = await open(`${file}.new`, "w", 0o644);
	try {
		await handle.writeFile(`${JSON.stringify(record)}\n`);
		// The door's mask leaves it to root alone, and Postern reads it.
		await handle.chmod(0o644);
		await handle.sync();
	} finally {
		await handle.close();
	}
	await rename(`${file}.new`, file);
	const folder = await open(path.dirname(file), "r");
	await folder.sync();
	await folder.close();
}
