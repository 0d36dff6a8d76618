/** `postern network …` as an owner types it, against a real control socket. */
import { afterEach, describe, expect, it } from "vitest";
import { postern, start, stop } from "./testing/postern.ts";

afterEach(stop);

const tried = (calls: readonly string[]) => JSON.parse(calls.at(-1)?.replace("network try ", "") ?? "");

describe("network", () => {
	it("show: what is, and what is set up", async () => {
		await start();
		const { stdout, exitCode } = await postern(["network", "show"]);
		expect(exitCode).toBe(0);
		expect(stdout).toMatch(
			/end0 +192\.168\.1\.20\/24, fe80::5\/64\nwlan0 +not connected\ngateway +192\.168\.1\.1/,
		);
		expect(stdout).toMatch(/IPv4 +dhcp\nIPv6 +auto\n/);
	});

	it("set: what is named, and leaves the rest", async () => {
		const { state } = await start();
		const { stdout, exitCode } = await postern([
			...["network", "set", "--ipv4", "192.168.1.5/24", "--gateway", "192.168.1.1"],
			...["--dns", "192.168.1.1", "--dns", "9.9.9.9", "--vlan", "7", "--name", "relay", "--proxy", "none"],
		]);
		expect(exitCode).toBe(0);
		expect(stdout).toContain("within 120 seconds");
		expect(stdout).toContain("postern network confirm");
		expect(tried(state.calls)).toEqual({
			ipv4: { method: "static", address: "192.168.1.5/24", gateway: "192.168.1.1" },
			ipv6: { method: "auto" },
			...{ dns: ["192.168.1.1", "9.9.9.9"], ntp: [], vlan: 7, wifi: null },
			...{ name: "relay", proxy: "" },
		});
	});

	it("set: the password of a Wi-Fi network comes on standard input", async () => {
		const { state } = await start();
		const args = ["network", "set", "--wifi", "Office", "--country", "DE", "--json"];
		const { stdout } = await postern(args, { input: "long enough\n" });
		expect(JSON.parse(stdout)).toEqual({ secondsLeft: 120, needRestart: [] });
		expect(tried(state.calls).wifi).toEqual({
			...{ country: "DE", ssid: "Office", security: "wpa2", isHidden: false },
			passphrase: "long enough",
		});
	});

	it("confirm, undo", async () => {
		const { state } = await start();
		expect((await postern(["network", "confirm"])).stdout).toBe("Kept.\n");
		expect((await postern(["network", "undo", "--json"])).stdout).toContain('"returned": true');
		expect(state.calls).toEqual(["network keep", "network return"]);
	});

	it("set: refuses what is nothing or no number", async () => {
		await start();
		expect((await postern(["network", "set"])).exitCode).toBe(2);
		expect((await postern(["network", "set", "--vlan", "seven"])).exitCode).toBe(2);
	});
});
