/** Devices hand over mail, and it arrives as it was sent: by clients nobody here wrote. */
import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { itWith, run, smtplib } from "./clients.ts";
import { ACCOUNT, eventually, House, PASSWORD, USERNAME } from "./house.ts";

let graph: House;
let smtp: House;
beforeAll(async () => {
	[graph, smtp] = await Promise.all([House.build(), House.build({ transport: "smtp" })]);
});
afterAll(async () => {
	await Promise.all([graph?.close(), smtp?.close()]);
});

/** Waits for the message and gives it as the recipient got it. */
async function arrived(house: House, messageId: string) {
	await eventually(`${messageId} arrives`, () => house.cloud.control.arrived({ messageId }).length > 0);
	const [message] = house.cloud.control.arrived({ messageId });
	if (message === undefined) throw new Error("it arrived and is gone");
	return message;
}

let serial = 0;
function message(to: string, body: string, subject = "Scan"): { id: string; bytes: Buffer } {
	serial += 1;
	const id = `<${serial}.${randomBytes(6).toString("hex")}@device.test>`;
	const header = [
		"From: Scanner <scan@contoso.example>",
		`To: <${to}>`,
		`Subject: ${subject}`,
		"Date: Fri, 20 Nov 2026 08:00:00 +0000",
		`Message-ID: ${id}`,
	];
	return { id, bytes: Buffer.from(`${header.join("\r\n")}\r\n\r\n${body}`) };
}

/** Base64 as scanners send it. */
function attachment(sizeBytes: number): string {
	const encoded = randomBytes(Math.ceil((sizeBytes * 3) / 4))
		.toString("base64")
		.slice(0, sizeBytes);
	return `${encoded.match(/.{1,76}/g)?.join("\r\n") ?? ""}\r\n`;
}

describe("swaks", () => {
	const common = (house: House, role: string) => [
		"--server",
		`127.0.0.1:${house.port(role)}`,
		"--from",
		"scan@contoso.example",
		"--to",
		"you@example.com",
		"--data",
		"-",
	];
	const cases: [string, string, string[]][] = [
		["known by address, in clear", "relay", []],
		["AUTH PLAIN in clear, for a device that needs it", "relay", ["--auth", "PLAIN"]],
		["AUTH LOGIN after STARTTLS", "submission", ["--auth", "LOGIN", "--tls"]],
		["AUTH PLAIN after STARTTLS", "submission", ["--auth", "PLAIN", "--tls"]],
		["AUTH LOGIN on the TLS port", "implicit-tls", ["--auth", "LOGIN", "--tls-on-connect"]],
		["pipelined", "relay", ["--pipeline"]],
	];
	for (const [name, role, options] of cases) {
		itWith("swaks", name, async () => {
			const { id, bytes } = message("you@example.com", "Hello,\r\n.dots at line starts\r\n..\r\nend\r\n");
			const credentials = options.includes("--auth")
				? ["--auth-user", USERNAME, "--auth-password", PASSWORD]
				: [];
			const sent = await run("swaks", [...common(graph, role), ...options, ...credentials], bytes);
			expect(sent.exitCode, sent.output).toBe(0);
			expect(sent.output).toMatch(/250 2\.0\.0 Ok: queued as [0-9A-Z]{10}/);
			const got = await arrived(graph, id);
			expect(got.recipients).toEqual(["you@example.com"]);
			expect(got.message.summary.subject).toBe("Scan");
		});
	}
});

describe("the message", () => {
	itWith("curl", "arrives byte for byte behind one trace field, over SMTP submission", async () => {
		const { id, bytes } = message("you@example.com", "line\r\n.\tdot\r\n\r\n  spaces  \r\nno end");
		const url = `smtp://127.0.0.1:${smtp.port("relay")}`;
		const args = [
			"-sS",
			url,
			"--mail-from",
			"scan@contoso.example",
			"--mail-rcpt",
			"you@example.com",
			"-T",
			"-",
		];
		const sent = await run("curl", args, bytes);
		expect(sent.exitCode, sent.output).toBe(0);
		const got = await arrived(smtp, id);
		const text = Buffer.from(got.message.bytes ?? []).toString("latin1");
		const trace = /^Received: from (?:.*\r\n[ \t])*.*\r\n(?=[^ \t])/.exec(text)?.[0] ?? "";
		expect(trace).toContain("for <you@example.com>");
		expect(text.slice(trace.length)).toBe(`${bytes.toString("latin1")}\r\n`);
		expect(got.reversePath).toBe("scan@contoso.example");
	});

	itWith("python3", "reaches every recipient of the envelope and hides the blind ones", async () => {
		const { id, bytes } = message("open@example.com", "Hello\r\n");
		const recipients = ["open@example.com", "blind@example.com", "Second.Blind@Example.com"];
		const settings = ["127.0.0.1", `${graph.port("relay")}`, "clear", "", "", "scan@contoso.example"];
		const sent = await smtplib([...settings, ...recipients], bytes);
		expect(sent.output).toContain("refused: []");
		const got = await arrived(graph, id);
		const lowered = got.recipients.map((recipient) => recipient.toLowerCase());
		expect(lowered.sort()).toEqual(recipients.map((recipient) => recipient.toLowerCase()).sort());
		expect(
			Buffer.from(got.message.bytes ?? [])
				.toString("latin1")
				.toLowerCase(),
		).not.toContain("blind");
	});

	const sizes = [1, 1_000, 70_000, 1_000_000, 2_900_000];
	for (const sizeBytes of sizes) {
		itWith("python3", `of ${sizeBytes} bytes arrives whole through Graph`, async () => {
			const body = sizeBytes === 1 ? "x" : attachment(sizeBytes);
			const { id, bytes } = message("you@example.com", body);
			const settings = ["127.0.0.1", `${graph.port("submission")}`, "starttls", USERNAME, PASSWORD];
			const sent = await smtplib([...settings, "scan@contoso.example", "you@example.com"], bytes);
			expect(sent.exitCode, sent.output).toBe(0);
			const got = await arrived(graph, id);
			expect(Buffer.from(got.message.bytes ?? []).toString("latin1")).toContain(`\r\n\r\n${body}`);
		});
	}

	itWith(
		"python3",
		"of 20 MB arrives whole through SMTP submission",
		async () => {
			const body = attachment(20_000_000);
			const { id, bytes } = message("you@example.com", body);
			const settings = ["127.0.0.1", `${smtp.port("implicit-tls")}`, "tls", USERNAME, PASSWORD];
			const sent = await smtplib([...settings, "scan@contoso.example", "you@example.com"], bytes);
			expect(sent.exitCode, sent.output).toBe(0);
			const got = await arrived(smtp, id);
			expect(got.message.sizeBytes).toBeGreaterThan(bytes.length);
			expect(got.message.sizeBytes).toBeLessThan(bytes.length + 1_000);
		},
		120_000,
	);

	itWith(
		"python3",
		"of 20 MB through Graph alone goes as a draft, its file whole",
		async () => {
			const { id, bytes } = message("you@example.com", attachment(20_000_000));
			const settings = ["127.0.0.1", `${graph.port("relay")}`, "clear", "", ""];
			const sent = await smtplib([...settings, "scan@contoso.example", "you@example.com"], bytes);
			expect(sent.exitCode, sent.output).toBe(0);
			await eventually(
				"it arrives",
				() => graph.cloud.control.arrived({ messageId: id }).length === 1,
				60_000,
			);
			const drafts = graph.cloud.control.requests({ path: "/send" });
			expect(drafts.length).toBeGreaterThan(0);
		},
		120_000,
	);
});

describe("a message to three recipients of whom one is refused", () => {
	itWith("python3", "is delivered to two; the third is failed and its reason kept", async () => {
		const { id, bytes } = message("one@example.com", "Hello\r\n");
		const settings = ["127.0.0.1", `${smtp.port("relay")}`, "clear", "", "", "scan@contoso.example"];
		const recipients = ["one@example.com", "invalid@example.com", "two@example.com"];
		const sent = await smtplib([...settings, ...recipients], bytes);
		expect(sent.exitCode, sent.output).toBe(0);
		const got = await arrived(smtp, id);
		expect(got.recipients).toEqual(["one@example.com", "two@example.com"]);
		interface Entry {
			readonly id: string;
			readonly state: string;
			readonly recipientStates: readonly {
				address: string;
				state: string;
				reply: string;
				ownerText: string;
			}[];
		}
		await eventually("the message is failed", async () => {
			const rows = await smtp.json<Entry[]>("queue", "list");
			return rows.some(({ state }) => state === "failed");
		});
		const [row] = await smtp.json<Entry[]>("queue", "list");
		const entry = await smtp.json<Entry>("queue", "show", row?.id ?? "");
		expect(entry.recipientStates.map(({ address, state }) => [address, state])).toEqual([
			["one@example.com", "delivered"],
			["invalid@example.com", "failed"],
			["two@example.com", "delivered"],
		]);
		expect(entry.recipientStates[1]?.reply).toMatch(/^550 /);
		expect(entry.recipientStates[1]?.ownerText).not.toBe("");
		await smtp.json("queue", "delete", "--all");
	});
});

describe("the account", () => {
	itWith("curl", "carries the mail: Microsoft's limits on requests at once are kept", async () => {
		expect(graph.cloud.control.concurrency().graph[ACCOUNT] ?? 0).toBeLessThanOrEqual(4);
	});
});
