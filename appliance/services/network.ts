/**
 * The network of the machine: what console and command line may ask (services.ts has the rest). Interfaces only, and plain data.
 * On the firmware Postern sets it up; elsewhere the system does, and what would change it throws `not-the-firmware`.
 */

interface StaticAddress {
	readonly method: "static";
	/** `192.168.1.5/24` */
	readonly address: string;
	/** May be empty: no way out of its own network. */
	readonly gateway: string;
}

export interface WifiDraft {
	/** Two letters; decides which channels may be used. */
	readonly country: string;
	readonly ssid: string;
	readonly security: "wpa2" | "wpa3" | "open";
	/** Never shown. Empty: that of before, for the same network. */
	readonly passphrase: string;
	/** It does not tell its name. */
	readonly isHidden: boolean;
}

export interface NetworkDraft {
	readonly ipv4: { readonly method: "dhcp" } | { readonly method: "off" } | StaticAddress;
	readonly ipv6: { readonly method: "auto" } | { readonly method: "off" } | StaticAddress;
	/** Name servers instead of those that the site tells. */
	readonly dns: readonly string[];
	/** Time servers, the same. */
	readonly ntp: readonly string[];
	readonly vlan: number | null;
	readonly wifi: WifiDraft | null;
}

/** What is no part of a trial: it cuts nobody off. Absent: as it is. */
export interface NetworkNames {
	/** Of the box: host name, greeting, certificate. */
	readonly name?: string;
	/** The site's, for the way to Microsoft; empty: none. */
	readonly proxy?: string;
}

export interface NetworkTrial {
	readonly settings: NetworkDraft;
	readonly secondsLeft: number;
	/** The first seconds it is not yet: the answer goes out by the old address. */
	readonly isInForce: boolean;
}

export interface WifiAround {
	readonly ssid: string;
	readonly signalDbm: number;
	readonly security: "wpa2" | "wpa3" | "open" | "other";
}

export interface NetworkLink {
	readonly name: string;
	readonly isUp: boolean;
	readonly mac: string;
	/** With prefix length. */
	readonly addresses: readonly string[];
	readonly speedMbits: number | null;
}

export interface NetworkState {
	readonly keeper: "firmware" | "host";
	readonly name: string;
	readonly proxy: string;
	readonly links: readonly NetworkLink[];
	readonly gateways: readonly string[];
	readonly nameServers: readonly string[];
	/** Null where the host keeps them. */
	readonly settings: NetworkDraft | null;
	readonly trial: NetworkTrial | null;
	/** Of the connection, where the settings have Wi-Fi. */
	readonly wifi: {
		readonly link: string;
		readonly isConnected: boolean;
		readonly signalDbm: number | null;
	} | null;
	readonly can: { readonly wifi: boolean; readonly vlan: boolean };
}

export interface TrialBegun {
	readonly secondsLeft: number;
	/** Keys of settings that come into force when Postern starts again. */
	readonly needRestart: readonly string[];
}

export interface NetworkService {
	state(): Promise<NetworkState>;
	/**
	 * In force in a few seconds, and gone again after two minutes unless they are kept. Throws `network-invalid`, and
	 * `setting-locked`, `setting-invalid` for name and proxy; nothing has changed then.
	 */
	tryOut(draft: NetworkDraft, names: NetworkNames): Promise<TrialBegun>;
	/** What is on trial stays. Throws `network-no-trial`, `network-trial-soon`. */
	keep(): Promise<void>;
	/** What is on trial goes at once. */
	goBack(): Promise<void>;
	/** Throws `wifi-absent`, `wifi-not-scanned`. */
	scan(country: string): Promise<readonly WifiAround[]>;
}
