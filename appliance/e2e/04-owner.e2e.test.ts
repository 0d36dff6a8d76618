/** The owner at the command line, on a running appliance. */
import { readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ACCOUNT, eventually, House } from "./house.ts";
import { SmtpPeer } from "./smtp-peer.ts";

let house: House;
beforeAll(async () => {
	house = await House.build({ signedIn: false });
});
afterAll(async () => {
	expect(house.log).not.toMatch(/fault|unhandled|uncaught/);
	await house.close();
});

const mail = (subject: string) =>
	`From: <scan@contoso.example>\r\nTo: <you@example.com>\r\nSubject: ${subject}\r\n\r\nHello\r\n`;

async function send(subject: string, to = "you@example.com"): Promise<string> {
	const peer = await SmtpPeer.connect(house.port("relay"));
	const reply = await peer.send(mail(subject), to);
	await peer.quit();
	return /queued as (\w+)/.exec(reply)?.[1] ?? "";
}

function queued(): Promise<readonly { readonly id: string }[]> {
	return house.json("queue", "list");
}

async function queueIsEmpty(): Promise<boolean> {
	return (await queued()).length === 0;
}

interface AccountRow {
	readonly account: { readonly address: string };
	readonly state: string;
	readonly signedInAs: string;
	readonly lapsesAt: string | null;
}
interface StatusAnswer {
	readonly problems: readonly string[];
	readonly queue: Readonly<Record<string, number>>;
	readonly accounts: readonly { readonly circuit: string }[];
}

describe("before anybody signed in", () => {
	it("mail is taken and waits, and status says what to do", async () => {
		const id = await send("early");
		await eventually("the trouble is known", async () => {
			const { problems } = await house.json<StatusAnswer>("status");
			return problems.some((problem) => problem.includes(`postern account add ${ACCOUNT}`));
		});
		const [row] = await house.json<{ id: string; state: string; recipients: string[]; device: string }[]>(
			"queue",
			"list",
		);
		expect(row).toMatchObject({ id, state: "incoming", recipients: ["you@example.com"], device: "Scanner" });
		const health = await fetch(`http://127.0.0.1:${house.port("console")}/healthz`);
		expect(health.status).toBe(200);
		expect(await health.json()).toMatchObject({ status: "degraded" });
	});

	it("account test says that nobody is signed in, and exits 1", async () => {
		const { exitCode, stdout, stderr } = await house.cli("account", "test", ACCOUNT);
		expect(exitCode).toBe(1);
		expect(stdout + stderr).toMatch(/sign/i);
	});
});

describe("account add", () => {
	it("prints the address and the code, waits, and says who signed in; the waiting mail leaves", async () => {
		const adding = house.cli("account", "add", ACCOUNT);
		let code = "";
		await eventually("a code is asked for", () => {
			[code = ""] = house.cloud.control.pendingUserCodes();
			return code !== "";
		});
		// A person on the page, with a browser.
		house.cloud.control.approve(code, ACCOUNT);
		const { exitCode, stdout } = await adding;
		expect(exitCode).toBe(0);
		expect(stdout).toContain(code);
		expect(stdout).toContain(house.cloud.authorityUrl);
		expect(stdout).toMatch(new RegExp(`signed in as ${ACCOUNT}`, "i"));
		await eventually("the early mail arrives", () => house.cloud.control.arrived().length === 1);
	});

	it("leaves no account behind when the sign-in is declined, so the devices' mail keeps its way", async () => {
		const adding = house.cli("account", "add", "second@contoso.example");
		let code = "";
		await eventually("a code is asked for", () => {
			[code = ""] = house.cloud.control.pendingUserCodes();
			return code !== "";
		});
		house.cloud.control.decline(code);
		const { exitCode, stderr } = await adding;
		expect(exitCode).toBe(1);
		expect(stderr).not.toBe("");
		const addresses = (await house.json<AccountRow[]>("account", "list")).map(
			({ account }) => account.address,
		);
		expect(addresses).toEqual([ACCOUNT]);
	});

	it("keeps nothing of the sign-in readable on the card", async () => {
		const vault = path.join(house.folder, "state", "vault");
		const key = path.join(house.folder, "state", "vault.key");
		expect(statSync(key).mode & 0o777).toBe(0o600);
		const { readdirSync } = await import("node:fs");
		for (const name of readdirSync(vault)) {
			const text = readFileSync(path.join(vault, name)).toString("latin1");
			expect(text).not.toMatch(/RefreshToken|secret|contoso/);
		}
	});

	it("is seen in account list, with the time at which the sign-in would lapse", async () => {
		const [row] = await house.json<AccountRow[]>("account", "list");
		expect(row).toMatchObject({ account: { address: ACCOUNT }, state: "signed-in", signedInAs: ACCOUNT });
		expect(Date.parse(row?.lapsesAt ?? "")).toBeGreaterThan(Date.now() + 80 * 86_400_000);
	});

	it("survives a restart", async () => {
		expect(await house.end("SIGTERM")).toBe(0);
		await house.start();
		const [row] = await house.json<AccountRow[]>("account", "list");
		expect(row?.state).toBe("signed-in");
		const { exitCode, stdout } = await house.cli("account", "test", ACCOUNT);
		expect(stdout).toMatch(/accepted/i);
		expect(exitCode).toBe(0);
	});

	it("with the vault's key gone, the box goes on listening and the account needs a sign-in", async () => {
		const key = path.join(house.folder, "state", "vault.key");
		const kept = readFileSync(key);
		await house.end("SIGTERM");
		writeFileSync(key, Buffer.alloc(kept.length, 7));
		await house.start();
		const [row] = await house.json<AccountRow[]>("account", "list");
		expect(row?.state).toBe("needs-sign-in");
		const id = await send("while locked out");
		expect(id).not.toBe("");
		await house.end("SIGTERM");
		writeFileSync(key, kept);
		await house.start();
		await eventually(
			"it leaves with the key back",
			async () => (await house.json<[]>("queue", "list")).length === 0,
		);
	});
});

describe("device", () => {
	it("add prints what to type into the device, and the device can send with it", async () => {
		const added = await house.cli("device", "add", "New camera", "--username", "cam", "--account", ACCOUNT);
		expect(added.exitCode, added.stderr).toBe(0);
		expect(added.stdout).toMatch(/cam/);
		const shown = await house.json<{ username: string; password: string | null; ports: unknown[] }>(
			"device",
			"show",
			"New camera",
		);
		expect(shown).toMatchObject({ username: "cam", password: null });
		const again = await house.cli("device", "add", "New camera", "--username", "cam2");
		expect(again.exitCode).toBe(1);
		const names = (await house.json<{ name: string }[]>("device", "list")).map(({ name }) => name);
		expect(names).toEqual(expect.arrayContaining(["Scanner", "Copier", "New camera"]));
		expect((await house.cli("device", "remove", "New camera")).exitCode).toBe(0);
		const locked = await house.cli("device", "remove", "Scanner");
		expect(locked.exitCode).toBe(1);
		expect(locked.stderr).toMatch(/configuration file/);
	});
});

describe("queue", () => {
	it("hold, release, retry and delete do what they say", async () => {
		await house.cloud.control.offline();
		const first = await send("one");
		const second = await send("two");
		// The first is the probe's; the second waits behind it.
		await eventually("both are listed", async () => (await queued()).length === 2);
		expect((await house.cli("queue", "hold", second)).exitCode).toBe(0);
		await house.cloud.control.online();
		await eventually("the first leaves", async () => {
			const rows = await house.json<{ id: string }[]>("queue", "list");
			return rows.length === 1 && rows[0]?.id === second;
		});
		expect(await house.json("queue", "show", first)).toMatchObject({ state: "delivered" });
		expect(await house.json("queue", "show", second)).toMatchObject({ state: "held" });
		expect((await house.cli("queue", "release", second)).exitCode).toBe(0);
		await eventually("the second leaves", queueIsEmpty);
		const denied = await send("denied", "senddenied@example.com");
		await eventually("it is failed", async () => {
			const { state } = await house.json<{ state: string }>("queue", "show", denied);
			return state === "failed";
		});
		const { stdout } = await house.cli("queue", "show", denied);
		expect(stdout).toMatch(/senddenied@example\.com/);
		expect((await house.cli("queue", "delete", denied)).exitCode).toBe(0);
		expect(await house.json("queue", "show", denied)).toMatchObject({ state: "deleted" });
		const unknown = await house.cli("queue", "show", "NOPE");
		expect([unknown.exitCode, unknown.stderr]).toEqual([1, expect.stringContaining("NOPE")]);
	});
});

describe("a link that was gone when the last waiting message was deleted", () => {
	it("is trouble no more: nothing waits, and nothing would find it mended", async () => {
		await house.cloud.control.offline("refuse");
		const id = await send("nobody wants it");
		const problems = async () => (await house.json<{ problems: string[] }>("status")).problems.join();
		await eventually("it is told", async () => /cannot be reached/.test(await problems()));
		await eventually(
			"it can be deleted",
			async () => (await house.cli("queue", "delete", id)).exitCode === 0,
		);
		expect(await problems()).not.toMatch(/cannot be reached/);
		await house.cloud.control.online();
		await send("the next one");
		await eventually("the next one leaves", queueIsEmpty);
	});
});

describe("config and reload", () => {
	it("a bad file is refused with file, line and the nearest right name, and nothing changes", async () => {
		const good = readFileSync(house.configFile, "utf8");
		writeFileSync(house.configFile, good.replace("max_message_size", "max_mesage_size"));
		try {
			const check = await house.cli("config", "check");
			expect(check.exitCode).toBe(1);
			const line = good.split("\n").findIndex((text) => text.startsWith("max_message_size")) + 1;
			expect(check.stderr + check.stdout).toContain(`${house.configFile}:${line}`);
			expect(check.stderr + check.stdout).toContain("max_message_size");
			const reload = await house.cli("reload");
			expect(reload.exitCode).toBe(1);
		} finally {
			writeFileSync(house.configFile, good);
		}
	});

	it("reload and SIGHUP take effect without dropping a session", async () => {
		const peer = await SmtpPeer.connect(house.port("relay"));
		await peer.begin();
		house.configure({
			more: `
[[device]]
name = "Late"
username = "late"
password = "late"
auth_without_tls = true
`,
		});
		const reload = await house.json<{ changes: string[] }>("reload");
		expect(reload.changes.join()).toContain("Late");
		peer.write(mail("across a reload"));
		expect(await peer.finish()).toMatch(/^250 /);
		await peer.signIn("late", "late");
		const role = () => house.port("relay");
		expect(role()).toBeGreaterThan(0);
		house.configure({});
		house.signal("SIGHUP");
		await eventually("the device is gone", async () => {
			const names = (await house.json<{ name: string }[]>("device", "list")).map(({ name }) => name);
			return !names.includes("Late");
		});
		await peer.quit();
	});

	it("config show --origin says where each value came from", async () => {
		const origins = await house.json<{ key: string; value: string; origin: string }[]>(
			"config",
			"show",
			"--origin",
		);
		const of = (key: string) => origins.find((origin) => origin.key === key);
		expect(of("queue.retry")?.origin).toContain(house.configFile);
		expect(of("queue.expire_after")?.origin).toBe("default");
		expect(JSON.stringify(origins)).not.toContain("correct horse");
	});
});

describe("a second Postern", () => {
	it("on the same state folder is refused, and the first one's mail is safe", async () => {
		const peer = await SmtpPeer.connect(house.port("relay"));
		await peer.begin();
		peer.write(`${mail("large").trimEnd()}${"x".repeat(60)}\r\n`.repeat(3_000));
		const second = await house.cli("serve");
		expect(second.exitCode).toBe(1);
		expect(second.stderr).toMatch(/Another Postern is using/);
		expect(await peer.finish()).toMatch(/^250 /);
		await peer.quit();
		await eventually("it leaves", queueIsEmpty);
	});
});

describe("the command line itself", () => {
	it("exits 2 for what was typed wrongly, and names the nearest verb", async () => {
		const { exitCode, stderr } = await house.cli("quue", "list");
		expect(exitCode).toBe(2);
		expect(stderr).toContain("queue");
	});
});

describe("console password", () => {
	it("gives the console's owner a new password each time, kept and logged nowhere in clear", async () => {
		const first = await house.json<{ name: string; password: string }>("console", "password");
		const second = await house.json<{ name: string; password: string }>("console", "password");
		expect(first.name).toBe("owner");
		expect(second.password).toMatch(/^[a-z2-9]{4}(?:-[a-z2-9]{4}){3}$/);
		expect(second.password).not.toBe(first.password);
		await house.logged(/person-added name=owner role=owner/);
		await house.logged(/person-password-reset name=owner/);
		const { readdirSync } = await import("node:fs");
		const state = path.join(house.folder, "state");
		const kept = readdirSync(state, { withFileTypes: true })
			.filter((entry) => entry.isFile())
			.map(({ name }) => readFileSync(path.join(state, name)).toString("latin1"));
		expect(kept.join("")).toContain("$argon2id$");
		for (const text of [house.log, ...kept]) expect(text).not.toContain(second.password);
	});
});
