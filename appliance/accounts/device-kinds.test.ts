import { describe, expect, it } from "vitest";
import { UserError } from "../errors.ts";
import type { DevicePort } from "../services.ts";
import { KINDS } from "./device-kind-table.ts";
import { allKinds, findKind, hintsOf, portsFor } from "./device-kinds.ts";

const PORTS: DevicePort[] = [
	{ role: "submission", port: 587, security: "STARTTLS" },
	{ role: "implicit-tls", port: 465, security: "TLS" },
	{ role: "relay", port: 25, security: "STARTTLS" },
];

describe("kinds of devices", () => {
	it("are found by name, other name and in any case", () => {
		expect(findKind("Brother").name).toBe("brother");
		expect(findKind(" amcrest ").name).toBe("dahua");
	});

	it("an unknown one is answered with the nearest and the list", () => {
		try {
			findKind("brohter");
			expect.unreachable();
		} catch (thrown) {
			expect(thrown).toBeInstanceOf(UserError);
			const { code, hint } = thrown as UserError;
			expect(code).toBe("device-kind-unknown");
			expect(hint).toMatch(/^Did you mean brother\? Kinds: .*siemens-s7.*other\.$/);
		}
	});

	it("say which port to use, best first", () => {
		expect(portsFor(findKind("siemens-s7"), PORTS)).toEqual([
			{ role: "relay", port: 25, security: "none" },
			{ role: "implicit-tls", port: 465, security: "TLS" },
		]);
		// Nothing that it could use is open: better some way than none.
		expect(portsFor(findKind("siemens-s7"), PORTS.slice(0, 1))).toEqual(PORTS.slice(0, 1));
	});

	it("each family ends in the kind for whatever the makes before it are not", () => {
		const families = Map.groupBy(allKinds().map(hintsOf), ({ family }) => family);
		for (const kinds of families.values()) expect(kinds.filter(({ make }) => make === "")).toHaveLength(1);
	});

	it("no name stands for two kinds, and each knows a way", () => {
		const names = Object.entries(KINDS).flatMap(([name, { aliases = [] }]) => [name, ...aliases]);
		expect(new Set(names).size).toBe(names.length);
		for (const name of names) {
			expect(name).toBe(name.toLowerCase());
			expect(findKind(name).ways.length).toBeGreaterThan(0);
			expect(hintsOf(findKind(name)).title).not.toBe("");
		}
	});
});
