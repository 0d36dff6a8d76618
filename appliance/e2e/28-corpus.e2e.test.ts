/**
 * The corpus through the real process: what arrives is what the device sent, byte for byte, less our trace field
 * and what decisions 0009 and 0010 name (a header that was mended, and said so in the log).
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { scanHeader } from "../mail/header.ts";
import { corpus } from "./corpus.ts";
import { eventually, House } from "./house.ts";
import { SmtpPeer } from "./smtp-peer.ts";

let house: House;

/** Dot-stuffed, and ended (RFC 5321 §4.5.2). */
function onTheWire(message: Buffer): Buffer {
	const text = message.toString("latin1").replaceAll(/^\./gm, "..");
	return Buffer.from(text.endsWith("\r\n") ? text : `${text}\r\n`, "latin1");
}

async function send(message: Buffer): Promise<string> {
	const peer = await SmtpPeer.connect(house.port("relay"));
	await peer.begin("scan@contoso.com", "office@contoso.com");
	peer.writeBytes(onTheWire(message));
	const answer = await peer.finish();
	await peer.quit();
	return /queued as (\S+)/.exec(answer)?.[1] ?? answer;
}

async function arrivedAs(queueId: string): Promise<Buffer> {
	const find = () =>
		house.cloud.control.arrived().find(({ message }) => message.bytes?.includes(` id ${queueId}`) === true);
	await eventually(`${queueId} arrives`, () => find() !== undefined);
	return find()?.message.bytes ?? Buffer.alloc(0);
}

/** Without the Received field that we put on top. */
function withoutTrace(message: Buffer): Buffer {
	const [first] = scanHeader(message).fields;
	expect(first?.name).toBe("Received");
	return message.subarray(first?.end ?? 0);
}

function bodyOf(message: Buffer): Buffer {
	return message.subarray(scanHeader(message).bodyStart);
}

describe.each(["graph", "smtp"] as const)("the corpus over %s", (transport) => {
	beforeAll(async () => {
		house = await House.build({ transport });
	});
	afterAll(() => house.close());

	it.each(corpus())("$name", async ({ bytes }) => {
		const sent =
			bytes.subarray(-2).toString() === "\r\n" ? bytes : Buffer.concat([bytes, Buffer.from("\r\n")]);
		const queueId = await send(bytes);
		const arrived = withoutTrace(await arrivedAs(queueId));
		const repaired = new RegExp(`qid=${queueId} .*repaired="?([^"\\n]+)`).exec(house.log)?.[1];
		if (repaired !== undefined) {
			expect(bodyOf(arrived).equals(bodyOf(sent))).toBe(true);
			return;
		}
		// Over Graph the recipients must stand in the header; a message whose To does not name them gets a Bcc,
		// which Exchange takes off.
		const namesOthers = !/^To: (?:.*<)?office@contoso\.com>?\r$/m.test(bytes.toString("latin1"));
		if (transport === "graph" && namesOthers) {
			expect(bodyOf(arrived).equals(bodyOf(sent))).toBe(true);
			expect(arrived.toString("latin1")).toContain("X-Postern-Original-To:");
			return;
		}
		// Graph's way reads the header, and ends it where its device did not.
		const isEnded = scanHeader(sent).ending === "separated";
		expect(
			arrived.equals(
				isEnded ? sent : Buffer.concat([sent, Buffer.from(transport === "graph" ? "\r\n" : "")]),
			),
		).toBe(true);
	});
});
