/**
 * Takes an update from where Postern has put it, judges it, and has RAUC write it to the slot that is not in use. As root,
 * for the machine door (machine/update-install.ts).
 *
 * What is judged is a copy that Postern cannot reach: between judging and writing nobody exchanges it. A refusal changes
 * nothing. A power cut leaves the old system: RAUC takes the slot out of the boot loader's order before it writes.
 */
import { constants } from "node:fs";
import { type FileHandle, mkdir, open, readFile, rm, statfs, writeFile } from "node:fs/promises";
import { asError, errorCode, UserError } from "../../errors.ts";
import { say } from "../../words/saying.ts";
import { UPDATING } from "../../words/updating.ts";
import type { DoorContext } from "../machine/machine-request.ts";
import {
	assertMayBeTaken,
	assertReads,
	assertWhole,
	type Bundle,
	compareVersions,
	noBundle,
	outsideOf,
	readInfo,
	signatureRefusal,
} from "./bundle.ts";
import { bootId, type UpdateFacts, type UpdateRecord, updateFacts, writeRecord } from "./record.ts";

const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;

/** Where Postern puts what was sent to it, seen from the machine. */
const RECEIVED = "/data/postern/update/received.raucb";
const OWN_FOLDER = "/data/system/update";
const OWN = `${OWN_FOLDER}/installing.raucb`;
const LOCK = "/run/postern-update.pid";
/** A slot is smaller. */
const LARGEST_BUNDLE_BYTES = 400 * 1024 * 1024;
/** What must be left on the card beside the copy. */
const ROOM_LEFT_BYTES = 32 * 1024 * 1024;
/** A slow card, and one that is being written to. */
const CHECK_TIMEOUT_MS = 5 * 60_000;
const WRITE_TIMEOUT_MS = 25 * 60_000;
const RAUC = "/usr/bin/rauc";

/** What a program must know of the data's format (store/migrations.ts). */
export interface Format {
	/** To open the data that is here. */
	readonly oldestReader: number;
	/** What the one that runs knows. */
	readonly schema: number;
}

export interface InstallOptions extends Format {
	readonly onlyNewer: boolean;
}

export interface Installed {
	readonly version: string;
	readonly slot: "A" | "B";
}

export async function installUpdate(options: InstallOptions, context: DoorContext): Promise<Installed> {
	return await alone(context, async (facts) => {
		try {
			return await install(facts, options, context);
		} finally {
			await rm(context.path(OWN), { force: true });
		}
	});
}

/** The version from before is started next; it is tried out as an update is, and given up for this one when it does not work. */
export async function goBack({ oldestReader, schema }: Format, context: DoorContext): Promise<Installed> {
	return await alone(context, async ({ image, last }) => {
		if (last?.fate !== "kept") {
			throw new UserError("update-none-before", UPDATING.noneBefore, UPDATING.noneBeforeDo);
		}
		const { from: to } = last;
		assertReads(to, oldestReader);
		await toldWhy(context.run(RAUC, ["status", "mark-active", "other"]));
		await note(context, { ...image, schema }, to, true);
		context.log.notice("update-goes-back", { version: to.version, from: image.version });
		return { version: to.version, slot: to.slot };
	});
}

/** One at a time, and none while this system is not known to be good: the other slot is the way back from it. */
async function alone<Done>(context: DoorContext, work: (facts: UpdateFacts) => Promise<Done>): Promise<Done> {
	const facts = await updateFacts(context.root);
	if (facts === null) throw new UserError("not-the-firmware", UPDATING.notHere, UPDATING.notHereDo);
	await lock(context);
	try {
		if (!facts.isKept) throw new UserError("update-on-trial", UPDATING.onTrial, UPDATING.onTrialDo);
		return await work(facts);
	} finally {
		await rm(context.path(LOCK), { force: true });
	}
}

async function install(
	facts: UpdateFacts,
	options: InstallOptions,
	context: DoorContext,
): Promise<Installed> {
	const { image } = facts;
	const { log, progress } = context;
	progress({ percent: null, text: UPDATING.copying });
	await takeCopy(context);
	progress({ percent: null, text: UPDATING.checking });
	const bundle = await judged(context);
	assertMayBeTaken(bundle, { ...image, oldestReader: options.oldestReader });
	if (options.onlyNewer) assertIsNews(bundle, facts);
	const { version, schema } = bundle;
	const slot = image.slot === "B" ? "A" : "B";
	const from = { ...image, schema: options.schema };
	log.notice("update-begins", { version, from: image.version });
	await note(context, from, { version, schema, slot }, false);
	await write(context);
	await note(context, from, { version, schema, slot }, true);
	log.notice("update-installed", { version, slot });
	return { version, slot };
}

async function note(
	{ root }: DoorContext,
	{ version, slot, schema }: UpdateFacts["image"] & Pick<Format, "schema">,
	to: UpdateRecord["to"],
	isWritten: boolean,
): Promise<void> {
	await writeRecord(root, {
		at: new Date().toISOString(),
		from: { version, slot: slot ?? "A", schema },
		...{ to, isWritten, bootId: await bootId(root) },
	});
}

/** For what nobody chose: a stick that stays in the box. Else one that does not work would be tried for ever. */
function assertIsNews({ version }: Bundle, { image, last }: UpdateFacts): void {
	if (compareVersions(version, image.version) <= 0) {
		const text = say(UPDATING.notNewer, { version, running: image.version });
		throw new UserError("update-not-newer", text);
	}
	if (last?.fate === "rolled-back" && last.to.version === version) {
		throw new UserError("update-given-up", say(UPDATING.givenUp, { version }), UPDATING.givenUpDo);
	}
}

/** One at a time; what a killed one left is no lock. */
async function lock(context: DoorContext): Promise<void> {
	const file = context.path(LOCK);
	const holder = Number(await readFile(file, "utf8").catch(() => "0"));
	if (holder > 0 && isAlive(holder)) throw new UserError("update-busy", UPDATING.busy, UPDATING.busyDo);
	await rm(file, { force: true });
	try {
		await writeFile(file, `${process.pid}`, { flag: "wx" });
	} catch (thrown) {
		if (errorCode(thrown) === "EEXIST") throw new UserError("update-busy", UPDATING.busy, UPDATING.busyDo);
		throw thrown;
	}
}

function isAlive(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch (thrown) {
		return errorCode(thrown) === "EPERM";
	}
}

async function takeCopy(context: DoorContext): Promise<void> {
	await using received = await opened(context.path(RECEIVED));
	const { size } = await received.stat();
	if (size > LARGEST_BUNDLE_BYTES) throw new UserError("update-too-large", UPDATING.tooLarge);
	await mkdir(context.path(OWN_FOLDER), { recursive: true, mode: 0o700 });
	const to = context.path(OWN);
	await rm(to, { force: true });
	const { bavail, bsize } = await statfs(context.path(OWN_FOLDER));
	if (bavail * bsize < size + ROOM_LEFT_BYTES) throw noRoom();
	assertWhole(await outsideOf(received));
	await using copy = await open(to, "wx", 0o600);
	try {
		// No more than was measured, whatever its owner adds to it meanwhile.
		const chunks = received.createReadStream({ start: 0, end: size - 1, autoClose: false });
		for await (const chunk of chunks) await copy.writeFile(chunk);
		await copy.datasync();
	} catch (thrown) {
		throw errorCode(thrown) === "ENOSPC" ? noRoom() : thrown;
	}
}

/** The file itself and no other: it lies where Postern may write, and root must not be led elsewhere or be kept waiting at a pipe. */
async function opened(file: string): Promise<FileHandle> {
	const handle = await open(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK).catch((thrown) => {
		if (errorCode(thrown) === "ENOENT") {
			throw new UserError("update-unknown", UPDATING.notReceived, UPDATING.sendAgain);
		}
		throw errorCode(thrown) === "ELOOP" ? noBundle() : thrown;
	});
	if ((await handle.stat()).isFile()) return handle;
	await handle.close();
	throw noBundle();
}

function noRoom(): UserError {
	return new UserError("update-no-room", UPDATING.noRoom, UPDATING.noRoomDo);
}

/** The signature is good when it returns. */
async function judged(context: DoorContext): Promise<Bundle> {
	await using copy = await open(context.path(OWN));
	assertWhole(await outsideOf(copy));
	let text: string;
	try {
		const asked = ["info", "--output-format=json-2", context.path(OWN)];
		text = await context.run(RAUC, asked, { timeoutMs: CHECK_TIMEOUT_MS });
	} catch (thrown) {
		const words = asError(asError(thrown).cause ?? thrown).message;
		context.log.warning("update-refused", { said: words.trim().split("\n").slice(1).join("; ").slice(-500) });
		throw signatureRefusal(words) ?? failed(thrown);
	}
	return readInfo(text);
}

/** `  40% Copying image to rootfs.0` */
const PROGRESS = /^\s*(\d{1,3})%\s/;

async function write(context: DoorContext): Promise<void> {
	const { progress, run } = context;
	progress({ percent: 0, text: UPDATING.writing });
	const written = run(RAUC, ["install", context.path(OWN)], {
		timeoutMs: WRITE_TIMEOUT_MS,
		onLine: (line) => {
			const percent = PROGRESS.exec(line)?.[1];
			if (percent !== undefined) progress({ percent: Number(percent), text: UPDATING.writing });
		},
	});
	await toldWhy(written);
	progress({ percent: 100, text: UPDATING.written });
}

async function toldWhy(work: Promise<unknown>): Promise<void> {
	try {
		await work;
	} catch (thrown) {
		throw failed(thrown);
	}
}

function failed(thrown: unknown): UserError {
	const { message } = asError(thrown);
	return new UserError("update-failed", say(UPDATING.failed, { why: message }), UPDATING.failedDo, {
		cause: thrown,
	});
}
