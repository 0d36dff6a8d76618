/**
 * Which peers are proxies whose word on somebody else's address is taken (`smtp.proxy_protocol_from`,
 * `console.trusted_proxies`). For listeners.ts; made anew when a reload has put in another list.
 */
import { AddressTable } from "./addresses.ts";

export class BelievedProxies {
	readonly #ranges: () => readonly string[];
	#made: { readonly ranges: readonly string[]; readonly table: AddressTable<true> } | undefined;

	constructor(ranges: () => readonly string[]) {
		this.#ranges = ranges;
	}

	believes(address: string): boolean {
		const ranges = this.#ranges();
		if (ranges.length === 0) return false;
		if (this.#made?.ranges !== ranges) {
			const table = new AddressTable(ranges.map((range) => [range, true] as const));
			this.#made = { ranges, table };
		}
		return this.#made.table.find(address) === true;
	}
}
