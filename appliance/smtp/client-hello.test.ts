/** ClientHellos as real clients send them (OpenSSL through Node), as old firmware does, and broken ones. */
import { once } from "node:events";
import net from "node:net";
import tls from "node:tls";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { beginsTls, cipherName, readClientHello, versionName } from "./client-hello.ts";
import { describeOffer, explainHandshake } from "./handshake-failure.ts";

/** What a client of Node's sends first. */
async function helloOf(options: tls.ConnectionOptions): Promise<Buffer> {
	const server = net.createServer().listen(0, "127.0.0.1");
	await once(server, "listening");
	const { port } = server.address() as net.AddressInfo;
	const client = tls.connect({ port, host: "127.0.0.1", rejectUnauthorized: false, ...options });
	client.on("error", () => undefined);
	const [socket] = (await once(server, "connection")) as [net.Socket];
	const [hello] = (await once(socket, "data")) as [Buffer];
	client.destroy();
	socket.destroy();
	server.close();
	return hello;
}

/** SSL 3 of a printer of 2004: RC4, 3DES and DES. No session, four ciphers, no compression. */
const SSL_3_HELLO = Buffer.concat([
	Buffer.from("16030000330100002f0300", "hex"),
	Buffer.alloc(32, 7),
	Buffer.from("00000800050004000a00090100", "hex"),
]);
/** The form of SSL 2, as OpenSSL 0.9.7 began with TLS 1.0: AES128-SHA and one of SSL 2's own. */
const SSL_2_HELLO = Buffer.concat([
	Buffer.from("801f01030100060000001000002f010080", "hex"),
	Buffer.alloc(16, 9),
]);

describe("what a client offers", () => {
	it("is read from a hello of today", async () => {
		const hello = readClientHello(await helloOf({ servername: "postern.local" }));
		expect(hello?.newest).toBe(0x0304);
		expect(hello?.versions.map(versionName)).toEqual(["TLS 1.3", "TLS 1.2"]);
		expect(hello?.serverName).toBe("postern.local");
		expect(hello?.ciphers.map(cipherName)).toContain("ECDHE-RSA-AES128-GCM-SHA256");
	});

	it("is read from one of TLS 1.0", async () => {
		const old = { minVersion: "TLSv1", maxVersion: "TLSv1", ciphers: "AES128-SHA:@SECLEVEL=0" } as const;
		const hello = readClientHello(await helloOf(old));
		expect(hello).toMatchObject({ newest: 0x0301, versions: [0x0301], ciphers: [0x002f] });
		expect(describeOffer(hello)).toBe("TLS 1.0 at most; AES128-SHA");
	});

	it("is read from SSL 3 and from the form of SSL 2", () => {
		expect(describeOffer(readClientHello(SSL_3_HELLO))).toBe(
			"SSL 3 at most; RC4-SHA, RC4-MD5, DES-CBC3-SHA, DES-CBC-SHA",
		);
		expect(describeOffer(readClientHello(SSL_2_HELLO))).toBe("TLS 1.0 at most; AES128-SHA");
		expect(beginsTls(SSL_3_HELLO)).toBe(true);
		expect(beginsTls(SSL_2_HELLO)).toBe(true);
	});

	it("is made the best of when the hello is cut off, and nothing when it is none", async () => {
		const whole = await helloOf({ servername: "postern.local" });
		fc.assert(
			fc.property(fc.nat({ max: whole.length }), fc.uint8Array({ maxLength: 20 }), (at, noise) => {
				const hello = readClientHello(Buffer.concat([whole.subarray(0, at), noise]));
				if (hello !== undefined) expect(describeOffer(hello)).toMatch(/ at most; /);
			}),
		);
		expect(readClientHello(Buffer.from("EHLO printer\r\n"))).toBeUndefined();
	});

	it("is no SMTP command's beginning, whatever the command", () => {
		fc.assert(
			fc.property(fc.string({ unit: "grapheme-ascii", minLength: 1 }), (text) => {
				expect(beginsTls(Buffer.from(text))).toBe(false);
			}),
		);
	});

	it("never makes the reader fail", () => {
		const beginning = fc.constantFrom("", "160301", "16030100ff010000fb0303", "80ff0103");
		fc.assert(
			fc.property(beginning, fc.uint8Array({ maxLength: 200 }), (hex, rest) => {
				const bytes = Buffer.concat([Buffer.from(hex, "hex"), rest]);
				beginsTls(bytes);
				readClientHello(bytes);
			}),
			{ numRuns: 2_000 },
		);
	});
});

describe("a failed handshake", () => {
	const text = (hello: Buffer | undefined, code: string, isLegacy = false) =>
		explainHandshake({
			hello: hello === undefined ? undefined : readClientHello(hello),
			code,
			isLegacy,
			hostName: "postern.local",
		}).ownerText;

	it("is explained by what the client offers", () => {
		expect(text(SSL_3_HELLO, "ERR_SSL_UNSUPPORTED_PROTOCOL")).toContain("no switch can bring back");
		expect(text(SSL_2_HELLO, "ERR_SSL_UNSUPPORTED_PROTOCOL")).toContain("set legacy_tls = true");
		expect(text(SSL_2_HELLO, "ERR_SSL_WEIRD", true)).toContain("ERR_SSL_WEIRD");
	});

	it("is explained by how the client ended it", async () => {
		const hello = await helloOf({});
		for (const code of [
			"ERR_SSL_TLSV1_ALERT_UNKNOWN_CA",
			"ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE",
			"ERR_SSL_SSL/TLS_ALERT_CERTIFICATE_UNKNOWN",
			"ECONNRESET",
			"closed",
		]) {
			expect(text(hello, code)).toContain("http://postern.local/authority.crt");
		}
		expect(text(hello, "ERR_TLS_HANDSHAKE_TIMEOUT")).toContain("said nothing");
		expect(text(undefined, "ERR_SSL_WRONG_VERSION_NUMBER")).toContain("ERR_SSL_WRONG_VERSION_NUMBER");
	});
});
