/** The image, booted: it comes up whole, takes mail and hands it on, keeps what it has to, and shows nothing else to the network. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { run } from "../../appliance/e2e/clients.ts";
import { ConsoleVisitor } from "../../appliance/e2e/console-visitor.ts";
import { eventually } from "../../appliance/e2e/house.ts";
import { SmtpPeer } from "../../appliance/e2e/smtp-peer.ts";
import { type Sandbox, startSandbox } from "../../appliance/sandbox/sandbox.ts";
import { Box, PATIENCE_MS } from "./box.ts";
import { ACCOUNT, addPress, isUp, reachCloud, signIn } from "./site.ts";

const PASSWORD = "grey heron at dawn";
/** Systemd's and the kernel's about what QEMU has not, or has only here. */
const EXPECTED_WARNINGS =
	/pci-host-generic|kvm|KASLR|cacheinfo|Unable to detect cache|PMU|hw perfevents|GICv3|arm-smccc|efi|ACPI|Spectre|spectre|random: crng|FAT-fs|loop0|NET: Registered|i6300|virtio_net|vdb|audit|usbcore|kauditd|clocksource|Command line|Booting Linux/i;

let cloud: Sandbox;
let box: Box;

beforeAll(async () => {
	cloud = await startSandbox({});
	cloud.control.allowSendAs(ACCOUNT, "*");
	box = await Box.make({ ports: [25, 80, 110] });
	await box.switchOn();
	await isUp(box);
}, 2 * PATIENCE_MS);
afterAll(async () => {
	await box?.close();
	await cloud?.close();
});

describe("the image", () => {
	it(
		"comes up with every unit well, and nothing of ours to warn of",
		async () => {
			await eventually(
				"all has started",
				async () => !(await box.run("systemctl is-system-running")).includes("starting"),
				PATIENCE_MS,
			);
			expect(await box.run("systemctl --failed --no-legend --plain")).toBe("");
			const warnings = (await box.run("journalctl -b -p warning -o cat --no-pager"))
				.split("\n")
				.filter((line) => line !== "" && !EXPECTED_WARNINGS.test(line));
			expect(warnings).toEqual([]);
		},
		PATIENCE_MS,
	);

	it(
		"answers in a browser, and is its owner's who claims it within the first hour",
		async () => {
			expect(await box.run("cat /data/postern/setup-code")).toMatch(/^[A-Z2-9]{4}(?:-[A-Z2-9]{4}){2}$/);
			const owner = new ConsoleVisitor({ port: () => box.port(80) });
			expect(await owner.read("/setup")).toContain("Make this box mine");
			await owner.claim(PASSWORD);
			expect(await owner.read("/system")).toContain("Sign out");
			expect(await box.run("ls /data/postern/setup-code")).toContain("No such file");
		},
		PATIENCE_MS,
	);

	it(
		"has a root and a configuration that cannot be written, and the whole card for its data",
		async () => {
			const refused = await box.run("touch /usr/x /etc/x 2>&1");
			expect(refused.match(/Read-only file system/g)).toHaveLength(2);
			const kilobytes = Number(await box.run("df --output=size /data | tail -1"));
			expect(kilobytes).toBeGreaterThan(1_200_000);
			expect(await box.run("findmnt -n -o SOURCE,FSTYPE /")).toMatch(/erofs/);
		},
		PATIENCE_MS,
	);

	it(
		"shows the network the product's ports and no other, and has nobody who could sign in",
		async () => {
			const ports = (await box.run("ss -Hltn | awk '{print $4}' 2>/dev/null || ss -Hltn"))
				.split("\n")
				.map((line) => /:(\d+)(?:\s|$)/.exec(line)?.[1])
				.filter((port) => port !== undefined);
			const outer = new Set(ports.map(Number).filter((port) => ![53, 5355].includes(port)));
			for (const port of outer) expect([25, 465, 587, 110, 995, 80, 443, 2525, 53]).toContain(port);
			expect(await box.run("nft list chain inet postern input")).toContain("policy drop");
			expect(
				await box.run(
					"command -v sshd apt dpkg-query agetty; ls /etc/systemd/system/getty.target.wants 2>/dev/null",
				),
			).not.toMatch(/sshd|getty@/);
		},
		PATIENCE_MS,
	);

	it(
		"takes mail by SMTP and hands it on to Microsoft",
		async () => {
			await reachCloud(box, cloud);
			await signIn(box, cloud);
			await addPress(box, "--account", ACCOUNT);
			const peer = await SmtpPeer.connect(box.port(25));
			await peer.begin();
			peer.write("Subject: from the press\r\n\r\nx\r\n");
			expect(await peer.finish()).toMatch(/^250/);
			peer.destroy();
			await eventually(
				"it arrives",
				() =>
					cloud.control.arrived().some(({ message }) => message.bytes?.includes("from the press") === true),
				PATIENCE_MS,
			);
		},
		2 * PATIENCE_MS,
	);

	it(
		"gives mail by POP3 that lies in the mailbox",
		async () => {
			cloud.control.deposit(
				ACCOUNT,
				Buffer.from("From: <boss@fabrikam.example>\r\nSubject: for the robot\r\n\r\nx\r\n"),
			);
			const told = await box.run(
				`postern mailbox add ${ACCOUNT} --username robot --turn-on auth_without_tls`,
			);
			const password = /Password +(\S+)/.exec(told)?.[1] ?? "";
			const url = `pop3://127.0.0.1:${box.port(110)}/1`;
			const { exitCode, output } = await run("curl", [
				"-sS",
				"--max-time",
				"120",
				"-u",
				`robot:${password}`,
				url,
			]);
			expect(output).toContain("Subject: for the robot");
			expect(exitCode).toBe(0);
		},
		PATIENCE_MS,
	);

	it(
		"is the same box after its plug was pulled, with the mail it had taken",
		async () => {
			const id = await box.run("cat /etc/machine-id");
			await cloud.control.offline();
			const peer = await SmtpPeer.connect(box.port(25));
			await peer.begin();
			peer.write("Subject: before the cut\r\n\r\nx\r\n");
			expect(await peer.finish()).toMatch(/^250/);
			peer.destroy();
			await box.cutPower();
			await box.switchOn();
			await isUp(box);
			expect(await box.run("cat /etc/machine-id")).toBe(id);
			expect(await box.run("postern queue list --json")).toContain("Press");
			expect(await box.run("postern account list --json")).toContain(ACCOUNT);
			expect(box.serial).toContain("state from copy 1");
		},
		2 * PATIENCE_MS,
	);
});
