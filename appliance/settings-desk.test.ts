/** Settings from the console, on a whole appliance with a real store and real ports. */
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import net from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Appliance } from "./appliance.ts";
import { UserError } from "./errors.ts";
import { savedSettings } from "./reloading.ts";
import { Storage } from "./store/storage.ts";

let folder: string;
let appliance: Appliance | undefined;
let taken: net.Server | undefined;

beforeEach(async () => {
	folder = await mkdtemp(path.join(tmpdir(), "postern-settings-"));
});
afterEach(async () => {
	await appliance?.stop();
	appliance = undefined;
	taken?.close();
	taken = undefined;
	await rm(folder, { recursive: true, force: true });
});

const fail = (error: Error) => {
	throw error;
};

/** Ports of its own on loopback; `more` is TOML. The console's own ports are what tests save. */
async function start(more = "", environment: NodeJS.ProcessEnv = {}) {
	const configFile = path.join(folder, "postern.toml");
	await writeFile(
		configFile,
		`state_dir = ${JSON.stringify(path.join(folder, "state"))}
${more}
[smtp]
listen = ["127.0.0.1:0"]
listen_submission = []
listen_tls = []
[pop3]
listen = []
listen_tls = []
`,
	);
	appliance = await Appliance.start({
		configFile,
		environment: {
			POSTERN_CONTROL: path.join(folder, "control.sock"),
			POSTERN_SMTP__LISTEN_AUTO: "",
			...environment,
		},
		onFatal: fail,
		onEnd: () => undefined,
	});
	return { appliance, settings: appliance.services.settings };
}

/** With a console that a browser reaches. */
async function startWithConsole(more = "") {
	const port = await freePort();
	await seed({ "console.listen": [`127.0.0.1:${port}`], "console.listen_tls": [] });
	return { ...(await start(more)), port };
}

/** What an earlier run saved. */
async function seed(saved: Readonly<Record<string, unknown>>): Promise<void> {
	const storage = await Storage.open({ stateDir: path.join(folder, "state"), onFatal: fail });
	await storage.change("setting", Object.entries(saved));
	await storage.close();
}

/** What a start after a power cut would find. */
async function onCard(): Promise<Readonly<Record<string, unknown>>> {
	const storage = await Storage.open({ stateDir: path.join(folder, "state"), onFatal: fail });
	const saved = await savedSettings(storage);
	await storage.close();
	return Object.fromEntries(saved.map(({ key, value }) => [key, value]));
}

async function freePort(): Promise<number> {
	const server = net.createServer().listen(0, "127.0.0.1");
	await once(server, "listening");
	const { port } = server.address() as net.AddressInfo;
	server.close();
	await once(server, "close");
	return port;
}

async function takenPort(): Promise<number> {
	taken = net.createServer().listen(0, "127.0.0.1");
	await once(taken, "listening");
	return (taken.address() as net.AddressInfo).port;
}

async function refusalOf(work: Promise<unknown>): Promise<string> {
	try {
		await work;
	} catch (error) {
		if (error instanceof UserError) return `${error.code}: ${error.message}`;
		throw error;
	}
	return "done";
}

const answers = async (port: number) =>
	(await fetch(`http://127.0.0.1:${port}/`, { redirect: "manual" })).status < 500;

describe("the settings", () => {
	it("are every key that stands once, with its kind, its choices and where it comes from", async () => {
		const { settings } = await startWithConsole(
			'name = "box"\n[microsoft]\nproxy = "http://me:secret@proxy:3128"',
		);
		const all = await settings.list();
		const of = (name: string) => all.find(({ key }) => key === name);
		expect(of("name")).toMatchObject({ value: "box", type: "text", isLocked: true });
		expect(of("name")?.origin).toMatch(/^file .*postern\.toml:2$/);
		expect(of("smtp.listen_auto")).toMatchObject({
			...{ value: [], type: "list", isLocked: true, origin: "environment POSTERN_SMTP__LISTEN_AUTO" },
		});
		expect(of("smtp.strangers")).toMatchObject({
			...{ value: "refuse", type: "choice", choices: ["refuse", "ask"], isLocked: false, origin: "default" },
		});
		expect(of("queue.paused")).toMatchObject({ value: false, type: "switch" });
		expect(of("console.listen")).toMatchObject({ origin: "console", isLocked: false });
		expect(of("console.password_hash")).toMatchObject({ value: null, type: "secret", isLocked: true });
		expect(of("state_dir")).toMatchObject({ isLocked: true, needsRestart: true });
		expect(of("microsoft.proxy")).toMatchObject({ value: "http://***@proxy:3128", needsRestart: true });
		expect(all.every(({ description }) => description !== "")).toBe(true);
		expect(all.map(({ key }) => key)).not.toContain("device.name");
		expect(JSON.stringify(all)).not.toContain("secret@");
	});

	it("are in force at once when changed, and after a restart", async () => {
		const { appliance: running, settings } = await startWithConsole();
		expect(await settings.change({ "smtp.strangers": "ask", "queue.retry": "1m, 5m" })).toEqual({
			needRestart: [],
		});
		expect(running.config.smtp.strangers).toBe("ask");
		await running.stop();
		const again = await start();
		expect(again.appliance.config).toMatchObject({
			...{ smtp: { strangers: "ask" }, queue: { retry: [60_000, 300_000] } },
		});
		await again.settings.change({ "smtp.strangers": null });
		expect(again.appliance.config.smtp.strangers).toBe("refuse");
		const setting = (await again.settings.list()).find(({ key }) => key === "smtp.strangers");
		expect(setting).toMatchObject({ value: "refuse", origin: "default" });
	});

	it("say which of them wait for a restart", async () => {
		const { settings } = await startWithConsole();
		const changes = { "microsoft.proxy": "http://proxy.contoso.com:3128", name: "box" };
		expect(await settings.change(changes)).toEqual({ needRestart: ["microsoft.proxy"] });
	});

	it("sent back as they are shown are no change: defaults stay defaults, masks are not saved", async () => {
		const { appliance: running, settings, port } = await startWithConsole();
		await settings.change({ "microsoft.proxy": "http://me:secret@proxy:3128" });
		const shown = (await settings.list()).filter(({ isLocked }) => !isLocked);
		await settings.change(Object.fromEntries(shown.map(({ key, value }) => [key, value])));
		await running.stop();
		appliance = undefined;
		expect(await onCard()).toEqual({
			"console.listen": [`127.0.0.1:${port}`],
			"console.listen_tls": [],
			"microsoft.proxy": "http://me:secret@proxy:3128",
		});
	});
});

describe("a change of settings", () => {
	it("is refused with the key and what is wrong, and then nothing of it is saved", async () => {
		const { appliance: running, settings } = await startWithConsole('name = "box"');
		const before = await settings.list();
		const refused = (changes: Readonly<Record<string, unknown>>) =>
			refusalOf(settings.change({ "queue.keep_subjects": true, ...changes }));
		expect(await refused({ "smtp.max_message_size": "lots" })).toMatch(
			/^setting-invalid: smtp\.max_message_size: "lots" is no size; write a number/,
		);
		expect(await refused({ "queue.paused": "yes" })).toMatch(
			/^setting-invalid: queue\.paused: "yes" .*true or false/,
		);
		expect(await refused({ "smtp.strangers": "aks" })).toMatch(/^setting-invalid: .*did you mean "ask"/);
		expect(await refused({ "tls.key_file": "/etc/key.pem" })).toMatch(
			/^setting-invalid: tls\.key_file needs tls\.certificate_file/,
		);
		expect(await refused({ "smtp.strangerz": "ask" })).toBe(
			'setting-unknown: There is no setting "smtp.strangerz".',
		);
		expect(await refused({ __proto__: 1, device: [{ name: "x" }] })).toMatch(/^setting-unknown: /);
		expect(await refused({ name: "other" })).toMatch(
			/^setting-locked: name is set by file .*postern\.toml:2/,
		);
		expect(await refused({ state_dir: "/tmp" })).toMatch(/^setting-locked: state_dir /);
		expect(await refused({ "console.password_hash": "$argon2id$" })).toMatch(/^setting-locked: /);
		expect(await settings.list()).toEqual(before);
		await running.stop();
		appliance = undefined;
		expect(Object.keys(await onCard())).toEqual(["console.listen", "console.listen_tls"]);
	});

	it("that clashes with the file is refused, also where the file's key is the one that is told of", async () => {
		const port = await freePort();
		await seed({ "console.listen": [], "console.listen_tls": [`127.0.0.1:${await freePort()}`] });
		const { settings } = await start("", { POSTERN_POP3__LISTEN: `127.0.0.1:${port}` });
		const refusal = await refusalOf(settings.change({ "console.listen": [`127.0.0.1:${port}`] }));
		expect(refusal).toBe(`setting-invalid: pop3.listen: 127.0.0.1:${port} is taken by console.listen.`);
	});

	it("moves the console to another port", async () => {
		const { settings, port } = await startWithConsole();
		const next = await freePort();
		await settings.change({ "console.listen": [`127.0.0.1:${next}`] });
		expect(await answers(next)).toBe(true);
		await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow();
	});

	it("that would close the console is refused", async () => {
		const { settings, port } = await startWithConsole();
		const refusal = await refusalOf(settings.change({ "console.listen": [] }));
		expect(refusal).toMatch(
			/^setting-invalid: console\.listen, console\.listen_tls: .* nobody could change it back/,
		);
		expect(await answers(port)).toBe(true);
	});

	it("to a port that is not to be had is taken back whole, and says so", async () => {
		const { appliance: running, settings, port } = await startWithConsole();
		const other = await takenPort();
		const refusal = await refusalOf(
			settings.change({ "console.listen": [`127.0.0.1:${other}`], "smtp.strangers": "ask" }),
		);
		expect(refusal).toBe(
			`setting-invalid: The port 127.0.0.1:${other} (console) is used by another program. Nothing was changed.`,
		);
		expect(await answers(port)).toBe(true);
		expect(running.config.smtp.strangers).toBe("refuse");
		await running.stop();
		appliance = undefined;
		expect(await onCard()).toEqual({ "console.listen": [`127.0.0.1:${port}`], "console.listen_tls": [] });
	});

	it("is not held up by a port that another program took long ago", async () => {
		const { appliance: running, settings } = await startWithConsole();
		const other = await takenPort();
		await rm(path.join(folder, "postern.toml"));
		const table = `state_dir = ${JSON.stringify(path.join(folder, "state"))}\n[pop3]\nlisten = ["127.0.0.1:${other}"]\nlisten_tls = []\n[smtp]\nlisten = []\nlisten_submission = []\nlisten_tls = []\n`;
		await writeFile(path.join(folder, "postern.toml"), table);
		await running.reload();
		await settings.change({ "queue.keep_subjects": true });
		expect(running.config.queue.keep_subjects).toBe(true);
	});

	it("of whatever kind is taken whole or not at all", async () => {
		const { settings } = await startWithConsole();
		const names = (await settings.list())
			.map(({ key }) => key)
			.filter((key) => !/listen|^microsoft\.(proxy|ca_file)$|^tls\./.test(key));
		const change = fc.dictionary(fc.constantFrom(...names), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 3 });
		await fc.assert(
			fc.asyncProperty(change, async (changes) => {
				const before = await settings.list();
				const outcome = await refusalOf(settings.change(changes));
				if (outcome === "done") return;
				expect(outcome).toMatch(/^setting-(invalid|locked|unknown): /);
				expect(await settings.list()).toEqual(before);
			}),
			{ numRuns: 40 },
		);
	});
});

describe("pausing what leaves", () => {
	/** What the file says from now on. */
	const rewrite = async (from: string, to: string) => {
		const configFile = path.join(folder, "postern.toml");
		await writeFile(configFile, (await readFile(configFile, "utf8")).replace(from, to));
		await appliance?.reload();
	};

	it("outlives a restart, since when it was, and paused twice it is paused since the first time", async () => {
		const { appliance: running } = await startWithConsole();
		const { mail } = running.services;
		expect(await mail.paused()).toBeNull();
		await mail.pause();
		const paused = await mail.paused();
		expect(Date.now() - Date.parse(paused?.since ?? "")).toBeLessThan(60_000);
		await mail.pause();
		await running.stop();
		const again = (await start()).appliance;
		expect(again.config.queue.paused).toBe(true);
		expect(await again.services.mail.paused()).toEqual(paused);
		await again.services.mail.resume();
		await again.stop();
		const last = (await start()).appliance;
		expect(last.config.queue.paused).toBe(false);
		expect(await last.services.mail.paused()).toBeNull();
	});

	it("that the file forbids is noted nowhere: the file's own pause does not begin at that time", async () => {
		const { mail } = (await startWithConsole("[queue]\npaused = false")).appliance.services;
		expect(await refusalOf(mail.pause())).toMatch(/^setting-locked: queue\.paused is set by file /);
		expect(await mail.paused()).toBeNull();
		const refusedBy = Date.now();
		await sleep(5);
		await rewrite("paused = false", "paused = true");
		expect(Date.parse((await mail.paused())?.since ?? "")).toBeGreaterThan(refusedBy);
		expect(await refusalOf(mail.resume())).toMatch(/^setting-locked: /);
	});
});
