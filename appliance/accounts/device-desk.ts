/**
 * Devices as their owner sees them: the list, a new one, and exactly what to type into it. Implements
 * `DeviceService` for console and command line.
 */
import type {
	DeviceDraft,
	DeviceService,
	DeviceSettings,
	SessionLog,
	StrangerRow,
	TestStep,
} from "../services.ts";
import type { Accounts } from "./accounts.ts";
import type { Devices } from "./devices.ts";
import type { Device } from "./model.ts";

export interface DeviceDeskOptions {
	readonly devices: Devices;
	readonly accounts: Accounts;
	/** Where the box can be reached, as bound just now. */
	readonly place: () => Pick<DeviceSettings, "server" | "ports">;
}

export class DeviceDesk implements DeviceService {
	readonly #options: DeviceDeskOptions;

	constructor(options: DeviceDeskOptions) {
		this.#options = options;
	}

	list(): Promise<readonly Device[]> {
		return Promise.resolve(this.#options.devices.list());
	}

	async show(name: string): Promise<DeviceSettings> {
		return this.#settings(this.#options.devices.get(name), null);
	}

	async add(draft: DeviceDraft): Promise<DeviceSettings> {
		const { accounts, devices } = this.#options;
		// Named, so that a second account does not leave its mail without a way.
		const [only, ...others] = accounts.list();
		const account = draft.account ?? (others.length === 0 ? only?.address : undefined);
		const { device, password } = await devices.add(account === undefined ? draft : { ...draft, account });
		return this.#settings(device, password?.reveal() ?? null);
	}

	remove(name: string): Promise<void> {
		return this.#options.devices.remove(name);
	}

	strangers(): Promise<readonly StrangerRow[]> {
		return Promise.resolve([]);
	}

	allow(): Promise<DeviceSettings> {
		return Promise.reject(new Error("seam"));
	}

	refuse(): Promise<{ readonly deleted: number }> {
		return Promise.reject(new Error("seam"));
	}

	log(): Promise<readonly SessionLog[]> {
		return Promise.resolve([]);
	}

	// biome-ignore lint/correctness/useYield: seam
	async *test(): AsyncIterable<TestStep> {
		throw new Error("seam");
	}

	#settings(device: Device, password: string | null): DeviceSettings {
		const { accounts, place } = this.#options;
		const { server, ports } = place();
		// Without a sign-in the submission port takes nothing from it.
		const usable = device.username === "" ? ports.filter(({ role }) => role !== "submission") : ports;
		return {
			device,
			server,
			ports: usable,
			username: device.username,
			password,
			sender: senderOf(device, accounts.forDevice(device)?.address ?? ""),
		};
	}
}

/** An address that this device may certainly use. */
function senderOf({ from }: Device, account: string): string {
	if (typeof from === "string") return account;
	return from.find((pattern) => !pattern.includes("*")) ?? account;
}
