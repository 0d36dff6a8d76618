/** The seed as people write it: in Notepad's encodings, with a word processor's quotation marks, with slips. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seedExample } from "./example.ts";
import type { Patch } from "./text.ts";
import { readTomlSeed } from "./toml.ts";

const SEED = `name = "office"
time_zone = "Europe/Berlin"

[console]
password = "a long pässword"

[wifi]
country = "DE"
ssid = "Büro"
passphrase = "open sesame"

[[device]]
name = "Copier"
username = "copier"
password = 'quoted "inside"' # on the label
`;

const BOM = "\ufeff";
const utf16be = (text: string) => Buffer.from(text, "utf16le").swap16();
const ENCODINGS: readonly (readonly [string, (text: string) => Buffer])[] = [
	["UTF-8", (text) => Buffer.from(text)],
	["UTF-8 with its mark", (text) => Buffer.from(BOM + text)],
	["UTF-16LE with its mark", (text) => Buffer.from(BOM + text, "utf16le")],
	["UTF-16BE with its mark", (text) => utf16be(BOM + text)],
	["ANSI", (text) => Buffer.from(text, "latin1")],
];

const read = (bytes: Buffer) => readTomlSeed("postern.toml", bytes);
const problemsOf = (text: string) => read(Buffer.from(text)).problems;

function written(bytes: Buffer, patches: readonly Patch[]): Buffer {
	const after = Buffer.from(bytes);
	for (const { offset, bytes: over } of patches) over.copy(after, offset);
	return after;
}

describe("the seed's text", () => {
	it.each(ENCODINGS)("is read in %s, with either ends of lines, and its secrets go", (_, encode) => {
		for (const text of [SEED, SEED.replaceAll("\n", "\r\n")]) {
			const bytes = encode(text);
			const { seed, problems, blanks } = read(bytes);
			expect(problems).toEqual([]);
			expect(seed).toMatchObject({
				name: "office",
				timeZone: "Europe/Berlin",
				consolePassword: "a long pässword",
				wifi: { country: "DE", ssid: "Büro", passphrase: "open sesame" },
				device: [{ name: "Copier", username: "copier", password: 'quoted "inside"' }],
			});
			const after = written(bytes, blanks);
			expect(after).toHaveLength(bytes.length);
			const mark = encode("").length;
			for (const secret of ["a long pässword", "open sesame", 'quoted "inside"'])
				expect(after.includes(encode(secret).subarray(mark))).toBe(false);
			const { seed: left, problems: none } = read(after);
			expect(none).toEqual([]);
			expect(left).toMatchObject({ name: "office", device: [{ name: "Copier", username: "copier" }] });
		}
	});

	it("may have a word processor's quotation marks and blanks", () => {
		const text = `name\u00a0= \u201coffice\u201d\n\n[wifi]\nssid\u2003=\u00a0\u2018Guests\u2019\ncountry = "DE\u201d\npassphrase = \u201eits own \u201aone\u2018\u201c\n`;
		expect(read(Buffer.from(text))).toMatchObject({
			problems: [],
			seed: {
				name: "office",
				wifi: { ssid: "Guests", country: "DE", passphrase: "its own \u201aone\u2018" },
			},
		});
	});

	it("keeps in a value what somebody meant", () => {
		const value = "curly \u201cmarks\u201d and\u00a0blanks";
		expect(read(Buffer.from(`[wifi]\npassphrase = "${value}"\n`)).seed?.wifi?.passphrase).toBe(value);
	});

	it.each([
		["wifi", '[wfi]\nssid = "x"\n', 1, "[wifi]"],
		["a key of it", '[wifi]\nsid = "x"\n', 2, '"ssid"'],
		["the console's password", '[console]\npasword = "x"\n', 2, '"password"'],
		["a key of the configuration", '[smtp]\nlissten = ["25"]\n', 2, '"listen"'],
		["a table", '[devices]\nname = "x"\n', 1, "[[device]]"],
		["a time zone", 'time_zone = "Europe/Berlln"\n', 1, "Europe/Berlin"],
	])("names the line and the nearest right name of %s", (_, text, line, near) => {
		expect(problemsOf(text)).toEqual([
			expect.objectContaining({ file: "postern.toml", line, text: expect.stringContaining(near) }),
		]);
	});

	it("says of a key whose table is still off where it belongs", () => {
		expect(problemsOf('#[wifi]\npassphrase = "x"\n')).toEqual([
			expect.objectContaining({ line: 2, text: expect.stringContaining("[wifi]: is there still a #") }),
		]);
	});

	it.each([
		['state_dir = "/x"\n', "leave this out"],
		['[tls]\ncertificate_file = "/x"\nkey_file = "/y"\n', "cannot bring files"],
		[
			'[[device]]\nname = "x"\nusername = "x"\npassword = "y"\ncram_md5 = true\n',
			"switch it on in the console",
		],
		["name = \n", "cannot be read"],
		['[[device]]\nname = "x"\nrate = "often"\n', "is no rate"],
	])("refuses %j", (text, why) => {
		const { seed, problems } = read(Buffer.from(text));
		expect(seed).toBeUndefined();
		expect(problems.map((problem) => problem.text).join("\n")).toContain(why);
	});

	it("of any bytes, is a seed or has a problem, and never throws", () => {
		const some = fc.oneof(
			fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes)),
			fc.string({ unit: "binary", maxLength: 300 }).map((text) => Buffer.from(text)),
			fc
				.tuple(
					fc.nat({ max: SEED.length }),
					fc.string({ unit: "binary", maxLength: 8 }),
					fc.constantFrom(...ENCODINGS),
				)
				.map(([at, text, [, encode]]) => encode(SEED.slice(0, at) + text + SEED.slice(at))),
		);
		fc.assert(
			fc.property(some, (bytes) => {
				const { seed, problems, blanks } = read(bytes);
				expect(seed === undefined).toBe(problems.length > 0);
				for (const { offset, bytes: over } of blanks) {
					expect(offset).toBeGreaterThanOrEqual(0);
					expect(offset + over.length).toBeLessThanOrEqual(bytes.length);
				}
			}),
			{ numRuns: 500 },
		);
	});

	it("has lost its secrets, whatever they are, and kept all other bytes", () => {
		const secret = fc
			.string({ unit: "grapheme", minLength: 3, maxLength: 40 })
			.filter((text) => !/[\p{Cc}\p{Cs}]/u.test(text));
		fc.assert(
			fc.property(secret, fc.constantFrom(...ENCODINGS.slice(0, 4)), (password, [, encode]) => {
				const value = JSON.stringify(password);
				const [before, behind] = ["[wifi]\r\npassphrase = ", ' # kept\r\nssid = "kept"\r\n'];
				const bytes = encode(before + value + behind);
				const { blanks, problems } = read(bytes);
				expect(problems).toEqual([]);
				const after = written(bytes, blanks);
				const [head, tail] = [encode(before).length, encode(behind).length - encode("").length];
				expect(after.subarray(0, head)).toEqual(bytes.subarray(0, head));
				expect(after.subarray(-tail)).toEqual(bytes.subarray(-tail));
				expect(read(after).seed?.wifi).toMatchObject({ passphrase: "", ssid: "kept" });
			}),
			{ numRuns: 300 },
		);
	});
});

describe("the example on the card", () => {
	it("says nothing as it lies there, and all of it is right once every # is gone", () => {
		const example = seedExample();
		const asItLies = read(Buffer.from(example));
		expect(asItLies).toMatchObject({
			problems: [],
			blanks: [],
			seed: { settings: [], device: [], wifi: undefined },
		});
		const all = read(Buffer.from(example.replaceAll(/^#(?=[a-z[])/gm, "")));
		expect(all.problems).toEqual([]);
		expect(all.seed).toMatchObject({ name: "postern", network: { address: "192.168.1.5/24" } });
	});

	it("has the ends of lines of Windows, is short, and no line is wider than Notepad", () => {
		const lines = seedExample().split("\r\n");
		expect(seedExample()).not.toMatch(/[^\r]\n/);
		expect(lines.length).toBeLessThan(60);
		for (const line of lines) expect(line.length).toBeLessThan(120);
	});
});
