/**
 * Not an open relay: what strangers try, and what known devices try beyond their rules. Each attempt
 * goes on as though it had not been refused, up to a message; nothing of it is ever taken.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { House } from "./house.ts";
import { type Attempt, BEYOND_RULES, CAMERA, EHLO, MESSAGE, STRANGERS } from "./relay-attempts.ts";
import { formatWireReply, Wire } from "./wire.ts";

let house: House;
let serial = 0;

beforeAll(async () => {
	house = await House.build({
		smtp: `listen = ["127.0.0.1:0"]
listen_submission = ["127.0.0.1:0"]
listen_tls = ["127.0.0.1:0"]
listen_auto = []
max_message_size = "100kB"
proxy_protocol_from = ["127.4.0.0/24"]`,
		onlyByPassword: true,
		more: `
[[device]]
name = "Trusted"
addresses = ["127.5.0.7"]

[[device]]
name = "Copier"
username = "copier"
password = "correct horse"
auth_without_tls = true

[[device]]
name = "Camera"
addresses = ["127.6.0.0/24"]
from = ["cam@contoso.example", "*@cams.contoso.example"]
recipients = ["*@contoso.example", "boss@example.com"]

[[device]]
name = "Keyless"
username = "keyless"
addresses = ["127.6.1.1"]
`,
	});
});
afterAll(async () => {
	await house?.close();
});
/** Says its lines, whatever it hears, and gives everything it heard. */
async function attempt({ lines, atOnce, role = "relay", from, tlsBefore }: Attempt): Promise<string[]> {
	serial += 1;
	const own = `127.8.${Math.floor(serial / 200)}.${(serial % 200) + 1}`;
	const wire = await Wire.connect({ port: house.port(role), from: from ?? own });
	const heard: string[] = [];
	const hear = async (withinMs: number) => {
		const reply = await wire.reply(withinMs).catch(() => undefined);
		if (reply !== undefined) heard.push(formatWireReply(reply));
	};
	const bytes = lines.map((line) => (typeof line === "string" ? Buffer.from(`${line}\r\n`) : line));
	if (atOnce === true) wire.send(Buffer.concat(bytes));
	else if (tlsBefore !== 0) await hear(2_000);
	for (const [index, line] of bytes.entries()) {
		if (atOnce === true) break;
		if (index === tlsBefore) {
			await wire.encrypt().catch(() => undefined);
			if (index === 0) await hear(2_000);
		}
		if (wire.ended) break;
		wire.send(line);
		await hear(300);
	}
	// What was said all at once is answered until the peer has nothing more to say.
	wire.halfClose();
	await wire.hangsUp(1_000);
	for (const reply of wire.unread()) heard.push(formatWireReply(reply));
	wire.destroy();
	return heard;
}

/** Makes the attempt; gives what was heard, and whether a message was taken. */
async function outcomeOf(one: Attempt): Promise<{ heard: string; taken: boolean }> {
	const logLength = house.log.length;
	const heard = (await attempt(one)).join("\n");
	return { heard, taken: /queued/i.test(heard) || house.log.slice(logLength).includes("mail-accepted") };
}

describe("a stranger gets nothing through", () => {
	it("in at least forty ways", () => {
		expect(STRANGERS.length).toBeGreaterThanOrEqual(40);
	});
	for (const one of STRANGERS) {
		it(one.name, async () => {
			const { heard, taken } = await outcomeOf(one);
			expect(taken, heard).toBe(false);
			// Not even begun.
			expect(heard).not.toMatch(/^354/m);
		});
	}
});

describe("a known device gets nothing through that it may not send", () => {
	for (const one of BEYOND_RULES) {
		it(one.name, async () => {
			const { heard, taken } = await outcomeOf(one);
			expect(taken, heard).toBe(false);
		});
	}
});

describe("afterwards", () => {
	it("nothing is queued, nothing has arrived, and nothing was a fault", async () => {
		expect(await house.json("queue", "list")).toEqual([]);
		expect(house.cloud.control.counts().messages).toBe(0);
		expect(house.log).not.toMatch(/fault|unhandled|uncaught/);
	});

	it("what was tried beyond the rules was refused for that: the same device may send within them", async () => {
		const wire = await Wire.connect({ port: house.port("relay"), from: CAMERA });
		for (const line of [
			EHLO,
			"MAIL FROM:<cam@contoso.example>",
			"RCPT TO:<you@contoso.example>",
			...MESSAGE,
		]) {
			await wire.reply();
			wire.send(`${line}\r\n`);
		}
		expect(formatWireReply((await wire.reply()) ?? { code: "", lines: [] })).toMatch(/^250 .*queued/);
		wire.destroy();
	});
});
