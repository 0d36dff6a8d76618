/** Whose mail goes first after an outage, and what becomes of a device that repeats itself. */
import { afterEach, describe, expect, it } from "vitest";
import type { QueueEntry, QueueRow } from "../services.ts";
import { itWith, run } from "./clients.ts";
import { ACCOUNT, eventually, House, type HouseOptions } from "./house.ts";
import { SmtpPeer } from "./smtp-peer.ts";

const CAMERAS = 12;
const PICTURES = 25;
/** Attempts under way when an alarm comes (Microsoft's limit for a mailbox). */
const SLOTS = 4;
/** What the other slots may finish while the alarm itself is under way, and the test's own view is late. */
const FEW = 6;

let house: House | undefined;
afterEach(async () => {
	await house?.close();
	house = undefined;
});

function device(name: string, rules = ""): string {
	return `
[[device]]
name = "${name}"
username = "${name}"
password = "secret-${name}"
auth_without_tls = true
${rules}
`;
}

async function build(devices: readonly string[], options: HouseOptions = {}): Promise<House> {
	house = await House.build({ ...options, more: devices.join("") });
	return house;
}

async function send(
	from: string,
	subjects: readonly string[],
	{ bodyBytes = 10, to = "you@example.com" } = {},
): Promise<string[]> {
	if (house === undefined) throw new Error("there is no house");
	const peer = await SmtpPeer.connect(house.port("relay"));
	await peer.signIn(from, `secret-${from}`);
	const body = `${"x".repeat(70)}\r\n`.repeat(Math.ceil(bodyBytes / 72));
	const ids: string[] = [];
	for (const subject of subjects) {
		const header = `From: <scan@contoso.example>\r\nTo: <${to}>\r\nSubject: ${subject}\r\n`;
		const reply = await peer.send(`${header}\r\n${body}`, to);
		ids.push(/queued as (\S+)/.exec(reply)?.[1] ?? "");
	}
	await peer.quit();
	return ids;
}

/** Subjects in the order in which they arrived. */
function arrived(): string[] {
	return house?.cloud.control.arrived().map(({ message: { summary } }) => summary.subject ?? "") ?? [];
}

function numbered(name: string, count: number): string[] {
	return Array.from({ length: count }, (_, number) => `${name} ${number}`);
}

/** Pictures of all cameras, taken while the cloud is gone. */
async function fillWithPictures(): Promise<void> {
	await house?.cloud.control.offline();
	const cameras = Array.from({ length: CAMERAS }, (_, number) => `camera-${number}`);
	await Promise.all(cameras.map((name) => send(name, numbered(name, PICTURES), { bodyBytes: 5_000 })));
}

describe("300 pictures that cameras left while the cloud was gone", () => {
	const cameras = Array.from({ length: CAMERAS }, (_, number) => device(`camera-${number}`));
	const sandbox = { latencyMs: 40 };

	it("do not delay an alarm that comes as they leave by more than those under way", async () => {
		const { cloud } = await build([...cameras, device("plc", "urgent = true"), device("heating")], {
			sandbox,
		});
		await fillWithPictures();
		await cloud.control.online();
		await eventually("the pictures leave", () => arrived().length > 20, 60_000);
		await send("plc", ["Pump stopped"]);
		const beforeAlarm = arrived().length;
		await eventually("the alarm arrives", () => arrived().includes("Pump stopped"), 60_000);
		expect(arrived().indexOf("Pump stopped") - beforeAlarm).toBeLessThan(SLOTS + FEW);

		// One that is not urgent takes its turn among twelve.
		await send("heating", ["Filter due"]);
		const beforeNotice = arrived().length;
		expect(beforeNotice).toBeLessThan((CAMERAS * PICTURES) / 2);
		await eventually("the notice arrives", () => arrived().includes("Filter due"), 60_000);
		expect(arrived().indexOf("Filter due") - beforeNotice).toBeLessThan(CAMERAS + SLOTS + FEW);

		await eventually("all arrive", () => arrived().length === CAMERAS * PICTURES + 2, 60_000);
		for (const [number] of cameras.entries()) {
			const own = arrived().filter((subject) => subject.startsWith(`camera-${number} `));
			expect(own).toEqual(numbered(`camera-${number}`, PICTURES));
		}
	}, 180_000);
});

describe("a device with newest_first", () => {
	it("shows the present picture first after an outage, from the reload on that sets it", async () => {
		const here = await build([device("camera")]);
		await here.cloud.control.offline();
		await send("camera", numbered("picture", 20));
		here.configure({ more: device("camera", "newest_first = true") });
		await here.json("reload");
		await here.cloud.control.online();
		await eventually("all arrive", () => arrived().length === 20, 60_000);
		expect(arrived()).toEqual(numbered("picture", 20).reverse());
	}, 90_000);
});

describe("a device with coalesce", () => {
	it("sends its first message at once and of the rest the last, which tells their number", async () => {
		const here = await build([device("door", 'coalesce = "12s"')]);
		const ids = await send("door", ["Door open", "Door closed", "Door open", "Door closed"]);
		const [, second = "", third = "", last = ""] = ids;
		await eventually("the first arrives", () => arrived().length === 1);
		await eventually("the last alone waits", async () => {
			const rows = await here.json<QueueRow[]>("queue", "list");
			return rows.length === 1 && rows[0]?.id === last && rows[0]?.state === "deferred";
		});
		for (const replaced of [second, third]) {
			const entry = await here.json<QueueEntry>("queue", "show", replaced);
			expect(entry.state).toBe("coalesced");
			await here.logged(new RegExp(`qid=${replaced}`));
		}
		await here.logged(/mail-coalesced/, 2);
		await eventually("the last arrives", () => arrived().length === 2, 60_000);
		expect(arrived()).toEqual(["Door open", "[+2] Door closed"]);
		const [, message] = here.cloud.control.arrived();
		expect(message?.message.bytes?.toString()).toMatch(/^X-Postern-Suppressed: 2 since 20\d\d-/m);
	}, 90_000);

	it("has nothing of one recipient's replaced by another's", async () => {
		await build([device("door", 'coalesce = "12s"')]);
		await send("door", ["Door open", "Door closed"]);
		await send("door", ["Door open", "Door closed"], { to: "guard@example.com" });
		await eventually("both are told at once", () => arrived().length === 2);
		expect(arrived()).toEqual(["Door open", "Door open"]);
		await eventually("and of the last state", () => arrived().length === 4, 60_000);
		expect(arrived().slice(2)).toEqual(["Door closed", "Door closed"]);
	}, 90_000);

	it("delivers what waits, with its number, also when the box is killed meanwhile", async () => {
		const here = await build([device("door", 'coalesce = "12s"')]);
		await send("door", ["Door open", "Door closed", "Door open", "Door closed"]);
		await eventually("the first arrives", () => arrived().length === 1);
		await eventually("two are replaced", () => here.log.match(/mail-coalesced/g)?.length === 2);
		await here.end("SIGKILL");
		await here.start();
		await eventually("the last arrives", () => arrived().length === 2, 60_000);
		expect(arrived()).toEqual(["Door open", "[+2] Door closed"]);
	}, 90_000);
});

describe("device show", () => {
	it("names what its owner has turned on", async () => {
		const here = await build([device("plc", 'urgent = true\nnewest_first = true\ncoalesce = "5m"')]);
		const { stdout } = await here.cli("device", "show", "plc");
		expect(stdout).toMatch(/Turned on\s+urgent, newest_first, coalesce=5m/);
	});
});

describe("an account whose mail leaves as fast as Microsoft takes it", () => {
	const PRESSES = ["press-1", "press-2", "press-3", "press-4", "press-5", "press-6"];
	const PAGES = 60;
	const MESSAGES = PRESSES.length * PAGES;
	const FETCHES = 8;
	const MAILBOX = `
[[mailbox]]
username = "plc"
password = "sesame"
mailbox = "${ACCOUNT}"
account = "${ACCOUNT}"
auth_without_tls = true
`;

	itWith(
		"curl",
		"lets programs fetch meanwhile, and is not once told that it asks too much",
		async () => {
			const here = await build([...PRESSES.map((name) => device(name)), MAILBOX], {
				pop3: true,
				sandbox: { latencyMs: 40 },
			});
			for (const subject of ["one", "two", "three"])
				here.cloud.control.deposit(ACCOUNT, Buffer.from(`Subject: ${subject}\r\n\r\nx\r\n`));
			await here.cloud.control.offline();
			await Promise.all(PRESSES.map((name) => send(name, numbered(name, PAGES))));
			await here.cloud.control.online();
			await eventually("mail leaves", () => arrived().length > SLOTS);
			for (let time = 0; time < FETCHES; time += 1) {
				const fetched = await run("curl", [
					"-sSv",
					"-u",
					"plc:sesame",
					`pop3://127.0.0.1:${here.port("pop3")}/1`,
				]);
				expect(fetched.exitCode, fetched.output).toBe(0);
			}
			expect(arrived().length, "it went on meanwhile").toBeLessThan(MESSAGES);
			await eventually("all is there", () => arrived().length === MESSAGES, 60_000);
			const statuses = here.cloud.control.requests({ kind: "graph" }).map(({ status }) => status);
			expect(statuses).not.toContain(429);
		},
		120_000,
	);
});
