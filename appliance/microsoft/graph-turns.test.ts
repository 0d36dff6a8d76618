import { describe, expect, it } from "vitest";
import { GraphTurns } from "./graph-turns.ts";

const ACCOUNT = "alerts@contoso.com";

/** Requests that are answered when a test says so, in the order in which they began. */
function openLine() {
	const turns = new GraphTurns();
	const begun: string[] = [];
	const pending: Promise<void>[] = [];
	const answers = new Map<string, () => void>();
	const ask = (
		name: string,
		{ account = ACCOUNT, signal }: { account?: string; signal?: AbortSignal } = {},
	) => {
		pending.push(
			turns.take(account, signal, () => {
				begun.push(name);
				return new Promise<void>((resolve) => {
					answers.set(name, resolve);
				});
			}),
		);
	};
	const answer = async (name: string) => {
		answers.get(name)?.();
		await new Promise((resolve) => setImmediate(resolve));
	};
	return { ask, answer, begun };
}

describe("turns at Graph", () => {
	it("are four of an account at a time, in the order of coming, so that a fetch beside a flood is served next", async () => {
		const { ask, answer, begun } = openLine();
		for (const name of ["1", "2", "3", "4", "fetch", "5"]) ask(name);
		expect(begun).toEqual(["1", "2", "3", "4"]);
		await answer("3");
		ask("6");
		expect(begun).toEqual(["1", "2", "3", "4", "fetch"]);
		for (const name of ["1", "2"]) await answer(name);
		expect(begun).toEqual(["1", "2", "3", "4", "fetch", "5", "6"]);
	});

	it("are another account's own", () => {
		const { ask, begun } = openLine();
		for (const name of ["1", "2", "3", "4", "5"]) ask(name);
		ask("other", { account: "plant@contoso.com" });
		expect(begun).toEqual(["1", "2", "3", "4", "other"]);
	});

	it("are not kept by who gives up, and are given back by who fails", async () => {
		const { ask, answer, begun } = openLine();
		const leaving = new AbortController();
		for (const name of ["1", "2", "3", "4"]) ask(name);
		ask("gone", { signal: leaving.signal });
		ask("5");
		leaving.abort();
		// It hears from what it calls that it has given up.
		await answer("gone");
		expect(begun).toEqual(["1", "2", "3", "4", "gone"]);
		await answer("1");
		expect(begun.at(-1)).toBe("5");
	});

	it("go on after a request that rejects", async () => {
		const turns = new GraphTurns();
		const failing = () => turns.take(ACCOUNT, undefined, () => Promise.reject(new Error("no")));
		for (let time = 0; time < 10; time += 1) await expect(failing()).rejects.toThrow("no");
	});
});
