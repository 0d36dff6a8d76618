/**
 * The names under which this box may be opened in a browser: what the configuration calls it, alone and in the domains that
 * a local network has, and names that the owner gave (`console.names`). For the console, which answers to no other name
 * (web/own-host.ts).
 *
 * A domain counts as local when nobody on the internet can hold a name in it: `local` (RFC 6762), `home.arpa` (RFC 8375),
 * `internal` (reserved by ICANN in 2024), those that routers have taken for themselves, and the search domains that this
 * network's DHCP gave to the box.
 */
import { readFileSync } from "node:fs";

const LOCAL_DOMAINS = ["local", "lan", "home", "home.arpa", "internal", "localdomain", "fritz.box"];
const RESOLVER_FILE = "/etc/resolv.conf";
const READ_AGAIN_MS = 60_000;

export interface NamesOfBox {
	readonly name: string;
	readonly names: readonly string[];
}

export class OwnNames {
	readonly #box: () => NamesOfBox;
	readonly #monotonicMs: () => number;
	#search: { readonly domains: readonly string[]; readonly readAtMs: number } | undefined;

	constructor(box: () => NamesOfBox, monotonicMs: () => number) {
		this.#box = box;
		this.#monotonicMs = monotonicMs;
	}

	/** `host` in lower case, without a port. */
	has(host: string): boolean {
		const { name, names } = this.#box();
		const own = name.toLowerCase();
		if (host === own || names.some((other) => other.toLowerCase() === host)) return true;
		if (!host.startsWith(`${own}.`)) return false;
		const domain = host.slice(own.length + 1);
		return LOCAL_DOMAINS.includes(domain) || this.#searchDomains().includes(domain);
	}

	/** A lease may bring others: read again now and then. */
	#searchDomains(): readonly string[] {
		const nowMs = this.#monotonicMs();
		if (this.#search === undefined || nowMs - this.#search.readAtMs > READ_AGAIN_MS) {
			this.#search = { domains: searchDomains(resolverFile()), readAtMs: nowMs };
		}
		return this.#search.domains;
	}
}

/** `search` and `domain` lines of a resolver file (resolv.conf(5)); the root and single labels of the internet are none. */
export function searchDomains(text: string): readonly string[] {
	return text.split("\n").flatMap((line) => {
		const [keyword, ...domains] = line.trim().toLowerCase().split(/\s+/);
		if (keyword !== "search" && keyword !== "domain") return [];
		return domains.map((domain) => domain.replace(/\.$/, "")).filter((domain) => domain.includes("."));
	});
}

/** Absent on machines that resolve otherwise: there are no search domains then. */
function resolverFile(): string {
	try {
		return readFileSync(RESOLVER_FILE, "utf8");
	} catch {
		return "";
	}
}
