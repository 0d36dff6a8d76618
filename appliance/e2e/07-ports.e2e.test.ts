/** Whatever port a device is set to and however it encrypts, it gets through, or its owner hears why not. */
import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import net from "node:net";
import path from "node:path";
import tls from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeAuthority, makeLeaf } from "../system/certificate-maker.ts";
import { itWith, run, smtplib } from "./clients.ts";
import { eventually, House, type HouseOptions } from "./house.ts";

const OPTIONS: HouseOptions = {
	smtp: `listen = ["127.0.0.1:0"]
listen_submission = ["127.0.0.1:0"]
listen_tls = ["127.0.0.1:0"]
listen_auto = ["127.0.0.1:0"]
proxy_protocol_from = ["127.0.0.9"]`,
	more: `
[[device]]
name = "Old copier"
addresses = ["127.0.0.3"]
legacy_tls = true

[[device]]
name = "Behind the balancer"
addresses = ["192.168.77.50", "2001:db8::77"]
`,
};

let house: House;
beforeAll(async () => {
	house = await House.build(OPTIONS);
});
afterAll(() => house?.close());

let serial = 0;
function message(): { id: string; bytes: Buffer } {
	serial += 1;
	const id = `<port-${serial}@device.test>`;
	const header = ["From: scan@contoso.example", "To: you@example.com", "Subject: Scan", `Message-ID: ${id}`];
	return { id, bytes: Buffer.from(`${header.join("\r\n")}\r\n\r\nHello\r\n`) };
}

/** Sends with swaks; gives what it said, and the message as it arrived. */
async function swaks(at: string, options: readonly string[]) {
	const { id, bytes } = message();
	const addresses = ["--from", "scan@contoso.example", "--to", "you@example.com"];
	const args = ["--server", at, ...addresses, "--timeout", "20", "--data", "-", ...options];
	const sent = await run("swaks", args, bytes);
	return { ...sent, text: sent.exitCode === 0 ? await arrived(house, id) : "" };
}

async function arrived(from: House, messageId: string): Promise<string> {
	await eventually(`${messageId} arrives`, () => from.cloud.control.arrived({ messageId }).length > 0);
	return textOf(from, messageId);
}

function textOf(from: House, messageId: string): string {
	const [arrived] = from.cloud.control.arrived({ messageId });
	return Buffer.from(arrived?.message.bytes ?? []).toString("latin1");
}

const at = (role: string, host = "127.0.0.1") => `${host}:${house.port(role)}`;

describe("each port with each way to encrypt", () => {
	const cases: [role: string, name: string, options: readonly string[]][] = [
		["auto", "in clear", []],
		["auto", "with STARTTLS", ["--tls"]],
		["auto", "with TLS at once", ["--tls-on-connect"]],
		["auto", "pipelined", ["--pipeline"]],
		["relay", "in clear", []],
		["relay", "with STARTTLS", ["--tls"]],
		["implicit-tls", "with TLS at once", ["--tls-on-connect"]],
	];
	for (const [role, name, options] of cases) {
		itWith("swaks", `${role} ${name}`, async () => {
			const sent = await swaks(at(role), options);
			expect(sent.exitCode, sent.output).toBe(0);
			expect(sent.text).toMatch(
				options.some((option) => option.startsWith("--tls")) ? /with ESMTPS/ : /with ESMTP /,
			);
		});
	}

	itWith(
		"swaks",
		"TLS at once where we greet in clear: the owner is told, and the next try is met",
		async () => {
			const first = await swaks(at("submission"), ["--tls-on-connect"]);
			expect(first.exitCode).not.toBe(0);
			expect(first.output).not.toMatch(/500|502|421/);
			await eventually("it is told", () =>
				house.log.includes("connection-refused client=127.0.0.1 role=submission"),
			);
			await house.logged(
				/TLS began on a port that greets in clear; offered TLS 1\.3 at most.*port for SSL\/TLS/,
			);
			const second = await run("swaks", [
				"--server",
				at("submission"),
				"--tls-on-connect",
				"--quit-after",
				"EHLO",
			]);
			expect(second.output).toContain("TLS started");
		},
	);

	itWith("swaks", "plain text to the TLS port: the device and the owner are told", async () => {
		const sent = await run("swaks", [
			...["--server", at("implicit-tls"), "--to", "you@example.com", "--timeout", "20"],
			...["--from", "scan@contoso.example"],
		]);
		expect(sent.output).toMatch(/421 4\.7\.10 This port begins with TLS/);
		await house.logged(/connection-refused .*role=implicit-tls .*Choose SSL\/TLS on the device/);
	});

	itWith(
		"python3",
		"IPv6, and several addresses for one port",
		async () => {
			const six = await House.build({
				smtp: `listen = ["[::1]:0", "127.0.0.1:0"]
listen_submission = []
listen_tls = ["[::1]:0"]
listen_auto = ["[::1]:0", "127.0.0.2:0"]`,
				more: '[[device]]\nname = "Six"\naddresses = ["::1"]\n',
			});
			try {
				const { listeners } = await six.json<{ listeners: { role: string; address: string }[] }>("status");
				const smtp = listeners.filter(({ role }) => role === "relay" || role === "auto");
				const hosts = smtp.map(({ address }) => address.replace(/:\d+$/, ""));
				expect(hosts).toEqual(["[::1]", "127.0.0.1", "[::1]", "127.0.0.2"]);
				for (const [role, mode] of [
					["relay", "starttls"],
					["implicit-tls", "tls"],
					["auto", "clear"],
					["auto", "starttls"],
					["auto", "tls"],
				] as const) {
					const { id, bytes } = message();
					const settings = [
						"::1",
						`${six.port(role)}`,
						mode,
						"",
						"",
						"scan@contoso.example",
						"you@example.com",
					];
					const sent = await smtplib(settings, bytes);
					expect(sent.exitCode, sent.output).toBe(0);
					expect(await arrived(six, id)).toContain("[IPv6:::1]");
				}
			} finally {
				await six.close();
			}
		},
		60_000,
	);
});

describe("STARTTLS", () => {
	/** Connects, says what it is to say in clear, and gives the socket when 220 has come. */
	async function afterStartTls(behind: string): Promise<net.Socket> {
		const socket = net.connect(house.port("relay"), "127.0.0.1");
		socket.write(`EHLO device\r\nSTARTTLS\r\n${behind}`);
		let said = "";
		while (!said.includes("220 2.0.0")) said += String((await once(socket, "data"))[0]);
		socket.removeAllListeners("data");
		return socket;
	}

	it("obeys nothing that came in clear behind it", async () => {
		const raw = await afterStartTls("MAIL FROM:<scan@contoso.example>\r\nNOOP\r\n");
		const secure = tls.connect({ socket: raw, rejectUnauthorized: false });
		await once(secure, "secureConnect");
		secure.write("RCPT TO:<you@example.com>\r\n");
		const [reply] = (await once(secure, "data")) as [Buffer];
		expect(reply.toString()).toMatch(/^503 [^\r]*\r\n$/);
		secure.destroy();
	});

	it("that nobody follows up is told, and what follows it in clear", async () => {
		(await afterStartTls("")).end();
		await eventually("it is told", () => /TLS handshake failed \(closed\); offered nothing/.test(house.log));
		(await afterStartTls("")).write("MAIL FROM:<scan@contoso.example>\r\n");
		const told = /TLS handshake failed \(ERR_SSL_\w+\); offered nothing that could be read/;
		await eventually("it is told", () => told.test(house.log));
	});
});

describe("a client of TLS 1.0", () => {
	const OLD = ["-tls1", "-cipher", "DEFAULT@SECLEVEL=0"];
	const sClient = (role: string, from: string, options: readonly string[]) =>
		run("openssl", ["s_client", "-connect", at(role), "-bind", `${from}:0`, ...options], "QUIT\n");
	const ways: [role: string, options: readonly string[]][] = [
		["relay", ["-starttls", "smtp"]],
		["implicit-tls", []],
		["auto", []],
		["auto", ["-starttls", "smtp"]],
	];
	for (const [role, options] of ways) {
		itWith(
			"openssl",
			`is refused at ${role} ${options.join(" ")}, with what it offered and what to do`,
			async () => {
				const from = `127.0.0.${role.length + options.length + 20}`;
				const tried = await sClient(role, from, [...options, ...OLD]);
				expect(tried.output).toMatch(/alert|no peer certificate|Cipher is \(NONE\)/);
				const told = new RegExp(
					`connection-refused client=${from} role=${role} reason="TLS handshake failed \\(ERR_SSL_\\w+\\); offered TLS 1\\.0 at most; [^"]*AES\\d+-SHA[^"]*" advice="[^"]*legacy_tls = true for this device alone`,
				);
				await eventually("it is told", () => told.test(house.log));
			},
		);

		itWith("openssl", `is met at ${role} ${options.join(" ")} where its owner allows it`, async () => {
			const tried = await sClient(role, "127.0.0.3", [...options, ...OLD, "-ign_eof", "-crlf"]);
			expect(tried.output).toMatch(/Protocol *: TLSv1\n/);
			expect(tried.output).toMatch(/221 2\.0\.0 Bye/);
		});
	}

	itWith("openssl", "its permission is no reason for it to speak worse than it can", async () => {
		const tried = await sClient("implicit-tls", "127.0.0.3", ["-ign_eof", "-crlf"]);
		expect(tried.output).toContain("New, TLSv1.3");
	});
});

describe("behind a proxy", () => {
	const proxied = (version: 1 | 2, family: string, source: string, from: string) => [
		...["--local-interface", from, "--proxy-version", `${version}`, "--proxy-command", "PROXY"],
		...["--proxy-family", family, "--proxy-source", source, "--proxy-source-port", "50123"],
		...["--proxy-dest", source.includes(":") ? "::1" : "127.0.0.1", "--proxy-dest-port", "25"],
		...(version === 2 ? ["--proxy-protocol", "STREAM"] : []),
	];
	const clients: [version: 1 | 2, family: string, v2Family: string, source: string, seen: string][] = [
		[1, "TCP4", "AF_INET", "192.168.77.50", "[192.168.77.50]"],
		[1, "TCP6", "AF_INET6", "2001:db8::77", "[IPv6:2001:db8::77]"],
		[2, "TCP4", "AF_INET", "192.168.77.50", "[192.168.77.50]"],
	];
	for (const [version, family, v2Family, source, seen] of clients) {
		for (const role of ["relay", "auto"]) {
			itWith("swaks", `the header of version ${version} names the client ${source} at ${role}`, async () => {
				const named = version === 1 ? family : v2Family;
				const sent = await swaks(at(role), proxied(version, named, source, "127.0.0.9"));
				expect(sent.exitCode, sent.output).toBe(0);
				expect(sent.text).toContain(seen);
				await house.logged(new RegExp(`device="Behind the balancer".*client=${source}`));
			});
		}
	}

	itWith("swaks", "TLS works behind the header", async () => {
		for (const [role, options] of [
			["relay", ["--tls"]],
			["implicit-tls", ["--tls-on-connect"]],
		] as const) {
			const sent = await swaks(at(role), [...proxied(1, "TCP4", "192.168.77.50", "127.0.0.9"), ...options]);
			expect(sent.exitCode, sent.output).toBe(0);
			expect(sent.text).toContain("[192.168.77.50]");
		}
	});

	itWith(
		"swaks",
		"an address that is not listed is not believed, and a listed one must say who",
		async () => {
			const spoofed = await swaks(at("relay"), proxied(1, "TCP4", "192.168.77.50", "127.0.0.8"));
			expect(spoofed.exitCode).not.toBe(0);
			const known = await swaks(at("relay"), proxied(1, "TCP4", "127.0.0.1", "127.0.0.8"));
			expect(known.exitCode).not.toBe(0);
			const silent = await swaks(at("relay"), ["--local-interface", "127.0.0.9"]);
			expect(silent.exitCode).not.toBe(0);
			await eventually("it is told", () =>
				/client=127\.0\.0\.9 .*PROXY header.*proxy_protocol_from/.test(house.log),
			);
		},
	);
});

describe("the certificate", () => {
	interface Seen {
		readonly leaf: X509Certificate;
		readonly authority: X509Certificate;
	}
	function seen(port: number, options: tls.ConnectionOptions = { rejectUnauthorized: false }): Promise<Seen> {
		return new Promise((resolve, reject) => {
			const socket = tls.connect({ port, host: "127.0.0.1", ...options }, () => {
				const { raw, issuerCertificate } = socket.getPeerCertificate(true);
				socket.destroy();
				resolve({ leaf: new X509Certificate(raw), authority: new X509Certificate(issuerCertificate.raw) });
			});
			socket.once("error", reject);
		});
	}
	async function download(name: string): Promise<Response> {
		return await fetch(`http://127.0.0.1:${house.port("console")}/${name}`);
	}
	const rewrite = (change: (text: string) => string) =>
		writeFileSync(house.configFile, change(readFileSync(house.configFile, "utf8")));

	it("stays over a restart; its authority is there to download and verifies it", async () => {
		const before = await seen(house.port("implicit-tls"));
		await house.end("SIGTERM");
		await house.start();
		const after = await seen(house.port("auto"));
		expect(after.leaf.fingerprint256).toBe(before.leaf.fingerprint256);
		const pem = await (await download("authority.pem")).text();
		const der = Buffer.from(await (await download("authority.crt")).arrayBuffer());
		expect(new X509Certificate(der).fingerprint256).toBe(new X509Certificate(pem).fingerprint256);
		await seen(house.port("implicit-tls"), { ca: pem });
		await seen(house.port("implicit-tls"), { ca: pem, servername: "postern-test.local" });
	});

	it("is made again for a new name under the same authority, while it runs", async () => {
		const before = await seen(house.port("implicit-tls"));
		const pem = await (await download("authority.pem")).text();
		rewrite((text) => text.replace('name = "postern-test"', 'name = "mail-room"'));
		await house.json("reload");
		const after = await seen(house.port("implicit-tls"), { ca: pem, servername: "mail-room.local" });
		expect(after.leaf.fingerprint256).not.toBe(before.leaf.fingerprint256);
		expect(after.authority.fingerprint256).toBe(before.authority.fingerprint256);
	});

	it("the owner's files are served, swapped while it runs, and bad ones are not", async () => {
		const [certificate, key] = ["own.pem", "own.key"].map((name) => path.join(house.folder, name)) as [
			string,
			string,
		];
		const write = async (name: string) => {
			const pair = await makeLeaf(await makeAuthority(name), [name], name);
			writeFileSync(key, pair.key);
			writeFileSync(certificate, pair.cert);
		};
		const subject = async () => {
			await house.json("reload");
			return (await seenLeaf()).subject;
		};
		const seenLeaf = () =>
			new Promise<X509Certificate>((resolve, reject) => {
				const to = { port: house.port("implicit-tls"), host: "127.0.0.1", rejectUnauthorized: false };
				const socket = tls.connect(to, () => {
					resolve(new X509Certificate(socket.getPeerCertificate().raw));
					socket.destroy();
				});
				socket.once("error", reject);
			});
		await write("one.example");
		rewrite(
			(text) =>
				`${text}\n[tls]\ncertificate_file = ${JSON.stringify(certificate)}\nkey_file = ${JSON.stringify(key)}\n`,
		);
		expect(await subject()).toBe("CN=one.example");
		expect((await download("authority.crt")).status).toBe(404);
		await write("two.example");
		expect(await subject()).toBe("CN=two.example");
		writeFileSync(key, "no key");
		expect(await subject()).toBe("CN=two.example");
		const { problems } = await house.json<{ problems: string[] }>("status");
		expect(problems.join()).toContain("The certificate from before stays in use.");
	});
});
