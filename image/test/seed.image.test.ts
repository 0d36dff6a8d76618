/** A card with settings on its boot partition, put into a box: what the box makes of it, and what is left on the card. */
import { afterEach, describe, expect, it } from "vitest";
import { eventually } from "../../appliance/e2e/house.ts";
import { Box, PATIENCE_MS } from "./box.ts";

const PASSWORDS = ["grey heron at dawn", "typed into the copier", "air of the office"];
const SEED = `name = "office"\r
time_zone = "Europe/Berlin"\r
[console]\r
password = \u201c${PASSWORDS[0]}\u201d\r
[wifi]\r
country = "DE"\r
ssid = "Office"\r
passphrase = "${PASSWORDS[2]}"\r
[[device]]\r
name = "Copier"\r
username = "copier"\r
password = "${PASSWORDS[1]}"\r
`;

let box: Box | undefined;
afterEach(async () => {
	await box?.close();
	box = undefined;
});

async function boxWith(seed: Buffer): Promise<Box> {
	const made = await Box.make({ ports: [80] });
	box = made;
	await made.putBootFile("postern.toml", seed);
	await made.switchOn();
	await eventually(
		"the service is active",
		async () => (await made.run("systemctl is-active postern.service")) === "active",
		PATIENCE_MS,
	);
	return made;
}

describe("a new card", () => {
	it(
		"with a seed is the owner's box at its first start, and has no passwords any more",
		async () => {
			const made = await boxWith(Buffer.from(`\ufeff${SEED}`, "utf16le"));
			expect(await made.run("cat /proc/sys/kernel/hostname")).toBe("office");
			expect(await made.run("postern device list")).toContain("Copier");
			expect(await made.run("cat /data/system/network/kept/wifi.conf")).toContain("DE");
			expect(await made.run("systemctl show postern.service -p Environment -p EnvironmentFiles")).toContain(
				"time-zone",
			);
			expect(
				await made.run("tr '\\0' '\\n' < /proc/$(systemctl show -P MainPID postern.service)/environ"),
			).toContain("TZ=Europe/Berlin");
			const page = await fetch(`http://127.0.0.1:${made.port(80)}/`, { headers: { host: "office.local" } });
			expect(page.url).toContain("/sign-in");
			expect(await made.run("systemctl --failed --no-legend --plain")).toBe("");
			expect(await made.run("journalctl -b -o cat --no-pager | grep -i 'ordering cycle'")).toBe("");
			expect(
				await made.run("journalctl -b -o cat -p warning -u postern-seed.service -u postern-screen.service"),
			).toMatch(/^(?:-- No entries --)?$/);
			expect(await made.run("systemd-analyze --no-pager blame 2>/dev/null | grep postern-seed")).toContain(
				"postern-seed",
			);
			await made.cutPower();
			const left = (await made.bootFile("postern.toml"))?.toString("utf16le") ?? "";
			expect(left).toContain('name = "office"');
			for (const password of PASSWORDS) expect(left).not.toContain(password);
			expect(await made.bootFile("postern-setup-code.txt")).toBeUndefined();
			await made.switchOn();
			expect(await made.run("systemctl show -P ConditionResult postern-seed.service")).toBe("no");
		},
		4 * PATIENCE_MS,
	);

	it(
		"with a slip in it says which, shows its setup code on the screen, and forgets that once it is claimed",
		async () => {
			const made = await boxWith(Buffer.from(SEED.replace("ssid", "sssid")));
			const code = await made.run("cat /data/postern/setup-code");
			expect(code).toMatch(/^[A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4}$/);
			const onScreen = [code, "http://postern.local", 'did you mean "ssid"?', "waits to be set up"];
			await eventually(
				"the screen shows it",
				async () => {
					const screen = await made.run("cat /dev/vcs1");
					return onScreen.every((text) => screen.includes(text));
				},
				PATIENCE_MS,
			);
			await made.run("postern console password");
			await eventually(
				"the box knows that it is owned",
				async () => (await made.run("ls /data/system")).includes("seed-over"),
				PATIENCE_MS,
			);
			expect(await made.run("systemctl --failed --no-legend --plain")).toBe("");
			await made.run("sync");
			await made.cutPower();
			expect((await made.bootFile("postern-problems.txt"))?.toString()).toContain(
				'- postern.toml, line 7: There is no "sssid" in [wifi]; did you mean "ssid"?\r\n',
			);
			expect(await made.bootFile("postern-setup-code.txt")).toBeUndefined();
		},
		4 * PATIENCE_MS,
	);
});
