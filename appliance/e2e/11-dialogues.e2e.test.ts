/**
 * What devices say and what they must hear: the dialogue files of dialogues/, each a test, against one
 * real process. What each hands over is seen to arrive, and nothing else is.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Dialogue } from "./dialogue.ts";
import { matches } from "./dialogue.ts";
import { castDialogues } from "./dialogue-cast.ts";
import { playDialogue } from "./dialogue-player.ts";
import { eventually, House } from "./house.ts";

const cast = castDialogues();
let house: House;
let expectedTotal = 0;

beforeAll(async () => {
	house = await House.build({
		transport: "smtp",
		smtp: `listen = ["127.0.0.1:0"]
listen_submission = ["127.0.0.1:0"]
listen_tls = ["127.0.0.1:0"]
listen_auto = ["127.0.0.1:0"]
max_message_size = "1MB"
proxy_protocol_from = ["127.4.0.0/24"]`,
		onlyByPassword: true,
		more: cast.devicesToml,
	});
});
afterAll(async () => {
	await house?.close();
});

/** Queue ids of the messages taken since the log had this length. */
function takenSince(logLength: number): string[] {
	return [...house.log.slice(logLength).matchAll(/ ?mail-accepted .*?\bqid=(\w+)/g)].map(
		([, qid = ""]) => qid,
	);
}

interface Arrival {
	readonly from: string;
	readonly to: readonly string[];
	readonly text: string;
}

/** Our trace field names the queue id. */
function arrivalOf(qid: string): Arrival | undefined {
	for (const { message, reversePath, recipients } of house.cloud.control.arrived()) {
		const text = message.bytes?.toString("latin1") ?? "";
		if (text.slice(0, 2_000).includes(` id ${qid}`)) return { from: reversePath, to: recipients, text };
	}
	return undefined;
}

async function judge(dialogue: Dialogue, logLength: number): Promise<void> {
	const deadline = performance.now() + 5_000;
	while (takenSince(logLength).length < dialogue.queued && performance.now() < deadline) {
		await new Promise((resolve) => setTimeout(resolve, 10));
	}
	const taken = takenSince(logLength);
	expect(taken.length, "messages taken").toBe(dialogue.queued);
	await eventually("they arrive", () => taken.every((qid) => arrivalOf(qid) !== undefined), 10_000);
	const arrivals = taken.flatMap((qid) => arrivalOf(qid) ?? []);
	const texts = arrivals.map(({ text }) => text).join("\n=====\n");
	for (const text of dialogue.arrivedHas) expect(texts).toContain(text);
	for (const text of dialogue.arrivedLacks) expect(texts).not.toContain(text);
	for (const [index, wanted] of dialogue.envelopes.entries()) {
		const { from = "none", to = [] } = arrivals[index] ?? {};
		expect(matches(wanted.from, from), `${from} is ${wanted.from}`).toBe(true);
		expect(to.length, `${to.join()} is ${wanted.to.join()}`).toBe(wanted.to.length);
		for (const [place, address] of wanted.to.entries()) {
			expect(matches(address, to[place] ?? ""), `${to[place]} is ${address}`).toBe(true);
		}
	}
}

describe("a device", () => {
	for (const part of cast.parts) {
		it(`${part.file}: ${part.dialogue.title}`, async () => {
			const { dialogue } = part;
			const port = house.port(dialogue.head.get("port") ?? "relay");
			const logLength = house.log.length;
			expectedTotal += dialogue.queued;
			await playDialogue(part, port);
			await judge(dialogue, logLength);
		});
	}
});

describe("afterwards", () => {
	it("nothing is left in the queue, nothing arrived that no dialogue sent, and nothing was a fault", async () => {
		expect(await house.json("queue", "list")).toEqual([]);
		expect(house.cloud.control.counts().messages).toBe(expectedTotal);
		expect(house.log).not.toMatch(/fault|unhandled|uncaught/);
	});
});
