import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Installation, LOGIN_FROM } from "./contender.ts";
import { naiveContender } from "./naive-under-test.ts";
import type { FlushProbe } from "./slow-flush.ts";
import { SmtpClient } from "./smtp-client.ts";
import { delivered, handIn, whileRunning } from "./subject.ts";

const DELIVERY_LIMIT_MS = 20_000;
const noProbe: FlushProbe = { environment: {}, count: () => Promise.resolve(0) };

describe("the naive reference", () => {
	let folder: string;
	let installation: Installation;

	beforeEach(async () => {
		folder = await mkdtemp(path.join(tmpdir(), "bench-naive-"));
		installation = await naiveContender(folder).install(folder);
	});

	afterEach(async () => {
		await installation[Symbol.asyncDispose]();
		await rm(folder, { recursive: true });
	});

	it("delivers every message it took, each once", async () => {
		await whileRunning(installation, noProbe, async ({ smtpPort }) => {
			await Promise.all([handIn(smtpPort, 15), handIn(smtpPort, 15)]);
			expect(await delivered(installation, 30, DELIVERY_LIMIT_MS)).toBe(30);
		});
		await whileRunning(installation, noProbe, async ({ smtpPort }) => {
			await handIn(smtpPort, 1);
			expect(await delivered(installation, 32, 500)).toBe(31);
		});
	});

	it("keeps what it took while the cloud is gone, over a restart", async () => {
		await installation.cloud.goAway();
		await whileRunning(installation, noProbe, ({ smtpPort }) => handIn(smtpPort, 12));
		await whileRunning(installation, noProbe, async () => {
			expect(await installation.cloud.accepted()).toBe(0);
			await installation.cloud.comeBack();
			expect(await delivered(installation, 12, DELIVERY_LIMIT_MS)).toBe(12);
		});
	});

	it("takes its password and no other", async () => {
		await whileRunning(installation, noProbe, async ({ smtpPort, login }) => {
			const client = await SmtpClient.connect({ port: smtpPort, from: LOGIN_FROM });
			await client.command("EHLO device.test");
			await client.login(login?.username ?? "", login?.password ?? "");
			await client.quit();
			const stranger = await SmtpClient.connect({ port: smtpPort });
			await stranger.command("EHLO device.test");
			await expect(stranger.login("device", "wrong")).rejects.toThrow("535");
		});
	});
});
