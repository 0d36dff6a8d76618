/** Who gets into the console, and who does not. */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Secret } from "../secret.ts";
import { Passwords } from "./passwords.ts";
import {
	AccessBench,
	codeOf,
	DAY_MS,
	FAR,
	HOUR_MS,
	NEAR,
	PASSWORD,
	sessionIn,
} from "./testing/access-bench.ts";

let bench: AccessBench;
beforeEach(async () => {
	bench = await AccessBench.open();
});
afterEach(() => bench.close());

const NEXT = new Secret("marble otter saxophone");

async function wrongTries(times: number, name: string, peer = NEAR): Promise<string[]> {
	const codes: string[] = [];
	for (let count = 0; count < times; count += 1) {
		codes.push(await codeOf(bench.signIn(name, `wrong-${count}`, undefined, peer)));
	}
	return codes;
}

describe("claiming the box", () => {
	it("is open to the local network for an hour, once", async () => {
		expect(bench.people.claimState()).toEqual({
			claimed: false,
			openUntil: "2026-11-20T13:00:00.000Z",
			hasCode: false,
		});
		expect(await codeOf(bench.people.claim({ password: PASSWORD, peer: FAR }))).toBe("claim-closed");
		expect(await codeOf(bench.people.claim({ password: new Secret("password123"), peer: NEAR }))).toBe(
			"password-weak",
		);
		const { session, token } = await bench.claim();
		expect(session).toMatchObject({ name: "owner", role: "owner", peer: NEAR });
		expect(bench.people.session(token.reveal(), NEAR)?.id).toBe(session.id);
		expect(bench.people.claimState()).toEqual({ claimed: true, openUntil: null, hasCode: false });
		expect(await codeOf(bench.claim())).toBe("console-claimed");
		await bench.restart();
		expect(await codeOf(bench.claim())).toBe("console-claimed");
	});

	it("gives the box to one of two who come at once", async () => {
		const codes = await Promise.all([codeOf(bench.claim()), codeOf(bench.claim())]);
		expect(codes.sort()).toEqual(["console-claimed", "none"]);
		expect(bench.people.list()).toHaveLength(1);
	});

	it("closes after the hour, however the wall clock leaps, and opens again at the next start", async () => {
		bench.clock.wallMs = 0;
		bench.clock.pass(HOUR_MS - 1);
		bench.clock.wallMs = Date.UTC(2026, 10, 20);
		expect(bench.people.claimState().openUntil).not.toBeNull();
		bench.clock.pass(1);
		expect(bench.people.claimState().openUntil).toBeNull();
		expect(await codeOf(bench.claim())).toBe("claim-closed");
		await bench.restart();
		expect(await codeOf(bench.claim())).toBe("none");
	});

	it("is not reopened by a person's record that cannot be read", async () => {
		await bench.storage.put("person", "owner", { damaged: true });
		await bench.restart();
		expect(bench.people.claimState().claimed).toBe(true);
		expect(await codeOf(bench.claim())).toBe("console-claimed");
		expect(bench.log).toMatch(/person-left-out name=owner/);
	});
});

describe("the setup code", () => {
	beforeEach(async () => {
		await bench.close();
		bench = await AccessBench.open("KV7M-P2XD-9QRT\n");
	});
	const claim = (code: string, peer = FAR) => bench.people.claim({ password: PASSWORD, code, peer });

	it("claims the box from anywhere and at any time, as people type it", async () => {
		bench.clock.pass(DAY_MS);
		expect(bench.people.claimState()).toMatchObject({ openUntil: null, hasCode: true });
		expect(await codeOf(claim(""))).toBe("claim-closed");
		expect(await codeOf(claim("KV7M-P2XD-9QRS"))).toBe("code-wrong");
		expect(await codeOf(claim("kv7m p2xd 9qrt"))).toBe("none");
		expect(bench.log).toMatch(/console-claimed name=owner address=203\.0\.113\.9/);
		expect(bench.log.toLowerCase()).not.toMatch(/p2xd/);
	});

	it("cannot be guessed: after a few tries nothing is looked at, not even the right one", async () => {
		const codes: string[] = [];
		for (let count = 0; count < 8; count += 1) codes.push(await codeOf(claim(`guess-number-${count}`)));
		expect(codes.filter((code) => code === "code-wrong")).toHaveLength(5);
		expect(await codeOf(claim("KV7M-P2XD-9QRT"))).toBe("sign-in-locked");
		bench.clock.pass(HOUR_MS);
		expect(await codeOf(claim("KV7M-P2XD-9QRT"))).toBe("none");
	});

	it("that is no secret counts as none", async () => {
		await bench.close();
		bench = await AccessBench.open("1234\n");
		expect(bench.people.claimState().hasCode).toBe(false);
		expect(await codeOf(claim("1234"))).toBe("claim-closed");
		expect(bench.log).toMatch(/setup-code-left-out/);
		expect(bench.log).not.toMatch(/1234/);
	});
});

describe("ten seconds at the button", () => {
	const newCode = () => readFileSync(path.join(bench.folder, "setup-code"), "utf8").trim();
	const claim = (code: string, peer = NEAR) => bench.people.claim({ password: PASSWORD, code, peer });

	it("leave the box without an owner, for whoever reads the new code, and for nobody else", async () => {
		await bench.close();
		bench = await AccessBench.open("KV7M-P2XD-9QRT\n");
		const before = await claim("KV7M-P2XD-9QRT");
		await bench.people.add({ name: "ada", role: "viewer" });
		await bench.access.reopen();
		expect(bench.people.claimState()).toMatchObject({ claimed: false, openUntil: null, hasCode: true });
		expect(bench.access.isReopened()).toBe(true);
		expect(bench.people.session(before.token.reveal(), NEAR)).toBeUndefined();
		expect(await codeOf(bench.signIn("owner", PASSWORD))).not.toBe("none");
		expect(newCode()).toMatch(/^[a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4}$/);
		expect(await codeOf(claim(""))).toBe("claim-closed");
		expect(await codeOf(claim("KV7M-P2XD-9QRT"))).toBe("code-wrong");
		await bench.restart();
		expect(bench.access.isReopened()).toBe(true);
		expect(await codeOf(claim(""))).toBe("claim-closed");
		const code = newCode();
		expect(await codeOf(claim(code.toUpperCase()))).toBe("none");
		expect(bench.access.isReopened()).toBe(false);
		expect(bench.people.list().map(({ name }) => name)).toEqual(["ada", "owner"]);
		expect(bench.log).not.toContain(code);
		await expect.poll(() => existsSync(path.join(bench.folder, "setup-code"))).toBe(false);
	});

	it("change nothing where the configuration names the owner", async () => {
		const hash = await new Passwords(bench.clock).hash(new Secret("from the file"));
		bench.configure({ console: { password_hash: hash.reveal() } });
		expect(await codeOf(bench.access.reopen())).toBe("person-locked");
		expect(existsSync(path.join(bench.folder, "setup-code"))).toBe(false);
		expect(await codeOf(bench.signIn("owner", "from the file"))).toBe("none");
	});
});

describe("console.password_hash", () => {
	const configured = async (password: string) => {
		const hash = await new Passwords(bench.clock).hash(new Secret(password));
		bench.configure({ console: { password_hash: hash.reveal() } });
	};

	it("means that the box has an owner, who cannot be changed from the console", async () => {
		await configured("from the file");
		expect(bench.people.claimState().claimed).toBe(true);
		expect(await codeOf(bench.claim())).toBe("console-claimed");
		const { session } = sessionIn(await bench.signIn("Owner", "from the file"));
		expect(bench.people.list()).toMatchObject([
			{ name: "owner", role: "owner", origin: "file", hasTotp: false, lastSignInAt: session.startedAt },
		]);
		for (const refused of [
			bench.people.remove("owner"),
			bench.people.changeRole("owner", "viewer"),
			bench.people.resetPassword("owner"),
			bench.people.rescueOwner(),
			bench.people.beginTotp("owner"),
			bench.people.changePassword({
				...{ name: "owner", current: new Secret("from the file"), next: NEXT, sessionId: "", peer: NEAR },
			}),
		]) {
			expect(await codeOf(refused)).toBe("person-locked");
		}
	});

	it("ends the sessions of the old password when another is put in force", async () => {
		await configured("from the file");
		const { token } = sessionIn(await bench.signIn("owner", "from the file"));
		expect(bench.people.session(token.reveal(), NEAR)).toBeDefined();
		await configured("another one");
		expect(bench.people.session(token.reveal(), NEAR)).toBeUndefined();
		expect(await codeOf(bench.signIn("owner", "from the file"))).toBe("sign-in-wrong");
		expect(await codeOf(bench.signIn("owner", "another one"))).toBe("none");
	});

	it("hides an owner that was saved, who is back when it is gone", async () => {
		await bench.claim();
		await configured("from the file");
		expect(await codeOf(bench.signIn("owner", PASSWORD))).toBe("sign-in-wrong");
		bench.configure({});
		expect(await codeOf(bench.signIn("owner", PASSWORD))).toBe("none");
	});
});

describe("signing in", () => {
	it("takes the name in any case, and says no more than that something is wrong", async () => {
		await bench.claim();
		expect(sessionIn(await bench.signIn(" OWNER ", PASSWORD)).session.name).toBe("owner");
		const wrong = await bench.signIn("owner", "nonsense").catch((error: unknown) => String(error));
		const unknown = await bench.signIn("nobody", "nonsense").catch((error: unknown) => String(error));
		expect(wrong).toBe(unknown);
		expect(bench.people.list()).toMatchObject([{ lastSignInAt: "2026-11-20T12:00:00.000Z" }]);
	});

	it("is locked for an address that guesses, known name or not, and not for its neighbours", async () => {
		await bench.claim();
		for (const [name, address] of [
			["owner", "10.0.0.7"],
			["nobody", "10.0.0.8"],
		] as const) {
			const codes = await wrongTries(8, name, { address, agent: "" });
			expect(codes).toEqual([...Array(5).fill("sign-in-wrong"), ...Array(3).fill("sign-in-locked")]);
		}
		expect(await codeOf(bench.signIn("owner", PASSWORD, undefined, { address: "10.0.0.7", agent: "" }))).toBe(
			"sign-in-locked",
		);
		expect(await codeOf(bench.signIn("owner", PASSWORD, undefined, { address: "10.0.0.9", agent: "" }))).toBe(
			"none",
		);
		bench.clock.pass(HOUR_MS);
		expect(await codeOf(bench.signIn("owner", PASSWORD, undefined, { address: "10.0.0.7", agent: "" }))).toBe(
			"none",
		);
	});

	it("leaves lines in the log that say who and from where, and hold no secret", async () => {
		const { token } = await bench.claim();
		const { password } = await bench.people.add({ name: "Ada", role: "viewer" });
		await codeOf(bench.signIn("my secret typed as a name", "hunter2hunter2", undefined, FAR));
		const signedIn = sessionIn(await bench.signIn("ada", password));
		await bench.people.signOut(signedIn.token.reveal());
		await bench.people.remove("ada");
		for (const line of [
			/console-claimed name=owner address=192\.168\.1\.20/,
			/person-added name=Ada role=viewer/,
			/console-sign-in-refused name="\(unknown\)" address=203\.0\.113\.9 reason=wrong/,
			/console-signed-in name=Ada address=192\.168\.1\.20/,
			/console-signed-out name=Ada/,
			/person-removed name=Ada/,
		]) {
			expect(bench.log).toMatch(line);
		}
		const secrets = [token, signedIn.token, password, PASSWORD].map((secret) => secret.reveal());
		for (const secret of [...secrets, "typed as a name", "hunter2"]) {
			expect(bench.log).not.toContain(secret);
			expect(await bench.stored()).not.toContain(secret);
		}
	});

	it("writes of somebody who knocks all day a few lines a minute and how many more there were", async () => {
		await bench.claim();
		await wrongTries(40, "owner", FAR);
		bench.clock.pass(61_000);
		await wrongTries(1, "owner", FAR);
		expect(bench.log.match(/console-sign-in-refused/g)).toHaveLength(11);
		expect(bench.log).toMatch(/console-refused-more client=203\.0\.113\.9 times=30/);
	});
});

describe("people", () => {
	beforeEach(async () => {
		await bench.claim();
	});

	it("are added with a password that is shown once, and are there after a restart", async () => {
		const { person, password } = await bench.people.add({ name: " Ada Lovelace ", role: "operator" });
		expect(person).toEqual({
			name: "Ada Lovelace",
			role: "operator",
			hasTotp: false,
			createdAt: "2026-11-20T12:00:00.000Z",
			lastSignInAt: null,
			origin: "saved",
		});
		await bench.restart();
		expect(bench.people.list().map(({ name }) => name)).toEqual(["Ada Lovelace", "owner"]);
		expect(sessionIn(await bench.signIn("ada lovelace", password)).session.role).toBe("operator");
	});

	it("have names that can be shown and told apart", async () => {
		await bench.people.add({ name: "Zoë", role: "viewer" });
		for (const name of ["ZOË", "Zoe\u0308", " zoë "]) {
			expect(await codeOf(bench.people.add({ name, role: "viewer" }))).toBe("person-exists");
		}
		for (const name of ["", " ", "a\nb", "a/b", "a:b", "<b>", "\u202eada", "x".repeat(65), "-"]) {
			expect(await codeOf(bench.people.add({ name, role: "viewer" }))).toBe("person-invalid");
		}
		expect(await codeOf(bench.people.add({ name: "ada@contoso.com", role: "viewer" }))).toBe("none");
	});

	it("never lose their last owner", async () => {
		const { password } = await bench.people.add({ name: "Ada", role: "operator" });
		expect(await codeOf(bench.people.remove("owner"))).toBe("last-owner");
		expect(await codeOf(bench.people.changeRole("owner", "viewer"))).toBe("last-owner");
		await bench.people.changeRole("ada", "owner");
		const both = await Promise.all([
			codeOf(bench.people.remove("owner")),
			codeOf(bench.people.remove("ada")),
		]);
		expect(both).toEqual(["none", "last-owner"]);
		expect(sessionIn(await bench.signIn("ada", password)).session.role).toBe("owner");
		expect(await codeOf(bench.people.remove("owner"))).toBe("person-unknown");
	});

	it("are signed out when they fall or go, and not when they rise", async () => {
		const { password } = await bench.people.add({ name: "Ada", role: "viewer" });
		const { token } = sessionIn(await bench.signIn("ada", password));
		const role = () => bench.people.session(token.reveal(), NEAR)?.role;
		await bench.people.changeRole("ada", "operator");
		expect(role()).toBe("operator");
		await bench.people.changeRole("ada", "viewer");
		expect(role()).toBeUndefined();
		const again = sessionIn(await bench.signIn("ada", password));
		await bench.people.remove("ada");
		expect(bench.people.session(again.token.reveal(), NEAR)).toBeUndefined();
		await bench.people.add({ name: "Ada", role: "viewer" });
		expect(bench.people.session(again.token.reveal(), NEAR)).toBeUndefined();
	});

	it("change their own password: the session at hand stays, others end", async () => {
		const here = sessionIn(await bench.signIn("owner", PASSWORD));
		const there = sessionIn(await bench.signIn("owner", PASSWORD));
		const change = (current: Secret, next: Secret) =>
			bench.people.changePassword({
				...{ name: "owner", current, next, sessionId: here.session.id, peer: NEAR },
			});
		expect(await codeOf(change(new Secret("wrong"), NEXT))).toBe("sign-in-wrong");
		expect(await codeOf(change(PASSWORD, new Secret("short")))).toBe("password-weak");
		expect(await codeOf(change(PASSWORD, new Secret("owner-owner-1")))).toBe("password-weak");
		await change(PASSWORD, NEXT);
		await bench.restart();
		expect(bench.people.session(here.token.reveal(), NEAR)?.id).toBe(here.session.id);
		expect(bench.people.session(there.token.reveal(), NEAR)).toBeUndefined();
		expect(await codeOf(bench.signIn("owner", PASSWORD))).toBe("sign-in-wrong");
		expect(await codeOf(bench.signIn("owner", NEXT))).toBe("none");
	});

	it("get a new password from an owner, which signs them out", async () => {
		const { password } = await bench.people.add({ name: "Ada", role: "viewer" });
		const { token } = sessionIn(await bench.signIn("ada", password));
		const next = await bench.people.resetPassword("ada");
		expect(bench.people.session(token.reveal(), NEAR)).toBeUndefined();
		expect(await codeOf(bench.signIn("ada", password))).toBe("sign-in-wrong");
		expect(await codeOf(bench.signIn("ada", next))).toBe("none");
		expect(await codeOf(bench.people.resetPassword("nobody"))).toBe("person-unknown");
	});
});

describe("whoever has the box itself", () => {
	it("gives the owner a new password, and an owner to a box that has none", async () => {
		const made = await bench.people.rescueOwner();
		expect(made.name).toBe("owner");
		expect(bench.people.claimState().claimed).toBe(true);
		const { token } = sessionIn(await bench.signIn("owner", made.password));
		const again = await bench.people.rescueOwner();
		expect(bench.people.session(token.reveal(), NEAR)).toBeUndefined();
		expect(await codeOf(bench.signIn("owner", made.password))).toBe("sign-in-wrong");
		expect(await codeOf(bench.signIn("owner", again.password))).toBe("none");
	});

	it("makes `owner` an owner again", async () => {
		await bench.claim();
		await bench.people.add({ name: "Ada", role: "owner" });
		await bench.people.changeRole("owner", "viewer");
		const { password } = await bench.people.rescueOwner();
		expect(sessionIn(await bench.signIn("owner", password)).session.role).toBe("owner");
	});
});
