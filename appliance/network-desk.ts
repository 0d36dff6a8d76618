/**
 * The machine's network, for console and command line. For console-parts.ts, which says who keeps it: the firmware, by the
 * machine door, or the system that Postern runs on.
 */
import type { Config } from "./config/schema.ts";
import type { SettingsService } from "./console-services.ts";
import { UserError } from "./errors.ts";
import type {
	NetworkDraft,
	NetworkNames,
	NetworkService,
	NetworkState,
	TrialBegun,
	WifiAround,
} from "./services/network.ts";
import * as facts from "./system/machine-facts.ts";
import { FIRMWARE } from "./words/firmware.ts";

/** Who sets the network up. */
export interface NetworkControl {
	state(): Promise<Pick<NetworkState, "keeper" | "settings" | "trial" | "wifi" | "can">>;
	tryOut(draft: NetworkDraft): Promise<{ readonly secondsLeft: number }>;
	keep(): Promise<void>;
	goBack(): Promise<void>;
	scan(country: string): Promise<readonly WifiAround[]>;
}

/** The system's own affair. */
export const HOST_NETWORK: NetworkControl = {
	state: () =>
		Promise.resolve({
			...{ keeper: "host", settings: null, trial: null, wifi: null },
			can: { wifi: false, vlan: false },
		}),
	tryOut: notOurs,
	keep: notOurs,
	goBack: notOurs,
	scan: notOurs,
};

async function notOurs(): Promise<never> {
	throw new UserError("not-the-firmware", FIRMWARE.notTheFirmware, FIRMWARE.notTheFirmwareDo);
}

export interface NetworkDeskOptions {
	readonly control: NetworkControl;
	readonly config: () => Config;
	readonly settings: SettingsService & { check(asked: Readonly<Record<string, unknown>>): Promise<void> };
}

export class NetworkDesk implements NetworkService {
	readonly #options: NetworkDeskOptions;

	constructor(options: NetworkDeskOptions) {
		this.#options = options;
	}

	async state(): Promise<NetworkState> {
		const { control, config } = this.#options;
		const [kept, links, gateways, nameServers] = await Promise.all([
			control.state(),
			facts.links(),
			facts.gateways(),
			facts.nameServers(),
		]);
		const { name, microsoft } = config();
		return { ...kept, name, proxy: microsoft.proxy, links, gateways, nameServers };
	}

	async tryOut(draft: NetworkDraft, { name, proxy }: NetworkNames): Promise<TrialBegun> {
		const { control, config, settings } = this.#options;
		const { name: nameNow, microsoft } = config();
		const changes = {
			...(name === undefined || name === nameNow ? {} : { name }),
			...(proxy === undefined || proxy === microsoft.proxy ? {} : { "microsoft.proxy": proxy || null }),
		};
		await settings.check(changes);
		const { secondsLeft } = await control.tryOut(draft);
		const { needRestart } = await settings.change(changes);
		return { secondsLeft, needRestart };
	}

	keep(): Promise<void> {
		return this.#options.control.keep();
	}

	goBack(): Promise<void> {
		return this.#options.control.goBack();
	}

	scan(country: string): Promise<readonly WifiAround[]> {
		return this.#options.control.scan(country);
	}
}
