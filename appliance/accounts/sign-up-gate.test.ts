import { beforeEach, describe, expect, it } from "vitest";
import { SystemClock } from "../clock.ts";
import { configSchema } from "../config/schema.ts";
import { UserError } from "../errors.ts";
import { Log } from "../log.ts";
import { RefusalLog } from "../refusal-log.ts";
import { type Entered, SignUpGate } from "./sign-up-gate.ts";

class StillClock extends SystemClock {
	elapsedMs = 0;
	override monotonicMs(): number {
		return this.elapsedMs;
	}
}

let clock: StillClock;
let gate: SignUpGate;
let lines: string[];
beforeEach(() => {
	clock = new StillClock();
	lines = [];
	const log = new Log({ level: "info", journal: false, write: (line) => void lines.push(line) });
	const { sign_up } = configSchema.parse({ sign_up: { enabled: true, allow: ["*@contoso.com"] } });
	gate = new SignUpGate({ settings: () => sign_up, clock, log, refusals: new RefusalLog(clock, log) });
});

function enter(address: string, from: string, isLeaving = false): Entered | string {
	try {
		return gate.enter({ address, peer: { address: from, agent: "" }, isLeaving });
	} catch (thrown) {
		if (!(thrown instanceof UserError)) throw thrown;
		return thrown.code;
	}
}

function leave(entered: Entered | string, outcome: "right" | "wrong"): void {
	if (typeof entered === "string") throw new Error(entered);
	entered.end(outcome);
}

describe("the gate of self-service", () => {
	it("has room for so many at once, and again when they are gone", () => {
		const inside = Array.from({ length: 10 }, (_, index) =>
			enter(`p${index}@contoso.com`, `192.168.1.${index + 1}`),
		);
		expect(inside.filter((one) => typeof one === "string")).toEqual([]);
		expect(enter("late@contoso.com", "192.168.1.99")).toBe("sign-up-busy");
		for (const one of inside) leave(one, "right");
		expect(enter("late@contoso.com", "192.168.1.99")).not.toBeTypeOf("string");
	});

	it("does not let one address or one place take all of it", () => {
		for (const place of ["192.168.1.1", "192.168.1.2", "192.168.1.3"]) enter("ada@contoso.com", place);
		expect(enter("Ada@contoso.com", "192.168.1.4")).toBe("sign-up-busy");
		const codes = Array.from({ length: 6 }, (_, index) => enter(`p${index}@contoso.com`, "192.168.1.9"));
		expect(codes.filter((one) => one === "sign-up-busy").length).toBeGreaterThan(0);
		expect(enter("bob@contoso.com", "192.168.1.5")).not.toBeTypeOf("string");
	});

	it("slows down who tries which addresses are allowed, and who comes to nothing, and forgives who comes in", () => {
		for (let index = 0; index < 5; index += 1) {
			expect(enter(`p${index}@example.com`, "192.168.1.1")).toBe("sign-up-denied");
		}
		expect(enter("ada@contoso.com", "192.168.1.1")).toBe("sign-up-locked");
		expect(enter("ada@contoso.com", "192.168.1.2")).not.toBeTypeOf("string");
		clock.elapsedMs += 3000;
		leave(enter("ada@contoso.com", "192.168.1.1"), "wrong");
		expect(enter("ada@contoso.com", "192.168.1.1")).toBe("sign-up-locked");
		clock.elapsedMs += 5000;
		leave(enter("bob@contoso.com", "192.168.1.1"), "right");
		leave(enter("bob@contoso.com", "192.168.1.1"), "wrong");
		expect(enter("bob@contoso.com", "192.168.1.1")).not.toBeTypeOf("string");
	});

	it("writes down whom it refused, but nothing that was no address", () => {
		enter("eve@example.com", "192.168.1.1");
		enter("my secret password", "192.168.1.1");
		expect(lines.join("")).toContain("sign-up-refused reason=sign-up-denied who=eve@example.com");
		expect(lines.join("")).not.toContain("secret");
	});
});
