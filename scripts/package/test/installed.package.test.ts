/** The Debian package on a booted Debian: installed, used, killed, hung, restarted and upgraded under load, purged. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../../../appliance/e2e/house.ts";
import { SmtpPeer } from "../../../appliance/e2e/smtp-peer.ts";
import { type Sandbox, startSandbox } from "../../../appliance/sandbox/sandbox.ts";
import { DIST, ROOT } from "../places.ts";
import { Guest } from "./guest.ts";

const { version } = JSON.parse(readFileSync(path.join(ROOT, "package.json"), "utf8")) as { version: string };
const PACKAGE = path.join(DIST, `postern_${version}_amd64.deb`);
const NEXT_VERSION = "99.0";
const ACCOUNT = "alerts@contoso.example";
/** As QEMU shows this machine to the guest. */
const THIS_MACHINE = "10.0.2.2";
/** Everything in an emulated machine takes its time. */
const PATIENCE_MS = 300_000;
const KNOCK_EVERY_MS = 500;

let folder: string;
let cloud: Sandbox;
let guest: Guest;

beforeAll(async () => {
	folder = mkdtempSync(path.join(tmpdir(), "postern-installed-"));
	cloud = await startSandbox({});
	cloud.control.allowSendAs(ACCOUNT, "*");
	guest = await Guest.boot({
		ports: [25, 80],
		hostPorts: [...new Set([cloud.authorityUrl, cloud.graphUrl].map((url) => Number(new URL(url).port)))],
		files: [
			PACKAGE,
			repacked("next.deb", (control) => control.replace(/^Version: .*/m, `Version: ${NEXT_VERSION}`)),
			repacked(
				"too-old.deb",
				(control) => control.replace(/^Version: .*/m, "Version: 0.0.1"),
				(preinst) => preinst.replace(/^newest_format=.*/m, "newest_format=1"),
			),
		],
	});
}, 2 * PATIENCE_MS);
afterAll(async () => {
	await guest?.close();
	await cloud?.close();
	rmSync(folder, { recursive: true, force: true });
});

type Change = (text: string) => string;

/** The package under another version, as a later or earlier one would come. */
function repacked(name: string, control: Change, preinst: Change = (text) => text): string {
	const [tree, file] = [path.join(folder, `${name}.tree`), path.join(folder, name)];
	execFileSync("dpkg-deb", ["--raw-extract", PACKAGE, tree]);
	for (const [part, change] of [
		["control", control],
		["preinst", preinst],
	] as const) {
		const place = path.join(tree, "DEBIAN", part);
		writeFileSync(place, change(readFileSync(place, "utf8")));
	}
	execFileSync("dpkg-deb", ["--root-owner-group", "-Znone", "--build", tree, file]);
	rmSync(tree, { recursive: true });
	return file;
}

const property = async (name: string) =>
	(await guest.must(`systemctl show postern.service --property=${name} --value`)).trim();
const install = (file: string) =>
	guest.must(`DEBIAN_FRONTEND=noninteractive dpkg --force-unsafe-io --install /root/${file}`);

async function active(): Promise<void> {
	await eventually(
		"the service is active",
		async () => (await property("ActiveState")) === "active",
		PATIENCE_MS,
	);
}

/** As man:postern(1) says. */
async function seal(name: string, content: string): Promise<void> {
	const folder = "/etc/credstore.encrypted";
	await guest.must(
		`mkdir -p -m 700 ${folder} && systemd-creds encrypt --name=${name} - ${folder}/${name}`,
		content,
	);
}

const subjects = () =>
	cloud.control
		.arrived()
		.map(({ message }) => /^Subject: (.*)\r$/m.exec(message.bytes?.toString() ?? "")?.[1] ?? "");

async function sends(subject: string): Promise<boolean> {
	const peer = await SmtpPeer.connect(guest.port(25));
	await peer.begin();
	peer.write(`Subject: ${subject}\r\n\r\nx\r\n`);
	const reply = await peer.finish();
	peer.destroy();
	return reply.startsWith("250");
}

/** Sends while something happens; gives what was accepted. */
async function underLoad(name: string, work: () => Promise<void>): Promise<readonly string[]> {
	const accepted: string[] = [];
	let isOver = false;
	const sending = (async () => {
		for (let number = 1; !isOver; number += 1) {
			const subject = `${name} ${number}`;
			// A session under way may be told to come back, or be cut off; that is the sender's to mend.
			if (await sends(subject).catch(() => false)) accepted.push(subject);
			else await delay(KNOCK_EVERY_MS);
		}
	})();
	try {
		await work();
		const before = accepted.length;
		await eventually("mail is taken afterwards", () => accepted.length > before, PATIENCE_MS);
	} finally {
		isOver = true;
		await sending;
	}
	return accepted;
}

/** Connects again and again while something happens; gives how many connections ended without a greeting, and of how many. */
async function knocking(work: () => Promise<void>): Promise<{ refused: number; answered: number }> {
	const knocks: Promise<boolean>[] = [];
	const timer = setInterval(() => knocks.push(isGreeted()), KNOCK_EVERY_MS);
	try {
		await work();
	} finally {
		clearInterval(timer);
	}
	const greeted = await Promise.all(knocks);
	return { refused: greeted.filter((one) => !one).length, answered: greeted.filter(Boolean).length };
}

function isGreeted(): Promise<boolean> {
	return new Promise((resolve) => {
		const socket = net.connect(guest.port(25), "127.0.0.1");
		socket.once("data", () => {
			resolve(true);
			socket.destroy();
		});
		socket.once("error", () => resolve(false));
		socket.once("close", () => resolve(false));
	});
}

async function allArrivedOnce(accepted: readonly string[]): Promise<void> {
	await eventually("all has arrived", () => accepted.every((one) => subjects().includes(one)), PATIENCE_MS);
	expect(accepted.filter((one) => subjects().filter((subject) => subject === one).length !== 1)).toEqual([]);
}

describe("the Debian package", { timeout: 2 * PATIENCE_MS }, () => {
	it("installs, and the service says itself that it is ready", async () => {
		await seal("postern-vault-key", "k".repeat(32));
		await install(path.basename(PACKAGE));
		await active();
		expect(await property("Type")).toBe("notify");
		expect(await property("StatusText")).toContain("No Microsoft account is set up");
		expect(await property("User")).toBe("postern");
		expect(await guest.must("stat -c '%U %a' /var/lib/postern")).toBe("postern 700\n");
		const page = await fetch(`http://127.0.0.1:${guest.port(80)}/`);
		expect(page.status).toBe(200);
	});

	it("runs as hardened as the unit says", async () => {
		const verdict = await guest.must("systemd-analyze security postern.service | tail -1");
		expect(Number(/exposure level .*: ([\d.]+)/.exec(verdict)?.[1])).toBeLessThanOrEqual(1.5);
		expect(await guest.must("grep -h Cap /proc/$(pidof postern | cut -d' ' -f1)/status")).toMatch(
			/CapEff:\s+0{16}/,
		);
	});

	it("takes mail on port 25 and delivers it, once an account is signed in", async () => {
		await guest.must("cat > /etc/postern/postern.toml", configuration());
		await guest.must("systemctl restart postern.service");
		await active();
		const signingIn = guest.must(`postern account add ${ACCOUNT} --json`);
		await eventually("there is a code", () => cloud.control.pendingUserCodes().length > 0, PATIENCE_MS);
		for (const code of cloud.control.pendingUserCodes()) cloud.control.approve(code, ACCOUNT);
		expect(await signingIn).toContain('"signed-in"');
		expect(await sends("first")).toBe(true);
		await allArrivedOnce(["first"]);
	});

	it("is started again after kill -9, and nothing is lost", async () => {
		const accepted = await underLoad("killed", async () => {
			const before = await property("MainPID");
			await guest.must(`kill -9 ${before}`);
			await eventually(
				"another has started",
				async () => !["0", before].includes(await property("MainPID")),
				PATIENCE_MS,
			);
			await active();
		});
		await allArrivedOnce(accepted);
	});

	it("is ended and started again when it hangs", async () => {
		await guest.must(
			"mkdir -p /run/systemd/system/postern.service.d && printf '[Service]\\nWatchdogSec=15\\nTimeoutAbortSec=5\\n' > /run/systemd/system/postern.service.d/test.conf && systemctl daemon-reload && systemctl restart postern.service",
		);
		await active();
		const before = await property("MainPID");
		await guest.must(`kill -STOP ${before}`);
		await eventually(
			"another has started",
			async () => !["0", before].includes(await property("MainPID")),
			PATIENCE_MS,
		);
		await active();
		expect(await guest.must("journalctl -u postern.service")).toContain("Watchdog timeout");
		await guest.must("rm -r /run/systemd/system/postern.service.d && systemctl daemon-reload");
		expect(await sends("after the hang")).toBe(true);
	});

	it("restarts under load: no connection is refused, none of the mail is lost", async () => {
		let knocks = { refused: 0, answered: 0 };
		const accepted = await underLoad("restart", async () => {
			knocks = await knocking(() => guest.must("systemctl restart postern.service").then(active));
		});
		expect(knocks.refused).toBe(0);
		expect(knocks.answered).toBeGreaterThan(0);
		await allArrivedOnce(accepted);
	});

	it("is upgraded under load in the same way", async () => {
		let knocks = { refused: 0, answered: 0 };
		const accepted = await underLoad("upgrade", async () => {
			knocks = await knocking(() => install("next.deb").then(active));
		});
		expect(knocks.refused).toBe(0);
		expect(knocks.answered).toBeGreaterThan(0);
		await allArrivedOnce(accepted);
		expect(await guest.must("dpkg-query --show postern")).toBe(`postern\t${NEXT_VERSION}\n`);
	});

	it("does not give way to an older one that could not read its data", async () => {
		const { exitCode, output } = await guest.run("dpkg --force-unsafe-io --install /root/too-old.deb");
		expect(exitCode).not.toBe(0);
		expect(output).toContain("cannot be read by this older version");
		expect(await property("ActiveState")).toBe("active");
		expect(await sends("after the refused downgrade")).toBe(true);
	});

	it("keeps no key of its own where the machine seals one", async () => {
		expect(await guest.must("ls /run/credentials/postern.service")).toContain("postern-vault-key");
		expect(await guest.must("ls /var/lib/postern")).not.toContain("vault.key");
	});

	it("makes the nightly backup with a sealed passphrase, for root alone", async () => {
		await seal("postern-backup-passphrase", "four words are good enough");
		await guest.must("systemctl start postern-backup.service");
		const made = await guest.must("stat -c '%U %a %n' /var/lib/postern-backup/*");
		expect(made).toBe("root 600 /var/lib/postern-backup/postern.backup\n");
	});

	it("has warned of nothing in the journal", async () => {
		const lines = await guest.must(
			"journalctl -u postern.service -p warning --output=cat | grep -v '^Couldn' | sort -u",
		);
		// What the tests did to it is told by systemd; what Postern itself says has an event's name first.
		expect(lines.split("\n").filter((line) => /^[a-z-]+(?: |$)/.test(line))).toEqual([]);
	});

	it("purged, asks before mail is deleted: without an answer it stays", async () => {
		await guest.must("DEBIAN_FRONTEND=noninteractive dpkg --force-unsafe-io --purge postern");
		expect(await guest.must("ls /var/lib/postern")).toContain("postern.db");
		expect(await guest.run("systemctl cat postern.service postern-smtp.socket")).toMatchObject({
			exitCode: 1,
		});
		await install(path.basename(PACKAGE));
		await active();
		await guest.must("echo 'postern postern/purge-mail boolean true' | debconf-set-selections");
		await guest.must("DEBIAN_FRONTEND=noninteractive dpkg --force-unsafe-io --purge postern");
		expect(await guest.run("ls -d /var/lib/postern")).toMatchObject({ exitCode: 2 });
	});
});

function configuration(): string {
	return `
[microsoft]
cloud = "custom"
authority = "${cloud.authorityUrl}"
graph = "${cloud.graphUrl}"
client_id = "${cloud.clientId}"
tenant = "${cloud.tenant}"

[[account]]
address = "${ACCOUNT}"

[[device]]
name = "Scanner"
addresses = ["${THIS_MACHINE}"]
`;
}
