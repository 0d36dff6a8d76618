/** What a program must be able to do wherever it runs: one round of everything, for the tests of each package. */
import { expect } from "vitest";
import { ACCOUNT, eventually, type House } from "../../../appliance/e2e/house.ts";
import { SmtpPeer } from "../../../appliance/e2e/smtp-peer.ts";

/** Emulated, a whole start takes some seconds. */
const PATIENCE_MS = 120_000;

/** A mail in and delivered, the console, a stop in good order; started again, it knows what it knew, and delivers. */
export async function worksForADay(house: House): Promise<void> {
	await house.json("device", "add", "Old camera", "--username", "cam");
	await sendAndSee(house, "before the restart");
	const page = await fetch(`http://127.0.0.1:${house.port("console")}/`);
	expect(page.status).toBe(200);
	expect(await page.text()).toMatch(/<title>[^<]*Postern/i);
	expect(await house.end("SIGTERM")).toBe(0);

	await house.start();
	const devices = await house.json<{ name: string }[]>("device", "list");
	expect(devices.map(({ name }) => name)).toContain("Old camera");
	const accounts = await house.json<{ account: { address: string }; state: string }[]>("account", "list");
	expect(accounts).toMatchObject([{ account: { address: ACCOUNT }, state: "signed-in" }]);
	await sendAndSee(house, "after the restart");
	expect(house.log).not.toMatch(/fault|unhandled|uncaught/);
}

async function sendAndSee(house: House, subject: string): Promise<void> {
	const peer = await SmtpPeer.connect(house.port("relay"));
	await peer.send(
		`From: <scan@contoso.example>\r\nTo: <you@example.com>\r\nSubject: ${subject}\r\n\r\nHello\r\n`,
	);
	await peer.quit();
	const arrived = () => house.cloud.control.arrived().map(({ message: { summary } }) => summary.subject);
	await eventually(`"${subject}" arrives`, () => arrived().includes(subject), PATIENCE_MS);
	await eventually("its queue is empty", async () => (await house.json<[]>("queue", "list")).length === 0);
}
