/**
 * Device codes in progress (RFC 8628): issued to a client, typed by a person, polled until someone
 * decides. Only the state lives here; which error each state becomes is the token endpoint's matter.
 */
import { randomBytes, randomInt } from "node:crypto";
import type { Scope } from "./scopes.ts";

/** No vowels, nothing that looks like something else: people type these from a small display. */
const CODE_LETTERS = "BCDFGHJKLMNPQRSTVWXZ23456789";
const CODE_LENGTH = 9;
const KEPT_CODES = 10_000;

export interface DeviceCode {
	readonly userCode: string;
	readonly deviceCode: string;
	readonly clientId: string;
	readonly scopes: readonly Scope[];
	readonly expiresAtMs: number;
	lastPollAtMs: number;
	decision:
		| { readonly kind: "pending" }
		| { readonly kind: "approved"; readonly address: string }
		| { readonly kind: "declined" }
		| { readonly kind: "redeemed" };
}

export class DeviceCodes {
	readonly #byUserCode = new Map<string, DeviceCode>();
	readonly #byDeviceCode = new Map<string, DeviceCode>();

	issue(request: { clientId: string; scopes: readonly Scope[]; expiresAtMs: number }): DeviceCode {
		this.#forgetOldest();
		const code: DeviceCode = {
			...request,
			userCode: Array.from({ length: CODE_LENGTH }, () => CODE_LETTERS[randomInt(CODE_LETTERS.length)]).join(
				"",
			),
			deviceCode: `DAQABIQEAAAB${randomBytes(96).toString("base64url")}`,
			lastPollAtMs: 0,
			decision: { kind: "pending" },
		};
		this.#byUserCode.set(code.userCode, code);
		this.#byDeviceCode.set(code.deviceCode, code);
		return code;
	}

	/** As typed: case, spaces and dashes do not matter. */
	typed(userCode: string): DeviceCode | undefined {
		return this.#byUserCode.get(userCode.toUpperCase().replaceAll(/[\s-]/g, ""));
	}

	polled(deviceCode: string): DeviceCode | undefined {
		return this.#byDeviceCode.get(deviceCode);
	}

	pending(): DeviceCode[] {
		return [...this.#byUserCode.values()].filter(({ decision }) => decision.kind === "pending");
	}

	clear(): void {
		this.#byUserCode.clear();
		this.#byDeviceCode.clear();
	}

	#forgetOldest(): void {
		if (this.#byUserCode.size < KEPT_CODES) return;
		const oldest = this.#byUserCode.values().next().value;
		if (oldest === undefined) return;
		this.#byUserCode.delete(oldest.userCode);
		this.#byDeviceCode.delete(oldest.deviceCode);
	}
}
