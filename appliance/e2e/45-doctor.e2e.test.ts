/** `postern doctor`: an owner asks what is wrong, of a box that runs and of one that does not. */

import { once } from "node:events";
import { appendFileSync, chmodSync, chownSync, readFileSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { ACCOUNT, eventually, House } from "./house.ts";
import { SmtpPeer } from "./smtp-peer.ts";

let house: House | undefined;
afterEach(async () => {
	await house?.close();
	house = undefined;
});

describe("postern doctor", () => {
	it("finds nothing wrong where nothing is, and says what it looked at", async () => {
		house = await House.build();
		const told = await house.cli("doctor");
		expect(told).toMatchObject({ exitCode: 0, stderr: "" });
		expect(told.stdout).toContain("runs and answers");
		expect(told.stdout).toContain("Nothing needs you");
		expect(told.stdout).toContain("answers");
		expect(told.stdout).not.toContain("FAIL");
	});

	it("says of an account that nobody is signed in to what to do, and ends with 1", async () => {
		house = await House.build({ signedIn: false });
		const told = await house.cli("doctor");
		expect(told.exitCode).toBe(1);
		expect(told.stdout).toMatch(new RegExp(`^FAIL .*postern account add ${ACCOUNT}`, "m"));
	});

	it("says that Microsoft cannot be reached, as the last of its steps, also for programs", async () => {
		house = await House.build();
		await house.cloud.control.offline();
		const told = await house.cli("doctor", "--json");
		const steps = told.stdout
			.trim()
			.split("\n")
			.map((line) => JSON.parse(line) as { ok: boolean; text: string });
		expect(told.exitCode).toBe(1);
		expect(steps.at(-1)).toMatchObject({ ok: false, text: expect.stringContaining("cannot be reached") });
	});

	it("looks, where none runs, at configuration, state folder, database and ports", async () => {
		house = await House.build();
		const port = house.port("relay");
		const text = readFileSync(house.configFile, "utf8");
		await house.end("SIGTERM");
		writeFileSync(house.configFile, text.replace(/127\.0\.0\.1:0/, `127.0.0.1:${port}`));
		const neighbour = createServer().listen(port, "127.0.0.1");
		await once(neighbour, "listening");
		try {
			const told = await house.cli("doctor");
			expect(told.exitCode).toBe(1);
			expect(told.stdout).toContain("Postern does not run here");
			expect(told.stdout).toContain("The mail database is whole");
			expect(told.stdout).toMatch(
				new RegExp(`^FAIL .*:${port} is taken by another program: .* \\(process ${process.pid}\\)`, "m"),
			);
		} finally {
			neighbour.close();
		}
		writeFileSync(house.configFile, `${text}\n[smpt]\n`);
		const mistaken = await house.cli("doctor");
		expect(mistaken.stdout).toMatch(/FAIL .*unknown .*smpt.*smtp/s);
		writeFileSync(house.configFile, `${text}\nname = \n`);
		const broken = await house.cli("doctor");
		expect(broken).toMatchObject({ exitCode: 1, stdout: expect.stringMatching(/^FAIL .*no valid TOML/m) });
	});

	it("tells, while it runs, of a port that a reload could not have", async () => {
		house = await House.build({ console: 'listen = ["127.0.0.1:0"]\nlisten_tls = []' });
		const neighbour = createServer().listen(0, "127.0.0.1");
		await once(neighbour, "listening");
		const { port } = neighbour.address() as AddressInfo;
		try {
			house.configure({ console: `listen = ["127.0.0.1:0", "127.0.0.1:${port}"]\nlisten_tls = []` });
			await house.cli("reload");
			const told = await house.cli("doctor");
			expect(told.exitCode).toBe(1);
			expect(told.stdout).toMatch(
				new RegExp(`^FAIL .*:${port} \\(console\\) is used by another program`, "m"),
			);
		} finally {
			neighbour.close();
		}
	});

	it("tells, while it runs, of a mistake that the next reload would meet, and of a grant that is revoked", async () => {
		house = await House.build();
		const { control } = house.cloud;
		appendFileSync(house.configFile, "\n[smpt]\n");
		expect((await house.cli("doctor")).stdout).toMatch(/^FAIL .*smpt/m);
		house.configure({});
		control.revoke(ACCOUNT, { accessTokensToo: true });
		const peer = await SmtpPeer.connect(house.port("relay"));
		await peer.send(
			"From: <scan@contoso.example>\r\nTo: <you@example.com>\r\n\r\nHello\r\n",
			"you@example.com",
		);
		await peer.quit();
		await eventually("the doctor knows of the grant", async () => {
			const told = await house?.cli("doctor");
			return told?.exitCode === 1 && /^FAIL .*Sign in again/m.test(told.stdout);
		});
	});

	it.skipIf(process.getuid?.() !== 0)("names a file of the state folder that is another user's", async () => {
		house = await House.build();
		await house.end("SIGTERM");
		chownSync(path.join(house.folder, "state", "vault.key"), 65_534, 65_534);
		const told = await house.cli("doctor");
		expect(told.exitCode).toBe(1);
		expect(told.stdout).toMatch(
			/^FAIL .*vault\.key belongs to the user nobody, not to root.*chown -R root: /m,
		);
	});

	it("names a database that is damaged", async () => {
		house = await House.build();
		await house.end("SIGTERM");
		const file = path.join(house.folder, "state", "postern.db");
		const bytes = readFileSync(file);
		bytes.fill(0x55, 4096, 4096 * 6);
		writeFileSync(file, bytes);
		chmodSync(file, 0o600);
		const told = await house.cli("doctor");
		expect(told.stdout).toMatch(/^FAIL .*mail database cannot be read/m);
	});
});
