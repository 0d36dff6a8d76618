import { createHash, randomBytes } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { structureOf } from "../mail/testing/structure.ts";
import type { Attempt } from "../queue/transport.ts";
import type { FaultOrder } from "../sandbox/faults.ts";
import { type Sandbox, startSandbox } from "../sandbox/sandbox.ts";
import { ACCOUNT, attemptOf, openRig, type Rig, ScriptedTokens } from "./delivery-rig.ts";

const MEGABYTE = 1_000_000;
const READ_WRITE = ["Mail.Send", "Mail.ReadWrite"];

let sandbox: Sandbox;
let rig: Rig;
beforeEach(async () => {
	sandbox = await startSandbox({ settings: { keptBytes: 500 * MEGABYTE, keptMessageBytes: 100 * MEGABYTE } });
	rig = open();
});
afterEach(async () => {
	await rig.close();
	await sandbox.close();
});

function open(scopes = READ_WRITE, outlook = false): Rig {
	const tokens = new ScriptedTokens((resource) =>
		sandbox.control.mintToken(ACCOUNT, resource === "graph" ? { resource, scopes } : { resource }),
	);
	if (!outlook) tokens.troubles.outlook = { kind: "blocked", reason: "AADSTS65001", ownerText: "No SMTP." };
	return openRig({
		graphUrl: sandbox.graphUrl,
		smtpAddress: sandbox.smtpAddress,
		caPem: sandbox.caPem,
		tokens,
		// Long enough for a sandbox that parses forty megabytes on a busy machine.
		answerTimeoutMs: 5_000,
		sentItemsLagMs: 300,
	});
}

/** As a process that knows nothing but what is on the card. */
async function restart(...scopes: Parameters<typeof open>): Promise<void> {
	await rig.close();
	rig = open(...scopes);
}

interface File {
	readonly name: string;
	readonly bytes: Buffer;
}

const file = (name: string, sizeBytes: number): File => ({ name, bytes: randomBytes(sizeBytes) });

let serial = 0;

function scan(files: readonly File[], header = "To: boss@fabrikam.com\r\n"): string {
	serial += 1;
	const parts = files.map(
		({ name, bytes }) =>
			`--b\r\nContent-Type: application/pdf; name="${name}"\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename="${name}"\r\n\r\n${bytes.toString("base64").replaceAll(/.{76}/g, "$&\r\n")}\r\n`,
	);
	return `From: ${ACCOUNT}\r\n${header}Subject: Scan ${serial}\r\nMessage-ID: <scan${serial}@copier.local>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nYour scan.\r\n${parts.join("")}--b--\r\n`;
}

/** A queued message with a card that remembers its progress. */
function queued(message: string, overrides: Partial<Attempt> = {}) {
	let progress: string | null = null;
	const base = attemptOf(message, overrides);
	return (again: Partial<Attempt> = {}): Attempt => ({
		...base,
		...again,
		progress,
		noteProgress: async (document) => {
			progress = document;
		},
	});
}

function sha256(bytes: Buffer): string {
	return createHash("sha256").update(bytes).digest("hex");
}

/** One message arrived, at these, with all files whole. */
function expectArrived(files: readonly File[], recipients = ["boss@fabrikam.com"]): void {
	const all = sandbox.control.arrived();
	expect(all.flatMap(({ recipients: to }) => to).sort()).toEqual([...recipients].sort());
	for (const { message } of all) {
		const { leaves } = structureOf(message.bytes ?? Buffer.alloc(0));
		const found = leaves.filter(({ type }) => type === "application/pdf");
		expect(found.map(({ name, sha256: sum }) => [name, sum])).toEqual(
			files.map(({ name, bytes }) => [name, sha256(bytes)]),
		);
	}
	expect(sandbox.control.duplicates()).toEqual([]);
}

/** What lies in the mailbox's Drafts. */
async function drafts(): Promise<unknown[]> {
	const token = sandbox.control.mintToken(ACCOUNT, { resource: "graph", scopes: READ_WRITE });
	const listed = await fetch(`${sandbox.graphUrl}/v1.0/me/mailFolders/drafts/messages`, {
		headers: { authorization: `Bearer ${token}` },
	});
	return ((await listed.json()) as { value: unknown[] }).value;
}

const fault = (order: Omit<FaultOrder, "where">) => sandbox.control.fail({ where: "graph", ...order });

describe("a message too large for one request", () => {
	it("arrives with every file whole, small and large, and its hidden recipients hidden", async () => {
		const files = [
			file("one.pdf", 4_500_000),
			file("two.pdf", 200_000),
			file("three.pdf", 9_000_000),
			file("four.pdf", 2_999_999),
		];
		const recipients = ["boss@fabrikam.com", "hidden@fabrikam.com"];
		const attempt = queued(
			scan(files, "To: boss@fabrikam.com, not-in-the-envelope@fabrikam.com\r\nBcc: old@fabrikam.com\r\n"),
			{ recipients },
		);
		const report = await rig.deliver("graph", attempt());
		expect(report).toMatchObject({
			via: "graph-draft",
			outcomes: [{ outcome: "delivered" }, { outcome: "delivered" }],
		});
		expectArrived(files, recipients);
		const text = sandbox.control.arrived()[0]?.message.bytes?.toString("latin1") ?? "";
		expect(text).not.toMatch(/hidden@|old@|not-in-the-envelope@/);
	});

	it("goes on after each answer that is lost, refused or late, and arrives once", async () => {
		const files = [file("one.pdf", 9_000_000), file("two.pdf", 100_000)];
		const attempt = queued(scan(files));
		const orders: Omit<FaultOrder, "where">[] = [
			{ path: "/messages", action: "accept-then-drop" },
			{ path: "createUploadSession", action: "answer", status: 503 },
			{ path: "/uploads/", action: "drop" },
			{ path: "/uploads/", action: "accept-then-drop", times: 3 },
			{ path: "/uploads/", action: "answer", status: 500, times: 4 },
			{ path: "/attachments", action: "accept-then-hang" },
			{ path: "/attachments", action: "answer", status: 429, retryAfterSeconds: 1 },
			{ path: "/send", action: "answer", status: 503 },
			{ path: "/send", action: "accept-then-hang" },
		];
		let maybeSent = false;
		let number = 1;
		for (const order of orders) {
			fault(order);
			const report = await rig.deliver("graph", attempt({ number, maybeSent }));
			maybeSent = report.outcomes.some(({ outcome }) => outcome === "unknown");
			number += 1;
			if (number % 3 === 0) await restart();
		}
		sandbox.control.clearFaults();
		for (let tries = 0; tries < 3; tries += 1) {
			const report = await rig.deliver("graph", attempt({ number: number + tries, maybeSent }));
			if (report.outcomes.every(({ outcome }) => outcome === "delivered")) break;
		}
		expectArrived(files);
	});

	it.each([
		["the connection breaks", "accept-then-drop", 504],
		["nothing is answered", "accept-then-hang", 504],
		["504 is answered", "accept-then-answer", 504],
	] as const)("sent, and %s: it is found, not sent again", async (_, action, status) => {
		const files = [file("one.pdf", 4_000_000)];
		const attempt = queued(scan(files));
		fault({ path: "/send", action, status });
		expect(await rig.deliver("graph", attempt())).toMatchObject({ outcomes: [{ outcome: "unknown" }] });
		await restart();
		const report = await rig.deliver("graph", attempt({ number: 2, maybeSent: true }));
		expect(report.outcomes).toMatchObject([{ outcome: "delivered", reply: { text: "Its draft was sent" } }]);
		expectArrived(files);
	});

	it("goes on where it was after a restart in mid-upload", async () => {
		const files = [file("one.pdf", 40_000_000)];
		// Slow enough that it is cut off in the middle.
		sandbox.control.change({ latencyMs: 100 });
		const attempt = queued(scan(files));
		const stop = new AbortController();
		const puts = () => sandbox.control.requests({ path: "/uploads/" }).length;
		const running = rig.deliver("graph", attempt(), stop.signal);
		await expect.poll(puts, { interval: 1, timeout: 20_000 }).toBeGreaterThan(4);
		stop.abort();
		await running;
		await restart();
		expect((await rig.deliver("graph", attempt({ number: 2 }))).outcomes).toMatchObject([
			{ outcome: "delivered" },
		]);
		// Eleven chunks in all; a restart repeats at most four of them, and the one that was cut off.
		expect(puts()).toBeLessThanOrEqual(16);
		expectArrived(files);
	});

	it("is not held up for minutes by a draft that was made just as the power failed", async () => {
		const files = [file("one.pdf", 4_000_000)];
		const attempt = queued(scan(files));
		fault({ path: "/messages", action: "accept-then-drop" });
		await rig.deliver("graph", attempt());
		await restart();
		// The first attempt is in doubt, and the mailbox shows a draft with its Message-ID.
		const report = await rig.deliver("graph", attempt({ maybeSent: true }));
		expect(report.outcomes).toMatchObject([{ outcome: "delivered" }]);
		expectArrived(files);
	});

	it("begins a session anew when the old one has expired", async () => {
		const files = [file("one.pdf", 9_000_000)];
		const attempt = queued(scan(files));
		fault({ path: "/uploads/", action: "answer", status: 500, times: 3 });
		expect((await rig.deliver("graph", attempt())).outcomes[0]?.outcome).toBe("deferred");
		fault({ path: "/uploads/", action: "answer", status: 404 });
		expect((await rig.deliver("graph", attempt({ number: 2 }))).outcomes[0]?.outcome).toBe("delivered");
		expectArrived(files);
	});

	it("goes to the others when one recipient does not exist", async () => {
		const files = [file("one.pdf", 4_000_000)];
		const recipients = ["boss@fabrikam.com", "invalid@fabrikam.com", "other@fabrikam.com"];
		const report = await rig.deliver("graph", queued(scan(files), { recipients })());
		expect(report.outcomes.map(({ outcome }) => outcome)).toEqual(["delivered", "failed", "delivered"]);
		expect(report.outcomes[1]?.ownerText).toMatch(/recipient's address/);
		expectArrived(files, ["boss@fabrikam.com", "other@fabrikam.com"]);
	});

	it("goes to the others also when taking the bad recipient out met a broken link first", async () => {
		const files = [file("one.pdf", 4_000_000)];
		const recipients = ["boss@fabrikam.com", "invalid@fabrikam.com"];
		const attempt = queued(scan(files), { recipients });
		// The order to send is answered; the change of the draft that follows is not.
		fault({ path: "/messages/", method: "PATCH", action: "drop" });
		const first = await rig.deliver("graph", attempt());
		expect(first.outcomes.map(({ outcome }) => outcome)).toEqual(["deferred", "failed"]);
		await restart();
		const second = await rig.deliver("graph", attempt({ number: 2, recipients: ["boss@fabrikam.com"] }));
		expect(second.outcomes).toMatchObject([{ outcome: "delivered" }]);
		expectArrived(files, ["boss@fabrikam.com"]);
	});

	it("goes to the others when Microsoft does not say which recipient does not exist", async () => {
		const files = [file("one.pdf", 4_000_000)];
		const recipients = ["a@fabrikam.com", "b@fabrikam.com", "nameless@fabrikam.com", "c@fabrikam.com"];
		const report = await rig.deliver("graph", queued(scan(files), { recipients })());
		expect(report.outcomes.map(({ outcome }) => outcome)).toEqual([
			...["delivered", "delivered", "failed", "delivered"],
		]);
		expectArrived(files, ["a@fabrikam.com", "b@fabrikam.com", "c@fabrikam.com"]);
	});

	it("fails for all when none of them exists, and leaves no draft behind", async () => {
		const recipients = ["nameless@fabrikam.com", "nameless@contoso.com"];
		const report = await rig.deliver("graph", queued(scan([file("one.pdf", 4_000_000)]), { recipients })());
		expect(report.outcomes.map(({ outcome }) => outcome)).toEqual(["failed", "failed"]);
		expect(await drafts()).toEqual([]);
	});

	it("refused for good leaves no draft behind", async () => {
		const report = await rig.deliver(
			"graph",
			queued(scan([file("one.pdf", 4_000_000)]), { recipients: ["senddenied@fabrikam.com"] })(),
		);
		expect(report.outcomes).toMatchObject([
			{ outcome: "failed", ownerText: expect.stringMatching(/From address/) },
		]);
		expect(await drafts()).toEqual([]);
	});

	it("over what the mailbox takes is failed, with a text about its size", async () => {
		fault({
			path: "createUploadSession",
			action: "answer",
			status: 400,
			body: '{"error":{"code":"ErrorMessageSizeExceeded","message":"The message exceeds the maximum supported size."}}',
		});
		const report = await rig.deliver("graph", queued(scan([file("one.pdf", 4_000_000)]))());
		expect(report.outcomes).toMatchObject([
			{
				outcome: "failed",
				reply: { enhanced: "5.3.4" },
				ownerText: expect.stringMatching(/larger than Microsoft/),
			},
		]);
	});

	it("takes a text of several megabytes as a file", async () => {
		const text = "A line of a very long log.\r\n".repeat(150_000);
		const message = `From: ${ACCOUNT}\r\nTo: boss@fabrikam.com\r\nSubject: Log\r\n\r\n${text}`;
		expect((await rig.deliver("graph", queued(message)())).outcomes[0]?.outcome).toBe("delivered");
		const { leaves } = structureOf(sandbox.control.arrived()[0]?.message.bytes ?? Buffer.alloc(0));
		expect(leaves.some(({ sha256: sum }) => sum === sha256(Buffer.from(text)))).toBe(true);
	});
});

describe("a large message without the permission for drafts", () => {
	it("goes over SMTP where the account may", async () => {
		await restart(["Mail.Send"], true);
		const files = [file("one.pdf", 4_000_000)];
		expect(await rig.deliver("graph", queued(scan(files))())).toMatchObject({
			via: "smtp",
			outcomes: [{ outcome: "delivered" }],
		});
		expectArrived(files);
	});

	it("fails elsewhere, and names the permission", async () => {
		await restart(["Mail.Send"]);
		const report = await rig.deliver("graph", queued(scan([file("one.pdf", 4_000_000)]))());
		expect(report.outcomes).toMatchObject([
			{ outcome: "failed", ownerText: expect.stringMatching(/Mail\.ReadWrite is missing/) },
		]);
		expect(report.trouble).toBeUndefined();
	});
});

describe("a large message that cannot be taken apart", () => {
	const signed = () =>
		scan([file("one.pdf", 4_000_000)]).replace(
			'multipart/mixed; boundary="b"',
			'multipart/signed; boundary="b"; protocol="application/pkcs7-signature"; micalg=sha-256',
		);

	it("goes over SMTP byte for byte where the account may", async () => {
		await restart(READ_WRITE, true);
		const message = signed();
		expect(await rig.deliver("graph", queued(message)())).toMatchObject({ via: "smtp" });
		expect(sandbox.control.arrived()[0]?.message.sha256).toBe(sha256(Buffer.from(message)));
	});

	it("goes elsewhere as an attached .eml of the same bytes, and the history says so", async () => {
		const message = signed();
		const report = await rig.deliver("graph", queued(message)());
		expect(report).toMatchObject({
			via: "graph-eml",
			note: expect.stringContaining(".eml"),
			outcomes: [{ outcome: "delivered" }],
		});
		const bytes = sandbox.control.arrived()[0]?.message.bytes ?? Buffer.alloc(0);
		const { leaves, subject } = structureOf(bytes);
		expect(subject).toMatch(/^Scan \d+$/);
		expect(leaves.map(({ name }) => name)).toContain(`${subject}.eml`);
		expect(leaves[0]?.text).toContain("it is signed");
	});
});
