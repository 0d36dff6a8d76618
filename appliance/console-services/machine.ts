/** The machine that Postern runs on, and its certificate. For console-services.ts. */
import type { LightMeaning } from "../leds/meaning.ts";
import type { ClockState, TestStep } from "../services.ts";

export interface MachineState {
	readonly light: LightMeaning;
	/** `Raspberry Pi 4 Model B Rev 1.4`, or empty. */
	readonly model: string;
	readonly operatingSystem: string;
	readonly upSeconds: number;
	readonly postern: { readonly version: string; readonly upSeconds: number; readonly memoryBytes: number };
	readonly temperatureCelsius: number | null;
	readonly memory: { readonly totalBytes: number; readonly availableBytes: number };
	readonly card: {
		readonly totalBytes: number;
		readonly freeBytes: number;
		readonly reserveBytes: number;
		readonly accepting: boolean;
		/** It fails: nothing is saved. */
		readonly isSick: boolean;
		/** 0 new to 100 worn, where the card tells; else null. */
		readonly wearPercent: number | null;
		readonly isReadOnly: boolean;
		/** Bytes written by this machine to the disk since it booted; null when unknown. */
		readonly writtenBytes: number | null;
	};
	readonly clock: ClockState & { readonly now: string };
	readonly links: readonly {
		readonly name: string;
		readonly isUp: boolean;
		readonly mac: string;
		/** With prefix length. */
		readonly addresses: readonly string[];
		readonly speedMbits: number | null;
	}[];
	readonly names: readonly string[];
	/** What this machine lets Postern do. */
	readonly can: {
		readonly restart: boolean;
		readonly lights: boolean;
		readonly update: boolean;
		readonly network: boolean;
	};
}

export interface CertificateState {
	/** The owner's own files. */
	readonly isOwners: boolean;
	readonly names: readonly string[];
	readonly expiresAt: string;
	/** Hexadecimal in capitals, in pairs; of the authority where the box has its own, else of the certificate. */
	readonly fingerprintSha256: string;
}

export interface MachineService {
	state(): Promise<MachineState>;
	certificate(): Promise<CertificateState>;
	/** Reaches for Microsoft's servers and says how it went, step by step: name, connection, TLS, clock. */
	checkInternet(signal: AbortSignal): AsyncIterable<TestStep>;
	/** Ends this process in good order; whoever supervises it starts it again. Throws `restart-impossible`. */
	restart(): Promise<void>;
	/** One text: versions, state, configuration with its origins, log; no secrets, no mail. */
	supportBundle(): Promise<string>;
}
