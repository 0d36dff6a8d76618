/**
 * A backup is restored where Postern does not run, and then Postern starts. After a cut the box is the one from before or the one of
 * the backup; once the command has said that it is in place, the latter. Mail that waited in either goes out once.
 */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { eventually } from "../../../appliance/e2e/house.ts";
import type { Life, Scenario } from "../scenario.ts";
import { DEVICE_ADDRESSES, deviceAt, sendOne } from "../traffic.ts";

const SINCE_BACKUP = "Bought since";
const SMALL_BYTES = 3_000;
const LARGE_BYTES = 120_000;
/** So that what a start does of itself is in the log. */
const SETTLE_MS = 1_500;

export function restoreScenario(): Scenario {
	let restoredAt = Number.POSITIVE_INFINITY;
	return {
		house: {},
		async furnish(life) {
			const { house } = life;
			await house.cloud.control.offline();
			await sendBoth(life, "in-backup");
			await cli(life, "backup", backupFile(life), "--with-sign-ins", "--with-queue", ...passphrase(life));
			await house.cloud.control.online();
			await eventually("what is in the backup is sent", async () => (await queued(life)).length === 0);
			await cli(life, "device", "add", SINCE_BACKUP, "--username", "since");
			await house.cloud.control.offline();
			await sendBoth(life, "since-backup");
		},
		async live(life) {
			await cli(life, "restore", backupFile(life), ...passphrase(life), "--yes");
			restoredAt = life.position();
			await life.house.cloud.control.online();
			await life.house.start();
			await sleep(SETTLE_MS);
		},
		async inspect(life, { reached }) {
			const devices = await life.house.json<readonly { readonly name: string }[]>("device", "list");
			const isOld = devices.some(({ name }) => name === SINCE_BACKUP);
			const accounts = await life.house.json<readonly unknown[]>("account", "list");
			return [
				...(isOld && reached >= restoredAt ? ["the backup was in place and is not any more"] : []),
				...(accounts.length === 1 ? [] : [`there are ${accounts.length} accounts`]),
			];
		},
	};
}

async function sendBoth(life: Life, name: string): Promise<void> {
	const device = await deviceAt(DEVICE_ADDRESSES[0]);
	await sendOne(life, device, `${name}-small`, SMALL_BYTES);
	await sendOne(life, device, `${name}-large`, LARGE_BYTES);
	await device.quit();
}

const queued = ({ house }: Life) => house.json<readonly unknown[]>("queue", "list");

const backupFile = ({ house }: Life) => path.join(house.folder, "box.postern-backup");

function passphrase({ house }: Life): readonly string[] {
	const file = path.join(house.folder, "passphrase");
	writeFileSync(file, "four words in a row\n");
	return ["--passphrase-file", file];
}

async function cli({ house }: Life, ...argv: readonly string[]): Promise<void> {
	const { exitCode, stderr } = await house.cli(...argv);
	if (exitCode !== 0) throw new Error(`postern ${argv[0]} ended with ${exitCode}: ${stderr}`);
}
