import fc from "fast-check";
import { parse, stringify } from "smol-toml";
import { describe, expect, it } from "vitest";
import { locateToml } from "./toml-positions.ts";

function lineAt(toml: string, path: readonly (string | number)[]): string {
	const position = locateToml(toml).exactly(path);
	return position === undefined ? "nowhere" : `${position.line}:${position.column}`;
}

describe("positions in TOML", () => {
	it("finds keys in tables, dotted keys, inline tables and arrays of tables", () => {
		const toml = [
			'name = "x" # [not.a.table]',
			"smtp.listen = [25,",
			"  # a comment with ] and ,",
			'  "[::]:587", ]',
			"[ microsoft ]",
			"  'cloud' = \"custom\"",
			'ca = { file = "a,b}", "de\\u0065p" = { x = 1 } }',
			"[[device]]",
			'name = """',
			"[[device]]",
			'name = "in a string"',
			'"""',
			"[[device]]",
			"addresses = []",
			"[device.extra]",
			"key = 1",
		].join("\r\n");
		expect(() => parse(toml)).not.toThrow();
		expect(lineAt(toml, ["name"])).toBe("1:1");
		expect(lineAt(toml, ["smtp", "listen"])).toBe("2:1");
		expect(lineAt(toml, ["smtp", "listen", 0])).toBe("2:16");
		expect(lineAt(toml, ["smtp", "listen", 1])).toBe("4:3");
		expect(lineAt(toml, ["microsoft"])).toBe("5:1");
		expect(lineAt(toml, ["microsoft", "cloud"])).toBe("6:3");
		expect(lineAt(toml, ["microsoft", "ca", "file"])).toBe("7:8");
		expect(lineAt(toml, ["microsoft", "ca", "deep", "x"])).toBe("7:39");
		expect(lineAt(toml, ["device", 0, "name"])).toBe("9:1");
		expect(lineAt(toml, ["device", 1])).toBe("13:1");
		expect(lineAt(toml, ["device", 1, "addresses"])).toBe("14:1");
		expect(lineAt(toml, ["device", 1, "extra", "key"])).toBe("16:1");
	});

	it("gives the table when the key is missing", () => {
		expect(locateToml("a = 1\n[[device]]\n").at(["device", 0, "name"])).toEqual({ line: 2, column: 1 });
		expect(locateToml("").at(["name"])).toBeUndefined();
	});

	it("finds every key of any document at a place where that key is written", () => {
		const key = fc.oneof(fc.stringMatching(/^[a-z_-]{1,8}$/), fc.string({ minLength: 1, maxLength: 6 }));
		const leaf = fc.oneof(fc.string(), fc.boolean(), fc.integer(), fc.array(fc.string(), { maxLength: 3 }));
		const table = fc.dictionary(key, leaf, { maxKeys: 5, noNullPrototype: true });
		const tables = fc.array(table, { minLength: 1, maxLength: 3 });
		const documents = fc.dictionary(key, fc.oneof(leaf, table, tables), {
			maxKeys: 6,
			noNullPrototype: true,
		});
		fc.assert(
			fc.property(documents, (values) => {
				const toml = stringify(values);
				const positions = locateToml(toml);
				for (const path of leafPaths(parse(toml), [])) {
					const position = positions.exactly(path);
					expect(position, `${JSON.stringify(path)} in\n${toml}`).toBeDefined();
				}
			}),
		);
	});

	it("never throws and never hangs, whatever the text", () => {
		const pieces = fc.constantFrom(
			"[",
			"]",
			"[[",
			"{",
			"}",
			"=",
			",",
			'"',
			"'",
			'"""',
			"#",
			"\n",
			"a",
			".",
			"\\",
			" ",
		);
		fc.assert(fc.property(fc.array(pieces, { maxLength: 60 }), (parts) => void locateToml(parts.join(""))));
	});
});

function leafPaths(value: unknown, path: readonly (string | number)[]): (readonly (string | number)[])[] {
	if (Array.isArray(value))
		return [path, ...value.flatMap((item, index) => leafPaths(item, [...path, index]))];
	if (typeof value !== "object" || value === null) return [path];
	return Object.entries(value).flatMap(([key, item]) => leafPaths(item, [...path, key]));
}
