/** Settings on the card and on trial, asked for at the real door, and put in force by the image's own script. */
import { execFile } from "node:child_process";
import { access, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { askMachine, type MachineAsk, type MachineDo } from "../machine/door-client.ts";
import { openTestDoor, type TestDoor } from "../machine/testing-door.ts";
import { keep, keptSettings, settingsOnTrial } from "./kept-settings.ts";
import { AS_THE_SITE_SAYS, type NetworkSettings } from "./settings.ts";

const SCRIPT = path.join(import.meta.dirname, "../../../image/overlay/usr/lib/postern/network");
const STATIC: NetworkSettings = {
	...AS_THE_SITE_SAYS,
	ipv4: { method: "static", address: "192.168.1.5/24", gateway: "192.168.1.1" },
	dns: ["192.168.1.1"],
};
const WIFI = {
	country: "DE",
	ssid: 'Café "Nord"',
	security: "wpa2",
	passphrase: "grüne Birnen",
	isHidden: false,
} as const;
const WIRED = "run/systemd/network/10-postern-wired.network";

let root: string;
let door: TestDoor;
beforeEach(async () => {
	root = await mkdtemp(path.join(tmpdir(), "postern-network-"));
	door = await openTestDoor(root);
	await door.file("/proc/uptime", "1000.00 900.00\n");
	for (const name of ["/usr/bin/systemctl", "/usr/bin/networkctl", "/usr/sbin/modprobe"])
		await door.program(name);
});
afterEach(async () => {
	await door[Symbol.asyncDispose]();
	await rm(root, { recursive: true, force: true });
});

const ask = <Do extends MachineDo>(request: MachineAsk<Do>) => askMachine(request, { socket: door.socket });
const tryOut = (more: object = STATIC) =>
	ask({ do: "network-try", ...AS_THE_SITE_SAYS, wifi: null, ...more });

/** As systemd runs it, with the machine's programs of the test. */
async function network(verb: string): Promise<void> {
	const env = { POSTERN_ROOT: root, PATH: `${root}/usr/bin:${process.env["PATH"] ?? ""}` };
	await promisify(execFile)("sh", [SCRIPT, verb], { env });
}
const fileOf = (name: string) => readFile(path.join(root, name), "utf8");

describe("a trial", { timeout: 60_000 }, () => {
	it("comes into force, is kept, and stays over a start", async () => {
		expect(await tryOut()).toEqual({ secondsLeft: 120 });
		expect(await door.calls()).toEqual([
			"/usr/bin/systemctl restart postern-network-return.timer",
			"/usr/bin/systemctl restart postern-network-try.timer",
		]);
		await expect(ask({ do: "network-keep" })).rejects.toMatchObject({ code: "network-trial-soon" });
		await network("try");
		expect(await fileOf(WIRED)).toContain("Address=192.168.1.5/24");
		await door.file("/proc/uptime", "1030.00 900.00\n");
		const shown = await ask({ do: "network-state" });
		expect(shown.trial).toMatchObject({ secondsLeft: 90, isInForce: true, settings: STATIC });
		expect(shown.kept).toMatchObject(AS_THE_SITE_SAYS);
		expect(await ask({ do: "network-keep" })).toEqual({ kept: true });
		expect((await door.calls()).at(-1)).toBe("/usr/bin/systemctl stop postern-network-return.timer");
		expect(await settingsOnTrial(root)).toBeUndefined();
		expect(await keptSettings(root)).toEqual(STATIC);
		// The timer that was stopped a moment too late changes nothing.
		await network("return");
		await rm(path.join(root, "run"), { recursive: true });
		await network("boot");
		expect(await fileOf(WIRED)).toContain("Address=192.168.1.5/24");
	});

	it("that nobody keeps is over: what was in force before is again", async () => {
		await keep(root, STATIC);
		await network("boot");
		await tryOut({ ...STATIC, ipv4: { method: "static", address: "192.168.1.77/24", gateway: "" } });
		await network("try");
		expect(await fileOf(WIRED)).toContain("192.168.1.77");
		await network("return");
		expect(await fileOf(WIRED)).toContain("192.168.1.5/24");
		await expect(ask({ do: "network-keep" })).rejects.toMatchObject({ code: "network-no-trial" });
		expect((await ask({ do: "network-state" })).trial).toBeNull();
	});

	it("is gone after a cut", async () => {
		await keep(root, STATIC);
		await tryOut({ ipv4: { method: "dhcp" }, dns: [] });
		await network("try");
		expect(await fileOf(WIRED)).toContain("DHCP=yes");
		await rm(path.join(root, "run"), { recursive: true });
		await network("boot");
		expect(await fileOf(WIRED)).toContain("192.168.1.5/24");
	});

	it("is called off at once", async () => {
		await tryOut();
		await ask({ do: "network-return" });
		expect((await door.calls()).slice(-2)).toEqual([
			"/usr/bin/systemctl stop postern-network-try.timer postern-network-return.timer",
			"/usr/bin/systemctl start postern-network-return.service",
		]);
	});

	it("of what the machine cannot do is refused, and nothing has changed", async () => {
		await expect(tryOut({ wifi: WIFI })).rejects.toThrow("no Wi-Fi");
		await door.program("/usr/sbin/modprobe", "exit 1");
		await expect(tryOut({ vlan: 7 })).rejects.toThrow("no VLANs");
		await expect(tryOut({ dns: ["nowhere"] })).rejects.toMatchObject({ code: "network-invalid" });
		expect(await settingsOnTrial(root)).toBeUndefined();
		expect((await door.calls()).join()).not.toContain("systemctl");
	});
});

describe("Wi-Fi", { timeout: 60_000 }, () => {
	beforeEach(async () => {
		await mkdir(path.join(root, "sys/class/net/wlan0/phy80211"), { recursive: true });
	});

	it("gets its file for root alone, and the password leaves nowhere", async () => {
		await tryOut({ wifi: WIFI });
		await network("try");
		const conf = await fileOf("run/postern-network/wifi.conf");
		expect(conf).toContain(`ssid=${Buffer.from(WIFI.ssid).toString("hex")}`);
		expect((await door.calls()).at(-1)).toContain("restart postern-wifi@wlan0.service");
		await ask({ do: "network-keep" });
		const key = /psk=(\w{64})/.exec(conf)?.[1] ?? "";
		const shown = JSON.stringify(await ask({ do: "network-state" }));
		expect(JSON.parse(shown).kept.wifi).toMatchObject({ ssid: WIFI.ssid, passphrase: "" });
		for (const text of [shown, door.journal()]) {
			expect(text).not.toContain("Birnen");
			expect(text).not.toContain(key);
		}
		// Another country, and the password not typed again.
		await tryOut({ wifi: { ...WIFI, passphrase: "", country: "FR" } });
		await network("try");
		expect(await fileOf("run/postern-network/wifi.conf")).toContain(`psk=${key}`);
		await network("return");
		await tryOut({ wifi: null });
		await network("try");
		await expect(access(path.join(root, "run/postern-network/wifi.conf"))).rejects.toThrow();
		expect((await door.calls()).at(-1)).toContain("stop postern-wifi@wlan0.service");
	});

	it("networks around are looked for, and wpa_supplicant stopped again", async () => {
		const results = String.raw`bssid / frequency / signal level / flags / ssid
02:00:00:00:00:01\t2412\t-70\t[WPA2-PSK-CCMP][ESS]\tCaf\\xc3\\xa9 \\"Nord\\"
02:00:00:00:00:02\t2437\t-40\t[WPA2-PSK-CCMP][ESS]\tCaf\\xc3\\xa9 \\"Nord\\"
02:00:00:00:00:03\t2437\t-50\t[RSN-SAE-CCMP][ESS]\tNew
02:00:00:00:00:04\t2437\t-60\t[ESS]\tGuests
02:00:00:00:00:05\t2437\t-30\t[WPA2-PSK-CCMP][ESS]\t
02:00:00:00:00:06\t2437\t-30\t[WPA2-PSK-CCMP][ESS]\t\\xff\\xfe\\n`;
		await writeFile(path.join(root, "results"), results.replaceAll("\\t", "\t").replaceAll("\\\\", "\\"));
		await door.program("/usr/sbin/wpa_cli", `[ "$3" = scan_results ] && cat '${root}/results'; exit 0`);
		expect((await ask({ do: "wifi-scan", country: "DE" })).networks).toEqual([
			{ ssid: 'Café "Nord"', signalDbm: -40, security: "wpa2" },
			{ ssid: "New", signalDbm: -50, security: "wpa3" },
			{ ssid: "Guests", signalDbm: -60, security: "open" },
		]);
		const calls = (await door.calls()).filter((call) => call.includes("systemctl"));
		expect(calls.map((call) => call.split(" ")[1])).toEqual(["start", "stop"]);
		await expect(access(path.join(root, "run/postern-network/wifi.conf"))).rejects.toThrow();
	});
});

describe("what is kept", () => {
	it("is one folder, whatever was left over", async () => {
		await mkdir(path.join(root, "data/system/network/settings-cut/systemd"), { recursive: true });
		await keep(root, STATIC);
		await keep(root, AS_THE_SITE_SAYS);
		expect(await readdir(path.join(root, "data/system/network"))).toHaveLength(2);
		expect(await keptSettings(root)).toEqual(AS_THE_SITE_SAYS);
	});

	it("that cannot be read is as if there were none: the box is found by DHCP", async () => {
		await keep(root, STATIC);
		await writeFile(path.join(root, "data/system/network/kept/settings.json"), "{");
		expect(await keptSettings(root)).toEqual(AS_THE_SITE_SAYS);
		await rm(path.join(root, "data"), { recursive: true });
		await network("boot");
		expect(await readdir(path.join(root, "run/systemd/network"))).toEqual([]);
	});

	it("may be the host's name", async () => {
		expect(await ask({ do: "host-name", name: "Box-2.example" })).toEqual({ name: "box-2" });
		expect(await fileOf("data/system/hostname")).toBe("box-2\n");
		await mkdir(path.join(root, "proc/sys/kernel"), { recursive: true });
		await network("name");
		expect(await fileOf("proc/sys/kernel/hostname")).toBe("box-2\n");
		await ask({ do: "host-name", name: "box-2" });
		expect(await door.calls()).toEqual(["/usr/bin/systemctl restart postern-hostname.service"]);
		await expect(ask({ do: "host-name", name: "-x\nevil" })).rejects.toMatchObject({
			code: "host-name-invalid",
		});
	});
});

describe("the clock", () => {
	const builtAt = "2026-11-20T00:00:00Z";
	beforeEach(async () => {
		const image = { version: "0.1.0", compatible: "postern-arm64", builtAt };
		await door.file("/usr/lib/postern/image.json", JSON.stringify(image));
		await door.program("/usr/bin/date");
	});

	it("is set where no time server does it, to a time that can be", async () => {
		await ask({ do: "set-time", time: "2026-12-01T10:00:00.250Z" });
		expect(await door.calls()).toEqual(["/usr/bin/date --utc --set @1796119200.250"]);
		for (const time of ["2026-11-01T00:00:00Z", "2099-01-01T00:00:00Z"]) {
			await expect(ask({ do: "set-time", time })).rejects.toMatchObject({ code: "clock-implausible" });
		}
		await door.file("/run/systemd/timesync/synchronized", "");
		await expect(ask({ do: "set-time", time: "2026-12-01T10:00:00Z" })).rejects.toMatchObject({
			code: "clock-kept",
		});
	});
});
