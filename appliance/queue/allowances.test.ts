import { describe, expect, it } from "vitest";
import { Allowances } from "./allowances.ts";
import type { Limits } from "./limits.ts";
import { SimulatedClock } from "./testing/simulated-clock.ts";

const ACCOUNT = "alerts@contoso.com";
const OTHER = "scans@contoso.com";

function open(most: { readonly requests?: number; readonly uploadBytes?: number }) {
	const clock = new SimulatedClock();
	const limits: Limits = {
		windows: (["requests", "uploadBytes"] as const).flatMap((unit) => {
			const limit = most[unit];
			if (limit === undefined) return [];
			return [{ unit, most: limit, perMs: 60_000, spreadFrom: 1, isKept: false, ownerText: unit }];
		}),
	};
	return { clock, allowances: new Allowances({ limitsOf: () => limits, clock }) };
}

/** Something asked of Microsoft that is answered when the test says so. */
function question() {
	const { promise, resolve } = Promise.withResolvers<void>();
	let isAsked = false;
	return {
		ask: () => {
			isAsked = true;
			return promise;
		},
		answer: resolve,
		isAsked: () => isAsked,
	};
}

describe("what an account may still ask", () => {
	it("is promised to attempts as they are let in, and what they do not ask comes back", () => {
		const { allowances } = open({ requests: 3 });
		const held = [1, 2, 3].map(() => allowances.hold(ACCOUNT, { requests: 1 }));
		expect(allowances.wait(ACCOUNT, { requests: 1 })?.limit.ownerText).toBe("requests");
		expect(allowances.wait(OTHER, { requests: 1 })).toBeUndefined();
		for (const each of held) allowances.release(ACCOUNT, each);
		expect(allowances.wait(ACCOUNT, { requests: 3 })).toBeUndefined();
	});

	it("counts a request from its question to a minute after its answer", async () => {
		const { clock, allowances } = open({ requests: 1 });
		const held = allowances.hold(ACCOUNT, { requests: 1 });
		const request = question();
		const done = allowances.run(ACCOUNT, { requests: 1 }, undefined, request.ask);
		await clock.run(100_000);
		expect(request.isAsked()).toBe(true);
		expect(allowances.wait(ACCOUNT, { requests: 1 })).toBeDefined();
		request.answer();
		await done;
		allowances.release(ACCOUNT, held);
		await clock.run(159_000);
		expect(allowances.wait(ACCOUNT, { requests: 1 })).toBeDefined();
		await clock.run(162_000);
		expect(allowances.wait(ACCOUNT, { requests: 1 })).toBeUndefined();
	});

	it("makes what goes beyond an attempt's estimate wait for room of its own", async () => {
		const { clock, allowances } = open({ requests: 2 });
		allowances.hold(ACCOUNT, { requests: 1 });
		const questions = [question(), question(), question()];
		for (const { ask, answer } of questions) {
			void allowances.run(ACCOUNT, { requests: 1 }, undefined, ask);
			answer();
		}
		await clock.run(59_000);
		expect(questions.map(({ isAsked }) => isAsked())).toEqual([true, true, false]);
		await clock.run(62_000);
		expect(questions.map(({ isAsked }) => isAsked())).toEqual([true, true, true]);
	});

	it("lets a large upload begin when a tenth is free, and each of its pieces when there is room for it", async () => {
		const { clock, allowances } = open({ uploadBytes: 100 });
		const earlier = allowances.hold(ACCOUNT, { uploadBytes: 10 });
		await allowances.run(ACCOUNT, { uploadBytes: 60 }, undefined, () => Promise.resolve());
		allowances.release(ACCOUNT, earlier);
		expect(allowances.wait(ACCOUNT, { uploadBytes: 150 })).toBeUndefined();
		allowances.hold(ACCOUNT, { uploadBytes: 150 });
		const pieces = [question(), question(), question(), question()];
		for (const { ask, answer } of pieces) {
			void allowances.run(ACCOUNT, { uploadBytes: 30 }, undefined, ask);
			answer();
		}
		await clock.run(1_000);
		expect(pieces.filter(({ isAsked }) => isAsked())).toHaveLength(1);
		await clock.run(200_000);
		expect(pieces.filter(({ isAsked }) => isAsked())).toHaveLength(4);
	});

	it("keeps nobody waiting who is told to stop", async () => {
		const { allowances } = open({ requests: 1 });
		await allowances.run(ACCOUNT, { requests: 1 }, undefined, () => Promise.resolve());
		const stop = new AbortController();
		const request = question();
		const done = allowances.run(ACCOUNT, { requests: 1 }, stop.signal, request.ask);
		request.answer();
		stop.abort();
		await done;
		expect(request.isAsked()).toBe(true);
	});

	it("is known in full when a request fails", async () => {
		const { allowances } = open({ requests: 1 });
		await expect(
			allowances.run(ACCOUNT, { requests: 1 }, undefined, () => Promise.reject(new Error("bug"))),
		).rejects.toThrow("bug");
		expect(allowances.wait(ACCOUNT, { requests: 1 })).toBeDefined();
	});
});

describe("an app registration's requests", () => {
	function openApp() {
		const clock = new SimulatedClock();
		const limits: Limits = { windows: [], app: { key: "app", concurrency: 2 } };
		return new Allowances({ limitsOf: () => limits, clock });
	}
	const settled = () => new Promise((resolve) => setImmediate(resolve));

	it("run as many at once as it may, of all its accounts, in the order of asking", async () => {
		const allowances = openApp();
		const asked = [ACCOUNT, ACCOUNT, OTHER, ACCOUNT].map((account) => {
			const request = question();
			return { ...request, done: allowances.run(account, { requests: 1 }, undefined, request.ask) };
		});
		await settled();
		const states = () => asked.map(({ isAsked }) => isAsked());
		expect(states()).toEqual([true, true, false, false]);
		asked[1]?.answer();
		await settled();
		expect(states()).toEqual([true, true, true, false]);
		for (const { answer } of asked) answer();
		await Promise.all(asked.map(({ done }) => done));
		expect(states()).toEqual([true, true, true, true]);
	});

	it("go on after one that fails, and do not hold up what is sent over SMTP", async () => {
		const allowances = openApp();
		const failing = () => Promise.reject(new Error("no"));
		for (let time = 0; time < 3; time += 1)
			await expect(allowances.run(ACCOUNT, { requests: 1 }, undefined, failing)).rejects.toThrow("no");
		const open = [question(), question()];
		const done = open.map(({ ask }) => allowances.run(ACCOUNT, { requests: 1 }, undefined, ask));
		await settled();
		expect(open.map(({ isAsked }) => isAsked())).toEqual([true, true]);
		expect(await allowances.run(ACCOUNT, { messages: 1 }, undefined, async () => "sent")).toBe("sent");
		for (const { answer } of open) answer();
		await Promise.all(done);
	});
});
