/**
 * The text for whoever is asked for help: versions, state, configuration with its origins, devices, what was refused lately and the
 * log. For machine-desk.ts. Holds no secrets and no mail: what services give holds none, and all of it is masked besides.
 */
import type { CertificateState, MachineState } from "./console-services.ts";
import { masked } from "./masking.ts";
import type { Services, SessionLog } from "./services.ts";
import { productVersion } from "./version.ts";

/** The latest, one of each device or stranger. */
const MOST_REFUSED = 20;

export interface SupportTextOptions {
	readonly services: Omit<Services, "console" | "network" | "lights">;
	readonly machine: MachineState;
	readonly certificate: CertificateState;
	/** The log as it is kept in memory. */
	readonly logText: string;
}

export async function supportText(options: SupportTextOptions): Promise<string> {
	const { machine, certificate, logText } = options;
	const { appliance, accounts, devices, mailboxes } = options.services;
	const [status, origins, refused] = await Promise.all([
		appliance.status(),
		appliance.configOrigins(),
		refusedSessions(options.services),
	]);
	const parts: readonly (readonly [string, unknown])[] = [
		["machine", machine],
		["status", status],
		["accounts", await accounts.list()],
		["devices", await devices.list()],
		["mailboxes", await mailboxes.list()],
		["strangers", await devices.strangers()],
		["certificate", certificate],
	];
	return [
		`Postern ${productVersion()}: for whoever helps. Holds no secrets and no mail; addresses of mailboxes and devices are in it.\n`,
		...parts.map(([title, value]) => `\n== ${title}\n${masked(JSON.stringify(value, null, 2))}\n`),
		"\n== configuration\n",
		...origins.map(({ key, value, origin }) => `${key} = ${masked(value)}    (${origin})\n`),
		"\n== refused lately\n",
		...refused.map(sessionText),
		`\n== log\n${logText}`,
	].join("");
}

/** The last session of each that did not go well, the latest first. */
async function refusedSessions({ devices }: Pick<Services, "devices">): Promise<readonly SessionLog[]> {
	const [known, strangers] = await Promise.all([devices.list(), devices.strangers()]);
	const names = [...known.map(({ name }) => name), ...strangers.map(({ address }) => address)];
	const last = new Map<string, SessionLog>();
	for (const name of names) {
		const session = (await devices.log(name)).find(
			({ outcome }) => outcome === "refused" || outcome === "broken",
		);
		// A device known by its address is found by that, too.
		if (session !== undefined) last.set(`${session.startedAt} ${session.address} ${session.device}`, session);
	}
	return [...last.values()]
		.sort((one, other) => other.startedAt.localeCompare(one.startedAt))
		.slice(0, MOST_REFUSED);
}

function sessionText(session: SessionLog): string {
	const { startedAt, address, device, role, outcome, ownerTexts, lines } = session;
	const said = lines.map(({ afterMs, from, text }) => `  ${afterMs} ms ${from}: ${masked(text)}\n`);
	return [
		`${startedAt} ${address} ${device === "" ? "(stranger)" : device}, ${role}: ${outcome}\n`,
		...ownerTexts.map((text) => `  ${masked(text)}\n`),
		...said,
	].join("");
}
