/** Limits of an account as its owner sets and sees them: in force after a reload, told, kept over a restart. */
import { afterEach, describe, expect, it } from "vitest";
import type { AccountStatus } from "../services.ts";
import { ACCOUNT, eventually, House } from "./house.ts";
import { SmtpPeer } from "./smtp-peer.ts";

let house: House | undefined;
afterEach(async () => {
	await house?.close();
	house = undefined;
});

function message(number: number): string {
	return `From: <scan@contoso.example>\r\nTo: <you@example.com>\r\nMessage-ID: <${number}@device.test>\r\n\r\nHello\r\n`;
}

async function send(to: House, messages: number): Promise<void> {
	const peer = await SmtpPeer.connect(to.port("relay"));
	for (let number = 0; number < messages; number += 1) await peer.send(message(number));
	await peer.quit();
}

async function waits(of: House): Promise<AccountStatus["waits"] | undefined> {
	return (await of.json<readonly AccountStatus[]>("account", "list"))[0]?.waits;
}

describe("recipients_per_day", () => {
	it("stops the account with a reason and an hour, over a restart, until the owner raises it", async () => {
		house = await House.build({ limits: "recipients_per_day = 3" });
		const { control } = house.cloud;
		await send(house, 5);
		await eventually("three arrive", () => control.counts().messages === 3);
		const here = house;
		await eventually("the account waits", async () => (await waits(here)) !== null);
		const told = await waits(house);
		expect(told?.why).toBe("the account's limit of 3 recipients a day");
		expect((Date.parse(told?.until ?? "") - Date.now()) / 3_600_000).toBeCloseTo(24.4, 0);
		expect((await house.cli("account", "list")).stdout).toMatch(/Waits until \d{4}-/);
		expect((await house.cli("status")).stdout).toContain("all is well");

		expect(await house.end("SIGTERM")).toBe(0);
		await house.start();
		await eventually("it still waits", async () => (await waits(here)) !== null);
		expect(control.counts().messages).toBe(3);

		house.configure({ limits: "recipients_per_day = 100" });
		expect((await house.cli("reload")).exitCode).toBe(0);
		await eventually("the others arrive", () => control.counts().messages === 5);
		expect(await waits(house)).toBeNull();
		expect(house.log).not.toContain("account-trouble");
	});
});

describe("messages_per_minute", () => {
	it("is not exceeded over SMTP, and no throttling is provoked", async () => {
		house = await House.build({
			transport: "smtp",
			limits: "messages_per_minute = 6",
			sandbox: { smtpMessagesPerMinute: 6 },
		});
		const { control } = house.cloud;
		await send(house, 5);
		await eventually("three have arrived", () => control.counts().messages >= 3, 40_000);
		expect(control.counts().messages).toBeLessThan(5);
		const refused = control
			.requests({ kind: "smtp", account: ACCOUNT })
			.filter(({ status }) => status === 432);
		expect(refused).toEqual([]);
	}, 60_000);

	it("is refused when it is no number", async () => {
		house = await House.build();
		house.configure({ limits: 'messages_per_minute = "many"' });
		const { exitCode, stderr } = await house.cli("reload");
		expect(exitCode).not.toBe(0);
		expect(stderr).toContain("messages_per_minute");
	});
});
