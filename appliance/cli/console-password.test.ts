/** `postern console password` as an owner types it, against a real control socket. */
import { afterEach, describe, expect, it } from "vitest";
import { postern, start, stop } from "./testing/postern.ts";

afterEach(stop);

describe("console password", () => {
	it("prints who may sign in and with what, once", async () => {
		const { state } = await start();
		const { stdout, exitCode } = await postern(["console", "password"]);
		expect(exitCode).toBe(0);
		expect(stdout).toBe(
			[
				"Sign in to the console with",
				"",
				"  User name    owner",
				"  Password     kv7m-p2xd-9qrt-w4nh",
				"",
				"The password is shown only now.",
				"",
			].join("\n"),
		);
		const { stdout: json } = await postern(["console", "password", "--json"]);
		expect(JSON.parse(json)).toEqual({ name: "owner", password: "kv7m-p2xd-9qrt-w4nh" });
		expect(state.calls).toEqual(["console password", "console password"]);
	});

	it("takes no password on the command line, where others on the machine could read it", async () => {
		const { state } = await start();
		expect((await postern(["console", "password", "mine"])).exitCode).toBe(2);
		expect(state.calls).toEqual([]);
	});
});
