/** The process is killed again and again while large messages go up: each arrives once, whole. */
import { createHash, randomBytes } from "node:crypto";
import { afterEach, describe, expect, it } from "vitest";
import { eventually, House } from "./house.ts";
import { SmtpPeer } from "./smtp-peer.ts";

const KILLS = 50;
const DEVICES = 2;
/** Over what Graph takes in one request, so that it goes by draft and upload session. */
const ATTACHMENT_BYTES = 3_400_000;

let house: House | undefined;
afterEach(async () => {
	await house?.close();
	house = undefined;
});

interface Sent {
	readonly subject: string;
	readonly sha256: string;
}

function sha256(bytes: Buffer): string {
	return createHash("sha256").update(bytes).digest("hex");
}

function scan(subject: string, file: Buffer): string {
	const encoded = file.toString("base64").replaceAll(/.{76}/g, "$&\r\n");
	return [
		"From: <scan@contoso.example>",
		"To: <you@example.com>",
		`Subject: ${subject}`,
		`Message-ID: <${subject}@device.test>`,
		"Date: Wed, 25 Nov 2026 08:00:00 +0000",
		"MIME-Version: 1.0",
		'Content-Type: multipart/mixed; boundary="b"',
		"",
		"--b",
		"Content-Type: text/plain; charset=utf-8",
		"",
		`Scan ${subject}`,
		"--b",
		'Content-Type: application/pdf; name="scan.pdf"',
		"Content-Transfer-Encoding: base64",
		'Content-Disposition: attachment; filename="scan.pdf"',
		"",
		encoded,
		"--b--",
		"",
	].join("\r\n");
}

/** Sends one scan; says so when its 250 has been read, and gives up when the box dies. */
async function sendOne(port: number, subject: string, accepted: Sent[]): Promise<void> {
	const file = randomBytes(ATTACHMENT_BYTES);
	try {
		const peer = await SmtpPeer.connect(port);
		await peer.send(scan(subject, file));
		accepted.push({ subject, sha256: sha256(file) });
		await peer.quit();
	} catch (error) {
		if (!(error instanceof Error) || !/closed|ECONNRESET|EPIPE|ECONNREFUSED/.test(error.message)) throw error;
	}
}

/** Of the PDF in a message as its recipient got it. */
function fileIn(bytes: Buffer | undefined): string {
	const text = bytes?.toString("latin1") ?? "";
	const part = /\r\nContent-Type: application\/pdf[\s\S]*?\r\n\r\n([\s\S]*?)\r\n--/i.exec(text)?.[1] ?? "";
	return sha256(Buffer.from(part, "base64"));
}

/**
 * Until a few more requests have been answered, and a moment. A message in doubt is looked for first, half a
 * minute at most; kills that only cut off the looking would prove little.
 */
async function somewhereInAnUpload(box: House): Promise<void> {
	const steps = () => box.cloud.control.requests().filter(({ method }) => method !== "GET").length;
	const until = steps() + 1 + Math.floor(Math.random() * 6);
	await eventually("an upload goes on", () => steps() >= until, 60_000);
	await new Promise((resolve) => setTimeout(resolve, Math.random() * 60));
}

describe("kill -9 during uploads", () => {
	it(`${KILLS} times: every scan answered 250 arrives, once, byte for byte`, async () => {
		const box = await House.build({
			sandbox: { latencyMs: 25, keptBytes: 2_000_000_000 },
			queue: 'retry = "1s"',
		});
		house = box;
		const accepted: Sent[] = [];
		for (let kill = 0; kill < KILLS; kill += 1) {
			const port = box.port("relay");
			const devices = Array.from({ length: DEVICES }, (_, device) =>
				sendOne(port, `k${kill}-${device}`, accepted),
			);
			await somewhereInAnUpload(box);
			await box.end("SIGKILL");
			await Promise.all(devices);
			await box.start();
		}
		expect(accepted.length).toBeGreaterThan(KILLS / 2);
		await eventually(
			"the queue is empty",
			async () => (await box.json<[]>("queue", "list")).length === 0,
			240_000,
		);
		const arrived = box.cloud.control.arrived().map(({ message: { summary, bytes } }) => ({
			subject: summary.subject ?? "",
			sha256: fileIn(bytes),
		}));
		const subjects = arrived.map(({ subject }) => subject);
		expect(subjects.filter((subject, index) => subjects.indexOf(subject) !== index)).toEqual([]);
		const missing = accepted.filter(
			(sent) => !arrived.some(({ subject, sha256 }) => subject === sent.subject && sha256 === sent.sha256),
		);
		expect(missing).toEqual([]);
	}, 600_000);
});
