/**
 * The first start after an upgrade brings the database of an early version to the newest form, with mail in it that
 * waits and mail that has gone. After a cut the mail that waited goes out, once.
 */
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { eventually } from "../../../appliance/e2e/house.ts";
import { makeOld } from "../old-database.ts";
import type { Life, Scenario } from "../scenario.ts";
import { DEVICE_ADDRESSES, deviceAt, sendOne } from "../traffic.ts";

/** The first that was ever in use. */
const OLD_SCHEMA = 1;
const GONE = 40;
const WAITING = 8;
/** Some are rows, some files. */
const sizeOf = (number: number) => (number % 4 === 0 ? 90_000 : 2_000);
/** For what a start does of itself. */
const SETTLE_MS = 1_500;

export function migrationScenario(): Scenario {
	return {
		house: {},
		async furnish(life) {
			const { house } = life;
			await sendAll(life, "gone", GONE);
			await eventually(
				"the first mail has gone",
				async () => (await house.json<[]>("queue", "list")).length === 0,
			);
			await house.cloud.control.offline();
			await sendAll(life, "waiting", WAITING);
			await house.end("SIGTERM");
			makeOld(path.join(life.stateDir, "postern.db"), OLD_SCHEMA);
		},
		async live({ house }) {
			await house.cloud.control.online();
			await house.start();
			await sleep(SETTLE_MS);
		},
		async inspect({ house }) {
			const accounts = await house.json<readonly unknown[]>("account", "list");
			return accounts.length === 1 ? [] : [`there are ${accounts.length} accounts`];
		},
	};
}

async function sendAll(life: Life, name: string, count: number): Promise<void> {
	const device = await deviceAt(DEVICE_ADDRESSES[0]);
	for (let number = 0; number < count; number += 1) {
		await sendOne(life, device, `${name}-${number}`, sizeOf(number));
	}
	await device.quit();
}
