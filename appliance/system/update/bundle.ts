/**
 * What an update says of itself, and whether this box may take it. For install.ts.
 *
 * RAUC judges the signature (`rauc info`); what it says then is put into the owner's words here. The rules of versions are
 * Postern's own: a version may be installed, an older one too, when it can open the data that the one before left. Pure but
 * for `outsideOf`. Throws `UserError`.
 */
import type { FileHandle } from "node:fs/promises";
import * as z from "zod";
import { UserError } from "../../errors.ts";
import { say } from "../../words/saying.ts";
import { UPDATING } from "../../words/updating.ts";

export interface Bundle {
	readonly version: string;
	readonly compatible: string;
	/** The last step of the data's format that its program knows (store/migrations.ts). */
	readonly schema: number;
	/** What must run for it to be installed. */
	readonly leastVersion: string;
}

const VERSION = z.string().regex(/^\d{1,6}\.\d{1,6}\.\d{1,6}(?:[-+~][\w.+~-]{1,50})?$/);

/** `rauc info --output-format=json-2`. */
const INFO = z.object({
	update: z.object({ version: VERSION, compatible: z.string().min(1).max(100) }),
	meta: z.object({
		postern: z.object({
			schema: z.string().regex(/^\d{1,6}$/),
			"least-version": VERSION,
		}),
	}),
});

export function readInfo(text: string): Bundle {
	const parsed = INFO.safeParse(jsonOf(text));
	if (!parsed.success) throw noBundle();
	const { update, meta } = parsed.data;
	return {
		...update,
		schema: Number(meta.postern.schema),
		leastVersion: meta.postern["least-version"],
	};
}

function jsonOf(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

export interface Taker {
	readonly version: string;
	readonly compatible: string;
	/** What a program must know to open the data that is here. */
	readonly oldestReader: number;
}

/** Throws `update-foreign`, `update-needs-between`, `update-too-old`. */
export function assertMayBeTaken(bundle: Bundle, taker: Taker): void {
	const { version } = bundle;
	if (bundle.compatible !== taker.compatible) {
		const text = say(UPDATING.foreign, { theirs: bundle.compatible, ours: taker.compatible });
		throw new UserError("update-foreign", text, UPDATING.foreignDo);
	}
	assertReads(bundle, taker.oldestReader);
	if (compareVersions(taker.version, bundle.leastVersion) < 0) {
		const text = say(UPDATING.needsBetween, { version, running: taker.version });
		const hint = say(UPDATING.needsBetweenDo, { least: bundle.leastVersion });
		throw new UserError("update-needs-between", text, hint);
	}
}

/** Its program can open the data that is here. Throws `update-too-old`. */
export function assertReads(
	{ version, schema }: Pick<Bundle, "version" | "schema">,
	oldestReader: number,
): void {
	if (schema >= oldestReader) return;
	throw new UserError("update-too-old", say(UPDATING.tooOld, { version }), UPDATING.tooOldDo);
}

/** Below zero: `one` is older. What stands behind a `-` or `~` comes before the version, as in Debian and SemVer alike. */
export function compareVersions(one: string, other: string): number {
	const [a, b] = [partsOf(one), partsOf(other)];
	for (const [index, number] of a.numbers.entries()) {
		const difference = number - (b.numbers[index] ?? 0);
		if (difference !== 0) return difference;
	}
	if (a.before === b.before) return 0;
	if (a.before === "" || b.before === "") return a.before === "" ? 1 : -1;
	return a.before < b.before ? -1 : 1;
}

function partsOf(version: string): { readonly numbers: readonly number[]; readonly before: string } {
	const [, numbers = "", before = ""] = /^([\d.]+)(?:[-~]([^+]*))?/.exec(version) ?? [];
	return { numbers: numbers.split(".").map(Number), before };
}

/** What a bundle looks like from outside. */
export interface Outside {
	readonly sizeBytes: number;
	/** It begins as the file system that a bundle is. */
	readonly isImage: boolean;
	/** As the image's head says; a signature follows. */
	readonly imageBytes: number;
	/** As the last octets say. */
	readonly signatureBytes: number;
}

const HEAD_BYTES = 96;
const TAIL_BYTES = 8;
const MAGIC = "hsqs";
const SQUASHFS_SIZE_AT = 40;
/** RAUC takes no longer one. */
const MOST_SIGNATURE_BYTES = 64 * 1024;

/** Of what has no head: no image. */
export async function outsideOf(file: FileHandle): Promise<Outside> {
	const { size } = await file.stat();
	const head = Buffer.alloc(HEAD_BYTES);
	const tail = Buffer.alloc(TAIL_BYTES);
	await file.read(head, 0, HEAD_BYTES, 0);
	await file.read(tail, 0, TAIL_BYTES, Math.max(0, size - TAIL_BYTES));
	return {
		sizeBytes: size,
		isImage: size > HEAD_BYTES && head.toString("latin1", 0, MAGIC.length) === MAGIC,
		imageBytes: Number(head.readBigUInt64LE(SQUASHFS_SIZE_AT)),
		signatureBytes: Number(tail.readBigUInt64BE()),
	};
}

/** Why it cannot be a signed bundle, before anybody looks at the signature. */
export function assertWhole({ sizeBytes, isImage, imageBytes, signatureBytes }: Outside): void {
	if (!isImage) throw noBundle();
	if (sizeBytes < imageBytes) throw incomplete();
	const isSignature = signatureBytes > 0 && signatureBytes <= MOST_SIGNATURE_BYTES;
	if (isSignature && sizeBytes - TAIL_BYTES - signatureBytes >= imageBytes) return;
	// The image is there, and nothing, or only what fills its last block, behind it.
	const isBare = sizeBytes - imageBytes < 4096 && signatureBytes === 0;
	throw isBare || sizeBytes === imageBytes ? refused("update-unsigned", UPDATING.unsigned) : incomplete();
}

/** What RAUC said of a bundle that it does not take; undefined: nothing of that kind. */
export function signatureRefusal(output: string): UserError | undefined {
	// What it does, it tells by the same way.
	const words = output.replaceAll(/^rauc-Message:.*$/gm, "");
	if (/Verify error/i.test(words)) return refused("update-stranger", UPDATING.stranger);
	if (/signature size is 0/i.test(words)) return refused("update-unsigned", UPDATING.unsigned);
	if (/exceeds bundle size/i.test(words)) return incomplete();
	if (/CMS|signature|verif|digest|checksum/i.test(words)) return refused("update-damaged", UPDATING.damaged);
	return /Invalid bundle/i.test(words) ? noBundle() : undefined;
}

export function noBundle(): UserError {
	return new UserError("update-not-a-bundle", UPDATING.noBundle, UPDATING.noBundleDo);
}

function incomplete(): UserError {
	return refused("update-incomplete", UPDATING.incomplete);
}

function refused(code: string, text: string): UserError {
	return new UserError(code, text, UPDATING.getAgain);
}
