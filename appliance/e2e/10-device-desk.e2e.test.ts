/** The owner and their devices: what to type in, what was said, who knocked, and whose fault it is. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Device } from "../accounts/model.ts";
import type { AllowedStranger, DeviceSettings, SessionLog, StrangerRow, TestStep } from "../services.ts";
import { itWith, run } from "./clients.ts";
import { ACCOUNT, eventually, House, PASSWORD, USERNAME } from "./house.ts";

let house: House;
let strict: House;
beforeAll(async () => {
	[house, strict] = await Promise.all([
		House.build(),
		House.build({
			onlyByPassword: true,
			smtp: `listen = ["127.0.0.1:0"]
listen_submission = ["127.0.0.1:0"]
listen_tls = ["127.0.0.1:0"]
listen_auto = []
strangers = "ask"`,
		}),
	]);
});
afterAll(async () => {
	for (const one of [house, strict]) {
		expect(one?.log ?? "").not.toMatch(/fault|unhandled|uncaught/);
		await one?.close();
	}
});

const WRONG = "sesame-open-0815";

function swaks(of: House, role: string, ...more: string[]) {
	const server = `127.0.0.1:${of.port(role)}`;
	return run("swaks", ["--server", server, "--from", ACCOUNT, "--to", "you@example.com", ...more]);
}

function steps(stdout: string): TestStep[] {
	return stdout
		.trimEnd()
		.split("\n")
		.map((line) => JSON.parse(line) as TestStep);
}

describe("device add --kind", () => {
	it("prints what to type in, in the words of the device's menu, best first", async () => {
		const { exitCode, stdout } = await house.cli(
			...["device", "add", "Lobby", "--address", "192.168.1.50", "--kind", "Brother"],
			...["--turn-on", "legacy_tls"],
		);
		expect(exitCode).toBe(0);
		expect(stdout).toMatch(/^ {2}SMTP Server Address +\S+$/m);
		expect(stdout).toMatch(new RegExp(`^ {2}SMTP Port +${house.port("implicit-tls")}$`, "m"));
		expect(stdout).toMatch(/^ {2}SSL\/TLS +TLS \(SSL\)$/m);
		expect(stdout).toMatch(new RegExp(`port ${house.port("relay")}, SSL/TLS none`));
		expect(stdout).toMatch(new RegExp(`^ {2}Device E-mail Address +${ACCOUNT}$`, "m"));
		expect(stdout).toMatch(/^ {2}Turned on +legacy_tls$/m);
		const shown = await house.json<DeviceSettings>("device", "show", "lobby");
		expect(shown.hints).toMatchObject({ kind: "brother" });
		expect(shown.device.compatibility.legacyTls).toBe(true);
	});

	it("an unknown kind is answered with the nearest and with all there are", async () => {
		const { exitCode, stderr } = await house.cli("device", "add", "X", "--kind", "brohter");
		expect(exitCode).toBe(1);
		expect(stderr).toMatch(/Did you mean brother\?.*siemens-s7/);
	});

	it("a device for CRAM-MD5 keeps its password across a restart, and not in clear", async () => {
		const added = await house.json<DeviceSettings>("device", "add", "PLC", "--turn-on", "cram_md5");
		expect(added.password).toMatch(/^[a-hjkmnp-z2-9]{4}(-[a-hjkmnp-z2-9]{4}){3}$/);
		await house.end("SIGTERM");
		await house.start();
		const all = await house.json<Device[]>("device", "list");
		expect(all.find(({ name }) => name === "PLC")?.compatibility.cramMd5).toBe(true);
	});
});

describe("device set", () => {
	itWith("swaks", "holds from the next message on, and after a restart", async () => {
		const sends = async (password: string, to: string) =>
			(
				await run("swaks", [
					...["--server", `127.0.0.1:${strict.port("submission")}`, "--tls", "--from", ACCOUNT, "--to", to],
					...["--auth-user", "scanner", "--auth-password", password],
				])
			).output;
		const added = await strict.json<DeviceSettings>("device", "add", "Scanner");
		const first = added.password ?? "";
		expect(await sends(first, "you@example.com")).toMatch(/250 .*queued as/);

		const changed = await strict.cli(
			"device",
			"set",
			"Scanner",
			"--recipients",
			"*@contoso.com",
			"--rate",
			"5/h",
		);
		expect(changed.stdout).toMatch(/May write to +\*@contoso\.com\n.*At most +5\/h messages/);
		expect(await sends(first, "you@example.com")).toMatch(/550 5\.7\.1/);
		expect(await sends(first, "you@contoso.com")).toMatch(/250 .*queued as/);

		await strict.cli("device", "set", "Scanner", "--name", "Scanner, 2nd floor", "--urgent", "on");
		const { password } = await strict.json<{ password: string }>("device", "password", "Scanner, 2nd floor");
		expect(await sends(first, "you@contoso.com")).toMatch(/535 /);
		await strict.end("SIGTERM");
		await strict.start();
		expect(await sends(password, "you@contoso.com")).toMatch(/250 .*queued as/);
		await eventually("its mail arrives", () => strict.cloud.control.arrived().length === 3);
		const shown = await strict.json<DeviceSettings>("device", "show", "scanner, 2nd floor");
		expect(shown.device).toMatchObject({ recipients: ["*@contoso.com"], urgent: true });
		const refused = await strict.cli("device", "set", "Scanner, 2nd floor", "--rate", "often");
		expect(refused).toMatchObject({ exitCode: 1 });
		expect(refused.stderr).toContain('"often" is no rate; write a number and one of /s, /m, /h, /d');
	});

	it("leaves devices of the configuration file to the file", async () => {
		const [device] = await house.json<Device[]>("device", "list");
		const { exitCode, stderr } = await house.cli("device", "set", device?.name ?? "", "--rate", "1/h");
		expect(exitCode).toBe(1);
		expect(stderr).toContain("stands in the configuration file");
	});
});

describe("device log", () => {
	itWith("swaks", "tells of a refused and of an accepted session, and no password", async () => {
		const refused = await swaks(
			house,
			"relay",
			"--auth",
			"LOGIN",
			"--auth-user",
			USERNAME,
			"--auth-password",
			WRONG,
		);
		expect(refused.output).toMatch(/535/);
		const taken = await swaks(
			house,
			"submission",
			"--tls",
			"--auth",
			"PLAIN",
			"-au",
			USERNAME,
			"-ap",
			PASSWORD,
		);
		expect(taken.exitCode, taken.output).toBe(0);
		const id = /queued as (\w+)/.exec(taken.output)?.[1] ?? "";
		await eventually("both sessions have ended", async () => {
			const logs = await house.json<SessionLog[]>("device", "log", "127.0.0.1");
			return logs.filter(({ endedAt }) => endedAt !== null).length >= 2;
		});
		const [last, first] = await house.json<SessionLog[]>("device", "log", "127.0.0.1");
		expect(first).toMatchObject({ outcome: "refused", role: "relay" });
		expect(first?.ownerTexts.join()).toMatch(/password/i);
		expect(last).toMatchObject({ outcome: "accepted", role: "submission", device: "Copier", queueIds: [id] });
		const lines = last?.lines.map(({ text }) => text) ?? [];
		expect(lines).toEqual(expect.arrayContaining(["AUTH PLAIN ***", `MAIL FROM:<${ACCOUNT}>`, "DATA"]));
		expect(lines.some((line) => /^message of \d+ bytes$/.test(line))).toBe(true);

		const { stdout } = await house.cli("device", "log", "127.0.0.1", "--last", "20");
		expect(stdout.indexOf("REFUSED")).toBeLessThan(stdout.indexOf(id));
		expect(stdout).toMatch(/^ {4} +\d+\.\d{3} > EHLO /m);
		for (const password of [WRONG, PASSWORD]) {
			const everything = stdout + JSON.stringify([first, last]);
			expect(everything).not.toContain(password);
			expect(everything).not.toContain(Buffer.from(password).toString("base64"));
			expect(everything).not.toContain(Buffer.from(`\0${USERNAME}\0${password}`).toString("base64"));
		}
	});

	it("an unknown name is answered with the nearest", async () => {
		const { exitCode, stderr } = await house.cli("device", "log", "Scaner");
		expect([exitCode, stderr]).toEqual([1, expect.stringContaining('Did you mean "Scanner"?')]);
	});
});

describe("device test", () => {
	it("plays a device known by its address, also by one that the box does not have, to Microsoft's answer", async () => {
		const before = house.cloud.control.arrived().length;
		const { exitCode, stdout } = await house.cli(
			"device",
			"test",
			"Lobby",
			"--to",
			"you@example.com",
			"--json",
		);
		expect(exitCode, stdout).toBe(0);
		const told = steps(stdout).map(({ text }) => text);
		expect(told[0]).toMatch(/as if from 192\.168\.1\.50.*not tried/);
		expect(told.at(-1)).toBe("Microsoft 365 has accepted it.");
		await eventually("it arrives", () => house.cloud.control.arrived().length > before);
		const [log] = await house.json<SessionLog[]>("device", "log", "Lobby");
		expect(log).toMatchObject({ address: "192.168.1.50", device: "Lobby", outcome: "accepted" });
	});

	it("signs in with the password on standard input, over TLS with the box's own certificate", async () => {
		const args = ["device", "test", "Copier", "--to", "you@example.com", "--password-stdin", "--json"];
		const { exitCode, stdout } = await house.cliReading(`${PASSWORD}\n`, ...args);
		expect(exitCode, stdout).toBe(0);
		const told = steps(stdout).map(({ text }) => text);
		expect(told).toEqual(expect.arrayContaining(["Connected, encrypted.", `Signed in as ${USERNAME}.`]));
		expect(stdout).not.toContain(PASSWORD);
	});

	it("tells the device's faults from ours: a wrong password, a message that Microsoft refuses", async () => {
		const args = ["device", "test", "Copier", "--to", "you@example.com", "--password-stdin"];
		const wrong = await house.cliReading(`${WRONG}\n`, ...args);
		expect(wrong.exitCode).toBe(1);
		expect(wrong.stdout).toMatch(/^FAIL {2}Postern did not take it: .*535/m);
		const without = await house.cli("device", "test", "Copier", "--to", "you@example.com");
		expect([without.exitCode, without.stderr]).toEqual([1, expect.stringContaining("--password-stdin")]);
		const denied = await house.cli("device", "test", "Scanner", "--to", "senddenied@example.com");
		expect(denied.exitCode).toBe(1);
		expect(denied.stdout).toMatch(/^ok {4}Postern has taken a message/m);
		expect(denied.stdout).toMatch(/^FAIL {2}It failed on the way to Microsoft 365: /m);
	});
});

describe("strangers", () => {
	itWith("swaks", "knock, are listed, are allowed with their mail, or refused", async () => {
		const before = strict.cloud.control.arrived().length;
		const knock = await swaks(strict, "relay", "--helo", "BRW0011.local");
		expect(knock.output).toMatch(/queued as/);
		const [row] = await strict.json<StrangerRow[]>("device", "strangers");
		expect(row).toMatchObject({ address: "127.0.0.1", heldMessages: 1 });
		expect((await strict.cli("device", "list")).stdout).toContain("postern device allow 127.0.0.1");
		const allowed = await strict.json<AllowedStranger>("device", "allow", "127.0.0.1", "--kind", "brother");
		expect(allowed).toMatchObject({ released: 1, device: { name: "BRW0011", addresses: ["127.0.0.1"] } });
		await eventually("its mail arrives", () => strict.cloud.control.arrived().length === before + 1);
		expect(await strict.json("device", "strangers")).toEqual([]);
		expect((await strict.cli("device", "refuse", "127.0.0.1")).exitCode).toBe(1);

		await strict.cli("device", "remove", "BRW0011");
		await swaks(strict, "relay");
		expect(await strict.json("device", "refuse", "127.0.0.1")).toMatchObject({ deleted: 1 });
		expect(await strict.json("queue", "list")).toEqual([]);
	});
});
