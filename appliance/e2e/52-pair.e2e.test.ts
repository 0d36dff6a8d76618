/**
 * Two boxes behind one address: the real program and Debian's keepalived, each twice, on machines of their own, with the files that the
 * package ships; a device that knows one address alone. The active box's power is cut in the middle of a thousand messages.
 *
 * The card is not cut here (scripts/powercut does that): what is shown is who has which message, and when it goes.
 */
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Sandbox, startSandbox } from "../sandbox/sandbox.ts";
import { isInstalled, run } from "./clients.ts";
import { ACCOUNT, eventually, House } from "./house.ts";
import { PROGRAM } from "./program.ts";
import { addressOf, Site, whyNoSite } from "./site.ts";

const PAIR = path.join(import.meta.dirname, "../../systemd/pair");
const BOXES = { "box-a": 11, "box-b": 12 } as const;
type Box = keyof typeof BOXES;
const SHARED = addressOf(10);
const PRESS = 50;
const CONNECTIONS = 4;
const MESSAGES = 1_000;

const missing = whyNot();
if (missing !== undefined) console.log(`skipped, two boxes behind one address: ${missing}`);

function whyNot(): string | undefined {
	for (const program of ["keepalived", "curl"]) {
		if (!isInstalled(program)) return `${program} is not installed`;
	}
	return whyNoSite();
}

let folder: string;
let cloud: Sandbox;
let site: Site;
const houses: Partial<Record<Box, House>> = {};
const internet: Partial<Record<Box, ChildProcess>> = {};
const spoken: Record<Box, string> = { "box-a": "", "box-b": "" };

beforeAll(async () => {
	if (missing !== undefined) return;
	folder = mkdtempSync(path.join(tmpdir(), "postern-pair-"));
	cloud = await startSandbox({ settings: { keptMessages: 3 * MESSAGES } });
	site = Site.build();
	await site.offer(cloudPort(), folder);
	for (const box of ["box-a", "box-b"] as const) {
		site.plugIn(box, BOXES[box]);
		internet[box] = await site.internetOn(box, cloudPort());
		houses[box] = await House.build({
			...{ cloud, name: box, onlyByPassword: true, program: site.programOn(box, PROGRAM) },
			console: 'listen = ["127.0.0.1:80"]\nlisten_tls = []',
			smtp: 'listen = ["0.0.0.0:25"]\nlisten_submission = []\nlisten_tls = []\nlisten_auto = []',
			// Nobody signs in at the box that stands in.
			signedIn: box === "box-a",
		});
	}
	site.plugIn("press", PRESS);
	startKeepalived("box-a");
	await eventually("box-a has the address", () => site.holds("box-a", SHARED));
	startKeepalived("box-b");
}, 120_000);
afterAll(async () => {
	site?.close();
	for (const house of Object.values(houses)) await house.close();
	await cloud?.close();
	if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
});

function cloudPort(): number {
	return Number(new URL(cloud.graphUrl).port);
}

function house(box: Box): House {
	const found = houses[box];
	if (found === undefined) throw new Error(`${box} is not there`);
	return found;
}

/** With the file that the package ships, and the changes that it asks its reader for. */
function startKeepalived(box: Box): void {
	const [own, other] = box === "box-a" ? (["11", "12"] as const) : (["12", "11"] as const);
	const changes: [string, string][] = [
		["unicast_src_ip 192.168.1.11", `unicast_src_ip ${addressOf(Number(own))}`],
		["192.168.1.12 ", `${addressOf(Number(other))} `],
		["192.168.1.10/24", `${SHARED}/24`],
		["priority 100", box === "box-a" ? "priority 100" : "priority 90"],
	];
	let text = readFileSync(path.join(PAIR, "keepalived.conf"), "utf8");
	for (const [shipped, here] of changes) {
		expect(text).toContain(shipped);
		text = text.replace(shipped, here);
	}
	const file = path.join(folder, `${box}.conf`);
	writeFileSync(file, text, { mode: 0o644 });
	const pids = ["pid", "vrrp_pid", "checkers_pid"].map((name) => `--${name}=${folder}/${box}.${name}`);
	const options = ["--dont-fork", "--log-console", "--log-detail", "--vrrp", `--use-file=${file}`];
	const keepalived = site.spawn(box, "keepalived", [...options, ...pids]);
	for (const stream of [keepalived.stdout, keepalived.stderr]) {
		stream?.on("data", (chunk: Buffer) => {
			spoken[box] += chunk.toString();
		});
	}
}

/** What postern-follow.timer starts; ssh is a script that does as the line in authorized_keys says. */
async function turnOfTimer(): Promise<{ exitCode: number; output: string }> {
	const bin = path.join(folder, "bin");
	const [state, runtime] = [path.join(folder, "follow-state"), path.join(folder, "follow-run")];
	for (const each of [bin, state, runtime]) mkdirSync(each, { recursive: true });
	const command = ({ command: name, argv }: { command: string; argv: readonly string[] }, box: Box) =>
		[name, ...argv]
			.map((word) => `'${word}'`)
			.join(" ")
			.concat(` "$@" --config '${house(box).configFile}'`);
	const onLeader = command(site.programOn("box-a", PROGRAM), "box-a").replace(
		'"$@"',
		"config export --with-sign-ins -",
	);
	writeFileSync(path.join(bin, "ssh"), `#!/bin/sh\nexec ${onLeader}\n`, { mode: 0o755 });
	writeFileSync(path.join(bin, "postern"), `#!/bin/sh\nexec ${command(PROGRAM, "box-b")}\n`, { mode: 0o755 });
	const environment = { LEADER: "root@box-a", STATE_DIRECTORY: state, RUNTIME_DIRECTORY: runtime };
	const settings = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
	return run("env", [`PATH=${bin}:${process.env["PATH"]}`, ...settings, path.join(PAIR, "follow")]);
}

interface Sent {
	readonly answered: readonly string[];
	/** Messages that were under way when their connection broke. */
	readonly broken: readonly { readonly subject: string; readonly why: string }[];
	/** The longest time between two answers. */
	readonly silenceMs: number;
}

/** One connection of the press. `heard` is called with each message that was answered 250. */
async function send(
	to: string,
	name: string,
	messages: number,
	heard: (subject: string) => void = () => undefined,
): Promise<Sent> {
	const script = path.join(import.meta.dirname, "steady-sender.ts");
	const argv = [script, to, "25", name, String(messages), "5"];
	const sender = site.spawn("press", process.execPath, argv);
	const answered: string[] = [];
	const broken: { subject: string; why: string }[] = [];
	let rest = "";
	let silenceMs = 0;
	let lastAtMs: number | undefined;
	sender.stdout?.on("data", (chunk: Buffer) => {
		const lines = (rest + chunk.toString()).split("\n");
		rest = lines.pop() ?? "";
		for (const line of lines) {
			const event = JSON.parse(line) as { answered?: string; broken?: string; why?: string };
			if (event.broken !== undefined) broken.push({ subject: event.broken, why: event.why ?? "" });
			if (event.answered === undefined) continue;
			answered.push(event.answered);
			const nowMs = performance.now();
			silenceMs = Math.max(silenceMs, nowMs - (lastAtMs ?? nowMs));
			lastAtMs = nowMs;
			heard(event.answered);
		}
	});
	await once(sender, "close");
	return { answered, broken, silenceMs };
}

/** Nothing is in its queue any more. */
async function sentAll(box: Box): Promise<void> {
	const isEmpty = async () => {
		await new Promise((resolve) => setTimeout(resolve, 500));
		return (await house(box).json<readonly unknown[]>("queue", "list")).length === 0;
	};
	await eventually(`${box} has sent all that it has`, isEmpty, 90_000);
}

/** How often each subject has arrived. */
function arrivals(): Map<string, number> {
	const counts = new Map<string, number>();
	for (const { message } of cloud.control.arrived()) {
		const subject = message.summary.subject ?? "";
		counts.set(subject, (counts.get(subject) ?? 0) + 1);
	}
	return counts;
}

describe.skipIf(missing !== undefined)("two boxes behind one address", { timeout: 180_000 }, () => {
	it("have the same devices, accounts and sign-ins with the timer's turn, which writes nothing when nothing differs", async () => {
		const added = await house("box-a").cli("device", "add", "Press", "--address", addressOf(PRESS));
		expect(added).toMatchObject({ exitCode: 0 });
		const early = await turnOfTimer();
		expect(early).toMatchObject({
			exitCode: 1,
			output: expect.stringContaining("postern config follow box-a"),
		});
		expect(await house("box-b").cli("config", "follow", "box-a")).toMatchObject({ exitCode: 0 });
		const first = await turnOfTimer();
		expect(first).toMatchObject({ exitCode: 0, output: expect.stringContaining("1 device added: Press") });
		expect(first.output).toContain(`signed in: ${ACCOUNT}`);
		expect(await turnOfTimer()).toEqual({ exitCode: 0, output: 'All is as it is on "box-a".\n' });
		const sent = await send(addressOf(BOXES["box-b"]), "by-b", 1);
		expect(sent).toMatchObject({ answered: ["by-b-0"], broken: [] });
		await eventually("box-b sends, where nobody has signed in", () => arrivals().has("by-b-0"));
	});

	it("have one that leads: what is added on the other goes, and its export is refused", async () => {
		await house("box-b").cli("device", "add", "Own", "--address", "10.77.0.99");
		expect((await turnOfTimer()).output).toContain("1 device removed: Own");
		const status = await house("box-b").cli("status");
		expect(status.stdout).toMatch(/goes by +box-a \(in step /);
		const exported = await house("box-b").cliReading("correct horse battery\n", "config", "export", "-");
		expect(exported).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("Export on") });
	});

	it("lose nothing that was answered when the active one's power is cut, and break each connection once at most", async () => {
		expect(site.holds("box-a", SHARED)).toBe(true);
		let answers = 0;
		const heard = () => {
			answers += 1;
			// What box-a takes from here on lies on its card when the power goes.
			if (answers === 200) internet["box-a"]?.kill("SIGKILL");
			if (answers === 400) site.cutPower("box-a");
		};
		const connections = Array.from({ length: CONNECTIONS }, (_, number) =>
			send(SHARED, `press-${number}`, MESSAGES / CONNECTIONS, heard),
		);
		const sent = await Promise.all(connections);
		const answered = sent.flatMap((one) => one.answered);
		const broken = sent.flatMap((one) => one.broken);
		const perConnection = sent.map((one) => one.broken.length);
		expect(new Set(answered).size).toBe(MESSAGES);
		expect(Math.max(...perConnection), JSON.stringify(broken)).toBeLessThanOrEqual(1);
		expect(site.holds("box-b", SHARED)).toBe(true);

		await sentAll("box-b");
		const late = answered.filter((subject) => !arrivals().has(subject));
		expect(late.length).toBeGreaterThan(50);

		site.restorePower("box-a");
		internet["box-a"] = await site.internetOn("box-a", cloudPort());
		await house("box-a").start();
		startKeepalived("box-a");
		await eventually("all arrive", () => answered.every((subject) => arrivals().has(subject)), 90_000);
		await sentAll("box-a");
		const twice = [...arrivals()].filter(([, count]) => count > 1).map(([subject]) => subject);
		// Committed by box-a, whose 250 the cut has swallowed: the device could not know.
		const repeated = new Set(broken.map(({ subject }) => subject));
		expect(twice.filter((subject) => !repeated.has(subject))).toEqual([]);
		// It comes back without taking the address, which would break connections again.
		expect([site.holds("box-a", SHARED), site.holds("box-b", SHARED)]).toEqual([false, true]);
		console.log(
			`a pair: ${answered.length} answered, ${late.length} of them waited for box-a's power, lost 0, ` +
				`longest silence ${(Math.max(...sent.map(({ silenceMs }) => silenceMs)) / 1_000).toFixed(1)} s, connections broken ${perConnection.join("+")}, twice ${twice.length}`,
		);
	});

	it("give the address to the other one when the active one does not answer /healthz any more", async () => {
		await eventually("keepalived believes in box-a", () => /succeeded|Entering BACKUP/.test(spoken["box-a"]));
		const { pid } = house("box-b");
		process.kill(pid, "SIGSTOP");
		try {
			await eventually("box-a has the address", () => site.holds("box-a", SHARED));
			await eventually("box-b has it no more", () => !site.holds("box-b", SHARED));
			expect(await send(SHARED, "by-a", 1)).toMatchObject({ answered: ["by-a-0"], broken: [] });
		} finally {
			process.kill(pid, "SIGCONT");
		}
		await eventually("it arrives", () => arrivals().has("by-a-0"));
		expect(site.holds("box-b", SHARED)).toBe(false);
	});
});
