import { describe, expect, it } from "vitest";
import { SystemClock } from "../clock.ts";
import { SignInGuard } from "./sign-in-guard.ts";

class SettableClock extends SystemClock {
	elapsedMs = 0;
	override monotonicMs(): number {
		return this.elapsedMs;
	}
}

/** A guard, and what peers do at its door. */
function door() {
	const clock = new SettableClock();
	const guard = new SignInGuard(clock);
	const begin = (username: string, address: string, atHome = false) => guard.begin(username, address, atHome);
	/** How many of the guesses were looked at. */
	const guess = (times: number, username: string, address: string): number => {
		let evaluated = 0;
		for (let count = 0; count < times; count += 1) {
			const attempt = begin(username, address);
			if (typeof attempt === "string") continue;
			attempt.end("wrong");
			evaluated += 1;
		}
		return evaluated;
	};
	const answer = (username: string, address: string, atHome = false): string => {
		const attempt = begin(username, address, atHome);
		if (typeof attempt === "string") return attempt;
		attempt.end("undecided");
		return "open";
	};
	const signIn = (username: string, address: string) => {
		const attempt = begin(username, address);
		if (typeof attempt === "string") throw new Error(attempt);
		attempt.end("right");
	};
	return { clock, begin, guess, answer, signIn };
}

describe("guessing from one address", () => {
	it("locks it after a few failures, twice as long each time", () => {
		const { clock, guess, answer } = door();
		expect(guess(4, "copier", "10.0.0.9")).toBe(4);
		expect(answer("other", "10.0.0.9")).toBe("open");
		expect(guess(10, "copier", "10.0.0.9")).toBe(1);
		expect(answer("other", "10.0.0.9")).toBe("locked");
		clock.elapsedMs += 2001;
		expect(answer("other", "10.0.0.9")).toBe("open");
		guess(1, "copier", "::ffff:10.0.0.9");
		clock.elapsedMs += 2001;
		expect(answer("other", "10.0.0.9")).toBe("locked");
		clock.elapsedMs += 2001;
		expect(answer("other", "10.0.0.9")).toBe("open");
	});

	it("never locks longer than a quarter of an hour, and is forgotten after an hour", () => {
		const { clock, guess, answer } = door();
		for (let count = 0; count < 50; count += 1) {
			guess(1, "copier", "10.0.0.9");
			clock.elapsedMs += 15 * 60_000;
		}
		guess(1, "copier", "10.0.0.9");
		clock.elapsedMs += 15 * 60_000 - 1;
		expect(answer("copier", "10.0.0.9")).toBe("locked");
		clock.elapsedMs += 2;
		expect(answer("copier", "10.0.0.9")).toBe("open");
		clock.elapsedMs += 60 * 60_000;
		guess(4, "copier", "10.0.0.9");
		expect(answer("copier", "10.0.0.9")).toBe("open");
	});

	it("is forgiven by signing in", () => {
		const { clock, guess, answer, signIn } = door();
		guess(5, "copier", "10.0.0.9");
		clock.elapsedMs += 5000;
		signIn("copier", "10.0.0.9");
		guess(4, "copier", "10.0.0.9");
		expect(answer("copier", "10.0.0.9")).toBe("open");
	});

	it("gets no further with all guesses at once than one after the other", () => {
		const { clock, begin, answer } = door();
		const atOnce = () =>
			Array.from({ length: 100 }, () => begin("copier", "10.0.0.9")).filter(
				(attempt) => typeof attempt !== "string",
			);
		const first = atOnce();
		expect(first).toHaveLength(5);
		expect(answer("copier", "10.0.0.9")).toBe("busy");
		for (const attempt of first) attempt.end("wrong");
		expect(answer("copier", "10.0.0.9")).toBe("locked");
		clock.elapsedMs += 2001;
		const second = atOnce();
		expect(second).toHaveLength(1);
		for (const attempt of second) attempt.end("wrong");
		expect(answer("copier", "10.0.0.9")).toBe("locked");
	});

	it("counts nothing for attempts that were right or not looked at", () => {
		const { guess, answer, signIn } = door();
		for (let count = 0; count < 500; count += 1) {
			signIn("copier", "fe80::9");
			answer("plc", "fe80::8");
		}
		expect(guess(4, "copier", "fe80::9")).toBe(4);
		expect(answer("copier", "fe80::7")).toBe("open");
		expect(answer("plc", "fe80::8")).toBe("open");
	});
});

describe("guessing at a name", () => {
	it("does not lock its device out at an address not seen since the start", () => {
		const { guess, answer } = door();
		guess(5, "copier", "127.0.0.1");
		expect(answer("copier", "127.0.0.1")).toBe("locked");
		expect(answer("copier", "127.0.0.2")).toBe("open");
	});

	it("locks it for all addresses that have failed for it", () => {
		const { clock, guess, answer } = door();
		for (let host = 1; host <= 8; host += 1) guess(1, "copier", `10.9.9.${host}`);
		expect(answer("copier", "10.9.9.1")).toBe("locked");
		expect(answer("copier", "10.9.9.100")).toBe("open");
		expect(answer("plc", "10.9.9.1")).toBe("open");
		clock.elapsedMs += 16_001;
		expect(answer("copier", "10.9.9.1")).toBe("open");
	});

	it("from ever new addresses is slowed to a few a minute, but not where it is at home", () => {
		const { clock, guess, answer, signIn } = door();
		signIn("copier", "10.0.0.5");
		let evaluated = 0;
		for (let host = 0; host < 1000; host += 1) {
			evaluated += guess(1, "copier", `10.${host >> 8}.1.${host & 255}`);
		}
		expect(evaluated).toBe(60);
		expect(answer("copier", "10.9.9.9")).toBe("locked");
		expect(answer("copier", "10.0.0.5")).toBe("open");
		expect(answer("copier", "10.0.0.77", true)).toBe("open");
		expect(answer("plc", "10.9.9.9")).toBe("open");
		clock.elapsedMs += 20_001;
		expect(answer("copier", "10.9.9.9")).toBe("open");
	});

	it("leaves every place open where several devices share it", () => {
		const { guess, answer, signIn } = door();
		signIn("scanners", "10.0.0.5");
		signIn("scanners", "10.0.0.6");
		for (let host = 0; host < 100; host += 1) guess(1, "scanners", `10.1.1.${host}`);
		expect(answer("scanners", "10.0.0.5")).toBe("open");
		expect(answer("scanners", "10.0.0.6")).toBe("open");
	});
});

describe("IPv6", () => {
	it("lets a failing printer lock out nobody else on its link", () => {
		const { clock, guess, answer } = door();
		for (let minute = 0; minute < 3 * 24 * 60; minute += 1) {
			guess(10, "copier", "fe80::9%eth0");
			clock.elapsedMs += 60_000;
			if (answer("plc", "fe80::8%eth0") !== "open") throw new Error(`locked after ${minute} minutes`);
		}
		guess(10, "copier", "fe80::9%eth0");
		expect(answer("plc", "fe80::9%eth0")).toBe("locked");
	});

	it("bounds a guesser who holds a whole network, but not who is at home in it", () => {
		const { guess, answer, signIn } = door();
		signIn("plc", "2001:db8::5");
		let evaluated = 0;
		for (let host = 1; host <= 500; host += 1) {
			evaluated += guess(1, `user-${host}`, `2001:db8::1:${host}`);
		}
		expect(evaluated).toBe(100);
		expect(answer("plc", "2001:db8::ffff")).toBe("locked");
		expect(answer("plc", "2001:db8::5")).toBe("open");
		expect(answer("plc", "2001:db8::6", true)).toBe("open");
		expect(answer("plc", "2001:db8:0:1::1")).toBe("open");
	});
});

describe("memory", () => {
	it("holds the latest few thousand names and addresses", () => {
		const { guess, answer } = door();
		guess(4, "copier", "10.250.0.1");
		for (let count = 0; count < 6000; count += 1) {
			guess(1, `user-${count}`, `10.1.${count >> 8}.${count & 255}`);
		}
		guess(1, "copier", "10.250.0.1");
		expect(answer("copier", "10.250.0.1")).toBe("open");
		guess(5, "plc", "10.200.0.1");
		expect(answer("plc", "10.200.0.1")).toBe("locked");
	});
});
