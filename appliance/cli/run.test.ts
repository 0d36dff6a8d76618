/** The commands as an owner types them, against a real control socket. */
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { device, queueRow, sessionLog, stranger, WELL_STATUS } from "../../web/testing/samples.ts";
import { UserError } from "../errors.ts";
import { postern, start, stop } from "./testing/postern.ts";
import { localTime } from "./words.ts";

afterEach(stop);

describe("queue", () => {
	it("list: an empty queue is said to be empty, and is [] for programs", async () => {
		await start();
		expect(await postern(["queue", "list"])).toEqual({
			exitCode: 0,
			stdout: "The queue is empty.\n",
			stderr: "",
		});
		expect(JSON.parse((await postern(["queue", "list", "--json"])).stdout)).toEqual([]);
	});

	it("list: aligned columns for people, whole rows for programs", async () => {
		const rows = [
			queueRow(),
			queueRow({
				id: "q2",
				state: "held",
				device: "Camera",
				recipients: ["a@example.com", "b@example.com", "c@example.com"],
				nextAttemptAt: null,
				lastError: "",
			}),
		];
		await start({ queue: rows });
		const { stdout } = await postern(["queue", "list"]);
		const received = localTime("2026-11-20T11:00:00.000Z");
		const next = localTime("2026-11-20T11:45:00.000Z");
		expect(stdout.split("\n")).toEqual([
			"ID  STATE     DEVICE  RECIPIENTS          SIZE  RECEIVED          NEXT TRY          TROUBLE",
			`q1  deferred  Copier  boss@example.com  2.0 kB  ${received}  ${next}  Microsoft 365 cannot be reached.`,
			`q2  held      Camera  a@example.com +2  2.0 kB  ${received}  -`,
			"",
		]);
		expect(JSON.parse((await postern(["queue", "list", "--json"])).stdout)).toEqual(rows);
	});

	it("list: fits the terminal", async () => {
		await start({ queue: [queueRow({ device: "d".repeat(80), lastError: "x".repeat(200) })] });
		const { stdout } = await postern(["queue", "list"], { columns: 110 });
		for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(110);
		expect(stdout).toContain("…");
	});

	it("list: what a device sent cannot act on the terminal", async () => {
		await start({ queue: [queueRow({ device: "evil\u001b]0;title\u0007\nnext\u009b31m\u202e" })] });
		for (const args of [
			["queue", "list"],
			["queue", "list", "--json"],
			["queue", "show", "q1"],
		]) {
			const { stdout } = await postern(args);
			// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
			expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
			expect(stdout).toContain("\\u001b");
		}
		const [row] = JSON.parse((await postern(["queue", "list", "--json"])).stdout) as { device: string }[];
		expect(row?.device).toBe("evil\u001b]0;title\u0007\nnext\u009b31m\u202e");
	});

	it("show: facts, recipients, history", async () => {
		await start({ queue: [queueRow({ recipients: ["a@example.com", "b@example.com"] })] });
		const { stdout, exitCode } = await postern(["queue", "show", "q1"]);
		expect(exitCode).toBe(0);
		expect(stdout).toMatch(/^state {9}deferred$/m);
		expect(stdout).toMatch(/^b@example\.com {2}delivered {2}250 2\.1\.5 OK$/m);
		expect(stdout).toContain("accepted  from Copier");
	});

	it("show: an id nobody knows is told, and is no usage error", async () => {
		await start();
		const { stdout, stderr, exitCode } = await postern(["queue", "show", "nope/../x"]);
		expect({ stdout, exitCode }).toEqual({ stdout: "", exitCode: 1 });
		expect(stderr).toBe("postern: There is no nope/../x.\nLook at the list.\n");
		expect(JSON.parse((await postern(["queue", "show", "x", "--json"])).stderr)).toEqual({
			error: { code: "queue-unknown-id", message: "There is no x.", hint: "Look at the list." },
		});
	});

	it("retry, hold, release, delete: by id or all, never by accident", async () => {
		const { state } = await start({ queue: [queueRow(), queueRow({ id: "q2" })] });
		expect((await postern(["queue", "retry", "q1"])).stdout).toBe("1 message tried again.\n");
		expect((await postern(["queue", "hold", "q1", "q2"])).stdout).toBe("2 messages held.\n");
		expect(JSON.parse((await postern(["queue", "release", "--all", "--json"])).stdout)).toEqual({
			changed: 2,
		});
		expect((await postern(["queue", "delete"])).exitCode).toBe(2);
		expect((await postern(["queue", "delete", "q1", "--all"])).exitCode).toBe(2);
		expect((await postern(["queue", "delete", "--all"])).stdout).toBe("2 messages deleted.\n");
		expect((await postern(["queue", "delete", "--all"])).stdout).toBe("There was nothing to do.\n");
		expect(state.calls).toEqual(["retry q1", "hold q1,q2", "release q1,q2", "delete q1,q2", "delete "]);
	});
});

describe("device", () => {
	it("add: prints what to type into the device, the password once", async () => {
		await start();
		const added = await postern([
			"device",
			"add",
			"Copier, 2nd floor",
			"--address",
			"192.168.1.50",
			"--address",
			"10.0.0.0/24",
			"--username",
			"copier",
			"--account",
			"alerts@contoso.com",
		]);
		expect(added.exitCode).toBe(0);
		expect(added.stdout).toBe(
			[
				'"Copier, 2nd floor" may send. Type this into its mail (SMTP) settings:',
				"",
				"  Server     postern.local",
				"  Port       25",
				"  Security   none",
				"  User name  copier",
				"  Password   kv7m-p2xd-9qrt-w4nh",
				"  Sender     alerts@contoso.com",
				"  Known at   192.168.1.50, 10.0.0.0/24",
				"",
				"If it does not have that, the next best:",
				"  - port 587, security STARTTLS",
				"  - port 465, security TLS (SSL)",
				"",
				"The password is shown only now.",
				"",
			].join("\n"),
		);
		const shown = await postern(["device", "show", "Copier, 2nd floor"]);
		expect(shown.stdout).toContain("only its hash is kept");
		expect(shown.stdout).not.toContain("kv7m");
	});

	it("add: a name alone gives it a user name and a password", async () => {
		await start();
		const { stdout } = await postern(["device", "add", "Büro, 2. OG"]);
		expect(stdout).toMatch(/^ {2}User name {2}buro-2-og$/m);
		expect(stdout).toMatch(/^ {2}Password {3}kv7m-/m);
		expect((await postern(["device", "add", "複合機"])).exitCode).toBe(2);
	});

	it("add: needs a new name, and a proper one", async () => {
		await start({ devices: [device()] });
		const again = await postern(["device", "add", "Copier", "--username", "c"]);
		expect(again.exitCode).toBe(1);
		expect(again.stderr).toBe('postern: There is a device "Copier" already.\nChoose another name.\n');
		const odd = await postern(["device", "add", "..", "--username", "c"]);
		expect(odd.exitCode).toBe(1);
		expect(odd.stderr).toContain("is not . or ..");
	});

	it("list and remove, names with spaces and slashes included", async () => {
		await start({ devices: [device({ name: "a/b c?#%" })] });
		expect((await postern(["device", "list"])).stdout).toContain("a/b c?#%  192.168.1.50  copier");
		expect((await postern(["device", "remove", "a/b c?#%"])).exitCode).toBe(0);
		expect((await postern(["device", "list"])).stdout).toContain("No device may send yet");
		expect((await postern(["device", "remove", "a/b c?#%"])).exitCode).toBe(1);
	});
});

describe("device: kinds and switches", () => {
	it("add: in the words of its menu, with what to try", async () => {
		const { state } = await start();
		const { stdout } = await postern([
			...["device", "add", "Lobby", "--address", "192.168.1.50", "--kind", "brother"],
			...["--turn-on", "legacy-tls", "--turn-on", "hide_ehlo=CHUNKING,STARTTLS"],
		]);
		expect(stdout).toMatch(/^ {2}SMTP Server Address {2}postern\.local$/m);
		expect(stdout).toMatch(/^ {2}Security +None$/m);
		expect(stdout).toContain("Brother printers:\n  - A note.");
		expect(stdout).toContain("  - --turn-on legacy_tls, if it is old");
		expect(state.calls).toContain(
			`add ${JSON.stringify({
				name: "Lobby",
				kind: "brother",
				switches: { legacy_tls: true, hide_ehlo: ["CHUNKING", "STARTTLS"] },
				addresses: ["192.168.1.50"],
			})}`,
		);
	});

	it("add: a switch that there is not, is named with the nearest", async () => {
		await start();
		for (const word of ["legacy_tsl", "hide_ehlo", "legacy_tls=1", ""]) {
			const { exitCode, stderr } = await postern(["device", "add", "A", "--turn-on", word]);
			expect([word, exitCode]).toEqual([word, 2]);
			expect(stderr).toContain("hide_ehlo=KEYWORD");
		}
		expect((await postern(["device", "add", "A", "--turn-on", "legacy_tsl"])).stderr).toContain(
			"Did you mean legacy_tls?",
		);
	});
});

describe("device: strangers", () => {
	it("list shows who has tried, and how to let it in", async () => {
		await start({ devices: [device()], strangers: [stranger({ heldMessages: 2, heldBytes: 4096 })] });
		const { stdout } = await postern(["device", "list"]);
		expect(stdout).toMatch(/^192\.168\.1\.77 +BRW001122 +scan@contoso\.com .* 3 +2 messages, 4\.1 kB$/m);
		expect(stdout).toContain("postern device allow 192.168.1.77");
		expect(JSON.parse((await postern(["device", "strangers", "--json"])).stdout)).toHaveLength(1);
	});

	it("allow: by the name that it gives itself, or by its address; its mail goes on", async () => {
		await start({
			strangers: [stranger({ heldMessages: 1 }), stranger({ address: "fe80::1", helo: "[fe80::1]" })],
		});
		const first = await postern(["device", "allow", "192.168.1.77"]);
		expect(first.stdout).toContain('"BRW001122" may send.');
		expect(first.stdout).toContain("Its mail that waited (1 message) goes on.");
		expect((await postern(["device", "allow", "fe80::1"])).stdout).toContain('"device-fe80-1" may send.');
		expect((await postern(["device", "allow", "10.9.9.9", "--json"])).exitCode).toBe(1);
	});

	it("refuse: forgets it", async () => {
		await start({ strangers: [stranger({ heldMessages: 2 })] });
		const { stdout } = await postern(["device", "refuse", "192.168.1.77"]);
		expect(stdout).toBe("192.168.1.77 is forgotten; 2 messages of it deleted.\n");
		expect((await postern(["device", "refuse", "192.168.1.77"])).exitCode).toBe(1);
	});
});

describe("device: log", () => {
	const started = localTime("2026-11-20T11:00:00.000Z");

	it("the newest last: what became of it, what to do, what was said", async () => {
		const probe = sessionLog({ outcome: "probe", device: "", times: 37, ownerTexts: [], lines: [] });
		await start({ sessions: [sessionLog(), { ...probe, device: "Copier" }] });
		const { stdout } = await postern(["device", "log", "Copier"]);
		expect(stdout.split("\n")).toEqual([
			`${started}  Copier (192.168.1.50), relay: no message - 37 times, this is the last`,
			"",
			`${started}  Copier (192.168.1.50), relay: REFUSED`,
			"  ! The sender is not allowed. Type another.",
			"       0.000 < 220 postern",
			"       0.012 > AUTH PLAIN ***",
			"       1.500 * TLS 1.2",
			"",
		]);
		const last = await postern(["device", "log", "Copier", "--last", "1", "--raw"]);
		expect(last.stdout).toBe("   0.000 < 220 postern\n   0.012 > AUTH PLAIN ***\n   1.500 * TLS 1.2\n");
		expect(JSON.parse((await postern(["device", "log", "Copier", "--json"])).stdout)).toHaveLength(2);
	});

	it("nothing to tell is said; a bad number is refused", async () => {
		await start();
		expect((await postern(["device", "log", "10.0.0.1"])).stdout).toContain("has not connected");
		expect((await postern(["device", "log", "10.0.0.1", "--last", "x"])).exitCode).toBe(2);
	});
});

describe("device: test", () => {
	it("prints each step, and takes the password from standard input", async () => {
		const { state } = await start({ testSteps: [{ ok: true, text: "Connected." }] });
		const options = { input: "k7mp-x2qr\r\nmore" };
		const { exitCode, stdout } = await postern(
			["device", "test", "Copier", "--to", "you@contoso.com", "--password-stdin"],
			options,
		);
		expect([exitCode, stdout]).toEqual([0, "ok    Connected.\n"]);
		expect(state.calls).toEqual([
			`test ${JSON.stringify({ name: "Copier", to: "you@contoso.com", password: "k7mp-x2qr" })}`,
		]);
	});

	it("fails when a step does, and wants a recipient", async () => {
		await start({ testSteps: [{ ok: false, text: "Refused." }] });
		const failed = await postern(["device", "test", "Copier", "--to", "you@contoso.com", "--json"]);
		expect([failed.exitCode, failed.stdout]).toEqual([1, '{"ok":false,"text":"Refused."}\n']);
		expect((await postern(["device", "test", "Copier"])).exitCode).toBe(2);
		expect((await postern(["device", "test", "Copier", "--to", "a@b\r\nX: y@z"])).exitCode).toBe(1);
	});
});

describe("status, reload, config show", () => {
	it("status: well, or what to see to", async () => {
		const { state } = await start();
		const well = await postern(["status"]);
		expect(well.stdout).toContain("postern (Postern 0.1.0): all is well");
		expect(well.stdout).toMatch(/^queue {10}1 on the way, 2 waiting, 0 held, 0 failed$/m);
		expect(well.stdout).toMatch(/^relay {10}\[::\]:25$/m);
		expect(JSON.parse((await postern(["status", "--json"])).stdout)).toEqual(WELL_STATUS);
		state.status = { ...WELL_STATUS, problems: ["The card is full."] };
		const troubled = await postern(["status"]);
		expect(troubled.stdout).toContain("1 thing to see to:\n  - The card is full.\n");
		expect(troubled.exitCode).toBe(0);
	});

	it("status: a fault of the appliance is told without its inside", async () => {
		await start({ status: new Error("inside") });
		const { stderr, exitCode } = await postern(["status"]);
		expect(exitCode).toBe(1);
		expect(stderr).toContain("Postern met a fault of its own");
		expect(stderr).not.toContain("inside");
	});

	it("reload: what changed, or why not", async () => {
		const { state } = await start({ changes: ["smtp.listen"] });
		expect((await postern(["reload"])).stdout).toBe("Read again. Changed:\n  smtp.listen\n");
		state.changes = [];
		expect((await postern(["reload"])).stdout).toBe("Read again; nothing has changed.\n");
		state.reloadFault = new UserError("config-invalid", "a.toml:1:1: bad\na.toml:2:1: worse", "Mend it.");
		const refused = await postern(["reload"]);
		expect(refused.exitCode).toBe(1);
		expect(refused.stderr).toBe("a.toml:1:1: bad\na.toml:2:1: worse\nMend it.\n");
	});

	it("config show: what the running appliance goes by", async () => {
		await start({ origins: [{ key: "name", value: '"hut"', origin: "file /etc/x.toml:1" }] });
		const { stdout, stderr } = await postern(["config", "show", "--origin"]);
		expect(stdout).toBe('KEY   VALUE  FROM\nname  "hut"  file /etc/x.toml:1\n');
		expect(stderr).toBe("");
	});

	it("config check: right, or every mistake with its line; needs no appliance", async () => {
		const { folder } = await start();
		const file = path.join(folder, "postern.toml");
		await writeFile(file, 'name = "hut"\n');
		expect(await postern(["config", "check", "--config", file])).toMatchObject({
			exitCode: 0,
			stdout: `${file} is right.\n`,
		});
		await writeFile(file, 'naem = "hut"\n[smtp]\nstrangers = "ak"\n');
		const wrong = await postern(["config", "check", "--config", file]);
		expect(wrong.exitCode).toBe(1);
		expect(wrong.stderr).toContain(`${file}:1:1: unknown key "naem"; did you mean "name"?`);
		expect(wrong.stderr).toContain(`${file}:3:1: `);
		const forPrograms = await postern(["config", "check", "--json", "--config", file]);
		expect(forPrograms.exitCode).toBe(1);
		expect(JSON.parse(forPrograms.stdout)).toMatchObject({ ok: false, problems: [{ line: 1 }, { line: 3 }] });
	});

	it("config describe: a file that explains itself, or its keys for programs", async () => {
		const { stdout } = await postern(["config", "describe"]);
		expect(stdout).toContain("[smtp]\n");
		const keys = JSON.parse((await postern(["config", "describe", "--json"])).stdout) as { key: string }[];
		expect(keys.map(({ key }) => key)).toContain("smtp.max_message_size");
	});

	it("not running: says so and what to do", async () => {
		const { stderr, exitCode } = await postern(["status"]);
		expect(exitCode).toBe(1);
		expect(stderr).toContain("Postern is not running here: nobody answers on /nonexistent/control.sock.");
		expect(stderr).toContain("systemctl start postern");
		expect((await postern(["config", "show"])).stderr).toContain("Postern is not running;");
	});
});
