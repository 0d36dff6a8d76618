/** The real program: a backup goes to a new card and works there, also when the power is cut while it is restored. */
import {
	existsSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
	statSync,
	writeFileSync,
} from "node:fs";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { eventually, House, type HouseOptions } from "./house.ts";
import { SmtpPeer } from "./smtp-peer.ts";

const PASSPHRASE = "correct horse battery staple";
/** Over what is kept as a row. */
const LARGE_LINES = 4_000;

let house: House | undefined;
afterEach(async () => {
	await house?.close();
	house = undefined;
});

function mail(subject: string, lines = 1): string {
	const head = ["From: <scan@contoso.example>", "To: <you@example.com>", `Subject: ${subject}`];
	const ids = [`Message-ID: <${subject}@device.test>`, "Date: Wed, 25 Nov 2026 08:00:00 +0000", ""];
	return [...head, ...ids, ...Array.from({ length: lines }, (_, line) => `line ${line} of a scan`), ""].join(
		"\r\n",
	);
}

async function send(box: House, ...texts: string[]): Promise<void> {
	const peer = await SmtpPeer.connect(box.port("relay"));
	for (const text of texts) await peer.send(text);
	await peer.quit();
}

function passphraseFile(box: House): string {
	const file = path.join(box.folder, "passphrase");
	writeFileSync(file, `${PASSPHRASE}\n`);
	return file;
}

function state(box: House, ...names: string[]): string {
	return path.join(box.folder, "state", ...names);
}

/** The box goes on on another card: nothing of its state folder comes along. */
async function onNewCard(box: House): Promise<void> {
	await box.end("SIGTERM");
	renameSync(state(box), path.join(box.folder, "old-card"));
}

function arrived(box: House): string[] {
	return box.cloud.control
		.arrived()
		.map(({ message: { summary } }) => summary.subject ?? "")
		.sort();
}

async function backup(box: House): Promise<string> {
	const file = path.join(box.folder, "box.postern-backup");
	const made = await box.cli(
		...["backup", file, "--with-sign-ins", "--with-queue"],
		...["--passphrase-file", passphraseFile(box)],
	);
	expect(made).toMatchObject({ exitCode: 0 });
	return file;
}

function restore(box: House, file: string) {
	return box.cli("restore", file, "--passphrase-file", passphraseFile(box), "--yes");
}

/** A box whose mail waits, because Microsoft cannot be reached, with a device of its own. */
async function boxWithMail(options: HouseOptions = {}): Promise<House> {
	const box = await House.build(options);
	house = box;
	await box.cli("device", "add", "Old camera", "--username", "cam", "--turn-on", "cram_md5");
	await box.cloud.control.offline();
	await send(box, mail("small"), mail("large", LARGE_LINES));
	return box;
}

/** What was in a backup is looked for at Microsoft first, as long as a copy may take to be seen there (30 s). */
async function allArrive(box: House, count: number): Promise<void> {
	await eventually("all mail arrives", () => arrived(box).length === count, 60_000);
}

describe("a backup", () => {
	it("goes to a new card while Postern runs there, and the mail in it is delivered once", async () => {
		const box = await boxWithMail();
		const authority = readFileSync(state(box, "tls/authority.pem"), "utf8");
		const file = await backup(box);
		expect(statSync(file).mode & 0o777).toBe(0o600);
		expect(await box.cli("backup", file)).toMatchObject({
			exitCode: 1,
			stderr: expect.stringContaining("--force"),
		});

		await onNewCard(box);
		await box.start();
		const restored = await restore(box, file);
		expect(restored.stdout).toContain("2 messages that waited");
		expect(restored.stdout).toContain("put in place when Postern starts again");
		expect(restored.exitCode).toBe(0);
		// Mail that comes before the restart is kept.
		await send(box, mail("meanwhile"));
		await box.end("SIGTERM");
		await box.cloud.control.online();
		await box.start();
		await box.logged(/backup-restored .*messages=2/);
		await allArrive(box, 3);
		expect(arrived(box)).toEqual(["large", "meanwhile", "small"]);
		expect(readFileSync(state(box, "tls/authority.pem"), "utf8")).toBe(authority);
		const devices = await box.json<{ name: string }[]>("device", "list");
		expect(devices.map(({ name }) => name)).toContain("Old camera");
		expect(await box.json("queue", "list")).toEqual([]);
	}, 120_000);

	it("is put in place at once where Postern does not run", async () => {
		const box = await boxWithMail();
		const file = await backup(box);
		await onNewCard(box);
		expect(await restore(box, file)).toMatchObject({
			exitCode: 0,
			stdout: expect.stringContaining("The backup is in place. Start Postern."),
		});
		await box.cloud.control.online();
		await box.start();
		await allArrive(box, 2);
		expect(arrived(box)).toEqual(["large", "small"]);
	}, 120_000);

	it("ends the program in good order for the restart where somebody watches over it", async () => {
		const box = await boxWithMail({
			// As systemd starts it; nobody starts it again here but the test.
			environment: { INVOCATION_ID: "1", NOTIFY_SOCKET: "/nonexistent/notify" },
		});
		const file = await backup(box);
		expect(await restore(box, file)).toMatchObject({
			exitCode: 0,
			stdout: expect.stringContaining("Postern restarts with what is in the backup."),
		});
		expect(await box.ended()).toBe(0);
		await box.cloud.control.online();
		await box.start();
		// On the card that it came from, all of it is known.
		await box.logged(/backup-restored .*messages=0 known=2/);
		await allArrive(box, 2);
	}, 120_000);

	it("that is refused changes nothing, and says why", async () => {
		const box = await boxWithMail();
		const file = await backup(box);
		const bytes = readFileSync(file);
		const before = await box.json("queue", "list");
		const refusals = {
			"damaged or cut short": bytes.subarray(0, -1),
			"no backup of a Postern": Buffer.from("something else, and more of it than one line\n".repeat(5_000)),
		};
		for (const [text, content] of Object.entries(refusals)) {
			writeFileSync(`${file}.bad`, content);
			expect(await restore(box, `${file}.bad`)).toMatchObject({
				exitCode: 1,
				stderr: expect.stringContaining(text),
			});
		}
		writeFileSync(path.join(box.folder, "passphrase-2"), "another one altogether");
		expect(
			await box.cli("restore", file, "--passphrase-file", path.join(box.folder, "passphrase-2"), "--yes"),
		).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("passphrase does not open") });
		expect(readdirSync(state(box)).filter((name) => name.includes("restore"))).toEqual([]);
		const after = await box.json<{ id: string }[]>("queue", "list");
		expect(after.map(({ id }) => id)).toEqual((before as { id: string }[]).map(({ id }) => id));
	}, 120_000);

	it("is in force whole, or not at all, after kill -9 at any moment of its restore", async () => {
		const box = await boxWithMail();
		const file = await backup(box);
		await onNewCard(box);
		for (const delayMs of [0, 150, 300, 450, 600, 800, 1_000, 1_300]) {
			rmSync(state(box), { recursive: true, force: true });
			mkdirSync(state(box), { mode: 0o700 });
			const child = box.spawnCli(["restore", file, "--passphrase-file", passphraseFile(box), "--yes"]);
			const exited = new Promise((resolve) => child.once("close", resolve));
			await new Promise((resolve) => setTimeout(resolve, delayMs));
			child.kill("SIGKILL");
			await exited;
			await box.start();
			const names = (await box.json<{ name: string }[]>("device", "list")).map(({ name }) => name);
			const queued = (await box.json<unknown[]>("queue", "list")).length;
			const isNew = names.includes("Old camera");
			expect(queued).toBe(isNew ? 2 : 0);
			expect(existsSync(state(box, "vault"))).toBe(isNew);
			expect(readdirSync(state(box)).filter((name) => name.startsWith("restore-"))).toEqual([]);
			await box.end("SIGKILL");
		}
	}, 240_000);
});
