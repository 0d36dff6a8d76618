/**
 * `npm run bench:image`: how large the image is, and in an emulated box how soon it takes mail beside the same image without
 * Postern, how much memory it uses at rest, and what it writes to its card while nothing happens. For image/README.md's
 * table. Prints a line each, with what is wanted; ends with 1 when one is not met.
 *
 *     --idle MINUTES   how long the card is watched, 20
 */
import { existsSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import { DIST, ROOT } from "../build/places.ts";
import { Box } from "./box.ts";

const MEGABYTE = 1024 * 1024;
const SECTOR_BYTES = 512;
const MINUTE_MS = 60_000;
const DAY_MINUTES = 24 * 60;
/** What a start leaves to do is done by then. */
const REST_MS = 3 * MINUTE_MS;
const SOCKETS = ["smtp", "smtps", "submission", "pop3", "pop3s", "http", "https"];
const WITHOUT_POSTERN = ["postern.service", ...SOCKETS.map((name) => `postern-${name}.socket`)]
	.map((unit) => `systemd.mask=${unit}`)
	.join(" ");

let isMet = true;

function tell(title: string, value: number, unit: string, atMost: number): void {
	const isGood = value <= atMost;
	isMet &&= isGood;
	console.log(
		`${title}: ${value.toFixed(2)} ${unit} (wanted: at most ${atMost}${isGood ? "" : "; NOT MET"})`,
	);
}

/** Seconds from the kernel's start to the moment in which the unit was up. */
async function upAfterSeconds(box: Box, unit: string): Promise<number> {
	for (;;) {
		const told = await box.run(`systemctl show -P ActiveEnterTimestampMonotonic ${unit}`);
		const microseconds = Number(/^\d+$/m.exec(told)?.[0] ?? 0);
		if (microseconds > 0) return microseconds / 1_000_000;
		await delay(1_000);
	}
}

/** The first start makes identity and certificate, which no other does: the second is timed. */
async function startSeconds(kernelArguments: string, unit: string): Promise<number> {
	const box = await Box.make({ ports: [], kernelArguments: "" });
	try {
		await box.switchOn();
		await upAfterSeconds(box, "postern.service");
		await box.run("sync");
		await box.cutPower();
		box.kernelArguments = kernelArguments;
		await box.switchOn();
		return await upAfterSeconds(box, unit);
	} finally {
		await box.close();
	}
}

async function atRest(minutes: number): Promise<void> {
	const box = await Box.make({ ports: [] });
	const written = async () =>
		Number((await box.run("cat /sys/block/vda/stat")).trim().split(/\s+/)[6]) * SECTOR_BYTES;
	try {
		await box.switchOn();
		await upAfterSeconds(box, "postern.service");
		await delay(REST_MS);
		const memory = await box.run("cat /proc/meminfo");
		const kilobytes = (name: string) => Number(new RegExp(`^${name}: +(\\d+)`, "m").exec(memory)?.[1]);
		tell("memory in use at rest", (kilobytes("MemTotal") - kilobytes("MemAvailable")) / 1024, "MB", 240);
		const before = await written();
		await delay(minutes * MINUTE_MS);
		const bytes = (await written()) - before;
		console.log(`written in ${minutes} idle minutes: ${bytes} bytes`);
		tell("written per idle day, at that rate", ((bytes / minutes) * DAY_MINUTES) / MEGABYTE, "MB", 1);
	} finally {
		await box.close();
	}
}

const { values } = parseArgs({ options: { idle: { type: "string", default: "20" } } });
const { version } = JSON.parse(readFileSync(path.join(ROOT, "package.json"), "utf8")) as { version: string };
const image = path.join(DIST, `postern-${version}-arm64.img.zst`);
if (existsSync(image)) tell("image, compressed", statSync(image).size / MEGABYTE, "MB", 150);
const without = await startSeconds(WITHOUT_POSTERN, "multi-user.target");
const withIt = await startSeconds("", "postern.service");
console.log(
	`kernel to multi-user without Postern: ${without.toFixed(1)} s; to SMTP ready with it: ${withIt.toFixed(1)} s`,
);
tell("SMTP ready, beside the same image without Postern", withIt / without, "times", 1.3);
await atRest(Number(values.idle));
process.exitCode = isMet ? 0 : 1;
