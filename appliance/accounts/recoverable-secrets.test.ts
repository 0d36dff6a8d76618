import { describe, expect, it } from "vitest";
import { UserError } from "../errors.ts";
import { Secret } from "../secret.ts";
import { DEVICE_PASSWORDS, RecoverableSecrets } from "./recoverable-secrets.ts";

const withKey = (fill: number) => {
	const key = Buffer.alloc(32, fill);
	return new RecoverableSecrets({ read: async () => key, ensure: async () => key }, DEVICE_PASSWORDS);
};

describe("a password that must be had back", () => {
	it("comes back with its key and its user, and with nothing else", async () => {
		const sealed = await withKey(1).seal(new Secret("k7mp-x2qr"), "plc");
		expect(sealed).not.toContain("k7mp");
		expect((await withKey(1).open(sealed, "plc"))?.reveal()).toBe("k7mp-x2qr");
		expect(await withKey(2).open(sealed, "plc")).toBeUndefined();
		expect(await withKey(1).open(sealed, "camera")).toBeUndefined();
		const other = sealed.at(-4) === "A" ? "B" : "A";
		expect(await withKey(1).open(`${sealed.slice(0, -4)}${other}${sealed.slice(-3)}`, "plc")).toBeUndefined();
		for (const text of ["", "v1.", "v1.AAAA", "v2.AAAA"])
			expect(await withKey(1).open(text, "plc")).toBeUndefined();
	});

	it("is never sealed the same twice", async () => {
		const secrets = withKey(1);
		const password = new Secret("k7mp-x2qr");
		expect(await secrets.seal(password, "plc")).not.toBe(await secrets.seal(password, "plc"));
	});

	it("without a key is not kept, and the owner is told", async () => {
		const secrets = new RecoverableSecrets(
			{
				read: async () => undefined,
				ensure: async () => {
					throw new Error("vault.key is not a key of 32 bytes");
				},
			},
			DEVICE_PASSWORDS,
		);
		await expect(secrets.seal(new Secret("x"), "plc")).rejects.toBeInstanceOf(UserError);
		expect(await secrets.open("v1.AAAA", "plc")).toBeUndefined();
	});
});
