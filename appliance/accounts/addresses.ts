/**
 * Which device an address belongs to: exact addresses and CIDR ranges, IPv4 and IPv6, the most
 * specific range winning. For `devices.ts`. A range that cannot be read is the caller's mistake: the
 * configuration has refused it.
 */
import { BlockList } from "node:net";
import { canonicalAddress, readNetwork } from "../config/network.ts";
import { Refusal } from "../config/refusal.ts";

interface Range<Owner> {
	readonly family: "ipv4" | "ipv6";
	readonly prefixLength: number;
	readonly members: BlockList;
	readonly owner: Owner;
}

export class AddressTable<Owner> {
	readonly #exact = new Map<string, Owner>();
	/** Most specific first. */
	readonly #ranges: readonly Range<Owner>[];

	/** Throws for text that is no address or range. */
	constructor(entries: Iterable<readonly [range: string, owner: Owner]>) {
		const ranges: Range<Owner>[] = [];
		for (const [text, owner] of entries) {
			const network = readNetwork(text);
			if (network instanceof Refusal) throw new Error(`${JSON.stringify(text)} ${network.why}`);
			const { family, address, prefixLength } = network;
			if (prefixLength === (family === "ipv4" ? 32 : 128)) {
				this.#exact.set(address, owner);
				continue;
			}
			const members = new BlockList();
			members.addSubnet(address, prefixLength, family);
			ranges.push({ family, prefixLength, members, owner });
		}
		this.#ranges = ranges.sort((a, b) => b.prefixLength - a.prefixLength);
	}

	/** `address` as a socket gives it; undefined when it is in no range. */
	find(address: string): Owner | undefined {
		const canonical = canonicalAddress(address);
		if (canonical === undefined) return undefined;
		const exact = this.#exact.get(canonical);
		if (exact !== undefined) return exact;
		const family = canonical.includes(":") ? "ipv6" : "ipv4";
		return this.#ranges.find((range) => range.family === family && range.members.check(canonical, family))
			?.owner;
	}
}
