/** The executable on its own: what it obeys, what it leaves behind, and where it starts. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { itWith, itWithAsRoot } from "../../../appliance/e2e/clients.ts";
import { House } from "../../../appliance/e2e/house.ts";
import type { BundledPackage } from "../../bundled-packages.ts";
import { architectureHere } from "../architecture.ts";
import { DIST } from "../places.ts";
import { confined } from "./confinement.ts";
import { worksForADay } from "./working-day.ts";

const EXECUTABLE = path.join(DIST, `postern-linux-${architectureHere().name}`);
const MEMORY = "/dev/shm";
const MEGABYTE = 1024 * 1024;
const PAGE_BYTES = 4096;

let house: House | undefined;
const folders: string[] = [];
afterEach(async () => {
	await house?.close();
	house = undefined;
	for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function newFolder(): string {
	const folder = mkdtempSync(path.join(tmpdir(), "postern-executable-"));
	folders.push(folder);
	return folder;
}

function run(argv: readonly string[], environment: NodeJS.ProcessEnv = {}) {
	return spawnSync(EXECUTABLE, argv, { encoding: "utf8", env: environment, maxBuffer: 2 ** 24 });
}

/** Resident pages of the program's and the libraries' files: proc_pid_statm(5). */
function ofFilesPages(pid: number): number {
	return Number(readFileSync(`/proc/${pid}/statm`, "latin1").split(" ")[2]);
}

/** Of its own: proc_pid_statm(5). */
function ownBytes(pid: number): number {
	const [, resident = 0, shared = 0] = readFileSync(`/proc/${pid}/statm`, "latin1").split(" ").map(Number);
	return (resident - shared) * PAGE_BYTES;
}

/** A program on this machine's root, of which nothing can be written but `state`. */
function onReadOnlyRoot(state: string, ...shown: readonly string[]) {
	return confined({
		root: "/",
		shown: [DIST, ...shown],
		writable: { [state]: state },
		environment: ["PATH=/usr/bin:/bin", `POSTERN_STATE_DIR=${state}`],
		command: [EXECUTABLE],
	});
}

describe("the executable", () => {
	it("is not Node: it obeys neither Node's options nor those of the environment", () => {
		const told = run(["version"], { NODE_OPTIONS: "--require /nonexistent.js --no-such-option" });
		expect(told).toMatchObject({ status: 0, stderr: "", stdout: expect.stringMatching(/^postern \d/) });
		expect(run(["--eval", "console.log('obeyed')"])).toMatchObject({ status: 2, stdout: "" });
	});

	it("has the licences of Node and of each package in it", () => {
		const { stdout } = run(["licenses"]);
		const packages = JSON.parse(
			readFileSync(path.join(DIST, "bundled-packages.json"), "utf8"),
		) as BundledPackage[];
		expect(packages.length).toBeGreaterThan(10);
		const lines = new Set(stdout.split("\n"));
		for (const { name, version, license } of packages) {
			expect(lines).toContain(`${name} ${version} (${license})`);
		}
		expect(lines).toContain("Node.js");
		expect(stdout).toContain("Node.js is licensed for use as follows");
	});

	it("leaves nothing in the home folder, the folder for temporary files or the memory, however it ends", async () => {
		const [home, temporary] = [newFolder(), newFolder()];
		// Of something else that runs here, or ran and was killed.
		const before = new Set(readdirSync(MEMORY));
		const remains = () => [
			...[home, temporary].flatMap((folder) => readdirSync(folder)),
			...readdirSync(MEMORY).filter((name) => name.includes("postern") && !before.has(name)),
		];
		house = await House.build({
			program: { command: EXECUTABLE, argv: [] },
			environment: { HOME: home, TMPDIR: temporary, XDG_CACHE_HOME: undefined, XDG_RUNTIME_DIR: undefined },
		});
		await worksForADay(house);
		expect(await house.end("SIGTERM")).toBe(0);
		expect(remains()).toEqual([]);
		await house.start();
		await house.end("SIGKILL");
		expect(remains()).toEqual([]);
		expect(readdirSync(path.join(house.folder, "state")).filter((name) => name.endsWith(".node"))).toEqual(
			[],
		);
	}, 120_000);

	it("gives back what only its start has used, and works on", async () => {
		house = await House.build({ program: { command: EXECUTABLE, argv: [] } });
		const { pid } = house;
		const atStart = ofFilesPages(pid);
		await vi.waitFor(() => expect(ofFilesPages(pid)).toBeLessThan(atStart / 2), {
			timeout: 60_000,
			interval: 500,
		});
		await worksForADay(house);
		expect(await house.end("SIGTERM")).toBe(0);
	}, 120_000);

	it("gives back what the hash of a password has used, on whichever thread", async () => {
		house = await House.build({ program: { command: EXECUTABLE, argv: [] } });
		const { pid } = house;
		const add = (name: string) => house?.json("device", "add", name, "--username", name);
		const settled = async (mostBytes: number) => {
			await vi.waitFor(() => expect(ownBytes(pid)).toBeLessThan(mostBytes), {
				timeout: 60_000,
				interval: 500,
			});
			return ownBytes(pid);
		};
		await add("first");
		const beforeBytes = await settled(ownBytes(pid) - MEGABYTE);
		for (let time = 0; time < 6; time += 1) await Promise.all([add(`one-${time}`), add(`two-${time}`)]);
		await settled(beforeBytes + 15 * MEGABYTE);
	}, 180_000);

	itWith(
		"bwrap",
		"does a day's work on a read-only root, without a home, where nothing but its state folder can be written",
		async () => {
			house = await House.build({
				program: (folder) => {
					const state = path.join(folder, "state");
					mkdirSync(state, { mode: 0o700 });
					return onReadOnlyRoot(state, folder);
				},
			});
			for (const elsewhere of [MEMORY, "/tmp", house.folder]) {
				const place = `/proc/${house.pid}/root${elsewhere}`;
				expect(spawnSync("touch", [`${place}/written`]).status).not.toBe(0);
			}
			await worksForADay(house);
		},
		120_000,
	);

	itWithAsRoot(
		"bwrap",
		"says what to do where no folder takes a program file",
		() => {
			const state = newFolder();
			const { command, argv } = onReadOnlyRoot(state);
			const script = 'mount -t tmpfs -o noexec none "$0" && exec "$@"';
			const ended = spawnSync("unshare", ["--mount", "sh", "-c", script, state, command, ...argv, "serve"], {
				encoding: "utf8",
			});
			expect(ended.status).toBe(1);
			expect(ended.stderr).toContain("The database engine cannot be loaded");
			expect(ended.stderr).toContain("without noexec");
			expect(ended.stderr).not.toMatch(/\n\s+at /);
			return Promise.resolve();
		},
		60_000,
	);
});

describe("the sums", () => {
	it("are right, and there is one for each file that an owner gets", () => {
		execFileSync("sha256sum", ["--check", "--strict", "--quiet", "SHA256SUMS"], { cwd: DIST });
		const summed = readFileSync(path.join(DIST, "SHA256SUMS"), "utf8")
			.trim()
			.split("\n")
			.map((line) => line.slice(66));
		const made = readdirSync(DIST).filter((name) => /^postern[-_]/.test(name));
		expect(summed.toSorted()).toEqual(made.toSorted());
		expect(made.length).toBe(7);
	});
});
