/** Delivered once: what happens when nobody may look, and when a device repeats what it has sent. */
import { afterEach, describe, expect, it } from "vitest";
import { eventually, House, type HouseOptions } from "./house.ts";
import { SmtpPeer } from "./smtp-peer.ts";

let house: House;
afterEach(() => house.close());

async function build(options: HouseOptions = {}): Promise<House> {
	house = await House.build(options);
	return house;
}

const ALARM = "From: <scan@contoso.example>\r\nTo: <you@example.com>\r\nSubject: Alarm\r\n\r\nDoor open.\r\n";

const arrived = () => house.cloud.control.arrived().length;

interface Shown {
	readonly state: string;
	readonly lastError: string;
	readonly history: readonly { readonly event: string; readonly detail: string }[];
}

/** One that Microsoft took, whose answer was lost, over an account that may only send. */
async function sendInDoubt(whenUnsure: string): Promise<string> {
	await build({ transport: "smtp", queue: `retry = "1s"\nwhen_unsure = "${whenUnsure}"` });
	house.cloud.control.fail({ where: "smtp", stage: "end", action: "accept-then-drop" });
	const peer = await SmtpPeer.connect(house.port("relay"));
	const answer = await peer.send(ALARM);
	await peer.quit();
	return /queued as (\S+)/.exec(answer)?.[1] ?? "";
}

describe("a message whose answer was lost, where nobody may look", () => {
	it("is sent again by default, and the history says that it may have come twice", async () => {
		const id = await sendInDoubt("send-again");
		await eventually("it is sent again", () => arrived() === 2);
		await eventually(
			"the history has it",
			async () => (await house.json<Shown>("queue", "show", id)).state === "delivered",
		);
		const { history } = await house.json<Shown>("queue", "show", id);
		expect(history.at(-1)?.detail).toMatch(/nobody may look .* it may have come twice/);
	});

	it("is held where its owner wants to be asked, and sent once more when released", async () => {
		const id = await sendInDoubt("ask");
		await eventually(
			"it is held",
			async () => (await house.json<Shown>("queue", "show", id)).state === "held",
		);
		expect(arrived()).toBe(1);
		const { lastError } = await house.json<Shown>("queue", "show", id);
		expect(lastError).toMatch(/If it arrived, delete it here .* release it/);
		await house.json("queue", "release", id);
		await eventually("it is sent", () => arrived() === 2);
		await eventually(
			"it is settled",
			async () => (await house.json<unknown[]>("queue", "list")).length === 0,
		);
	});
});

describe("a device that lost our 250", () => {
	/** Sends, and the connection breaks before the answer is read. */
	async function sendAndBreak(message = ALARM): Promise<void> {
		const peer = await SmtpPeer.connect(house.port("relay"));
		await peer.begin();
		const before = taken();
		peer.write(`${message}.\r\n`);
		await eventually("it is taken", () => taken() > before);
		peer.break();
	}

	async function sendWell(message = ALARM): Promise<string> {
		const peer = await SmtpPeer.connect(house.port("relay"));
		const answer = await peer.send(message);
		await peer.quit();
		return answer;
	}

	const taken = () => house.log.match(/mail-accepted/g)?.length ?? 0;

	it("and sends the message again is answered with the first one's id, and it arrives once", async () => {
		await build();
		await sendAndBreak();
		const first = /mail-accepted qid=(\S+)/.exec(house.log)?.[1] ?? "?";
		expect(await sendWell()).toContain(`queued as ${first}`);
		await sendWell("From: <scan@contoso.example>\r\nTo: <you@example.com>\r\nSubject: last\r\n\r\n");
		await eventually("all has arrived", () => arrived() === 2);
		await house.logged(new RegExp(`mail-repeated qid=${first}`));
	});

	it("is believed when it says the same twice in sessions that ended well", async () => {
		await build();
		await sendWell();
		await sendWell();
		await eventually("both arrive", () => arrived() === 2);
	});

	it("is known by its envelope too: other recipients make another message", async () => {
		await build();
		await sendAndBreak();
		const peer = await SmtpPeer.connect(house.port("relay"));
		await peer.begin("scan@contoso.example", "somebody-else@example.com");
		peer.write(ALARM);
		await peer.finish();
		await eventually("the other arrives", () => arrived() === 2);
	});

	it("is not looked for where its owner does not want that", async () => {
		await build({
			onlyByPassword: true,
			more: '[[device]]\nname = "PLC"\naddresses = ["127.0.0.1"]\ndrop_repeats = false\n',
		});
		await sendAndBreak();
		await sendWell();
		await eventually("both arrive", () => arrived() === 2);
	});

	it("through our restart is taken once", async () => {
		await build();
		await house.cloud.control.offline();
		await sendAndBreak();
		await house.end("SIGKILL");
		await house.start();
		expect(await sendWell()).toMatch(/^250/);
		await house.cloud.control.online();
		await eventually("it arrives", () => arrived() === 1, 60_000);
		await eventually(
			"the queue is empty",
			async () => (await house.json<unknown[]>("queue", "list")).length === 0,
		);
		expect(arrived()).toBe(1);
		// It may have been under way when we died, so it is looked for as long as a sent copy may be late.
	}, 120_000);
});
