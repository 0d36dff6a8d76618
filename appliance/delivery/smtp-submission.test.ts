/** What the simulation does not show: an upstream of another make, and one scripted byte by byte. */
import { once } from "node:events";
import net, { type AddressInfo } from "node:net";
import { createSecureContext, TLSSocket } from "node:tls";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";
import { afterEach, describe, expect, it } from "vitest";
import { makeServerCertificate } from "../sandbox/certificate.ts";
import { ACCOUNT, attemptOf, message, openRig, type Rig, ScriptedTokens } from "./delivery-rig.ts";

const certificate = makeServerCertificate(["localhost", "127.0.0.1"], Date.now());
const open: (() => void | Promise<void>)[] = [];
afterEach(async () => {
	for (const close of open.splice(0).reverse()) await close();
});

interface Taken {
	readonly from: string;
	readonly parameters: unknown;
	readonly to: readonly string[];
	readonly bytes: Buffer;
}

async function upstream(
	options: SMTPServerOptions = {},
): Promise<{ taken: Taken[]; users: string[]; rig: Rig }> {
	const taken: Taken[] = [];
	const users: string[] = [];
	const server = new SMTPServer({
		key: certificate.privateKeyPem,
		cert: certificate.certificatePem,
		authMethods: ["XOAUTH2"],
		disableReverseLookup: true,
		size: 1_000_000,
		onAuth({ username, accessToken }, _session, done) {
			users.push(`${username} ${accessToken}`);
			done(null, { user: username });
		},
		onData(stream, { envelope }, done) {
			const chunks: Buffer[] = [];
			stream.on("data", (chunk: Buffer) => chunks.push(chunk));
			stream.on("end", () => {
				const { mailFrom, rcptTo } = envelope;
				taken.push({
					from: mailFrom === false ? "" : mailFrom.address,
					parameters: mailFrom === false ? {} : mailFrom.args,
					to: rcptTo.map(({ address }) => address),
					bytes: Buffer.concat(chunks),
				});
				done();
			});
		},
		...options,
	});
	server.on("error", () => undefined);
	const listening = server.listen(0, "127.0.0.1");
	await once(listening, "listening");
	open.push(() => new Promise<void>((resolve) => void server.close(() => resolve())));
	return { taken, users, rig: newRig((listening.address() as AddressInfo).port) };
}

function newRig(port: number, options: { answerTimeoutMs?: number } = {}): Rig {
	const tokens = new ScriptedTokens((resource, forced) => `${resource}${forced ? "-fresh" : ""}`);
	const rig = openRig({ smtpAddress: `127.0.0.1:${port}`, caPem: certificate.caPem, tokens, ...options });
	open.push(() => rig.close());
	return rig;
}

describe("an upstream of another make", () => {
	it("gets envelope and bytes as they are, signed in with the token", async () => {
		const { taken, users, rig } = await upstream();
		const mail = message({ body: "..\r\n.\r\ngrüße\r\n" });
		const recipients = ["a@fabrikam.com", "B.C+d@Fabrikam.com"];
		const report = await rig.deliver("smtp", attemptOf(mail, { recipients }));
		expect(report.outcomes).toMatchObject([
			{ outcome: "delivered", reply: { code: 250 } },
			{ outcome: "delivered" },
		]);
		expect(users).toEqual([`${ACCOUNT} outlook`]);
		expect(taken).toEqual([
			{
				from: ACCOUNT,
				parameters: { BODY: "8BITMIME", SIZE: String(Buffer.byteLength(mail)) },
				to: recipients,
				bytes: Buffer.from(mail),
			},
		]);
	});

	it("gets the null reverse-path", async () => {
		const { taken, rig } = await upstream();
		await rig.deliver("smtp", attemptOf(message(), { reversePath: "" }));
		expect(taken.map(({ from }) => from)).toEqual([""]);
	});

	it("is told of UTF-8 when the device said it, and for that message alone", async () => {
		const { taken, rig } = await upstream();
		await rig.deliver("smtp", attemptOf(message(), { smtpUtf8: true }));
		await rig.deliver("smtp", attemptOf(message()));
		await rig.deliver("smtp", attemptOf(message(), { smtpUtf8: true, recipients: ["jörg@fabrikam.com"] }));
		expect(taken.map(({ parameters }) => "SMTPUTF8" in Object(parameters))).toEqual([true, false, true]);
	});

	it("refuses recipients one by one, for now or for good, and the others get the message", async () => {
		const { taken, rig } = await upstream({
			onRcptTo({ address }, _session, done) {
				const responseCode = { "full@x.example": 452, "gone@x.example": 550 }[address];
				done(
					responseCode === undefined
						? null
						: Object.assign(new Error(`5.1.1 no ${address}`), { responseCode }),
				);
			},
		});
		const recipients = ["gone@x.example", "ok@x.example", "full@x.example"];
		const report = await rig.deliver("smtp", attemptOf(message(), { recipients }));
		expect(report.outcomes.map(({ outcome }) => outcome)).toEqual(["failed", "delivered", "deferred"]);
		expect(report.outcomes[0]?.reply.text).toContain("gone@x.example");
		expect(report.trouble).toBeUndefined();
		expect(taken.map(({ to }) => to)).toEqual([["ok@x.example"]]);
	});

	it("refuses all recipients: each keeps its own reply", async () => {
		const { taken, rig } = await upstream({
			onRcptTo({ address }, _session, done) {
				done(
					Object.assign(new Error(`no ${address}`), { responseCode: address.startsWith("a") ? 550 : 451 }),
				);
			},
		});
		const report = await rig.deliver(
			"smtp",
			attemptOf(message(), { recipients: ["a@x.example", "b@x.example"] }),
		);
		expect(report.outcomes).toMatchObject([
			{ outcome: "failed", reply: { code: 550 } },
			{ outcome: "deferred", reply: { code: 451 } },
		]);
		expect(taken).toEqual([]);
	});

	it("keeps what it said of a recipient also when it then refuses the message", async () => {
		const { rig } = await upstream({
			onRcptTo({ address }, _session, done) {
				done(address.startsWith("gone") ? Object.assign(new Error("gone"), { responseCode: 550 }) : null);
			},
			onData(stream, _session, done) {
				stream.resume().on("end", () => done(Object.assign(new Error("not now"), { responseCode: 451 })));
			},
		});
		const report = await rig.deliver(
			"smtp",
			attemptOf(message(), { recipients: ["gone@x.example", "b@x.example"] }),
		);
		expect(report.outcomes.map(({ outcome }) => outcome)).toEqual(["failed", "deferred"]);
	});

	it("that announced a size gets no larger message", async () => {
		const { taken, rig } = await upstream();
		const report = await rig.deliver(
			"smtp",
			attemptOf(message({ body: `${"x".repeat(998)}\r\n`.repeat(1100) })),
		);
		expect(report.outcomes).toMatchObject([
			{ outcome: "failed", reply: { code: 552 }, ownerText: expect.stringMatching(/larger/) },
		]);
		expect(taken).toEqual([]);
	});

	it("gets no address that could be read as a command", async () => {
		const { rig } = await upstream();
		const report = await rig.deliver("smtp", attemptOf(message(), { recipients: ["a@x.example>\r\nRSET"] }));
		expect(report.outcomes).toMatchObject([{ outcome: "failed", reply: { code: 501 } }]);
	});

	it("without STARTTLS gets no token", async () => {
		const { users, rig } = await upstream({ disabledCommands: ["STARTTLS"], allowInsecureAuth: true });
		const report = await rig.deliver("smtp", attemptOf(message()));
		expect(report).toMatchObject({ outcomes: [{ outcome: "deferred" }], trouble: { kind: "blocked" } });
		expect(report.trouble?.ownerText).toMatch(/encryption/);
		expect(users).toEqual([]);
	});

	it("that refuses the token gets a fresh one, once", async () => {
		const { taken, users, rig } = await upstream({
			onAuth({ username, accessToken }, _session, done) {
				users.push(String(accessToken));
				if (accessToken === "outlook-fresh") done(null, { user: username });
				else done(Object.assign(new Error("5.7.3 Authentication unsuccessful"), { responseCode: 535 }));
			},
		});
		expect((await rig.deliver("smtp", attemptOf(message()))).outcomes).toMatchObject([
			{ outcome: "delivered" },
		]);
		expect(users).toEqual(["outlook", "outlook-fresh"]);
		expect(taken).toHaveLength(1);
	});
});

/** Speaks SMTP up to the message, then does as told with the socket. */
async function scripted(
	onBody: (socket: TLSSocket, bytesSeen: number, dotSeen: boolean) => void,
): Promise<{ rig: Rig; connections: () => number }> {
	let connections = 0;
	const sockets = new Set<net.Socket>();
	const server = net.createServer((plain) => {
		connections += 1;
		sockets.add(plain);
		plain.on("error", () => undefined);
		plain.write("220 scripted\r\n");
		plain.on("data", function first(data) {
			if (String(data).startsWith("EHLO")) plain.write("250-scripted\r\n250 STARTTLS\r\n");
			if (!String(data).startsWith("STARTTLS")) return;
			plain.off("data", first);
			plain.write("220 go\r\n");
			speak(
				new TLSSocket(plain, {
					isServer: true,
					secureContext: createSecureContext({
						key: certificate.privateKeyPem,
						cert: certificate.certificatePem,
					}),
				}),
				onBody,
			);
		});
	});
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	open.push(() => {
		for (const socket of sockets) socket.destroy();
		server.close();
	});
	return {
		rig: newRig((server.address() as AddressInfo).port, { answerTimeoutMs: 300 }),
		connections: () => connections,
	};
}

function speak(
	socket: TLSSocket,
	onBody: (socket: TLSSocket, bytesSeen: number, dotSeen: boolean) => void,
): void {
	socket.on("error", () => undefined);
	let bytesSeen = -1;
	socket.on("data", (data: Buffer) => {
		const text = data.toString("latin1");
		if (bytesSeen >= 0) {
			bytesSeen += data.length;
			const dotSeen = text.endsWith("\r\n.\r\n");
			onBody(socket, bytesSeen, dotSeen);
			if (dotSeen) bytesSeen = -1;
		} else if (text.startsWith("EHLO")) socket.write("250-scripted\r\n250 AUTH XOAUTH2\r\n");
		else if (text.startsWith("AUTH")) socket.write("235 2.7.0 ok\r\n");
		else if (text.startsWith("DATA")) {
			bytesSeen = 0;
			socket.write("354 go\r\n");
		} else socket.write("250 ok\r\n");
	});
}

describe("a link that breaks", () => {
	const large = message({ body: `${"x".repeat(998)}\r\n`.repeat(3000) });

	it("within the message: it was not sent, and the others may go on", async () => {
		const { rig } = await scripted((socket, bytesSeen) => {
			if (bytesSeen > 100_000) socket.destroy();
		});
		const report = await rig.deliver("smtp", attemptOf(large));
		expect(report.outcomes).toMatchObject([
			{ outcome: "deferred", ownerText: expect.stringMatching(/Nothing was delivered/) },
		]);
		expect(report.trouble).toBeUndefined();
	});

	it("behind its last byte: nobody knows", async () => {
		const { rig } = await scripted((socket, _bytesSeen, dotSeen) => {
			if (dotSeen) socket.destroy();
		});
		expect((await rig.deliver("smtp", attemptOf(large))).outcomes).toMatchObject([{ outcome: "unknown" }]);
	});

	it("or falls silent within the message: it was not sent", async () => {
		const { rig } = await scripted((socket) => socket.pause());
		// More than all buffers between here and there hold.
		const huge = message({ body: `${"x".repeat(998)}\r\n`.repeat(20_000) });
		expect((await rig.deliver("smtp", attemptOf(huge))).outcomes).toMatchObject([{ outcome: "deferred" }]);
	});

	it("on a kept connection, behind its last byte: it is not sent again at once", async () => {
		let messages = 0;
		const { rig, connections } = await scripted((socket, _bytesSeen, dotSeen) => {
			if (!dotSeen) return;
			messages += 1;
			if (messages === 1) socket.write("250 ok\r\n");
			else socket.destroy();
		});
		await rig.deliver("smtp", attemptOf(message()));
		expect((await rig.deliver("smtp", attemptOf(message()))).outcomes).toMatchObject([
			{ outcome: "unknown" },
		]);
		expect([messages, connections()]).toEqual([2, 1]);
	});

	it("or a reply in the middle of the message ends it there", async () => {
		let said = false;
		const { rig } = await scripted((socket, bytesSeen) => {
			if (bytesSeen < 100_000 || said) return;
			said = true;
			socket.write("552 5.3.4 Enough\r\n");
		});
		const report = await rig.deliver("smtp", attemptOf(large));
		expect(report.outcomes).toMatchObject([{ outcome: "failed", reply: { code: 552 } }]);
	});
});
