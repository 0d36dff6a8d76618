/**
 * `postern seed` on folders that stand for the boot partition and the machine: what it leaves where, cut at every step and done
 * again, and what becomes of the setup code.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { silentLog } from "./log.ts";
import { Secret } from "./secret.ts";
import { CutError, seedBox } from "./seeding.ts";
import { keptSettings } from "./system/network/kept-settings.ts";

const SEED = `name = "office"\r
time_zone = "Europe/Berlin"\r
\r
[network]\r
address = "192.168.1.5/24"\r
gateway = "192.168.1.1"\r
dns = ["192.168.1.1"]\r
\r
[wifi]\r
country = "DE"\r
ssid = "Office"\r
passphrase = "open sesame"\r
\r
[[account]]\r
address = "alerts@contoso.com"\r
\r
[[device]]\r
name = "Copier"\r
username = "copier"\r
password = "clear as day"\r
`;
const WITH_OWNER = `${SEED}\r\n[console]\r\npassword = "grey heron at dawn"\r\n`;
const SECRETS = ["open sesame", "clear as day", "grey heron at dawn"];

let folder: string;
let boot: string;
let root: string;
beforeEach(() => {
	folder = mkdtempSync(path.join(tmpdir(), "postern-seeding-"));
	boot = path.join(folder, "boot");
	root = path.join(folder, "root");
	mkdirSync(boot);
	mkdirSync(path.join(root, "data", "postern"), { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A hash that is the same each time, so that what two runs leave can be compared. */
const passwords = {
	hash: async (password: Secret) => new Secret(`hash of ${password.reveal().length} signs`),
};

const put = (text: string, name = "postern.toml") => writeFileSync(path.join(boot, name), text);
const onBoot = (name: string) => readFileSync(path.join(boot, name), "utf8");
const inState = (name: string) => readFileSync(path.join(root, "data", "postern", name), "utf8");
const seed = (onStep?: (step: string) => void) =>
	seedBox({ boot, root, passwords, log: silentLog(), ...(onStep === undefined ? {} : { onStep }) });

function everythingBelow(top: string): string {
	const files = readdirSync(top, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
	return files.map((entry) => readFileSync(path.join(entry.parentPath, entry.name), "latin1")).join("\n");
}

/** All that the seed decides, but for the code, which is another each time. */
async function outcome() {
	return {
		files: readdirSync(boot).sort(),
		toml: onBoot("postern.toml"),
		network: await keptSettings(root),
		system: ["hostname", "time-zone.env", "seed.json"].map((name) =>
			readFileSync(path.join(root, "data", "system", name), "utf8"),
		),
		staged: JSON.parse(inState("seed.json")) as unknown,
		state: readdirSync(path.join(root, "data", "postern")).sort(),
	};
}

describe("a seed", () => {
	it("becomes the machine's and Postern's, without its passwords", async () => {
		put(SEED);
		await seed();
		const found = await outcome();
		expect(found.network).toMatchObject({
			ipv4: { method: "static", address: "192.168.1.5/24", gateway: "192.168.1.1" },
			wifi: { country: "DE", ssid: Buffer.from("Office").toString("hex"), security: "wpa2" },
		});
		expect(found.system).toEqual([
			"office\n",
			"TZ=Europe/Berlin\n",
			expect.stringContaining('"isBlanked":true'),
		]);
		expect(found.staged).toEqual({
			settings: [{ key: "name", value: "office" }],
			ownerPasswordHash: null,
			account: [{ address: "alerts@contoso.com" }],
			device: [{ name: "Copier", username: "copier", password_hash: "hash of 12 signs" }],
			mailbox: [],
		});
		expect(onBoot("postern.toml")).toHaveLength(SEED.length);
		for (const secret of SECRETS) expect(everythingBelow(folder)).not.toContain(secret);
	});

	it("is applied once: what is written afterwards is left alone", async () => {
		put(SEED);
		await seed();
		const before = await outcome();
		put('name = "other"\r\n[wifi]\r\npassphrase = "not touched"\r\n');
		await seed();
		expect({ ...(await outcome()), toml: before.toml }).toEqual(before);
		expect(onBoot("postern.toml")).toContain("not touched");
	});

	it("is found under the name that Windows gives it", async () => {
		put("# nothing\r\n");
		put(SEED, "postern.toml.txt");
		await seed();
		expect((await keptSettings(root)).wifi).not.toBeNull();
		expect(onBoot("postern.toml.txt")).not.toContain("open sesame");
	});

	it("is left as it is with what is wrong named beside it, and taken once it is mended", async () => {
		put(SEED.replace("ssid", "sssid").replace('"DE"', '"Germany"'));
		await seed();
		expect(onBoot("postern-problems.txt")).toBe(
			[
				"Postern could not use the settings on this card. Nothing of them was taken.",
				"",
				'- postern.toml, line 11: There is no "sssid" in [wifi]; did you mean "ssid"?',
				"",
				"Mend what is named here, save, and put the card back into the box.",
				"",
			].join("\r\n"),
		);
		expect(readdirSync(path.join(root, "data", "postern"))).toEqual(["setup-code"]);
		expect(onBoot("postern.toml")).toContain("open sesame");
		put(SEED.replace('"DE"', '"Germany"'));
		await seed();
		expect(onBoot("postern-problems.txt")).toMatch(/postern\.toml, line 9: .*two letters, such as DE/);
		put(SEED);
		await seed();
		expect(readdirSync(boot)).not.toContain("postern-problems.txt");
		expect(onBoot("postern.toml")).not.toContain("open sesame");
	});

	it("with a password that everybody tries is told so by its line", async () => {
		put('[console]\r\npassword = "password123"\r\n');
		await seed();
		expect(onBoot("postern-problems.txt")).toContain("postern.toml, line 2: ");
	});

	it("may be what Raspberry Pi Imager wrote; postern.toml goes first", async () => {
		put("hostname: office\ntimezone: Europe/Berlin\nenable_ssh: true\n", "user-data");
		const key = "0f".repeat(32);
		put(
			`network:\n  wifis:\n    wlan0:\n      regulatory-domain: "DE"\n      access-points:\n        "Air":\n          password: "${key}"\n`,
			"network-config",
		);
		put('name = "mine"\r\n');
		await seed();
		const { wifi } = await keptSettings(root);
		expect(wifi).toMatchObject({ country: "DE", ssid: Buffer.from("Air").toString("hex"), key });
		expect(readFileSync(path.join(root, "data", "system", "hostname"), "utf8")).toBe("mine\n");
		expect(onBoot("network-config")).not.toContain(key);
		expect(onBoot("postern-problems.txt")).toContain("enable_ssh: not used by Postern.");
	});

	it.each([
		["without an owner", SEED],
		["with one", WITH_OWNER],
	])("%s: cut after any step and started again, ends as if nothing had happened", async (_, text) => {
		const steps: string[] = [];
		put(text);
		await seed((step) => steps.push(step));
		const whole = await outcome();
		expect(steps.length).toBeGreaterThan(6);
		for (const at of steps.keys()) {
			rmSync(root, { recursive: true });
			rmSync(boot, { recursive: true });
			mkdirSync(boot);
			mkdirSync(path.join(root, "data", "postern"), { recursive: true });
			put(text);
			let count = 0;
			const cut = seed(() => {
				if (count === at) throw new CutError();
				count += 1;
			});
			await expect(cut, `cut after ${steps[at]}`).rejects.toThrow(CutError);
			await seed();
			expect(await outcome(), `cut after ${steps[at]}`).toEqual(whole);
			for (const secret of SECRETS) expect(everythingBelow(folder)).not.toContain(secret);
		}
	});
});

it("cut while its passwords leave the card, also within a file, is rid of the others at the next start", async () => {
	put(WITH_OWNER);
	const toMark = (step: string) => {
		if (step.startsWith("marked isApplied")) throw new CutError();
	};
	await expect(seed(toMark)).rejects.toThrow(CutError);
	// One is gone, half of another, and the file is no TOML any more.
	const [first = "", second = ""] = SECRETS;
	put(
		WITH_OWNER.replace(`"${first}"`, '""'.padEnd(13)).replace(
			`"${second}`,
			`""${" ".repeat(second.length - 1)}`,
		),
	);
	await seed();
	for (const secret of SECRETS) expect(everythingBelow(folder)).not.toContain(secret);
	expect(onBoot("postern.toml")).toHaveLength(WITH_OWNER.length);
});

describe("the setup code", () => {
	const code = () => inState("setup-code").trim();

	it("is made once, is Postern's alone, and lies on the boot partition until somebody owns the box", async () => {
		await seed();
		const first = code();
		expect(first).toMatch(/^[A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4}$/);
		expect(statSync(path.join(root, "data", "postern", "setup-code")).mode & 0o777).toBe(0o600);
		expect(onBoot("postern-setup-code.txt")).toContain(`   ${first}\r\n`);
		expect(onBoot("postern-setup-code.txt")).toContain("http://postern.local");
		await seed();
		expect(code()).toBe(first);
		// Postern removes it when somebody has claimed the box.
		rmSync(path.join(root, "data", "postern", "setup-code"));
		await seed();
		expect(readdirSync(boot)).toEqual([]);
		expect(readdirSync(path.join(root, "data", "system"))).toContain("seed-over");
	});

	it("is not made where the seed brings the owner's password", async () => {
		put(WITH_OWNER);
		await seed();
		expect(readdirSync(path.join(root, "data", "postern"))).toEqual(["seed.json"]);
		expect(readdirSync(boot)).toEqual(["postern.toml"]);
		expect(readdirSync(path.join(root, "data", "system"))).toContain("seed-over");
	});

	it("comes back when the box's button has made a new one; no seed is taken then", async () => {
		await seed();
		rmSync(path.join(root, "data", "postern", "setup-code"));
		await seed();
		writeFileSync(path.join(root, "data", "postern", "setup-code"), "abcd-efgh-jkmn\n");
		put(SEED);
		await seed();
		expect(onBoot("postern-setup-code.txt")).toContain("abcd-efgh-jkmn");
		expect(onBoot("postern.toml")).toBe(SEED);
		rmSync(path.join(root, "data", "postern", "setup-code"));
		await seed();
		expect(readdirSync(boot)).toEqual(["postern.toml"]);
	});

	it("is there for the screen where there is no boot partition", async () => {
		rmSync(boot, { recursive: true });
		await seed();
		expect(code()).not.toBe("");
	});
});
