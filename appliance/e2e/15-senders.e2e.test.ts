/** Who may send: what a device may call itself, how much it may send, and who is asked about. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { QueueRow, SessionLog, StrangerRow } from "../services.ts";
import { ACCOUNT, eventually, House } from "./house.ts";
import { Wire } from "./wire.ts";

/** Each device is known by an address of its own: Linux lets a client connect from all of 127/8. */
const AT = {
	keep: "127.5.0.1",
	force: "127.5.0.2",
	list: "127.5.0.3",
	rate: "127.5.0.4",
	quota: "127.5.0.5",
	stranger: "127.5.0.9",
	pest: "127.5.0.10",
} as const;

const device = (name: keyof typeof AT, rules: string) => `
[[device]]
name = "${name}"
addresses = ["${AT[name]}"]
${rules}
`;

const OPTIONS = {
	transport: "smtp",
	onlyByPassword: true,
	smtp: `listen = ["127.0.0.1:0"]
listen_submission = ["127.0.0.1:0"]
listen_tls = []
listen_auto = ["127.0.0.1:0"]
strangers = "ask"`,
	more: [
		device("keep", ""),
		device("force", 'from = "force"'),
		device("list", 'from = ["scan@contoso.example", "*@plant.example"]'),
		device("rate", 'rate = "3/h"'),
		device("quota", 'quota = "4kB/d"'),
	].join(""),
} as const;

let house: House;
beforeAll(async () => {
	house = await House.build(OPTIONS);
});
afterAll(async () => {
	expect(house?.log ?? "").not.toMatch(/fault|unhandled|uncaught/);
	await house?.close();
});

interface Sent {
	readonly replies: readonly string[];
	readonly last: string;
}

/** Says it all as the device at `from`, and stops at the first refusal. */
async function send(from: string, sender: string, message: string, role = "relay"): Promise<Sent> {
	const wire = await Wire.connect({ port: house.port(role), from });
	const replies: string[] = [];
	const hear = async () => {
		const reply = await wire.reply();
		replies.push(`${reply?.code ?? "closed"} ${reply?.lines.at(-1) ?? ""}`);
		return Number(reply?.code) < 400;
	};
	const lines = ["EHLO device.test", `MAIL FROM:<${sender}>`, "RCPT TO:<you@example.com>", "DATA"];
	let goesOn = await hear();
	for (const line of [...lines, `${message}\r\n.`]) {
		if (!goesOn) break;
		wire.send(`${line}\r\n`);
		goesOn = await hear();
	}
	wire.destroy();
	return { replies, last: replies.at(-1) ?? "" };
}

async function arrivedWith(subject: string) {
	const found = () =>
		house.cloud.control
			.arrived()
			.find(({ message }) => message.bytes?.toString("latin1").includes(`Subject: ${subject}`) === true);
	await eventually(`"${subject}" arrives`, () => found() !== undefined);
	const { reversePath, message } = found() ?? {};
	return { reversePath, text: message?.bytes?.toString("latin1") ?? "" };
}

async function ownerTexts(nameOrAddress: string): Promise<string> {
	const sessions = await house.json<SessionLog[]>("device", "log", nameOrAddress);
	return sessions.flatMap((session) => session.ownerTexts).join("\n");
}

describe("the sender of a device", () => {
	it("is kept as it is", async () => {
		await send(
			AT.keep,
			"anybody@elsewhere.example",
			"From: Me <anybody@elsewhere.example>\r\nSubject: kept\r\n\r\nx",
		);
		const { reversePath, text } = await arrivedWith("kept");
		expect(reversePath).toBe("anybody@elsewhere.example");
		expect(text).toContain("\r\nFrom: Me <anybody@elsewhere.example>\r\n");
	});

	it("is replaced in envelope and header alike, and answers still go to the old one", async () => {
		const header = "From: Copier <scan@old.example>\r\nSender: scan@old.example\r\nSubject: forced";
		expect((await send(AT.force, "scan@old.example", `${header}\r\n\r\nx`)).last).toMatch(/^250 /);
		const { reversePath, text } = await arrivedWith("forced");
		expect(reversePath).toBe(ACCOUNT);
		expect(text).toContain(`\r\nFrom: Copier <${ACCOUNT}>\r\n`);
		expect(text).toContain("\r\nReply-To: Copier <scan@old.example>\r\n");
		expect(text).not.toMatch(/^Sender:/m);
	});

	it("must be on the list, in the envelope and in the header, and the owner is told of both", async () => {
		const mail = (from: string) => `From: ${from}\r\nSubject: listed\r\n\r\nx`;
		expect((await send(AT.list, "boss@contoso.example", mail("boss@contoso.example"))).last).toMatch(
			/^550 5\.7\.1 /,
		);
		expect((await send(AT.list, "scan@contoso.example", mail("boss@contoso.example"))).last).toMatch(
			/^550 5\.7\.1 /,
		);
		expect((await send(AT.list, "", mail("scan@contoso.example"))).last).toMatch(/^550 5\.7\.1 /);
		expect((await send(AT.list, "press@plant.example", mail("Press <PRESS@plant.example>"))).last).toMatch(
			/^250 /,
		);
		await arrivedWith("listed");
		const texts = await ownerTexts("list");
		expect(texts).toMatch(/may not send as boss@contoso\.example/);
		expect(texts).toMatch(/wrote boss@contoso\.example as the sender into a message/);
		expect(texts).toMatch(/its senders are scan@contoso\.example, \*@plant\.example/);
	});
});

describe("how much a device sends", () => {
	it("is held to its rate with a reply that makes it wait", async () => {
		const mail = (count: number) => `Subject: rate ${count}\r\n\r\nx`;
		for (const count of [1, 2, 3]) {
			expect((await send(AT.rate, "a@contoso.example", mail(count))).last).toMatch(/^250 /);
		}
		expect((await send(AT.rate, "a@contoso.example", mail(4))).last).toMatch(/^451 4\.7\.1 /);
		expect(await ownerTexts("rate")).toMatch(/sends more than its rate allows.*goes on in \d+ minutes/s);
	});

	it("is held to its quota", async () => {
		const mail = `Subject: quota\r\n\r\n${"x".repeat(70)}\r\n`.padEnd(5_000, `${"y".repeat(70)}\r\n`);
		expect((await send(AT.quota, "a@contoso.example", mail)).last).toMatch(/^250 /);
		expect((await send(AT.quota, "a@contoso.example", mail)).last).toMatch(/^451 4\.7\.1 /);
		expect(await ownerTexts("quota")).toMatch(/sends more than its quota allows/);
	});
});

describe("a stranger, where the owner wants to be asked", () => {
	const mail = (count: number) => `Subject: unknown ${count}\r\n\r\nx`;
	const held = async () =>
		(await house.json<QueueRow[]>("queue", "list")).filter(({ state }) => state === "held");

	it("has its mail held, which nothing but the owner's word lets out", async () => {
		for (const role of ["relay", "auto"]) {
			expect((await send(AT.stranger, "new@contoso.example", mail(1), role)).last).toMatch(/^250 /);
		}
		expect((await send(AT.stranger, "new@contoso.example", mail(1), "submission")).last).toMatch(/^530 /);
		const rows = await held();
		expect(rows.map((row) => row.device)).toEqual([`stranger ${AT.stranger}`, `stranger ${AT.stranger}`]);
		for (const action of ["release", "retry"]) {
			const { exitCode, stderr } = await house.cli("queue", action, rows[0]?.id ?? "");
			expect(exitCode).toBe(1);
			expect(stderr).toMatch(new RegExp(`postern device allow ${AT.stranger}`));
		}
		await house.cli("queue", "release", "--all");
		expect(await held()).toHaveLength(2);
	});

	it("is bounded, also over a restart, and does not get in the way of deleting", async () => {
		for (let count = 3; count <= 20; count += 1) {
			expect((await send(AT.stranger, "new@contoso.example", mail(count))).last).toMatch(/^250 /);
		}
		expect((await send(AT.stranger, "new@contoso.example", mail(21))).last).toMatch(/^450 4\.7\.1 /);
		await house.end("SIGTERM");
		await house.start();
		expect((await send(AT.stranger, "new@contoso.example", mail(22))).last).toMatch(/^450 4\.7\.1 /);
		const [first] = await held();
		expect((await house.cli("queue", "delete", first?.id ?? "")).exitCode).toBe(0);
		expect((await send(AT.stranger, "new@contoso.example", mail(23))).last).toMatch(/^250 /);
		const [stranger] = await house.json<StrangerRow[]>("device", "strangers");
		expect(stranger).toMatchObject({
			address: AT.stranger,
			heldMessages: 20,
			senders: ["new@contoso.example"],
		});
	});

	it("becomes a device, and its mail goes out in the order in which it came", async () => {
		expect((await house.cli("device", "allow", AT.stranger, "--name", "New printer")).exitCode).toBe(0);
		await arrivedWith("unknown 23");
		expect(await held()).toEqual([]);
		const subjects = house.cloud.control
			.arrived()
			.map(({ message }) => /Subject: unknown (\d+)/.exec(message.bytes?.toString("latin1") ?? "")?.[1])
			.filter((number) => number !== undefined)
			.map(Number);
		expect(subjects).toHaveLength(20);
		expect(subjects).toEqual(subjects.toSorted((a, b) => a - b));
		expect((await send(AT.stranger, "new@contoso.example", mail(24))).last).toMatch(/^250 /);
		await arrivedWith("unknown 24");
	});

	it("is refused with everything it sent, and is a stranger again", async () => {
		await send(AT.pest, "pest@elsewhere.example", mail(99));
		expect(await held()).toHaveLength(1);
		expect((await house.cli("device", "refuse", AT.pest)).exitCode).toBe(0);
		expect(await held()).toEqual([]);
	});
});
