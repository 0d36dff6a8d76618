/**
 * What a card may have done to the state folder between a stop and a start: a changed byte in each kind of page, in the log and in a body, files cut
 * short, a folder of another box, one of another owner. The real program starts on it. Whatever can be read is kept and arrives unchanged; what cannot is
 * set aside, and its owner is told in words.
 */
import { createHash } from "node:crypto";
import { chownSync, cpSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FILES, PAGES } from "./damages.ts";
import { eventually, House } from "./house.ts";
import { BUNDLE } from "./program.ts";
import { Light, tellCase } from "./sick-house.ts";
import { SmtpPeer } from "./smtp-peer.ts";

/** Root that may do no more than another user with the files of others; for anybody else what a file is said to be is so already. */
const isRoot = process.getuid?.() === 0;
const POWERLESS = isRoot
	? ["setpriv", "--bounding-set", "-dac_override,-dac_read_search,-fowner,-chown", "--inh-caps", "-all"]
	: ["env"];
const notRoot = isRoot ? "" : " (skipped: only root can give files away)";
const NOBODY = 65_534;
const ENDING_MS = 10_000;
/** As many messages are sent at once over an account's SMTP. */
const UNDER_WAY = 2;

const REBUILT =
	/mail database was found damaged .* was mended: (\d+) messages? that wait were saved, (\d+) of them not whole/;

let house: House;
let light: Light;
/** Where systemd puts the key of the sign-ins. */
const credentials = mkdtempSync(path.join(tmpdir(), "postern-credentials-"));
/** The state as a death left it, with a log; and as a stop in good order left it. */
let cut: string;
let stopped: string;
/** Subject and SHA-256 of each message that was answered 250. */
const sent = new Map<string, string>();

const stateDir = () => path.join(house.folder, "state");

beforeAll(async () => {
	// Over an account where nobody may look: each case sends anew, whatever the one before it left in Sent Items.
	light = await Light.put();
	putKeyOf("one box");
	house = await House.build({
		...{ transport: "smtp", queue: 'retry = "1s"' },
		environment: { ...light.environment, CREDENTIALS_DIRECTORY: credentials },
		program: { command: POWERLESS[0] ?? "", argv: [...POWERLESS.slice(1), BUNDLE.command, ...BUNDLE.argv] },
	});
	await house.cloud.control.offline();
	const peer = await SmtpPeer.connect(house.port("relay"));
	for (let number = 0; number < 40; number += 1) {
		const subject = `waits-${number}`;
		// Some on pages of their own, two in files.
		const lines = number % 20 === 7 ? 2_000 : number % 4 === 0 ? 200 : 2;
		const text = `${subject} `.repeat(5);
		const body = Array.from({ length: lines }, (_, line) => `${text}${line}`).join("\r\n");
		sent.set(subject, sha256(body));
		await peer.send(
			`From: <scan@contoso.example>\r\nTo: <you@example.com>\r\nSubject: ${subject}\r\nMessage-ID: <${subject}@device.test>\r\n\r\n${body}\r\n`,
		);
	}
	await peer.quit();
	// Pages that are free.
	const ids = (await house.json<{ id: string }[]>("queue", "list")).map(({ id }) => id);
	await house.json("queue", "delete", ...ids.filter((_, index) => index % 8 === 4));
	const left = (await house.json<{ id: string }[]>("queue", "list")).map(({ id }) => id);
	for (const [index, subject] of [...sent.keys()].entries())
		if (!left.includes(ids[index] ?? "")) sent.delete(subject);
	await house.end("SIGKILL");
	cut = path.join(house.folder, "cut");
	cpSync(stateDir(), cut, { recursive: true });
	await house.start();
	await house.end("SIGTERM");
	stopped = path.join(house.folder, "stopped");
	cpSync(stateDir(), stopped, { recursive: true });
}, 240_000);
afterAll(async () => {
	await house?.close();
	await light?.close();
	rmSync(credentials, { recursive: true, force: true });
});

/** The key of the sign-ins as systemd gives it: each box has its own. */
function putKeyOf(box: string): void {
	writeFileSync(path.join(credentials, "postern-vault-key"), createHash("sha256").update(box).digest());
}

function sha256(text: string): string {
	return createHash("sha256").update(text).digest("hex");
}

async function layOut(from: string): Promise<void> {
	await house.end("SIGKILL");
	rmSync(stateDir(), { recursive: true, force: true });
	cpSync(from, stateDir(), { recursive: true });
	house.cloud.control.forgetTraffic();
	await house.cloud.control.online();
}

async function said(): Promise<readonly string[]> {
	return (await house.json<{ problems: string[] }>("status")).problems;
}

/** Starts the program on a changed copy; gives what was seen when all that can be sent has been. */
async function livesOn(from: string, change: (state: string) => void) {
	await layOut(from);
	change(stateDir());
	const began = await startsAtLast();
	const seen = await allIsSent().catch(async (thrown: unknown) => {
		// What nobody had looked at is met while mail is sent.
		if (!(await hasEnded())) throw thrown;
		await startsAtLast();
		return { ...(await allIsSent(UNDER_WAY)), ended: "while it ran, and was started again" };
	});
	return { began, words: await said(), ended: "no", ...seen };
}

/** A command that went unanswered may be ahead of the program's own end. */
function hasEnded(): Promise<boolean> {
	return Promise.race([house.ended().then(() => true), sleep(ENDING_MS, false)]);
}

/** `mayBeTwice`: what was under way when the program ended, which nobody may look up over this account. */
async function allIsSent(mayBeTwice = 0) {
	await eventually(
		"all is sent that can be",
		async () =>
			(await house.json<{ state: string }[]>("queue", "list")).every(({ state }) =>
				/failed|held/.test(state),
			),
		60_000,
	);
	const arrived = house.cloud.control.arrived().map(({ message }) => {
		const [, body = ""] = /\r\n\r\n([\s\S]*)\r\n$/.exec(Buffer.from(message.bytes ?? []).toString()) ?? [];
		return { subject: message.summary.subject ?? "", sum: sha256(body) };
	});
	for (const { subject, sum } of arrived)
		if (subject.startsWith("waits-")) expect(sum).toBe(sent.get(subject));
	const failed = (await house.json<{ state: string }[]>("queue", "list")).length;
	// Whatever is not as it was has somebody look.
	if ((await said()).length > 0) await light.becomes("needs-you");
	const lit = await light.shows();
	const kept = readdirSync(stateDir()).filter((name) => name.startsWith("damaged-"));
	const exported = kept.flatMap((name) => {
		const mail = path.join(stateDir(), name, "mail");
		return existsSync(mail) ? readdirSync(mail) : [];
	}).length;
	const own = arrived.filter(({ subject }) => sent.has(subject));
	const once = new Set(own.map(({ subject }) => subject)).size;
	expect(own.length - once).toBeLessThanOrEqual(mayBeTwice);
	const peer = await SmtpPeer.connect(house.port("relay"));
	await peer.send("From: <scan@contoso.example>\r\nTo: <you@example.com>\r\nSubject: after\r\n\r\nafter\r\n");
	await peer.quit();
	return { arrived: once, failed, exported, kept: kept.length, lit };
}

/** As systemd does: one that ends is started again. */
async function startsAtLast(): Promise<string> {
	for (let starts = 1; starts <= 3; starts += 1) {
		try {
			await house.start();
			return starts === 1 ? "at once" : `at start ${starts}`;
		} catch {
			// It has said why, and begins again.
		}
	}
	throw new Error(`it does not start:\n${house.log.slice(-2_000)}`);
}

describe("a changed byte", { timeout: 120_000 }, () => {
	for (const [name, { change, from, most = 0, rebuilt }] of Object.entries({ ...PAGES, ...FILES })) {
		it(`in ${name}`, async () => {
			const seen = await livesOn(from === "cut" ? cut : stopped, change);
			const { began, arrived, failed, exported, kept, words, lit, ended } = seen;
			const anew = words.filter((text) => REBUILT.test(text));
			tellCase(`a changed byte in ${name}`, {
				...{
					began,
					ended,
					waited: sent.size,
					arrived,
					"failed and told": failed,
					"set aside as mail files": exported,
				},
				...{ light: lit, "old state kept": kept, words: anew[0] ?? (failed > 0 ? "message failed" : "") },
			});
			expect(arrived).toBeGreaterThanOrEqual(sent.size - most);
			// Whatever was found has its owner look.
			if (arrived < sent.size || kept > 0) expect([words.length > 0, lit]).toEqual([true, "needs-you"]);
			if (rebuilt === true) expect([anew.length, kept]).toEqual([1, 1]);
		});
	}
});

describe("a state folder", { timeout: 120_000 }, () => {
	it("of another box keeps its mail until somebody signs in", async () => {
		await layOut(stopped);
		putKeyOf("another box");
		await house.start();
		await eventually("it asks for a sign-in", async () =>
			(await said()).join().includes("postern account add"),
		);
		await light.becomes("needs-you");
		const words = (await said()).join();
		expect((await house.json<unknown[]>("queue", "list")).length).toBe(sent.size);
		await house.signIn();
		const { arrived, failed } = await allIsSent();
		putKeyOf("one box");
		tellCase("a state folder of another box", { waited: sent.size, arrived, failed, words });
		expect([arrived, failed]).toEqual([sent.size, 0]);
	});

	for (const part of ["", "postern.db", "spool"]) {
		it.skipIf(!isRoot)(`of another owner: ${part || "all of it"}${notRoot}`, async () => {
			await layOut(stopped);
			const place = path.join(stateDir(), part);
			chownSync(place, NOBODY, NOBODY);
			const words = await house.start().then(
				() => "started",
				(thrown: unknown) => String(thrown),
			);
			expect(words).toContain(place);
			expect(words).toMatch(/the user that (owns it|Postern runs as)/);
			chownSync(place, 0, 0);
			await house.start();
			const { arrived, failed } = await allIsSent();
			tellCase(`a state folder of another owner: ${part || "all of it"}`, {
				...{ waited: sent.size, arrived, failed },
				words: words.replaceAll("\n", " "),
			});
			expect([arrived, failed]).toEqual([sent.size, 0]);
		});
	}
});
