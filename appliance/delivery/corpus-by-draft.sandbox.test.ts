/** The corpus as drafts: every leaf of every message arrives with its bytes, its name and its type, as Python reads them. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SystemClock } from "../clock.ts";
import { corpus } from "../e2e/corpus.ts";
import { type Structure, type StructureLeaf, structureOf } from "../mail/testing/structure.ts";
import { type Sandbox, startSandbox } from "../sandbox/sandbox.ts";
import { ACCOUNT, attemptOf, openRig, type Rig, ScriptedTokens } from "./delivery-rig.ts";
import { GraphDraftTransport } from "./graph-draft.ts";
import { Verifier } from "./verify.ts";

const RECIPIENTS = ["office@contoso.com", "hidden@fabrikam.com"];

let sandbox: Sandbox;
let rig: Rig;
let drafts: GraphDraftTransport;
beforeAll(async () => {
	sandbox = await startSandbox();
	sandbox.control.allowSendAs(ACCOUNT, "*");
	const tokens = new ScriptedTokens((resource) => sandbox.control.mintToken(ACCOUNT, { resource }));
	rig = openRig({ graphUrl: sandbox.graphUrl, tokens });
	const clock = new SystemClock();
	const { graph } = rig.transports;
	const verifier = new Verifier({ graph, clock, sentItemsLagMs: 0, whenUnsure: () => "ask" });
	drafts = new GraphDraftTransport({ graph, verifier, clock, sentItemsLagMs: 0 });
});
afterAll(async () => {
	await rig.close();
	await sandbox.close();
});

/** Sealed: what a draft cannot carry. */
const SEALED = /smime|pgp|delivery-report/;

/** One line end, and none at the end: Exchange's own form. */
const plain = (text: string) => text.replaceAll(/\r?\n/g, "\n").trimEnd();

/** Folds within names and subjects are read in different ways. */
const words = (text: string) => text.replaceAll(/\s+/g, " ");

function isAttached(leaf: StructureLeaf, arrived: Structure): boolean {
	return arrived.leaves.some(({ sha256, type }) => sha256 === leaf.sha256 && type === leaf.type);
}

function isBody({ type, text }: StructureLeaf, arrived: Structure): boolean {
	return arrived.leaves.some((leaf) => leaf.type === type && plain(leaf.text) === plain(text));
}

/** The plain version of an HTML body, which Exchange makes itself. */
function isPlainVersion(leaf: StructureLeaf, original: Structure, arrived: Structure): boolean {
	const html = original.leaves.find(({ type }) => type === "text/html");
	return leaf.type === "text/plain" && leaf.name === "" && html !== undefined && isBody(html, arrived);
}

describe("the corpus, as drafts", () => {
	it.each(corpus().filter(({ name }) => !SEALED.test(name)))("$name", async ({ bytes }) => {
		const attempt = attemptOf(bytes, { recipients: RECIPIENTS });
		const reading = await drafts.read(attempt);
		expect(reading).toMatchObject({ ok: true });
		const before = sandbox.control.arrived().length;
		const report = await drafts.deliver(attempt, reading, new AbortController().signal);
		expect(report).toMatchObject({
			via: "graph-draft",
			outcomes: [{ outcome: "delivered" }, { outcome: "delivered" }],
		});
		const arrival = sandbox.control.arrived()[before];
		expect([...(arrival?.recipients ?? [])].sort()).toEqual([...RECIPIENTS].sort());
		const original = structureOf(bytes);
		const arrived = structureOf(arrival?.message.bytes ?? Buffer.alloc(0));
		expect(words(arrived.subject)).toBe(words(original.subject));
		expect(arrived.from).toEqual(original.from);
		const missing = original.leaves.filter(
			(leaf) =>
				leaf.sizeBytes > 0 &&
				!isAttached(leaf, arrived) &&
				!isBody(leaf, arrived) &&
				!isPlainVersion(leaf, original, arrived),
		);
		expect(missing.map(({ type, name, sizeBytes }) => ({ type, name, sizeBytes }))).toEqual([]);
		// Names that no reader could save under are changed, and only those.
		const named = original.leaves.filter(
			({ name, sizeBytes }) => name !== "" && sizeBytes > 0 && !/[\\/:\ufffd]/.test(name),
		);
		for (const { name } of named)
			expect(arrived.leaves.map((leaf) => words(leaf.name))).toContain(words(name));
		for (const { contentId } of original.leaves.filter((leaf) => leaf.contentId !== "")) {
			expect(arrived.leaves.map((leaf) => leaf.contentId)).toContain(contentId);
		}
	});

	it.each(corpus().filter(({ name }) => SEALED.test(name)))(
		"$name: goes whole, as an .eml",
		async ({ bytes }) => {
			const attempt = attemptOf(bytes, { recipients: RECIPIENTS });
			const reading = await drafts.read(attempt);
			expect(reading.ok).toBe(false);
			const before = sandbox.control.arrived().length;
			expect(await drafts.deliver(attempt, reading, new AbortController().signal)).toMatchObject({
				via: "graph-eml",
			});
			const text = sandbox.control.arrived()[before]?.message.bytes?.toString("latin1") ?? "";
			const encoded = /\r\nContent-Transfer-Encoding: base64\r\n[\s\S]*?\r\n\r\n([\s\S]*?)\r\n--/g;
			const contents = [...text.matchAll(encoded)].map(([, content = ""]) => Buffer.from(content, "base64"));
			expect(
				contents.some((content) => content.equals(bytes)) || text.includes(bytes.toString("latin1")),
			).toBe(true);
		},
	);
});
