/**
 * Under which name the queue keeps mail of somebody who is no device: one that no device can have (the
 * configuration refuses it). For smtp/strangers.ts and the queue desk.
 */
const PREFIX = "stranger ";

export function strangerName(address: string): string {
	return PREFIX + address;
}

/** Undefined for the name of a device. */
export function strangerAddress(device: string): string | undefined {
	return device.startsWith(PREFIX) ? device.slice(PREFIX.length) : undefined;
}
