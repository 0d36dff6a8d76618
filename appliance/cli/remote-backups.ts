/** `BackupService` of the running appliance, over its control socket (web/routes/backups.ts). */
import type { BackupService } from "../console-services.ts";
import type { ControlClient } from "./control-client.ts";

/** As in web/routes/backups.ts. */
export const PASSPHRASE_HEADER = "X-Postern-Passphrase";

export function remoteBackups(client: ControlClient): BackupService {
	return {
		make: (passphrase, { signIns, queue }) =>
			client.download("/backups", { passphrase: passphrase.reveal(), signIns, queue }),
		receive: (content, passphrase) =>
			client.upload("/backups/received", content, {
				[PASSPHRASE_HEADER]: Buffer.from(passphrase.reveal()).toString("base64url"),
			}),
		apply: async () => {
			await client.ask("POST", "/backups/apply");
		},
	};
}
