/** The commands as an owner types them, against a real control socket. */
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { type ControlServer, startControlServer } from "../../web/testing/control-server.ts";
import {
	accountStatus,
	device,
	type FakeState,
	PROMPT,
	queueRow,
	WELL_STATUS,
} from "../../web/testing/fake-services.ts";
import { UserError } from "../errors.ts";
import { run } from "./run.ts";
import { captureTerminal } from "./testing/captured-terminal.ts";
import { localTime } from "./words.ts";

let server: ControlServer | undefined;

afterEach(async () => {
	await server?.close();
	server = undefined;
});

interface Called {
	readonly exitCode: number;
	readonly stdout: string;
	readonly stderr: string;
}

async function start(change: Partial<FakeState> = {}): Promise<ControlServer> {
	server = await startControlServer(change);
	return server;
}

async function postern(
	args: readonly string[],
	{ columns, interrupt }: { columns?: number; interrupt?: AbortSignal } = {},
): Promise<Called> {
	const captured = captureTerminal(columns);
	const exitCode = await run(args, {
		terminal: captured.terminal,
		environment: { POSTERN_CONTROL: server?.socketPath ?? "/nonexistent/control.sock" },
		appliance: () => Promise.reject(new Error("no test starts the appliance")),
		interrupted: () => interrupt ?? new AbortController().signal,
	});
	return { exitCode, stdout: captured.stdout(), stderr: captured.stderr() };
}

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
				"  Port       25 without encryption",
				"    or       587 with STARTTLS",
				"    or       465 with TLS (SSL)",
				"  User name  copier",
				"  Password   kv7m-p2xd-9qrt-w4nh",
				"  Sender     alerts@contoso.com",
				"  Known at   192.168.1.50, 10.0.0.0/24",
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

describe("account", () => {
	it("add: prints the address and the code, waits, says who signed in", async () => {
		const { state } = await start();
		const { stdout, stderr, exitCode } = await postern([
			"account",
			"add",
			"alerts@contoso.com",
			"--transport",
			"smtp",
		]);
		expect(exitCode).toBe(0);
		expect(stdout).toBe(
			[
				"To sign in alerts@contoso.com, open this address on any phone or computer:",
				"",
				"    https://microsoft.com/devicelogin",
				"",
				"and enter this code there:",
				"",
				"    ┌─────────────┐",
				"    │  ABCD-EFGH  │",
				"    └─────────────┘",
				"",
				"Signed in as alerts@contoso.com.",
				"",
			].join("\n"),
		);
		expect(stderr).toContain("Ctrl-C cancels");
		expect(state.calls).toEqual(['sign-in {"address":"alerts@contoso.com","transport":"smtp"}']);
	});

	it("add: a QR on a terminal, one JSON line for each news for programs", async () => {
		await start();
		expect((await postern(["account", "add", "a@b.c"], { columns: 80 })).stdout).toMatch(/[▀▄█]{10}/);
		const { stdout } = await postern(["account", "add", "a@b.c", "--json"]);
		const lines = stdout
			.trimEnd()
			.split("\n")
			.map((line) => JSON.parse(line) as unknown);
		expect(lines).toEqual([PROMPT, { type: "signed-in", who: "alerts@contoso.com" }]);
	});

	it("add: a refusal is told and fails", async () => {
		await start({
			signInNews: [
				PROMPT,
				{ type: "refused", ownerText: "The code has expired.", hint: "Ask for a new one." },
			],
		});
		const { stderr, exitCode } = await postern(["account", "add", "a@b.c"]);
		expect(exitCode).toBe(1);
		expect(stderr).toContain("postern: The code has expired.\nAsk for a new one.\n");
	});

	it("add: Ctrl-C cancels the sign-in here and on the appliance", async () => {
		const { state } = await start({ signInNews: [PROMPT], signInHangs: true });
		const ctrlC = new AbortController();
		const call = postern(["account", "add", "a@b.c"], { interrupt: ctrlC.signal });
		await expect.poll(() => state.calls).toHaveLength(1);
		ctrlC.abort();
		const { stderr, exitCode } = await call;
		expect(exitCode).toBe(1);
		expect(stderr).toContain("Cancelled; nobody was signed in.");
		await expect.poll(() => state.calls.at(-1)).toBe("sign-in cancelled");
	});

	it("add: Ctrl-C before Microsoft has given a code cancels too", async () => {
		const { state } = await start({ signInNews: [], signInHangs: true });
		const ctrlC = new AbortController();
		const call = postern(["account", "add", "a@b.c"], { interrupt: ctrlC.signal });
		await expect.poll(() => state.calls).toHaveLength(1);
		ctrlC.abort();
		expect((await call).stderr).toBe("Cancelled; nobody was signed in.\n");
		await expect.poll(() => state.calls.at(-1)).toBe("sign-in cancelled");
	});

	it("add: an appliance that stops meanwhile is told", async () => {
		const { state, close } = await start({ signInNews: [PROMPT], signInHangs: true });
		const call = postern(["account", "add", "a@b.c"]);
		await expect.poll(() => state.calls).toHaveLength(1);
		await close();
		const { stderr, exitCode } = await call;
		expect(exitCode).toBe(1);
		expect(stderr).toContain("Postern is being stopped.");
	});

	it("add: what is no mailbox address is refused before anything happens", async () => {
		const { state } = await start();
		const { stderr, exitCode } = await postern(["account", "add", "alerts"]);
		expect(exitCode).toBe(1);
		expect(stderr).toContain("such as alerts@contoso.com");
		expect(state.calls).toEqual([]);
	});

	it("list, test, remove", async () => {
		await start({
			accounts: [accountStatus()],
			testSteps: [
				{ ok: true, text: "Microsoft took the message." },
				{ ok: false, text: "It did not arrive." },
			],
		});
		expect((await postern(["account", "list"])).stdout).toMatch(
			/^alerts@contoso\.com {2}signed-in {2}alerts@contoso\.com {2}graph {2}2027-02-18 \d\d:\d\d$/m,
		);
		const tested = await postern(["account", "test", "alerts@contoso.com"]);
		expect(tested.stdout).toBe("ok    Microsoft took the message.\nFAIL  It did not arrive.\n");
		expect(tested.exitCode).toBe(1);
		expect((await postern(["account", "remove", "alerts@contoso.com"])).exitCode).toBe(0);
		expect((await postern(["account", "list"])).stdout).toContain("No account yet");
		expect((await postern(["account", "remove", "alerts@contoso.com"])).exitCode).toBe(1);
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
