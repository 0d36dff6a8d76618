/** `PairService` of the running appliance, over its control socket (web/routes/pairing.ts). */
import type { PairService } from "../console-services.ts";
import type { ControlClient } from "./control-client.ts";
import { PASSPHRASE_HEADER } from "./remote-backups.ts";

export type RemotePair = Omit<PairService, "state">;

export function remotePairing(client: ControlClient): RemotePair {
	return {
		export: (passphrase, { signIns }) =>
			client.download("/pair/export", { passphrase: passphrase.reveal(), signIns }),
		take: (content, passphrase) =>
			client.upload("/pair/taken", content, {
				[PASSPHRASE_HEADER]: Buffer.from(passphrase.reveal()).toString("base64url"),
			}),
		follow: (name) => client.ask("POST", "/pair/follow", { name }),
		lead: () => client.ask("POST", "/pair/lead"),
	};
}
