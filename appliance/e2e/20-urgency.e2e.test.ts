/** A device's flood and another's alarm: who goes first, and what stands for many. */
import { statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import { afterEach, describe, expect, it } from "vitest";
import { eventually, House } from "./house.ts";
import { SmtpPeer } from "./smtp-peer.ts";

let house: House;
afterEach(() => house.close());

const text = (subject: string) =>
	`From: <scan@contoso.example>\r\nTo: <you@example.com>\r\nSubject: ${subject}\r\n\r\nHello ${subject}\r\n`;

async function send(subjects: readonly string[], credentials?: readonly [string, string]): Promise<void> {
	const peer = await SmtpPeer.connect(house.port("relay"));
	if (credentials !== undefined) await peer.signIn(...credentials);
	for (const subject of subjects) await peer.send(text(subject));
	await peer.quit();
}

const subjects = () => house.cloud.control.arrived().map(({ message }) => message.summary.subject ?? "");

const device = (name: string, keys: string) =>
	`[[device]]\nname = "${name}"\nusername = "${name.toLowerCase()}"\npassword = "${name}"\nauth_without_tls = true\n${keys}\n`;

describe("a PLC's alarm behind a camera's 300 pictures", () => {
	it.each([
		["urgent", "urgent = true"],
		["like any other", ""],
	])("arrives with the first few, marked %s", async (_, keys) => {
		house = await House.build({ more: device("PLC", keys) });
		await house.cloud.control.offline();
		await send(Array.from({ length: 300 }, (_, number) => `picture ${number}`));
		await send(["ALARM"], ["plc", "PLC"]);
		await house.cloud.control.online();
		await eventually("the alarm arrives", () => subjects().includes("ALARM"));
		// Those in flight, and one turn of the camera's.
		expect(subjects().indexOf("ALARM")).toBeLessThan(10);
	});
});

describe("a card that others have filled", () => {
	const full = (usualMegabytes: number) => `reserve = "${usualMegabytes}MB"`;
	const freeMegabytes = () => {
		const { bavail, bsize } = statfsSync(tmpdir());
		return Math.floor((bavail * bsize) / 1e6);
	};

	it("takes an alarm where a camera is told to come again, until half of the reserve is gone", async () => {
		const cameras = `${device("PLC", "urgent = true")}${device("Camera", "")}`;
		house = await House.build({ more: cameras, queue: full(Math.round(freeMegabytes() * 1.3)) });
		const later = /got: 452 4\.3\.1/;
		await expect(send(["picture"], ["camera", "Camera"])).rejects.toThrow(later);
		await send(["ALARM"], ["plc", "PLC"]);
		await eventually("the alarm arrives", () => subjects().includes("ALARM"));
		house.configure({ more: cameras, queue: full(freeMegabytes() * 3) });
		await house.cli("reload");
		await expect(send(["ALARM 2"], ["plc", "PLC"])).rejects.toThrow(later);
	});
});

describe("a device whose owner wants the newest first", () => {
	it("sends its latest picture first after an outage, and the others after it", async () => {
		house = await House.build({ more: device("Camera", "newest_first = true") });
		await house.cloud.control.offline();
		await send(
			Array.from({ length: 30 }, (_, number) => `picture ${number}`),
			["camera", "Camera"],
		);
		await house.cloud.control.online();
		await eventually("all arrive", () => subjects().length === 30);
		// The one that was being tried when the link went is in front.
		expect(subjects().slice(0, 2)).toContain("picture 29");
		expect(new Set(subjects()).size).toBe(30);
	});
});

describe("a device that repeats itself", () => {
	it("is heard at once, and then once in the time its owner set, with the last state and a count", async () => {
		house = await House.build({ more: device("Door", 'coalesce = "4s"') });
		await send(["open 0", "closed 1", "open 2", "closed 3", "open 4"], ["door", "Door"]);
		await eventually("the first arrives", () => subjects().length === 1);
		expect(subjects()).toEqual(["open 0"]);
		await eventually("the last state follows", () => subjects().length === 2);
		expect(subjects()).toEqual(["open 0", "[+3] open 4"]);
		const bytes = house.cloud.control.arrived()[1]?.message.bytes?.toString("latin1") ?? "";
		expect(bytes).toMatch(/^X-Postern-Suppressed: 3 since 20\d\d-/m);
		await eventually(
			"the queue is empty",
			async () => (await house.json<unknown[]>("queue", "list")).length === 0,
		);
	});
});
