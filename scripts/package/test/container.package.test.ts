/**
 * The container images, judged by other programs' readers of both forms that the archive has, and their roots run as an
 * engine would run them: as the image's user, where only the volume can be written.
 */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
	chmodSync,
	chownSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	statSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { isInstalled } from "../../../appliance/e2e/clients.ts";
import { eventually, House } from "../../../appliance/e2e/house.ts";
import { innermostChild } from "../../../appliance/e2e/program.ts";
import { ARCHITECTURES, type Architecture, architectureHere } from "../architecture.ts";
import { DIST } from "../places.ts";
import { type Confinement, confined } from "./confinement.ts";
import { worksForADay } from "./working-day.ts";

const missing = ["umoci", "skopeo", "bwrap"].filter((program) => !isInstalled(program));
if (missing.length > 0) console.log(`skipped, container images: not installed: ${missing.join(", ")}`);

const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };

interface ImageConfig {
	readonly architecture: string;
	readonly config: {
		readonly User: string;
		readonly Env: readonly string[];
		readonly Entrypoint: readonly [string];
		readonly Cmd: readonly string[];
		readonly Volumes: Readonly<Record<string, object>>;
		readonly ExposedPorts: Readonly<Record<string, object>>;
		readonly Healthcheck: { readonly Test: readonly [string, string, ...string[]] };
	};
}

const work = mkdtempSync(path.join(tmpdir(), "postern-image-"));
// The image's user looks in.
chmodSync(work, 0o755);
let house: House | undefined;
afterEach(async () => {
	await house?.close();
	house = undefined;
});
afterAll(() => rmSync(work, { recursive: true, force: true }));

function archiveOf({ debian }: Architecture): string {
	return path.join(DIST, `postern-${version}-oci-${debian}.tar`);
}

function printed(command: string, ...argv: readonly string[]): string {
	return execFileSync(command, argv, { encoding: "utf8" });
}

function configOf(architecture: Architecture): ImageConfig {
	const reference = `docker-archive:${archiveOf(architecture)}`;
	return JSON.parse(printed("skopeo", "inspect", "--config", "--raw", reference)) as ImageConfig;
}

/** Unpacks the image with umoci, once; gives the folder of its root. */
function rootOf(architecture: Architecture): string {
	const bundle = path.join(work, `bundle-${architecture.debian}`);
	const root = path.join(bundle, "rootfs");
	try {
		return statSync(root).isDirectory() ? root : "";
	} catch {
		const layout = path.join(work, `layout-${architecture.debian}`);
		mkdirSync(layout);
		printed("tar", "--extract", "--file", archiveOf(architecture), "--directory", layout);
		const rootless = process.getuid?.() === 0 ? [] : ["--rootless"];
		printed("umoci", "unpack", ...rootless, "--image", `${layout}:${version}`, bundle);
		chmodSync(bundle, 0o755);
		return root;
	}
}

/** How an engine with `--read-only` would start it. */
function started(architecture: Architecture, volume: string, rest: Partial<Confinement> = {}): Confinement {
	const { User, Env, Entrypoint, Volumes } = configOf(architecture).config;
	const [seenAt = ""] = Object.keys(Volumes);
	return {
		root: rootOf(architecture),
		writable: { [seenAt]: volume },
		user: Number(User.split(":")[0]),
		environment: Env,
		command: Entrypoint,
		...rest,
	};
}

function newVolume(parent: string, user: number): string {
	const volume = path.join(parent, "volume");
	mkdirSync(volume, { mode: 0o700 });
	if (process.getuid?.() === 0) chownSync(volume, user, user);
	return volume;
}

describe.skipIf(missing.length > 0)("the container image", () => {
	it.each(ARCHITECTURES)(
		"for $debian is whole by the readers of podman and docker's own form",
		(architecture) => {
			const [oci, docker] = ["oci-archive", "docker-archive"].map((form) => {
				const copy = path.join(work, `${form}-${architecture.debian}`);
				// A copy reads each file and compares its sum.
				printed("skopeo", "copy", "--quiet", `${form}:${archiveOf(architecture)}`, `dir:${copy}`);
				return JSON.parse(printed("skopeo", "inspect", "--config", `dir:${copy}`)) as object;
			});
			expect(docker).toEqual(oci);
			expect(configOf(architecture)).toMatchObject({
				architecture: architecture.debian,
				config: {
					User: expect.stringMatching(/^[1-9]\d{3,}:[1-9]\d{3,}$/),
					Volumes: { "/var/lib/postern": {} },
					ExposedPorts: expect.objectContaining({
						"25/tcp": {},
						"587/tcp": {},
						"995/tcp": {},
						"443/tcp": {},
					}),
				},
			});
			const listed = printed("skopeo", "list-tags", `docker-archive:${archiveOf(architecture)}`);
			expect(JSON.parse(listed)).toMatchObject({ Tags: [`localhost/postern:${version}`] });
		},
		120_000,
	);

	it.each(ARCHITECTURES)(
		"for $debian has the licences of what is in it, and no file that others may write",
		(architecture) => {
			const root = rootOf(architecture);
			const packages = readdirSync(path.join(root, "var/lib/dpkg/status.d"));
			expect(packages).toEqual(expect.arrayContaining(["libc6", "libgcc-s1", "libstdc++6"]));
			for (const name of packages) {
				const text = readFileSync(path.join(root, "usr/share/doc", name, "copyright"), "utf8");
				const texts = [...text.matchAll(/common-licenses\/([\w.-]*\w)/g)].map(([, license = ""]) => license);
				expect(readdirSync(path.join(root, "usr/share/common-licenses"))).toEqual(
					expect.arrayContaining(texts),
				);
			}
			const found = printed("find", root, "-perm", "/022", "!", "-type", "l", "-printf", "%P\n");
			expect(found.trim()).toBe("tmp");
			expect(printed("find", root, "-perm", "/6000")).toBe("");
		},
		120_000,
	);

	it("serves as its user with nothing writable but the volume, and is healthy", async () => {
		const architecture = architectureHere();
		const { config } = configOf(architecture);
		const user = Number(config.User.split(":")[0]);
		house = await House.build({
			stateDir: Object.keys(config.Volumes)[0] ?? "",
			program: (folder) => {
				chmodSync(folder, 0o755);
				return confined(started(architecture, newVolume(folder, user), { shown: [folder] }));
			},
		});
		const status = readFileSync(`/proc/${house.pid}/status`, "utf8");
		expect(status).toMatch(new RegExp(`^Uid:\\s+${user}\\s`, "m"));
		expect(status).toMatch(/^CapEff:\s+0+$/m);
		expect(config.Cmd).toEqual(["serve"]);
		const health = () => house?.cli(...config.Healthcheck.Test.slice(2));
		expect(await health()).toMatchObject({ exitCode: 0 });
		await worksForADay(house);
		await house.end("SIGTERM");
		expect(await health()).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("not running") });
	}, 240_000);

	const asRoot = process.getuid?.() === 0;
	it.skipIf(!asRoot)(
		`opens all its ports as docker lets it${asRoot ? "" : " (skipped: only root may make a network)"}`,
		async () => {
			const architecture = architectureHere();
			const { config } = configOf(architecture);
			const folder = mkdtempSync(path.join(work, "defaults-"));
			chmodSync(folder, 0o755);
			const volume = newVolume(folder, Number(config.User.split(":")[0]));
			const program = confined(started(architecture, volume));
			// What dockerd sets in each container's network since 20.10.
			const setting = "echo 0 >/proc/sys/net/ipv4/ip_unprivileged_port_start";
			const script = ["--net", "sh", "-c", `${setting} && exec "$@"`, "sh", program.command, ...program.argv];
			const child = spawn("unshare", [...script, ...config.Cmd], { stdio: ["ignore", "ignore", "pipe"] });
			let log = "";
			child.stderr.on("data", (chunk) => {
				log += String(chunk);
			});
			const exited = once(child, "exit");
			await eventually("it is ready", () => /ready$/m.test(log) || child.exitCode !== null);
			const health = [...program.argv, ...config.Healthcheck.Test.slice(2), "--json"];
			const { listeners } = JSON.parse(printed(program.command, ...health)) as {
				listeners: { address: string }[];
			};
			const ports = listeners.map(({ address }) => /:(\d+)$/.exec(address)?.[1]).filter(Boolean);
			const exposed = Object.keys(config.ExposedPorts).map((port) => port.replace("/tcp", ""));
			expect(ports.sort()).toEqual(exposed.sort());
			process.kill(innermostChild(child.pid ?? 0), "SIGTERM");
			expect((await exited)[0]).toBe(0);
		},
		60_000,
	);

	it("says in words that a volume of somebody else cannot be used", () => {
		const architecture = architectureHere();
		const volume = path.join(work, "somebody-elses");
		mkdirSync(volume, { mode: 0o500 });
		const { command, argv } = confined(started(architecture, volume));
		const ended = spawnSync(command, [...argv, "serve"], { encoding: "utf8", timeout: 60_000 });
		expect(ended.status).toBe(1);
		expect(ended.stderr).toContain("/var/lib/postern");
		expect(ended.stderr).not.toMatch(/\n\s+at /);
	}, 120_000);

	it.each(ARCHITECTURES)(
		"for $debian starts in its own root with its own libraries",
		(architecture) => {
			const isForeign = architecture.name !== process.arch;
			const emulator = printed("sh", "-c", `command -v ${isForeign ? architecture.emulator : "true"}`).trim();
			const { command, argv } = confined(
				started(architecture, work, {
					...(isForeign ? { more: ["--ro-bind", emulator, "/tmp/emulator"] } : {}),
					command: [...(isForeign ? ["/tmp/emulator"] : []), "/usr/bin/postern"] as [string],
				}),
			);
			const ended = spawnSync(command, [...argv, "version"], { encoding: "utf8", timeout: 60_000 });
			expect(ended).toMatchObject({ status: 0, stdout: expect.stringContaining(version) });
		},
		120_000,
	);
});
