/** Codes of an authenticator app, as a person with a phone meets them. */
import { URI } from "otpauth";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Secret } from "../secret.ts";
import { AccessBench, codeOf, FAR, HOUR_MS, NEAR, PASSWORD, sessionIn } from "./testing/access-bench.ts";

let bench: AccessBench;
beforeEach(async () => {
	bench = await AccessBench.open();
	await bench.claim();
});
afterEach(() => bench.close());

/** The phone: what the app shows, so many milliseconds from now. */
let phone: (laterMs?: number) => string;
async function setUp(): Promise<readonly Secret[]> {
	const { uri, secret } = await bench.people.beginTotp("owner");
	const app = URI.parse(uri.reveal());
	expect(app.secret.base32).toBe(secret.reveal().replaceAll(" ", ""));
	expect([app.issuer, app.label]).toEqual(["Postern postern", "owner"]);
	if (!("period" in app)) throw new Error("not a TOTP");
	phone = (laterMs = 0) => app.generate({ timestamp: bench.clock.now() + laterMs });
	return bench.people.confirmTotp("owner", phone());
}

function wrongCode(): string {
	const near = [-30_000, 0, 30_000].map((laterMs) => phone(laterMs));
	return ["000000", "111111", "222222", "333333"].find((code) => !near.includes(code)) ?? "";
}

describe("one-time codes", () => {
	it("are not in force until a code has shown that the app has the secret", async () => {
		expect(await codeOf(bench.people.confirmTotp("owner", "123456"))).toBe("totp-not-begun");
		await bench.people.beginTotp("owner");
		expect(sessionIn(await bench.signIn("owner", PASSWORD)).session.name).toBe("owner");
		const recoveryCodes = await setUp();
		expect(new Set(recoveryCodes.map((code) => code.reveal())).size).toBe(10);
		expect(bench.people.list()).toMatchObject([{ hasTotp: true }]);
		expect(await bench.signIn("owner", PASSWORD)).toBe("totp");
	});

	it("a setup that nobody finishes lapses, and a wrong code does not confirm it", async () => {
		await setUp();
		await bench.people.removeTotp("owner", PASSWORD, NEAR);
		await bench.people.beginTotp("owner");
		expect(await codeOf(bench.people.confirmTotp("owner", "no code"))).toBe("totp-wrong");
		bench.clock.pass(HOUR_MS);
		expect(await codeOf(bench.people.confirmTotp("owner", "123456"))).toBe("totp-not-begun");
	});

	it("let in with the code of now, or of half a minute either way, after a restart too", async () => {
		await setUp();
		await bench.restart();
		for (const laterMs of [-30_000, 0, 30_000]) {
			bench.clock.pass(5 * 60_000);
			const code = phone(laterMs);
			expect(sessionIn(await bench.signIn("owner", PASSWORD, code)).session.name).toBe("owner");
		}
		bench.clock.pass(5 * 60_000);
		for (const laterMs of [-60_000, 60_000]) {
			expect(await codeOf(bench.signIn("owner", PASSWORD, phone(laterMs)))).toBe("sign-in-wrong");
		}
	});

	it("count once, also for two who come at once, and after a restart", async () => {
		await setUp();
		expect(await codeOf(bench.signIn("owner", PASSWORD, phone()))).toBe("sign-in-wrong");
		bench.clock.pass(30_000);
		const code = phone();
		const both = await Promise.all([
			codeOf(bench.signIn("owner", PASSWORD, code)),
			codeOf(bench.signIn("owner", PASSWORD, ` ${code.slice(0, 3)} ${code.slice(3)} `, FAR)),
		]);
		expect(both.sort()).toEqual(["none", "sign-in-wrong"]);
		await bench.restart();
		expect(await codeOf(bench.signIn("owner", PASSWORD, code))).toBe("sign-in-wrong");
	});

	it("are worth nothing without the password, and are slowed as it is", async () => {
		await setUp();
		bench.clock.pass(30_000);
		expect(await codeOf(bench.signIn("owner", "wrong", phone()))).toBe("sign-in-wrong");
		const codes: string[] = [];
		for (let count = 0; count < 6; count += 1) {
			codes.push(await codeOf(bench.signIn("owner", PASSWORD, wrongCode())));
		}
		expect(codes).toContain("sign-in-locked");
		expect(await codeOf(bench.signIn("owner", PASSWORD, phone()))).toBe("sign-in-locked");
		expect(bench.log).not.toContain(phone());
	});

	it("asking for the code again and again does not reset the count of wrong ones", async () => {
		await setUp();
		bench.clock.pass(30_000);
		const codes: string[] = [];
		for (let count = 0; count < 8; count += 1) {
			await codeOf(bench.signIn("owner", PASSWORD));
			codes.push(await codeOf(bench.signIn("owner", PASSWORD, wrongCode())));
		}
		expect(codes.filter((code) => code === "sign-in-wrong")).toHaveLength(5);
	});

	it("have recovery codes beside them, each of which works once", async () => {
		const [first, second] = await setUp();
		const typed = first?.reveal().toUpperCase().replaceAll("-", " ") ?? "";
		expect(await codeOf(bench.signIn("owner", PASSWORD, typed))).toBe("none");
		expect(await codeOf(bench.signIn("owner", PASSWORD, typed))).toBe("sign-in-wrong");
		await bench.restart();
		expect(await codeOf(bench.signIn("owner", PASSWORD, typed))).toBe("sign-in-wrong");
		expect(await codeOf(bench.signIn("owner", PASSWORD, second?.reveal() ?? ""))).toBe("none");
		expect(await bench.stored()).not.toContain(second?.reveal());
	});

	it("do not lock their owner out when the key of the vault is lost", async () => {
		const [recovery] = await setUp();
		bench.vaultKey = Buffer.alloc(32, 2);
		bench.clock.pass(30_000);
		expect(await codeOf(bench.signIn("owner", PASSWORD, phone()))).toBe("sign-in-wrong");
		expect(bench.log).toMatch(/totp-unreadable name=owner/);
		expect(await codeOf(bench.signIn("owner", PASSWORD, recovery?.reveal() ?? ""))).toBe("none");
	});

	it("cannot be set up when there is no key to seal them with", async () => {
		bench.vaultKey = undefined;
		expect(await codeOf(setUp())).toBe("vault-key-unusable");
		expect(bench.people.list()).toMatchObject([{ hasTotp: false }]);
	});

	it("are not replaced by a session alone, and taken away with the password or a new one", async () => {
		await setUp();
		expect(await codeOf(bench.people.beginTotp("owner"))).toBe("totp-exists");
		expect(await codeOf(bench.people.removeTotp("owner", new Secret("wrong"), NEAR))).toBe("sign-in-wrong");
		await bench.people.removeTotp("owner", PASSWORD, NEAR);
		expect(await codeOf(bench.signIn("owner", PASSWORD))).toBe("none");
		await setUp();
		const { password } = await bench.people.rescueOwner();
		expect(sessionIn(await bench.signIn("owner", password)).session.name).toBe("owner");
	});
});
