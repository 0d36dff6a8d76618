import { describe, expect, it } from "vitest";
import * as recoverable from "./recoverable-secrets.ts";
import { SEALED_FIELDS, textAt, withTextAt } from "./sealed-fields.ts";

describe("sealed fields", () => {
	it("are known of every purpose that there is: else a backup would carry what no other box can open", () => {
		const purposes = Object.entries(recoverable).flatMap(([name, value]) =>
			/^[A-Z_]+$/.test(name) ? [value] : [],
		);
		expect(purposes.length).toBeGreaterThan(1);
		expect(new Set(SEALED_FIELDS.map(({ purpose }) => purpose))).toEqual(new Set(purposes));
	});

	it("are read and replaced where they are, and nowhere else", () => {
		const value = { name: "Ann", totp: { sealed: "v1.x", step: 2 } };
		expect(textAt(value, "totp.sealed")).toBe("v1.x");
		expect(textAt(value, "totp.step")).toBeUndefined();
		expect(textAt(value, "totp.constructor.name")).toBeUndefined();
		expect(textAt(null, "totp.sealed")).toBeUndefined();
		expect(withTextAt(value, "totp.sealed", "new")).toEqual({
			name: "Ann",
			totp: { sealed: "new", step: 2 },
		});
		expect(withTextAt(value, "other.sealed", "new")).toEqual(value);
		expect(value.totp.sealed).toBe("v1.x");
	});
});
