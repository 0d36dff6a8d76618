/** `postern device set` and `device password` as an owner types them, against a real control socket. */
import { afterEach, describe, expect, it } from "vitest";
import { device } from "../../web/testing/samples.ts";
import { postern, start, stop } from "./testing/postern.ts";

afterEach(stop);

const RULED = device({
	from: ["scan@contoso.com", "*@example.com"],
	recipients: ["*@contoso.com"],
	rate: { count: 120, perMs: 3_600_000 },
	quota: { count: 500_000_000, perMs: 86_400_000 },
	urgent: true,
	coalesceMs: 90_000,
});

describe("device set", () => {
	it("sends what was named, and nothing else", async () => {
		const { state } = await start({ devices: [device()] });
		const { exitCode, stdout } = await postern([
			...["device", "set", "Copier", "--rate", "120/h", "--quota", "none", "--urgent", "on"],
			...["--drop-repeats", "off", "--address", "192.168.1.60,192.168.1.61", "--from", "force"],
			...["--recipients", "*@contoso.com", "--recipients", "boss@example.com"],
			...["--turn-on", "legacy_tls", "--turn-off", "cram_md5", "--turn-off", "hide_ehlo"],
		]);
		expect(exitCode).toBe(0);
		expect(stdout).toContain('"Copier" is changed. It is now:');
		const [call = ""] = state.calls;
		expect(call.slice(0, 13)).toBe("rules Copier ");
		expect(JSON.parse(call.slice(13))).toEqual({
			...{ rate: "120/h", quota: null, urgent: true, drop_repeats: false },
			...{ addresses: ["192.168.1.60", "192.168.1.61"], from: "force" },
			recipients: ["*@contoso.com", "boss@example.com"],
			switches: { legacy_tls: true, cram_md5: false, hide_ehlo: [] },
		});
	});

	it("takes a list of senders, and a new name", async () => {
		const { state } = await start({ devices: [device()] });
		const args = ["device", "set", "Copier", "--from", "a@contoso.com, *@example.com", "--name", "Copier 2"];
		expect((await postern(args)).stdout).toContain('"Copier 2" is changed');
		expect(state.calls).toEqual(['rules Copier {"from":["a@contoso.com","*@example.com"]}']);
		expect(state.devices.map(({ name }) => name)).toEqual(["Copier 2"]);
	});

	it("refuses what was typed wrongly before anything is changed", async () => {
		const { state } = await start({ devices: [device()] });
		for (const options of [
			[],
			["--urgent", "perhaps"],
			["--from", "keep", "--from", "a@contoso.com"],
			["--turn-on", "legacy_tsl"],
			["--turn-off", "hide_ehlo=CHUNKING"],
			["--password", "mine"],
		]) {
			expect((await postern(["device", "set", "Copier", ...options])).exitCode).toBe(2);
		}
		expect((await postern(["device", "set", "Nobody", "--rate", "1/h"])).exitCode).toBe(1);
		expect(state.calls).toEqual([]);
	});

	it("bounds what goes over the socket", async () => {
		const { state } = await start({ devices: [device()] });
		const many = Array.from({ length: 1001 }, (_, index) => `a${index}@example.com`).join(",");
		const { exitCode, stderr } = await postern(["device", "set", "Copier", "--recipients", many]);
		expect([exitCode, state.calls]).toEqual([1, []]);
		expect(stderr).toContain("recipients");
	});
});

describe("device show", () => {
	it("tells what the device may do, where that is not everything", async () => {
		await start({ devices: [RULED, device({ name: "Plain" })] });
		const { stdout } = await postern(["device", "show", "Copier"]);
		expect(stdout).toContain("  May send as   scan@contoso.com, *@example.com");
		expect(stdout).toContain("  May write to  *@contoso.com");
		expect(stdout).toContain("  At most       120/h messages");
		expect(stdout).toContain("  And at most   500MB/d");
		expect(stdout).toContain("  Turned on     urgent, coalesce=90s");
		expect((await postern(["device", "show", "Plain"])).stdout).not.toMatch(/May|At most|Turned/);
	});
});

describe("device password", () => {
	it("prints the new one once", async () => {
		await start({ devices: [device()] });
		const { stdout } = await postern(["device", "password", "Copier"]);
		expect(stdout).toBe(
			'Type this into "Copier"; the old one is worth nothing now:\n\n  Password  type-me-5678\n\nThe password is shown only now.\n',
		);
		expect(JSON.parse((await postern(["device", "password", "Copier", "--json"])).stdout)).toEqual({
			...{ device: "Copier", password: "type-me-5678" },
		});
	});
});
