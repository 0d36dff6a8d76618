import { spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Installation, LOGIN_FROM } from "./contender.ts";
import { harakaContender, harakaVersion } from "./haraka-under-test.ts";
import type { FlushProbe } from "./slow-flush.ts";
import { SmtpClient } from "./smtp-client.ts";
import { delivered, handIn, whileRunning } from "./subject.ts";

const DELIVERY_LIMIT_MS = 20_000;
const TEST_LIMIT_MS = 180_000;
const SOME_MS = 500;
const noProbe: FlushProbe = { environment: {}, count: () => Promise.resolve(0) };

process.env["PATH"] = `${process.env["PATH"]}:/usr/sbin:/sbin`;
const missing = [
	...((await harakaVersion()) === undefined ? ["Haraka (scripts/setup --for-bench)"] : []),
	...(spawnSync("sh", ["-c", "command -v smtp-sink"]).status === 0 ? [] : ["smtp-sink (Postfix)"]),
].join(" and ");

describe.skipIf(missing !== "")(`the reference Haraka${missing && `: skipped without ${missing}`}`, () => {
	let folder: string;
	let installation: Installation;

	beforeEach(async () => {
		folder = await mkdtemp(path.join(tmpdir(), "bench-haraka-"));
		installation = await harakaContender(folder).install(folder);
	});

	afterEach(async () => {
		await installation[Symbol.asyncDispose]();
		await rm(folder, { recursive: true });
	});

	it(
		"delivers every message it took, each once, also over a restart",
		async () => {
			await whileRunning(installation, noProbe, async ({ smtpPort }) => {
				await Promise.all([handIn(smtpPort, 15), handIn(smtpPort, 15)]);
				expect(await delivered(installation, 30, DELIVERY_LIMIT_MS)).toBe(30);
				await new Promise((resolve) => setTimeout(resolve, SOME_MS));
			});
			await whileRunning(installation, noProbe, async ({ smtpPort }) => {
				await handIn(smtpPort, 1);
				expect(await delivered(installation, 32, SOME_MS)).toBe(31);
			});
		},
		TEST_LIMIT_MS,
	);

	it(
		"takes mail while the cloud is gone",
		async () => {
			await installation.cloud.goAway();
			await whileRunning(installation, noProbe, ({ smtpPort }) => handIn(smtpPort, 12));
			expect(await installation.cloud.accepted()).toBe(0);
		},
		TEST_LIMIT_MS,
	);

	it(
		"takes its password and no other",
		async () => {
			await whileRunning(installation, noProbe, async ({ smtpPort, login }) => {
				const client = await SmtpClient.connect({ port: smtpPort, from: LOGIN_FROM });
				await client.command("EHLO device.test");
				await client.login(login?.username ?? "", login?.password ?? "");
				await client.quit();
				const stranger = await SmtpClient.connect({ port: smtpPort });
				await stranger.command("EHLO device.test");
				await expect(stranger.login("device", "wrong")).rejects.toThrow("535");
			});
		},
		TEST_LIMIT_MS,
	);
});
