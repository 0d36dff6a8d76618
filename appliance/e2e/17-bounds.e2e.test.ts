/** Bounds hold also when everything comes at once: strangers' mail, a device's rate, the places. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { QueueRow } from "../services.ts";
import { House } from "./house.ts";
import { Wire } from "./wire.ts";

let house: House;
beforeAll(async () => {
	house = await House.build({
		smtp: `listen = ["127.0.0.1:0"]
listen_submission = []
listen_tls = []
listen_auto = []
strangers = "ask"`,
		more: `
[[device]]
name = "Rated"
addresses = ["127.8.0.1"]
rate = "3/h"
`,
	});
});
afterAll(async () => {
	expect(house?.log ?? "").not.toMatch(/fault|unhandled|uncaught/);
	await house?.close();
});

const MAIL = ["MAIL FROM:<a@b.example>", "RCPT TO:<b@c.example>", "DATA"];
const SMALL = "Subject: x\r\n\r\nx\r\n.";
/** 16 MB. */
const LARGE = `Subject: x\r\n\r\n${"0123456789abcde\r\n".repeat(1_000_000)}.`;

/** The last line of the reply, with its code. */
async function say(wire: Wire, line: string): Promise<string> {
	wire.send(`${line}\r\n`);
	const reply = await wire.reply();
	return `${reply?.code} ${reply?.lines.at(-1)}`;
}

async function connect(from: string): Promise<Wire> {
	const wire = await Wire.connect({ port: house.port("relay"), from });
	await wire.reply();
	await say(wire, "EHLO bounds.test");
	return wire;
}

async function connectAll(from: string, count: number): Promise<Wire[]> {
	const wires: Wire[] = [];
	for (let number = 0; number < count; number += 1) wires.push(await connect(from));
	return wires;
}

/** The 354, or the first refusal. */
async function begin(wire: Wire): Promise<string> {
	let reply = "";
	for (const line of MAIL) {
		reply = await say(wire, line);
		if (!/^[23]/.test(reply)) break;
	}
	return reply;
}

async function send(wire: Wire, message = SMALL): Promise<string> {
	const begun = await begin(wire);
	return begun.startsWith("354") ? say(wire, message) : begun;
}

async function rowsOf(device: string): Promise<readonly QueueRow[]> {
	const rows = await house.json<readonly QueueRow[]>("queue", "list");
	return rows.filter((row) => row.device === device);
}

describe("a stranger whose mail is held", () => {
	it("gets no more of it kept by sending over many connections at once", async () => {
		const wires = await connectAll("127.8.0.2", 15);
		const [first] = wires;
		for (let sent = 0; first !== undefined && sent < 15; sent += 1) await send(first);
		const begun = await Promise.all(wires.map((wire) => begin(wire)));
		const open = wires.filter((_, index) => begun[index]?.startsWith("354"));
		await Promise.all(open.map((wire) => say(wire, SMALL)));
		expect(open).toHaveLength(5);
		expect(begun.filter((reply) => reply.startsWith("450 4.7.1"))).toHaveLength(10);
		expect(await rowsOf("stranger 127.8.0.2")).toHaveLength(20);
		for (const wire of wires) wire.destroy();
	});

	it("keeps within its bytes, counted as they come, and is asked to come again rather than to give up", async () => {
		const wires = await connectAll("127.8.0.3", 3);
		await Promise.all(wires.map((wire) => begin(wire)));
		const replies = await Promise.all(wires.map((wire) => say(wire, LARGE)));
		expect(replies.filter((reply) => reply.startsWith("250")).length).toBeLessThanOrEqual(1);
		expect(replies.filter((reply) => !reply.startsWith("250")).join()).not.toMatch(/\b5\d\d /);
		const again = await connect("127.8.0.4");
		expect(await send(again, LARGE)).toMatch(/^250 /);
		expect(await say(again, "MAIL FROM:<a@b.example> SIZE=16000000")).toMatch(/^450 4\.7\.1 /);
		expect(await send(again, LARGE)).toMatch(/^450 4\.7\.1 /);
		expect(await send(again)).toMatch(/^250 /);
		for (const wire of [...wires, again]) wire.destroy();
	});

	it("has what was still coming sent as well when it is allowed meanwhile", async () => {
		const wire = await connect("127.8.0.5");
		await send(wire);
		await begin(wire);
		expect((await house.cli("device", "allow", "127.8.0.5", "--name", "New one")).exitCode).toBe(0);
		expect(await say(wire, SMALL)).toMatch(/^250 /);
		expect(await rowsOf("stranger 127.8.0.5")).toEqual([]);
		wire.destroy();
	});

	it("can be allowed also when it has been added by its address", async () => {
		const wire = await connect("127.8.0.6");
		await send(wire);
		await house.cli("device", "add", "Added", "--address", "127.8.0.6");
		const allowed = await house.cli("device", "allow", "127.8.0.6");
		expect(allowed.stderr).toBe("");
		expect(await rowsOf("stranger 127.8.0.6")).toEqual([]);
		wire.destroy();
	});
});

describe("a device with a rate", () => {
	it("is held to it over many connections at once", async () => {
		const wires = await connectAll("127.8.0.1", 10);
		await Promise.all(wires.map((wire) => say(wire, "MAIL FROM:<a@b.example>")));
		await Promise.all(wires.map((wire) => say(wire, "RCPT TO:<b@c.example>")));
		const begun = await Promise.all(wires.map((wire) => say(wire, "DATA")));
		const open = wires.filter((_, index) => begun[index]?.startsWith("354"));
		expect(open).toHaveLength(3);
		for (const wire of open) expect(await say(wire, SMALL)).toMatch(/^250 /);
		for (const wire of wires) wire.destroy();
	});
});

describe("the places", () => {
	it("are not taken from devices by strangers, from however many addresses they come", async () => {
		const crowd: Wire[] = [];
		for (let number = 0; number < 500; number += 1) {
			const wire = await Wire.connect({ port: house.port("relay"), from: `127.9.0.${1 + (number >> 2)}` });
			await wire.reply();
			crowd.push(wire);
		}
		const device = await Wire.connect({ port: house.port("relay"), from: "127.0.0.1" });
		expect((await device.reply())?.code).toBe("220");
		for (const wire of [...crowd, device]) wire.destroy();
	});
});
