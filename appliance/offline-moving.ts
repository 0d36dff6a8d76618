/**
 * Moving in on the state folder of an appliance that does not run (offline-state.ts). For running.ts.
 *
 * Settings are judged as ever; whether a port can be had is found out at the start, which tells of it.
 */
import { Accounts } from "./accounts/accounts.ts";
import { Devices } from "./accounts/devices.ts";
import { Mailboxes } from "./accounts/mailboxes.ts";
import { Passwords } from "./accounts/passwords.ts";
import { type ConfigPlace, readConfig } from "./beginning.ts";
import type { OpenedMoving } from "./cli/command.ts";
import { SystemClock } from "./clock.ts";
import { diffConfig } from "./config/diff.ts";
import { openLog } from "./log.ts";
import { sharedVaultKey } from "./microsoft/vault-key.ts";
import { MovingDesk } from "./moving/moving-desk.ts";
import { openOwnState } from "./offline-state.ts";
import { savedSettings } from "./reloading.ts";
import { SettingsDesk } from "./settings-desk.ts";
import { assertCertificate } from "./system/certificate.ts";

export async function openOfflineMoving(options: ConfigPlace): Promise<OpenedMoving> {
	const stateDir = (await readConfig(options, [])).config.state_dir;
	const documents = await openOwnState(stateDir);
	try {
		const log = openLog("warning", options.environment);
		const loaded = { current: await readConfig(options, await savedSettings(documents)) };
		const { config } = loaded.current;
		const clock = new SystemClock();
		const vaultKey = sharedVaultKey({
			stateDir,
			credentialsDir: options.environment["CREDENTIALS_DIRECTORY"] ?? "",
		});
		const accounts = await Accounts.open({ documents, config, log });
		const findAccount = (address: string) => accounts.find(address);
		const logins = { documents, config, clock, log, findAccount, vaultKey, passwords: new Passwords(clock) };
		const settings = new SettingsDesk({
			...{ loaded, documents },
			load: (saved) => readConfig(options, saved),
			async tryOut(saved, keep) {
				const before = loaded.current.config;
				const next = await readConfig(options, saved);
				await keep();
				loaded.current = next;
				return diffConfig(before, next.config);
			},
			isConsoleOpen: () => true,
		});
		const [devices, mailboxes] = [await Devices.open(logins), await Mailboxes.open(logins)];
		return {
			service: new MovingDesk({ accounts, devices, mailboxes, settings, assertCertificate, log }),
			isRunning: false,
			async close() {
				await Promise.all([devices.settled(), mailboxes.settled()]);
				await documents.close();
			},
		};
	} catch (thrown) {
		await documents.close();
		throw thrown;
	}
}
