/**
 * A site's day in seconds: devices that send small and large mail over connections of their own, and a Microsoft that is
 * there, gone, mute, slow and flapping. Which, is chance's; each 250 goes into the ledger in the moment in which it comes.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { SandboxControl } from "../../appliance/sandbox/sandbox.ts";
import { SmtpClient } from "../bench/smtp-client.ts";
import type { Ledger } from "./ledger.ts";
import type { Random } from "./random.ts";

export const SMTP_PORT = 2525;
/** A device each. */
export const DEVICE_ADDRESSES = ["127.0.1.1", "127.0.1.2", "127.0.1.3", "127.0.1.4"] as const;

/** Bodies above 64 KiB are files. Not left to chance: a short life without one would prove little. */
const LARGE_EVERY = 4;
const LARGE_BYTES = { least: 66_000, most: 300_000 };
const SMALL_BYTES = { least: 200, most: 12_000 };
const LONGEST_PAUSE_MS = 40;
const LINE_BYTES = 76;
/** In base64, 57 octets make a line. */
const LINE_OCTETS = 57;

export interface Site {
	readonly ledger: Ledger;
	readonly random: Random;
	readonly position: () => number;
}

/** One message from one device. A refusal or a cut connection leaves it without promise. */
export async function sendOne(
	site: Site,
	client: SmtpClient,
	token: string,
	sizeBytes: number,
): Promise<void> {
	const message = messageOf(site.random, token, sizeBytes);
	site.ledger.sent(token, message);
	await client.send("scan@contoso.example", "you@example.com", [message]);
	site.ledger.acknowledged(token, site.position());
}

export async function deviceAt(address: string): Promise<SmtpClient> {
	const client = await SmtpClient.connect({ port: SMTP_PORT, from: address });
	await client.command("EHLO device.test");
	return client;
}

/** Until `isEnough`. */
export async function devicesSend(site: Site, isEnough: () => boolean): Promise<void> {
	await Promise.all(
		DEVICE_ADDRESSES.map(async (address, device) => {
			const client = await deviceAt(address);
			for (let number = 1; !isEnough(); number += 1) {
				const { least, most } = (device + number) % LARGE_EVERY === 0 ? LARGE_BYTES : SMALL_BYTES;
				await sendOne(site, client, `mail-${device}-${number}`, site.random.between(least, most));
				await sleep(site.random.between(0, LONGEST_PAUSE_MS));
			}
			await client.quit();
		}),
	);
}

/** Before each answer of Microsoft, at least and at most. */
export interface Latency {
	readonly leastMs: number;
	readonly mostMs: number;
}
export const LIVELY: Latency = { leastMs: 0, mostMs: 40 };
/** Many flushes fit into the sending of one message. */
export const SLUGGISH: Latency = { leastMs: 300, mostMs: 600 };

/** Changes the weather until the signal; then Microsoft is there. */
export async function weather(
	cloud: SandboxControl,
	random: Random,
	latency: Latency,
	signal: AbortSignal,
): Promise<void> {
	while (!signal.aborted) {
		cloud.change({ latencyMs: random.between(latency.leastMs, latency.mostMs) });
		const kind = random.next();
		if (kind < 0.45) {
			await cloud.online();
			await sleep(random.between(200, 900));
		} else if (kind < 0.75) {
			await cloud.offline(random.chance(0.7) ? "refuse" : "silent");
			await sleep(random.between(200, 900));
		} else {
			for (let flaps = random.between(2, 6); flaps > 0 && !signal.aborted; flaps -= 1) {
				await cloud.offline("refuse");
				await sleep(random.between(20, 120));
				await cloud.online();
				await sleep(random.between(20, 120));
			}
		}
	}
	await cloud.online();
	cloud.change({ latencyMs: 0 });
}

function messageOf(random: Random, token: string, sizeBytes: number): Buffer {
	const head = [
		"From: <scan@contoso.example>",
		"To: <you@example.com>",
		`Subject: ${token}`,
		`Message-ID: <${token}@device.test>`,
		"Date: Thu, 26 Nov 2026 08:00:00 +0000",
		"",
	];
	const lines = Array.from({ length: Math.ceil(sizeBytes / LINE_BYTES) }, () =>
		Buffer.from(Array.from({ length: LINE_OCTETS }, () => random.between(0, 255))).toString("base64"),
	);
	return Buffer.from(`${[...head, ...lines].join("\r\n")}\r\n`);
}
