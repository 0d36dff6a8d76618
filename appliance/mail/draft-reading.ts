/**
 * Reads a message of any size as a draft of Graph's: one body, and every other leaf as a file. For
 * delivery/graph-draft.ts. Streaming, with bounded memory; never throws for what the message is.
 *
 * - The body is the HTML of the first text, where there is one beside it (multipart/alternative), else the
 *   first text itself. The plain version beside an HTML body is left to Exchange, which makes one.
 * - Everything else survives as a file: pictures that the HTML shows stay inline, a message within the message
 *   and a calendar entry keep their bytes, parts without a name get one.
 * - What means something only as a whole is refused with its reason: signed and encrypted messages, reports,
 *   and a message whose parts cannot be told apart.
 */
import libmime from "libmime";
import { readDraftFields } from "./draft-fields.ts";
import { type Leaf, LeafContent, readLeaves } from "./draft-leaves.ts";
import type { DraftBody, DraftPart, DraftReading } from "./draft-plan.ts";
import { WHOLE_MESSAGE } from "./draft-wrapping.ts";
import { MimeWalk } from "./mime-walk.ts";

/** `open`: the message from its start, anew at each call. `recipients`: of the envelope. */
export async function readDraft(
	open: () => AsyncIterable<Buffer>,
	recipients: readonly string[],
): Promise<DraftReading> {
	const { header, leaves, sealed } = await readLeaves(open());
	const why = refusalOf(leaves, sealed);
	if (why !== undefined) return { ok: false, refusal: { why } };
	const bodyLeaf = chooseBody(leaves);
	const body = bodyOf(bodyLeaf);
	const files = leaves.filter((leaf) => leaf !== bodyLeaf && !isAlternativeOf(leaf, bodyLeaf));
	const parts = files
		.filter((leaf) => leaf.sizeBytes > 0 || nameGiven(leaf) !== "")
		.map((leaf) => partOf(leaf, body));
	return { ok: true, plan: { ...readDraftFields(header, recipients), body, parts } };
}

/** The decoded octets of a part, from `fromByte` on. */
export async function* openPart(
	open: () => AsyncIterable<Buffer>,
	part: Pick<DraftPart, "entity" | "encoding">,
	fromByte = 0,
): AsyncGenerator<Buffer> {
	if (part.entity === WHOLE_MESSAGE) {
		yield* behind(open(), fromByte);
		return;
	}
	yield* behind(leafOctets(open, part), fromByte);
}

/** Without the first `skipBytes`. */
async function* behind(octets: AsyncIterable<Buffer>, skipBytes: number): AsyncGenerator<Buffer> {
	let left = skipBytes;
	for await (const bytes of octets) {
		const skipped = Math.min(left, bytes.length);
		left -= skipped;
		if (skipped < bytes.length) yield bytes.subarray(skipped);
	}
}

async function* leafOctets(
	open: () => AsyncIterable<Buffer>,
	{ entity, encoding }: Pick<DraftPart, "entity" | "encoding">,
): AsyncGenerator<Buffer> {
	const content = new LeafContent(entity, encoding);
	const walk = new MimeWalk(content, { entersMessages: false });
	for await (const chunk of open()) {
		walk.write(chunk);
		yield* content.takeDecoded();
		if (content.isOver) return;
	}
	walk.end();
	yield* content.takeDecoded();
}

const REASONS: Readonly<Record<string, string>> = {
	"multipart/signed": "it is signed",
	"multipart/encrypted": "it is encrypted",
	"application/pkcs7-mime": "it is signed or encrypted (S/MIME)",
	"application/x-pkcs7-mime": "it is signed or encrypted (S/MIME)",
	"application/pgp-encrypted": "it is encrypted (PGP)",
	"message/partial": "it is a piece of a message",
	"message/external-body": "it names a file that is elsewhere",
};

function refusalOf(leaves: readonly Leaf[], sealed: readonly string[]): string | undefined {
	const [first] = sealed;
	if (first !== undefined) return REASONS[first] ?? "its parts cannot be told apart";
	const isReport = leaves.some(({ frames }) => frames.some(({ type }) => type === "multipart/report"));
	return isReport ? "it is a report about another message" : undefined;
}

const BODY_FRAMES: ReadonlySet<string> = new Set([
	"multipart/mixed",
	"multipart/alternative",
	"multipart/related",
]);

/** May be the body: a text that is no file. */
function mayBeBody(leaf: Leaf): boolean {
	return (
		leaf.text !== undefined &&
		leaf.disposition.value !== "attachment" &&
		nameGiven(leaf) === "" &&
		leaf.frames.every(({ type }) => BODY_FRAMES.has(type))
	);
}

function chooseBody(leaves: readonly Leaf[]): Leaf | undefined {
	const texts = leaves.filter(mayBeBody);
	const first = texts.find((leaf) => leaf.sizeBytes > 0) ?? texts[0];
	if (first === undefined || first.type.value === "text/html") return first;
	return (
		texts.find((leaf) => leaf.type.value === "text/html" && alternativeOf(leaf, first) !== undefined) ?? first
	);
}

/** The multipart/alternative in which both stand. */
function alternativeOf(one: Leaf, other: Leaf): number | undefined {
	const shared = one.frames.filter(({ entity }) => other.frames.some((frame) => frame.entity === entity));
	return shared.findLast(({ type }) => type === "multipart/alternative")?.entity;
}

/** The plain version of an HTML body. */
function isAlternativeOf(leaf: Leaf, body: Leaf | undefined): boolean {
	return (
		body?.type.value === "text/html" &&
		leaf.type.value === "text/plain" &&
		mayBeBody(leaf) &&
		alternativeOf(leaf, body) !== undefined
	);
}

function bodyOf(leaf: Leaf | undefined): DraftBody {
	if (leaf?.text === undefined) return { contentType: "text", content: "" };
	const content = decodeText(leaf.text, leaf.type.params["charset"]);
	return { contentType: leaf.type.value === "text/html" ? "html" : "text", content };
}

/** Without a charset: UTF-8 where it is that, else what Europe and America mostly wrote. */
function decodeText(bytes: Buffer, charset: string | undefined): string {
	const labels = [charset === undefined ? "utf-8" : libmime.normalizeCharset(charset)];
	for (const label of labels) {
		try {
			return new TextDecoder(label, { fatal: charset === undefined }).decode(bytes);
		} catch (error) {
			// Not UTF-8, or a label that the Encoding Standard does not know.
			if (!(error instanceof TypeError || error instanceof RangeError)) throw error;
		}
	}
	return new TextDecoder("windows-1252").decode(bytes);
}

function nameGiven({ disposition, type }: Leaf): string {
	return cleaned(disposition.params["filename"] ?? type.params["name"] ?? "");
}

/** No reader could save under them. */
const UNSAFE = /[\p{Cc}\\/:*?"<>|]/gu;
const LONGEST_NAME = 200;

function cleaned(name: string): string {
	return name.replaceAll(UNSAFE, "_").trim().slice(0, LONGEST_NAME);
}

function partOf(leaf: Leaf, body: DraftBody): DraftPart {
	const { entity, type, contentId, sizeBytes, encoding } = leaf;
	const isShown =
		contentId !== "" &&
		body.contentType === "html" &&
		body.content.toLowerCase().includes(`cid:${contentId.toLowerCase()}`);
	return {
		...{ entity, contentId, sizeBytes, encoding },
		name: nameGiven(leaf) || nameMade(leaf),
		contentType: typeText(leaf),
		isInline: isShown && !type.value.startsWith("message/"),
	};
}

function nameMade({ entity, type }: Leaf): string {
	switch (type.value) {
		case "message/rfc822":
			return `message-${entity}.eml`;
		case "text/calendar":
			return `invitation-${entity}.ics`;
		default: {
			const kind = type.value.startsWith("image/") ? "image" : "part";
			return `${kind}-${entity}.${libmime.detectExtension(type.value) || "bin"}`;
		}
	}
}

/** With the parameters that change what the bytes mean. */
function typeText({ type }: Leaf): string {
	const kept = ["charset", "method"].flatMap((name) => {
		const value = type.params[name];
		return value === undefined || !/^[\w.:-]+$/.test(value) ? [] : [`; ${name}=${value}`];
	});
	return `${type.value}${type.value.startsWith("text/") ? kept.join("") : ""}`;
}
