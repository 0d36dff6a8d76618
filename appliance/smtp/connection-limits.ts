/**
 * How many connections may be open, in all and from one address, over all SMTP ports together: so that one mad
 * camera cannot starve the rest. For session-policy.ts. In memory.
 */

/** File descriptors and memory of a small board: an idle session costs some tens of kilobytes. */
const MOST_IN_ALL = 500;
/** A relay or a print server opens many; a camera that goes mad opens all it can. */
const MOST_OF_DEVICE = 100;
const MOST_OF_STRANGER = 20;
/** Beyond this many in all, an address gets only its first few: there is always room for one that is quiet. */
const RESERVED_FROM = 400;
const FEW = 5;
/** Of all places, so many are for known devices alone, from however many addresses strangers come. */
const KEPT_FOR_DEVICES = 150;

export class ConnectionLimits {
	readonly #open = new Map<string, number>();
	#inAll = 0;

	/** True when the connection may stay; then `left` is due once. */
	admits(address: string, isKnown: boolean): boolean {
		const ofOne = this.#open.get(address) ?? 0;
		const most = isKnown ? MOST_OF_DEVICE : MOST_OF_STRANGER;
		const mostInAll = isKnown ? MOST_IN_ALL : MOST_IN_ALL - KEPT_FOR_DEVICES;
		const isFull = this.#inAll >= mostInAll || (this.#inAll >= RESERVED_FROM && ofOne >= FEW);
		if (ofOne >= most || isFull) return false;
		this.#open.set(address, ofOne + 1);
		this.#inAll += 1;
		return true;
	}

	left(address: string): void {
		const ofOne = (this.#open.get(address) ?? 1) - 1;
		if (ofOne === 0) this.#open.delete(address);
		else this.#open.set(address, ofOne);
		this.#inAll -= 1;
	}
}
