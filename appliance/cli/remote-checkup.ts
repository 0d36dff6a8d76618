/** `postern doctor` of the running appliance: what it knows of itself, then the way to Microsoft, over its control socket. */
import type { CertificateState, MachineState } from "../console-services/machine.ts";
import { UserError } from "../errors.ts";
import type { TestStep } from "../services.ts";
import { CHECKUP } from "../words/checkup.ts";
import { say } from "../words/saying.ts";
import type { CheckupService } from "./command.ts";
import type { ControlClient } from "./control-client.ts";
import { remoteServices } from "./remote-services.ts";

interface Place {
	readonly configFile?: string;
	readonly environment: NodeJS.ProcessEnv;
}

/** The life of a card that its maker promises is nearly over. */
const WORN_PERCENT = 90;
const CERTIFICATE_TOLD_MS = 21 * 24 * 60 * 60_000;

/** @param place where the configuration is that the next reload reads. */
export function remoteCheckup(client: ControlClient, place: Place): CheckupService {
	return {
		async *steps(signal) {
			const { appliance, devices } = remoteServices(client);
			const [status, strangers, machine, certificate] = await Promise.all([
				appliance.status(),
				devices.strangers(),
				client.ask<MachineState>("GET", "/machine"),
				client.ask<CertificateState>("GET", "/machine/certificate"),
			]);
			yield { ok: true, text: say(CHECKUP.running, { version: status.version }) };
			const troubles = [
				...status.problems,
				...cardTroubles(machine),
				...certificateTroubles(certificate),
				...strangerTroubles(strangers),
				...(await configurationTroubles(place)),
			];
			for (const text of troubles) yield { ok: false, text };
			if (troubles.length === 0) yield { ok: true, text: CHECKUP.nothing };
			yield* client.follow<TestStep>("/machine/internet-check", undefined, signal);
		},
	};
}

/** It goes by what it has read; a mistake made since then shows at the next reload, or start. */
async function configurationTroubles({ configFile, environment }: Place): Promise<readonly string[]> {
	const { loadConfig } = await import("../config/load.ts");
	try {
		await loadConfig({
			...(configFile === undefined ? {} : { file: configFile }),
			...{ fileRequired: configFile !== undefined, environment, saved: [], flags: {} },
		});
		return [];
	} catch (thrown) {
		if (!(thrown instanceof UserError)) throw thrown;
		return [`${say(CHECKUP.configurationWrong, { why: thrown.message })} ${CHECKUP.configurationDo}`];
	}
}

function cardTroubles({ card }: MachineState): readonly string[] {
	if (card.isReadOnly) return [`${CHECKUP.cardReadOnly} ${CHECKUP.stateReadOnlyDo}`];
	if ((card.wearPercent ?? 0) < WORN_PERCENT) return [];
	return [`${say(CHECKUP.cardWorn, { percent: card.wearPercent ?? 0 })} ${CHECKUP.cardWornDo}`];
}

/** The box renews its own by itself. */
function certificateTroubles({ isOwners, expiresAt }: CertificateState): readonly string[] {
	if (!isOwners || Date.parse(expiresAt) - Date.now() > CERTIFICATE_TOLD_MS) return [];
	return [`${say(CHECKUP.certificateEnds, { date: expiresAt.slice(0, 10) })} ${CHECKUP.certificateEndsDo}`];
}

function strangerTroubles(
	strangers: readonly { readonly address: string; readonly heldMessages: number }[],
): readonly string[] {
	const waiting = strangers.filter(({ heldMessages }) => heldMessages > 0).map(({ address }) => address);
	if (waiting.length === 0) return [];
	return [`${say(CHECKUP.strangers, { addresses: waiting.join(", ") })} ${CHECKUP.strangersDo}`];
}
