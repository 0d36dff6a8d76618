/** Who gets into the console, with records on a real store; the clock can be moved. */
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { Secret as OtpSecret, TOTP } from "otpauth";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { SystemClock } from "../clock.ts";
import { configSchema } from "../config/schema.ts";
import type { SignedIn } from "../console-services.ts";
import { UserError } from "../errors.ts";
import { Log } from "../log.ts";
import { Secret } from "../secret.ts";
import { Storage } from "../store/storage.ts";
import { TrustedTime } from "../trusted-time.ts";
import { type ConsoleAccess, openConsoleAccess } from "./console-access.ts";
import { Passwords } from "./passwords.ts";
import { allowsSignUp } from "./sign-up-rules.ts";

class MovedClock extends SystemClock {
	movedMs = 0;
	override now(): number {
		return super.now() + this.movedMs;
	}
	override monotonicMs(): number {
		return super.monotonicMs() + this.movedMs;
	}
}

const HOUR_MS = 60 * 60_000;
const DAY_MS = 24 * HOUR_MS;
const AT_HOME = { address: "192.168.1.10", agent: "a phone" };
const FROM_AFAR = { address: "203.0.113.9", agent: "somebody" };
const GOOD = new Secret("four words in a row");

let folder: string;
let storage: Storage;
let clock: MovedClock;
let logged: string[];
beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), "postern-people-"));
	storage = await openStorage();
	clock = new MovedClock();
	logged = [];
});
afterEach(async () => {
	await storage.close();
	await rm(folder, { recursive: true });
});

function openStorage(): Promise<Storage> {
	return Storage.open({
		stateDir: folder,
		onFatal: (error) => {
			throw error;
		},
	});
}

function open(consoleTable: object = {}): Promise<ConsoleAccess> {
	const config = configSchema.parse({ console: consoleTable });
	const log = new Log({ level: "debug", journal: false, write: (line) => void logged.push(line) });
	return openConsoleAccess({
		documents: storage,
		config: () => config,
		passwords: new Passwords(clock),
		vaultKey: { read: async () => Buffer.alloc(32, 1), ensure: async () => Buffer.alloc(32, 1) },
		place: { stateDir: folder, credentialsDir: "" },
		clock,
		time: new TrustedTime(clock),
		log,
	});
}

async function claimed(): Promise<{ access: ConsoleAccess; owner: SignedIn }> {
	const access = await open();
	return { access, owner: await access.people.claim({ password: GOOD, peer: AT_HOME }) };
}

async function codeOf(work: Promise<unknown>): Promise<string> {
	try {
		await work;
	} catch (error) {
		if (error instanceof UserError) return error.code;
		throw error;
	}
	return "done";
}

const signIn = ({ people }: ConsoleAccess, password: Secret | string, rest: object = {}) =>
	people.signIn({
		name: "owner",
		password: typeof password === "string" ? new Secret(password) : password,
		peer: AT_HOME,
		...rest,
	});

describe("the claim of a new box", () => {
	it("is open to the local network for an hour, once", async () => {
		const { access, owner } = await claimed();
		expect(owner.session).toMatchObject({ name: "owner", role: "owner" });
		expect(access.people.claimState()).toEqual({ claimed: true, openUntil: null, hasCode: false });
		expect(await codeOf(access.people.claim({ password: GOOD, peer: AT_HOME }))).toBe("console-claimed");
	});

	it("is closed to everybody else, and after the hour", async () => {
		const { people } = await open();
		expect(people.claimState().openUntil).not.toBeNull();
		expect(await codeOf(people.claim({ password: GOOD, peer: FROM_AFAR }))).toBe("claim-closed");
		clock.movedMs = HOUR_MS + 1000;
		expect(people.claimState().openUntil).toBeNull();
		expect(await codeOf(people.claim({ password: GOOD, peer: AT_HOME }))).toBe("claim-closed");
	});

	it("takes the code from anywhere, at any time; guessing is locked", async () => {
		await writeFile(join(folder, "setup-code"), "KM4P-77XQ-2R\n");
		const { people } = await open();
		clock.movedMs = DAY_MS;
		const claim = (code: string) => people.claim({ password: GOOD, code, peer: FROM_AFAR });
		for (let guess = 0; guess < 5; guess += 1) expect(await codeOf(claim("AAAA-AAAA-AA"))).toBe("code-wrong");
		expect(await codeOf(claim("km4p 77xq 2r"))).toBe("sign-in-locked");
		clock.movedMs += HOUR_MS;
		expect((await claim("km4p 77xq 2r")).session.role).toBe("owner");
	});

	it("wants a password that is not guessed first", async () => {
		const { people } = await open();
		for (const weak of [
			"short",
			"password123",
			"aaaaaaaaaaaa",
			"owner1234567",
			"1234567890",
			"postern2026",
		]) {
			expect(await codeOf(people.claim({ password: new Secret(weak), peer: AT_HOME })), weak).toBe(
				"password-weak",
			);
		}
		expect(people.claimState().claimed).toBe(false);
	});

	it("stays closed after a restart, and when the password stands in the configuration", async () => {
		await claimed();
		const again = await open();
		expect(again.people.claimState().claimed).toBe(true);
		expect((await signIn(again, GOOD)) as SignedIn).toMatchObject({ session: { name: "owner" } });
	});

	it("is not needed when the configuration has the password, which only the configuration changes", async () => {
		const hash = await new Passwords(clock).hash(new Secret("from the file 42"));
		const access = await open({ password_hash: hash.reveal() });
		expect(access.people.claimState().claimed).toBe(true);
		const { session } = (await signIn(access, "from the file 42")) as SignedIn;
		expect(access.people.list()).toMatchObject([{ name: "owner", origin: "file" }]);
		const change = access.people.changePassword({
			...{ name: "owner", current: new Secret("from the file 42"), next: GOOD },
			...{ sessionId: session.id, peer: AT_HOME },
		});
		expect(await codeOf(change)).toBe("person-locked");
	});
});

describe("signing in", () => {
	it("gives a new token each time, of which the card has only a hash", async () => {
		const { access, owner } = await claimed();
		const again = (await signIn(access, GOOD)) as SignedIn;
		expect(again.token.reveal()).not.toBe(owner.token.reveal());
		const kept = JSON.stringify(await storage.list("session"));
		expect(kept).not.toContain(owner.token.reveal());
		expect(kept).not.toContain(owner.session.csrfKey.reveal());
	});

	it("does not say whether it was the name or the password", async () => {
		const { access } = await claimed();
		const wrong = await codeOf(signIn(access, "a wrong password"));
		const unknown = await codeOf(signIn(access, GOOD, { name: "nobody" }));
		expect([wrong, unknown]).toEqual(["sign-in-wrong", "sign-in-wrong"]);
	});

	it("is locked after a few wrong tries, longer each time, and opens again", async () => {
		const { access } = await claimed();
		for (let guess = 0; guess < 5; guess += 1) await codeOf(signIn(access, `guess number ${guess}`));
		expect(await codeOf(signIn(access, GOOD))).toBe("sign-in-locked");
		clock.movedMs += HOUR_MS;
		expect(await codeOf(signIn(access, GOOD))).toBe("done");
	});

	it("leaves no password, token or mistyped name in the log", async () => {
		const { access, owner } = await claimed();
		await codeOf(signIn(access, "a wrong password"));
		await codeOf(signIn(access, GOOD, { name: "four words in a row" }));
		const lines = logged.join("");
		expect(lines).toContain("console-sign-in-refused");
		for (const secret of ["a wrong password", GOOD.reveal(), owner.token.reveal()]) {
			expect(lines).not.toContain(secret);
		}
	});
});

describe("a session", () => {
	it("survives a restart with the same key for its forms, and ends with the sign-out", async () => {
		const { owner } = await claimed();
		const { people } = await open();
		const token = owner.token.reveal();
		const session = people.session(token, AT_HOME);
		expect(session?.csrfKey.reveal()).toBe(owner.session.csrfKey.reveal());
		await people.signOut(token);
		expect(people.session(token, AT_HOME)).toBeUndefined();
		expect((await open()).people.session(token, AT_HOME)).toBeUndefined();
	});

	it("ends after a week without use, and after a month with", async () => {
		const { access, owner } = await claimed();
		const seen = () => access.people.session(owner.token.reveal(), AT_HOME) !== undefined;
		for (let day = 0; day < 29; day += 6) {
			expect(seen(), `day ${day}`).toBe(true);
			clock.movedMs += 6 * DAY_MS;
		}
		expect(seen()).toBe(false);
		const idle = (await signIn(access, GOOD)) as SignedIn;
		clock.movedMs += 7 * DAY_MS;
		expect(access.people.session(idle.token.reveal(), AT_HOME)).toBeUndefined();
	});

	it("is not written to the card when it is used", async () => {
		const { access, owner } = await claimed();
		const before = JSON.stringify(await storage.list("session"));
		for (let use = 0; use < 5; use += 1) access.people.session(owner.token.reveal(), FROM_AFAR);
		expect(JSON.stringify(await storage.list("session"))).toBe(before);
	});

	it("of another browser ends when the password changes; one's own goes on", async () => {
		const { access, owner } = await claimed();
		const other = (await signIn(access, GOOD)) as SignedIn;
		await access.people.changePassword({
			...{ name: "owner", current: GOOD, next: new Secret("quite another one") },
			...{ sessionId: owner.session.id, peer: AT_HOME },
		});
		expect(access.people.session(owner.token.reveal(), AT_HOME)).toBeDefined();
		expect(access.people.session(other.token.reveal(), AT_HOME)).toBeUndefined();
		expect(await codeOf(signIn(access, GOOD))).toBe("sign-in-wrong");
	});

	it("is none for what only looks like a token", () => {
		return claimed().then(({ access }) => {
			fc.assert(fc.property(fc.string(), (text) => access.people.session(text, AT_HOME) === undefined));
		});
	});
});

describe("people", () => {
	it("get a password that is shown once, and a role that holds", async () => {
		const { access } = await claimed();
		const { person, password } = await access.people.add({ name: "Anna", role: "viewer" });
		expect(person).toMatchObject({ name: "Anna", role: "viewer" });
		const anna = (await signIn(access, password, { name: "anna" })) as SignedIn;
		await access.people.changeRole("Anna", "operator");
		expect(access.people.session(anna.token.reveal(), AT_HOME)?.role).toBe("operator");
		await access.people.changeRole("Anna", "viewer");
		expect(access.people.session(anna.token.reveal(), AT_HOME)).toBeUndefined();
	});

	it("never lose their last owner", async () => {
		const { access } = await claimed();
		expect(await codeOf(access.people.remove("owner"))).toBe("last-owner");
		expect(await codeOf(access.people.changeRole("owner", "viewer"))).toBe("last-owner");
		await access.people.add({ name: "Bert", role: "owner" });
		expect(await codeOf(access.people.remove("owner"))).toBe("done");
	});

	it("that are removed are signed out at once", async () => {
		const { access } = await claimed();
		const { password } = await access.people.add({ name: "Anna", role: "operator" });
		const anna = (await signIn(access, password, { name: "Anna" })) as SignedIn;
		await access.people.remove("anna");
		expect(access.people.session(anna.token.reveal(), AT_HOME)).toBeUndefined();
		expect(await codeOf(signIn(access, password, { name: "Anna" }))).toBe("sign-in-wrong");
	});

	it("come back in by the command line when the owner's password is lost", async () => {
		const { access, owner } = await claimed();
		const { name, password } = await access.people.rescueOwner();
		expect(name).toBe("owner");
		expect(access.people.session(owner.token.reveal(), AT_HOME)).toBeUndefined();
		expect(await codeOf(signIn(access, password))).toBe("done");
	});
});

describe("one-time codes", () => {
	const codeNow = (secret: Secret, aheadMs = 0) =>
		new TOTP({ secret: OtpSecret.fromBase32(secret.reveal().replaceAll(" ", "")) }).generate({
			timestamp: clock.now() + aheadMs,
		});

	async function withCodes() {
		const { access } = await claimed();
		const { secret, uri } = await access.people.beginTotp("owner");
		expect(uri.reveal()).toMatch(/^otpauth:\/\/totp\/Postern/);
		const recovery = await access.people.confirmTotp("owner", codeNow(secret));
		return { access, secret, recovery };
	}

	it("are asked for when they are set up, and each counts once", async () => {
		const { access, secret } = await withCodes();
		expect(await signIn(access, GOOD)).toBe("totp");
		clock.movedMs += 60_000;
		const totp = codeNow(secret);
		expect(await codeOf(signIn(access, GOOD, { totp }))).toBe("done");
		expect(await codeOf(signIn(access, GOOD, { totp }))).toBe("sign-in-wrong");
		expect(await codeOf(signIn(access, GOOD, { totp: "000000" }))).toBe("sign-in-wrong");
	});

	it("have recovery codes, each for one sign-in", async () => {
		const { access, recovery } = await withCodes();
		expect(recovery).toHaveLength(10);
		const totp = recovery[3]?.reveal().toUpperCase() ?? "";
		expect(await codeOf(signIn(access, GOOD, { totp }))).toBe("done");
		expect(await codeOf(signIn(access, GOOD, { totp }))).toBe("sign-in-wrong");
	});

	it("are nowhere in clear on the card", async () => {
		const { secret, recovery } = await withCodes();
		await storage.close();
		const files = await readdir(folder, { recursive: true, withFileTypes: true });
		const contents = await Promise.all(
			files
				.filter((file) => file.isFile())
				.map((file) => readFile(join(file.parentPath, file.name), "latin1")),
		);
		storage = await openStorage();
		const all = contents.join("");
		for (const one of [secret, ...recovery, GOOD]) {
			expect(all).not.toContain(one.reveal());
			expect(all).not.toContain(one.reveal().replaceAll(/[\s-]/g, ""));
		}
	});

	it("go away with the password", async () => {
		const { access } = await withCodes();
		await access.people.removeTotp("owner", GOOD, AT_HOME);
		expect(await codeOf(signIn(access, GOOD))).toBe("done");
		expect(access.people.list()).toMatchObject([{ hasTotp: false }]);
	});
});

describe("keys for programs", () => {
	const draft = { label: "monitor", scopes: ["read"], expiresAt: null, createdBy: "owner" } as const;

	it("are shown once, kept as a hash, and known again after a restart", async () => {
		const { keys } = await open();
		const { key, secret } = await keys.add(draft);
		expect(secret.reveal()).toMatch(/^pst_[\w-]{43}$/);
		expect(JSON.stringify(await storage.list("api-key"))).not.toContain(secret.reveal());
		const again = await open();
		expect(again.keys.find(secret.reveal(), FROM_AFAR)).toMatchObject({ id: key.id, scopes: ["read"] });
		await again.keys.remove(key.id);
		expect(again.keys.find(secret.reveal(), FROM_AFAR)).toBeUndefined();
	});

	it("end on their day", async () => {
		const { keys } = await open();
		const expiresAt = new Date(clock.now() + DAY_MS).toISOString();
		const { secret } = await keys.add({ ...draft, expiresAt });
		clock.movedMs += 2 * DAY_MS;
		expect(keys.find(secret.reveal(), FROM_AFAR)).toBeUndefined();
	});

	it("are not guessed", async () => {
		const { keys } = await open();
		for (let guess = 0; guess < 5; guess += 1) keys.find(`pst_${guess}`, FROM_AFAR);
		expect(() => keys.find("pst_6", FROM_AFAR)).toThrow(UserError);
		expect(keys.find("pst_7", AT_HOME)).toBeUndefined();
	});

	it("with nothing to do, or no name, are not made", async () => {
		const { keys } = await open();
		expect(await codeOf(keys.add({ ...draft, scopes: [] }))).toBe("key-invalid");
		expect(await codeOf(keys.add({ ...draft, label: "a\nb" }))).toBe("key-invalid");
	});
});

describe("who may sign up", () => {
	it("is nobody unless it is allowed, and nobody who is denied", () => {
		fc.assert(
			fc.property(fc.emailAddress(), (address) => {
				const domain = address.slice(address.lastIndexOf("@") + 1);
				expect(allowsSignUp({ allow: [], deny: [] }, address)).toBe(false);
				expect(allowsSignUp({ allow: ["*"], deny: [`*@${domain.toLowerCase()}`] }, address)).toBe(false);
				expect(allowsSignUp({ allow: [`*@${domain.toLowerCase()}`], deny: [] }, address)).toBe(true);
			}),
		);
	});
});
