import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DELIVERY } from "../../appliance/words/delivery.ts";
import { say } from "../../appliance/words/saying.ts";
import { ALL_SAYINGS, said, translated } from "./said.ts";
import { holesOf, Sayings, sayings } from "./sayings.ts";

const FOREIGN = ["de", "fr", "es"] as const;

/** As the appliance would say it, each hole with something fitting. */
function example(saying: string): string {
	return saying.replaceAll(/\{([#@~]?)(\w+)\}/g, (_, mark: string, name: string) =>
		mark === "~"
			? DELIVERY.throttled
			: mark === "#"
				? "1,234"
				: mark === "@"
					? "Wed, 25 Nov 2026 10:00:00 +0000"
					: `<${name}>`,
	);
}

describe("what the appliance says", () => {
	it.each(FOREIGN)("has the same holes in %s as in English", (language) => {
		const wrong = ALL_SAYINGS.filter(
			({ en, others }) =>
				new Set(holesOf(en)).symmetricDifference(new Set(holesOf(others[language]))).size > 0,
		);
		expect(wrong.map(({ en }) => en)).toEqual([]);
	});

	it("says each sentence in one way", () => {
		const all = ALL_SAYINGS.map(({ en }) => en);
		expect(all.filter((en, index) => all.indexOf(en) !== index)).toEqual([]);
	});

	it("is found again, whatever stands in its holes", () => {
		const lost = ALL_SAYINGS.filter(({ en, others }) => {
			const told = translated(example(en), "de");
			const start = others.de.split("{")[0] ?? "";
			return told === undefined || !told.startsWith(start) || told.includes("{");
		});
		expect(lost.map(({ en }) => en)).toEqual([]);
	});

	it("keeps names as they are, and writes numbers as the language does", () => {
		expect(said(say(DELIVERY.accountGone, { account: "a@b.example" }), "de")).toBe(
			"Das Microsoft-Konto a@b.example ist nicht mehr eingerichtet. Fügen Sie es wieder hinzu: postern account add a@b.example",
		);
		expect(said("Microsoft's limit of 10,000 recipients a day", "de")).toContain("10.000 Empfängern");
		expect(said("Microsoft's limit of 10,000 recipients a day", "en")).toContain("10,000 recipients");
	});

	it("is several sentences, one behind the other", () => {
		expect(said(`${DELIVERY.givenUp} ${DELIVERY.unreachable}`, "fr")).toMatch(
			/^Abandonné : .* Microsoft 365 est injoignable\. /,
		);
	});

	it("holds what is said of a value with many full stops", () => {
		const why =
			'"1.2.3.4.5.6" is no network address; write such as "192.168.1.50", "192.168.1.0/24" or "fd00::/8"';
		expect(said(`This device cannot be saved: device.addresses[0]: ${why}.`, "de")).toMatch(
			/^Dieses Gerät .*: device\.addresses\[0\]: "1\.2\.3\.4\.5\.6" ist keine Netzwerkadresse; .*“\.$/,
		);
	});

	it("stays whole and English where anything of it is not known", () => {
		const text = `${DELIVERY.throttled} Words of an older version.`;
		expect(translated(text, "es")).toBeUndefined();
		expect(said(text, "es")).toBe(text);
	});

	it("is not slowed down or misled by who chooses what stands in it", () => {
		const some = new Sayings(
			sayings(
				{ a: '"{x}" and "{y}" and "{~z}".', b: "{x}: {~y}", c: "End." },
				{
					de: { a: "{x}/{y}/{~z}", b: "{x} = {~y}", c: "Schluss." },
					fr: { a: "{x}{y}{~z}", b: "{x}{~y}", c: "" },
					es: { a: "{x}{y}{~z}", b: "{x}{~y}", c: "" },
				},
			),
		);
		expect(some.translate('"a" and "b" and "End.". End.', "de")).toBe("a/b/Schluss. Schluss.");
		expect(some.translate('" and "'.repeat(500), "de")).toBeUndefined();
		expect(some.translate("End. ".repeat(700).trim(), "de")).toBe("Schluss. ".repeat(700).trim());
		fc.assert(
			fc.property(fc.string(), (text) => {
				expect(typeof some.translate(text, "de")).toMatch(/string|undefined/);
			}),
		);
	});
});
