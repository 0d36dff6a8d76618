/**
 * What the owner should know about how a device is written down: settings that cannot take effect
 * as they stand, and ranges that let in nearly anyone. For `devices.ts`: as a line of the log when devices
 * are loaded, as a `UserError` when one is added or changed.
 */
import { readNetwork } from "../config/network.ts";
import { Refusal } from "../config/refusal.ts";
import { UserError } from "../errors.ts";
import type { Log } from "../log.ts";
import { REFUSING } from "../words/refusing.ts";
import { say } from "../words/saying.ts";
import type { Device } from "./model.ts";

/** The widest range that can still be somebody's own network: `10.0.0.0/8`, an IPv6 /16. */
const SHORTEST_PREFIX = { ipv4: 8, ipv6: 16 } as const;

const OPEN = "would let nearly anyone who reaches this box send mail through it";

export function logWarnings(devices: readonly Device[], log: Log): void {
	for (const device of devices) {
		const notInForce = settingsNotInForce(device);
		if (notInForce !== undefined) {
			log.warning("device-not-in-force", { device: device.name, problem: notInForce });
		}
		const range = findOpenRange(device);
		if (range === undefined) continue;
		const problem = `the range ${range} ${OPEN}`;
		log.warning("device-range-open", { device: device.name, problem, advice: REFUSING.deviceRangeOpenDo });
	}
}

/** Throws `device-invalid` for a device that would make an open relay. */
export function assertNotOpen(device: Device): void {
	const range = findOpenRange(device);
	if (range === undefined) return;
	throw new UserError("device-invalid", say(REFUSING.deviceRangeOpen, { range }), REFUSING.deviceRangeOpenDo);
}

/** Throws `device-invalid` for a switch that cannot work: the box must know the device before it signs in. */
export function assertSwitchesFit({ addresses, compatibility }: Device): void {
	const needy = [
		compatibility.legacyTls ? "legacy_tls" : "",
		compatibility.acceptAnyCredentials ? "accept_any_credentials" : "",
	].filter((name) => name !== "");
	if (needy.length === 0 || addresses.length > 0) return;
	throw new UserError(
		"device-invalid",
		say(REFUSING.switchNeedsAddress, { switches: needy.join(", ") }),
		REFUSING.switchNeedsAddressDo,
	);
}

function findOpenRange({ addresses }: Device): string | undefined {
	return addresses.find((range) => {
		const network = readNetwork(range);
		return !(network instanceof Refusal) && network.prefixLength < SHORTEST_PREFIX[network.family];
	});
}

/** As a sentence, or undefined when all is in force. */
function settingsNotInForce({ addresses, compatibility }: Device): string | undefined {
	const needy = [
		compatibility.legacyTls ? "legacy_tls" : "",
		compatibility.hideEhlo.length === 0 ? "" : "hide_ehlo",
		// It can be asked for without, but is offered to known addresses alone.
		compatibility.cramMd5 ? "cram_md5" : "",
	].filter((setting) => setting !== "");
	if (addresses.length > 0 || needy.length === 0) return undefined;
	return `${needy.join(" and ")} needs addresses: the box must know the device before it signs in.`;
}
