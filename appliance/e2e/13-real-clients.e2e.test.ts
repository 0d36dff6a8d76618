/**
 * SMTP as other people wrote it: clients of every kind hand over a message, and it is seen to arrive
 * with its subject, at its recipients, byte for byte. A client that is not installed skips its tests,
 * which say so. BusyBox's sendmail is in no Debian package: see dialogues/client-busybox-sendmail.dialogue.
 */
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect } from "vitest";
import type { SessionLog } from "../services.ts";
import { itWith, itWithAsRoot, run, smtplib } from "./clients.ts";
import { eventually, House, PASSWORD, USERNAME } from "./house.ts";
import { startPostfix } from "./postfix-smarthost.ts";

const LEGACY = "127.0.3.1";
const MODERN = "127.0.3.2";

let house: House;
let folder: string;
beforeAll(async () => {
	folder = mkdtempSync(path.join(tmpdir(), "postern-clients-"));
	house = await House.build({
		transport: "smtp",
		smtp: `listen = ["127.0.0.1:0"]
listen_submission = ["127.0.0.1:0"]
listen_tls = ["127.0.0.1:0"]
listen_auto = ["127.0.0.1:0"]
max_message_size = "25MB"`,
		more: `
[[device]]
name = "Old copier"
addresses = ["${LEGACY}"]
legacy_tls = true

[[device]]
name = "New copier"
addresses = ["${MODERN}"]

[[device]]
name = "PLC"
addresses = ["127.0.3.3"]
username = "plc"
password = "ladder logic"
auth_without_tls = true
cram_md5 = true
`,
	});
});
afterAll(async () => {
	await house?.close();
	rmSync(folder, { recursive: true, force: true });
});

interface Message {
	readonly id: string;
	readonly subject: string;
	readonly bytes: Buffer;
}

let serial = 0;
function message(to: string): Message {
	serial += 1;
	const id = `<${serial}.${randomBytes(6).toString("hex")}@client.test>`;
	const subject = `Scan ${serial}`;
	const lines = [
		"From: Scanner <scan@contoso.example>",
		`To: <${to}>`,
		`Subject: ${subject}`,
		"Date: Fri, 20 Nov 2026 08:00:00 +0000",
		`Message-ID: ${id}`,
		"MIME-Version: 1.0",
		"Content-Type: text/plain; charset=us-ascii",
		"",
		"Hello,",
		".a dot at the start of a line",
		"..",
		"From here to the end",
		"",
	];
	return { id, subject, bytes: Buffer.from(lines.join("\r\n")) };
}

/** It has arrived, for these and no others, with everything behind its header unchanged. */
async function expectArrival({ id, subject, bytes }: Message, recipients: readonly string[]): Promise<void> {
	await eventually(`${subject} arrives`, () => house.cloud.control.arrived({ messageId: id }).length > 0);
	const arrived = house.cloud.control.arrived({ messageId: id });
	expect(arrived.length).toBe(1);
	expect([...(arrived[0]?.recipients ?? [])].sort()).toEqual([...recipients].sort());
	expect(arrived[0]?.reversePath).toBe("scan@contoso.example");
	expect(arrived[0]?.message.summary.subject).toBe(subject);
	const body = (text: string) => text.slice(text.indexOf("\r\n\r\n")).trimEnd();
	expect(body(arrived[0]?.message.bytes?.toString("latin1") ?? "")).toBe(body(bytes.toString("latin1")));
}

const ONE = ["you@example.com"];
const TWO = ["you@example.com", "two@example.com"];
const at = (role: string) => `127.0.0.1:${house.port(role)}`;

describe("swaks", () => {
	const signedIn = (user: string, password: string) => ["--auth-user", user, "--auth-password", password];
	const cases: readonly [string, string, readonly string[]][] = [
		["in clear", "relay", []],
		["on the auto port, in clear", "auto", []],
		["on the auto port, with TLS from the start", "auto", ["--tls-on-connect"]],
		["on the auto port, with STARTTLS", "auto", ["--tls"]],
		[
			"with CRAM-MD5, in clear",
			"relay",
			["--local-interface", "127.0.3.3", "--auth", "CRAM-MD5", ...signedIn("plc", "ladder logic")],
		],
		["with LOGIN and STARTTLS", "submission", ["--auth", "LOGIN", "--tls", ...signedIn(USERNAME, PASSWORD)]],
	];
	for (const [name, role, options] of cases) {
		itWith("swaks", `hands over mail ${name}`, async () => {
			const mail = message(TWO.join(">, <"));
			const envelope = ["--from", "scan@contoso.example", "--to", TWO.join(",")];
			const sent = await run(
				"swaks",
				["--server", at(role), ...envelope, "--data", "-", ...options],
				mail.bytes,
			);
			expect(sent.exitCode, sent.output).toBe(0);
			await expectArrival(mail, TWO);
		});
	}
});

describe("curl", () => {
	const user = ["--user", `${USERNAME}:${PASSWORD}`];
	const cases: readonly [string, string, string, readonly string[]][] = [
		["in clear", "smtp", "relay", []],
		[
			"with AUTH LOGIN and STARTTLS",
			"smtp",
			"submission",
			["--ssl-reqd", ...user, "--login-options", "AUTH=LOGIN"],
		],
		["with AUTH PLAIN on the TLS port", "smtps", "implicit-tls", [...user, "--login-options", "AUTH=PLAIN"]],
		["on the auto port with TLS", "smtps", "auto", []],
	];
	for (const [name, scheme, role, options] of cases) {
		itWith("curl", `hands over mail ${name}`, async () => {
			const mail = message(TWO.join(">, <"));
			const envelope = ["--mail-from", "scan@contoso.example", ...TWO.flatMap((to) => ["--mail-rcpt", to])];
			const args = ["-sSk", `${scheme}://${at(role)}`, ...envelope, ...options, "-T", "-"];
			const sent = await run("curl", args, mail.bytes);
			expect(sent.exitCode, sent.output).toBe(0);
			await expectArrival(mail, TWO);
		});
	}
});

describe("msmtp", () => {
	const signedIn = (method: string) => [
		`--auth=${method}`,
		`--user=${USERNAME}`,
		`--passwordeval=echo '${PASSWORD}'`,
	];
	const secured = ["--tls=on", "--tls-certcheck=off"];
	const cases: readonly [string, string, readonly string[]][] = [
		["in clear", "relay", ["--tls=off"]],
		["with PLAIN and STARTTLS", "submission", [...secured, ...signedIn("plain")]],
		["with LOGIN on the TLS port", "implicit-tls", [...secured, "--tls-starttls=off", ...signedIn("login")]],
	];
	for (const [name, role, options] of cases) {
		itWith("msmtp", `hands over mail ${name}`, async () => {
			const mail = message(TWO.join(">, <"));
			const place = ["--host=127.0.0.1", `--port=${house.port(role)}`, "--from=scan@contoso.example"];
			// As sendmail is called: with the line ends of Unix.
			const input = mail.bytes.toString("latin1").replaceAll("\r\n", "\n");
			const sent = await run("msmtp", ["-C", "/dev/null", ...place, ...options, ...TWO], input);
			expect(sent.exitCode, sent.output).toBe(0);
			await expectArrival(mail, TWO);
		});
	}
});

describe("Python's smtplib", () => {
	const cases: readonly [string, string, string, string, string][] = [
		["in clear", "relay", "clear", "", ""],
		["signed in beside a device that knows CRAM-MD5 alone", "relay", "clear", "plc", "ladder logic"],
		["with STARTTLS", "submission", "starttls", USERNAME, PASSWORD],
		["on the TLS port", "implicit-tls", "tls", USERNAME, PASSWORD],
	];
	for (const [name, role, mode, user, password] of cases) {
		itWith("python3", `hands over mail ${name}`, async () => {
			const mail = message(TWO.join(">, <"));
			const place = ["127.0.0.1", String(house.port(role)), mode, user, password];
			const sent = await smtplib([...place, "scan@contoso.example", ...TWO], mail.bytes);
			expect(sent.output).toContain("refused: []");
			await expectArrival(mail, TWO);
		});
	}
});

describe("Postfix's smtp-source", () => {
	const cases: readonly [string, readonly string[]][] = [
		["twenty messages on four connections", []],
		["twenty messages on connections that it keeps", ["-d"]],
	];
	for (const [index, [name, options]] of cases.entries()) {
		itWith("smtp-source", `hands over ${name}`, async () => {
			const recipient = `source${index}@example.com`;
			const load = ["-m", "20", "-s", "4", "-l", "3000", "-f", "scan@contoso.example", "-t", recipient];
			const sent = await run("smtp-source", [...load, ...options, "-S", "From the source", at("relay")]);
			expect(sent.exitCode, sent.output).toBe(0);
			const arrived = () => house.cloud.control.arrived({ recipient });
			await eventually("all have arrived", () => arrived().length === 20);
			expect(new Set(arrived().map(({ message: { summary } }) => summary.subject))).toEqual(
				new Set(["From the source"]),
			);
		});
	}
});

/** All of it at once, as a script pipes it in. */
function session(mail: Message): string {
	const stuffed = mail.bytes.toString("latin1").replaceAll(/\r\n\./g, "\r\n..");
	return `EHLO pipe.test\r\nMAIL FROM:<scan@contoso.example>\r\nRCPT TO:<you@example.com>\r\nDATA\r\n${stuffed}.\r\nQUIT\r\n`;
}

describe("openssl s_client", () => {
	const OLD = ["-tls1", "-cipher", "DEFAULT@SECLEVEL=0"];
	const connect = (role: string, from: string, options: readonly string[]) => {
		const starttls = role === "relay" ? ["-starttls", "smtp"] : [];
		return ["s_client", "-quiet", "-connect", at(role), "-bind", from, ...starttls, ...options];
	};
	for (const [name, role] of [
		["with STARTTLS", "relay"],
		["on the TLS port", "implicit-tls"],
	] as const) {
		itWith("openssl", `hands over a piped session ${name}`, async () => {
			const mail = message("you@example.com");
			const sent = await run("openssl", connect(role, MODERN, []), session(mail));
			expect(sent.output).toMatch(/250 2\.0\.0 .*queued as/);
			await expectArrival(mail, ONE);
		});

		itWith("openssl", `with TLS 1.0 ${name} is refused, and its owner can read why`, async () => {
			const sent = await run("openssl", connect(role, MODERN, OLD), session(message("you@example.com")));
			expect(sent.output).not.toContain("queued as");
			const sessions = await house.json<SessionLog[]>("device", "log", "New copier");
			const told = sessions.flatMap(({ ownerTexts }) => ownerTexts).join("\n");
			expect(told).toMatch(/TLS 1\.0/);
			expect(told).toMatch(/legacy/i);
		});

		itWith("openssl", `with TLS 1.0 ${name} is served where the owner marked the device so`, async () => {
			const mail = message("you@example.com");
			const sent = await run("openssl", connect(role, LEGACY, OLD), session(mail));
			expect(sent.output).toMatch(/250 2\.0\.0 .*queued as/);
			await expectArrival(mail, ONE);
		});
	}
});

describe("Busybox", () => {
	itWith("busybox", "nc hands over a session piped in at once", async () => {
		const mail = message("you@example.com");
		const sent = await run("busybox", ["nc", "127.0.0.1", String(house.port("relay"))], session(mail));
		expect(sent.output).toMatch(/250 2\.0\.0 .*queued as/);
		await expectArrival(mail, ONE);
	});
});

describe("Postfix with Postern as its smarthost", () => {
	for (const [name, tls] of [
		["in clear", "none"],
		["with TLS", "encrypt"],
	] as const) {
		itWithAsRoot(
			"postfix",
			`relays mail ${name}`,
			async () => {
				const postfix = await startPostfix(house.port("relay"), tls);
				try {
					const mails = [message(TWO.join(">, <")), message("you@example.com")];
					for (const [index, mail] of mails.entries()) {
						const place = ["127.0.0.1", String(postfix.port), "clear", "", "", "scan@contoso.example"];
						const taken = await smtplib([...place, ...(index === 0 ? TWO : ONE)], mail.bytes);
						expect(taken.output).toContain("refused: []");
					}
					await expectArrival(mails[0] as Message, TWO);
					await expectArrival(mails[1] as Message, ONE);
				} finally {
					await postfix.close();
				}
			},
			90_000,
		);
	}
});
