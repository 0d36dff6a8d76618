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
