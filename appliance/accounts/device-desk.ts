/**
 * Devices as their owner sees them: the list, a new one and exactly what to type into it, who knocked,
 * what was said, and a test. Implements `DeviceService` for console and command line.
 */
import { canonicalAddress } from "../config/network.ts";
import { UserError } from "../errors.ts";
import type {
	AllowedStranger,
	DeviceDraft,
	DeviceService,
	DeviceSettings,
	DeviceTestDraft,
	KindHints,
	SessionLog,
	StrangerRow,
	TestStep,
} from "../services.ts";
import type { Accounts } from "./accounts.ts";
import { allKinds, hintsOf, kindNamed, portsFor } from "./device-kinds.ts";
import { type TestBench, testDevice } from "./device-test.ts";
import type { Devices } from "./devices.ts";
import type { Device } from "./model.ts";

/** Those who may not send and have tried (smtp/strangers.ts). */
export interface StrangerBook {
	/** The latest first. */
	list(): readonly StrangerRow[];
	has(address: string): boolean;
	/** Gives its held mail to the device, to go out through the account; resolves with the number of messages released. */
	allow(address: string, device: Device, account: string): Promise<number>;
	/** Deletes its held mail and forgets it; resolves with the number of messages deleted. */
	refuse(address: string): Promise<number>;
}

export interface DeviceDeskOptions {
	readonly devices: Devices;
	readonly accounts: Accounts;
	readonly strangers: StrangerBook;
	/** Where the box can be reached, as bound just now. */
	readonly place: () => Pick<DeviceSettings, "server" | "ports">;
	/** The last sessions that are wanted, the latest first. */
	readonly sessions: (
		isWanted: (session: { readonly address: string; readonly device: string }) => boolean,
	) => readonly SessionLog[];
	readonly testBench: TestBench;
}

export class DeviceDesk implements DeviceService {
	readonly #options: DeviceDeskOptions;

	constructor(options: DeviceDeskOptions) {
		this.#options = options;
	}

	list(): Promise<readonly Device[]> {
		return Promise.resolve(this.#options.devices.list());
	}

	kinds(): Promise<readonly KindHints[]> {
		return Promise.resolve(allKinds().map(hintsOf));
	}

	async show(name: string): Promise<DeviceSettings> {
		return this.#settings(this.#options.devices.get(name), null);
	}

	async add(draft: DeviceDraft): Promise<DeviceSettings> {
		const { accounts, devices } = this.#options;
		// Named, so that a second account does not leave its mail without a way.
		const [only, ...others] = accounts.ofOwner();
		const account = draft.account ?? (others.length === 0 ? only?.address : undefined);
		const { device, password } = await devices.add(account === undefined ? draft : { ...draft, account });
		return this.#settings(device, password?.reveal() ?? null);
	}

	remove(name: string): Promise<void> {
		return this.#options.devices.remove(name);
	}

	strangers(): Promise<readonly StrangerRow[]> {
		return Promise.resolve(this.#options.strangers.list());
	}

	async allow(wanted: string, draft: Omit<DeviceDraft, "addresses">): Promise<AllowedStranger> {
		const { accounts, strangers } = this.#options;
		const address = this.#stranger(wanted);
		// Added by its address meanwhile: then its mail is all that waits.
		const known = this.#options.devices.byAddress(address);
		const settings =
			known === undefined ? await this.add({ ...draft, addresses: [address] }) : this.#settings(known, null);
		const { device } = settings;
		const account = accounts.forDevice(device)?.address ?? device.account;
		const released = await strangers.allow(address, device, account);
		return { ...settings, released };
	}

	async refuse(wanted: string): Promise<{ readonly deleted: number }> {
		return { deleted: await this.#options.strangers.refuse(this.#stranger(wanted)) };
	}

	async log(nameOrAddress: string): Promise<readonly SessionLog[]> {
		const { devices, sessions } = this.#options;
		const asked = canonicalAddress(nameOrAddress.trim());
		if (asked !== undefined) return sessions(({ address }) => address === asked);
		const { name, addresses } = devices.get(nameOrAddress);
		return sessions(({ device, address }) => device === name || addresses.includes(address));
	}

	test(draft: DeviceTestDraft, signal: AbortSignal): AsyncIterable<TestStep> {
		const settings = this.#settings(this.#options.devices.get(draft.name), null);
		return testDevice(draft, settings, this.#options.testBench, signal);
	}

	#stranger(wanted: string): string {
		const address = canonicalAddress(wanted.trim());
		if (address !== undefined && this.#options.strangers.has(address)) return address;
		throw new UserError(
			"stranger-unknown",
			`Nobody at ${wanted} has tried to send since Postern was started.`,
			`To let it send all the same: postern device add NAME --address ${wanted}`,
		);
	}

	#settings(device: Device, password: string | null): DeviceSettings {
		const { accounts, place } = this.#options;
		const { server, ports } = place();
		const kind = kindNamed(device.kind);
		const usable = usablePorts(device, ports);
		return {
			device,
			hints: kind === undefined ? null : hintsOf(kind),
			server,
			ports: kind === undefined ? usable : usablePorts(device, portsFor(kind, usable)),
			username: device.username,
			password,
			sender: senderOf(device, accounts.forDevice(device)?.address ?? ""),
		};
	}
}

/** Without a sign-in the submission port takes nothing from it; a password needs encryption. */
function usablePorts(device: Device, ports: DeviceSettings["ports"]): DeviceSettings["ports"] {
	if (device.username === "") return ports.filter(({ role }) => role !== "submission");
	if (device.addresses.length > 0 || device.compatibility.authWithoutTls) return ports;
	return ports.filter(({ security }) => security !== "none");
}

/** An address that this device may certainly use. */
function senderOf({ from }: Device, account: string): string {
	if (typeof from === "string") return account;
	return from.find((pattern) => !pattern.includes("*")) ?? account;
}
