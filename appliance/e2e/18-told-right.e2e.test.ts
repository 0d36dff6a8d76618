/** What the owner is told of a session is what happened; and a session does not outlive what it stands on. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DeviceSettings, SessionLog } from "../services.ts";
import { eventually, House } from "./house.ts";
import { SmtpPeer } from "./smtp-peer.ts";
import { Wire } from "./wire.ts";

const CAMERA = "127.8.0.1";

let house: House;
beforeAll(async () => {
	house = await House.build({
		more: `
[[device]]
name = "Camera"
addresses = ["${CAMERA}"]
from = ["camera@contoso.example"]
`,
	});
});
afterAll(async () => {
	expect(house?.log ?? "").not.toMatch(/fault|unhandled|uncaught/);
	await house?.close();
});

async function begun(): Promise<Wire> {
	const wire = await Wire.connect({ port: house.port("relay"), from: CAMERA });
	await wire.reply();
	for (const line of ["EHLO camera", "MAIL FROM:<camera@contoso.example>", "RCPT TO:<you@example.com>"]) {
		wire.send(`${line}\r\n`);
		expect((await wire.reply())?.code).toBe("250");
	}
	return wire;
}

async function lastSession(): Promise<SessionLog | undefined> {
	return (await house.json<SessionLog[]>("device", "log", "Camera"))[0];
}

async function endedSession(): Promise<SessionLog | undefined> {
	await eventually("the session has ended", async () => (await lastSession())?.endedAt !== null);
	return await lastSession();
}

describe("the log of a device", () => {
	it("has a message that came in chunks as accepted", async () => {
		const wire = await begun();
		const chunk = "From: camera@contoso.example\r\nSubject: chunks\r\n\r\nx\r\n";
		wire.send(`BDAT ${chunk.length}\r\n${chunk}`);
		expect((await wire.reply())?.code).toBe("250");
		wire.send("BDAT 0 LAST\r\n");
		expect((await wire.reply())?.lines[0]).toMatch(/queued as/);
		wire.destroy();
		const session = await endedSession();
		expect(session).toMatchObject({ outcome: "accepted", ownerTexts: [] });
		expect(session?.queueIds).toHaveLength(1);
	});

	it("has what is refused in the second chunk, and why", async () => {
		const wire = await begun();
		const [first, second] = ["From: boss@contoso.example\r\n", "Subject: chunks\r\n\r\nx\r\n"];
		wire.send(`BDAT ${first.length}\r\n${first}`);
		await wire.reply();
		wire.send(`BDAT ${second.length} LAST\r\n${second}`);
		expect((await wire.reply())?.code).toBe("550");
		wire.destroy();
		const session = await endedSession();
		expect(session?.outcome).toBe("refused");
		expect(session?.ownerTexts.join()).toMatch(/wrote boss@contoso\.example as the sender/);
		await house.logged(/mail-refused .*header from boss@contoso\.example/);
	});

	it("has a message as accepted whose device hung up behind the final dot", async () => {
		const wire = await begun();
		wire.send("DATA\r\n");
		await wire.reply();
		wire.send("From: camera@contoso.example\r\nSubject: gone\r\n\r\nx\r\n.\r\n");
		wire.reset();
		await eventually("it is accepted", async () => (await lastSession())?.outcome === "accepted");
		expect((await lastSession())?.ownerTexts).toEqual([]);
	});
});

describe("the log of a device without an address", () => {
	it("has its failed sign-ins, and says no more of a user name that nobody has", async () => {
		await house.json<DeviceSettings>(
			"device",
			"add",
			"Kiosk",
			"--username",
			"kiosk",
			"--turn-on",
			"auth_without_tls",
		);
		const signIn = async (user: string) => {
			const wire = await Wire.connect({ port: house.port("submission"), from: "127.8.0.9" });
			await wire.reply();
			wire.send(`EHLO x\r\nAUTH PLAIN ${Buffer.from(`\0${user}\0wrong`).toString("base64")}\r\n`);
			await wire.reply();
			expect((await wire.reply())?.code).toBe("535");
			wire.destroy();
		};
		await signIn("kiosk");
		const [session] = await house.json<SessionLog[]>("device", "log", "Kiosk");
		expect(session?.ownerTexts.join()).toMatch(/signed in as "kiosk".*the password is wrong/);
		await signIn("hunter2");
		const { stdout } = await house.cli("device", "log", "127.8.0.9");
		expect(stdout).toMatch(/no device of Postern's has/);
		expect(stdout).not.toMatch(/hunter2/);
	});
});

describe("a client that pipelines", () => {
	it("is blamed for the refusal alone, not for what it had said behind it", async () => {
		const wire = await Wire.connect({ port: house.port("relay"), from: CAMERA });
		await wire.reply();
		wire.send("EHLO x\r\nMAIL FROM:<boss@contoso.example>\r\nRCPT TO:<you@example.com>\r\nDATA\r\n");
		const codes: (string | undefined)[] = [];
		for (let count = 0; count < 4; count += 1) codes.push((await wire.reply())?.code);
		expect(codes).toEqual(["250", "550", "503", "503"]);
		wire.destroy();
		const session = await endedSession();
		expect(session?.ownerTexts).toHaveLength(1);
	});
});

describe("a session that signed in", () => {
	it("ends with the password it signed in with, also when the user comes back with another", async () => {
		const add = () =>
			house.json<DeviceSettings>(
				"device",
				"add",
				"Till",
				"--username",
				"till",
				"--turn-on",
				"auth_without_tls",
			);
		const { password } = await add();
		const peer = await SmtpPeer.connect(house.port("submission"));
		await peer.signIn("till", password ?? "");
		expect(await peer.command("MAIL FROM:<till@contoso.example>")).toMatch(/^250 /);
		await peer.command("RSET");
		await house.cli("device", "remove", "Till");
		await add();
		expect(await peer.command("MAIL FROM:<till@contoso.example>")).toMatch(/^530 /);
		await peer.quit();
	});
});

describe("a header that was made to be slow to read", () => {
	it("keeps nobody else waiting for long", async () => {
		const wire = await begun();
		const peer = await SmtpPeer.connect(house.port("relay"));
		wire.send("DATA\r\n");
		await wire.reply();
		wire.send(`From: ${'<,(")'.repeat(50_000)}\r\n\r\nhi\r\n.\r\n`);
		let worstMs = 0;
		let answered = false;
		const answer = wire.reply(60_000).finally(() => {
			answered = true;
		});
		while (!answered) {
			const askedMs = performance.now();
			await peer.command("NOOP");
			worstMs = Math.max(worstMs, performance.now() - askedMs);
		}
		await answer;
		console.log(`NOOP at worst ${worstMs.toFixed(0)} ms`);
		// It was 17 seconds.
		expect(worstMs).toBeLessThan(3_000);
		await peer.quit();
		wire.destroy();
	});
});
