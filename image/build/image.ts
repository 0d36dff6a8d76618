/**
 * `npm run image`: from the checkout to the card's image, the update bundle and what goes with them, all in dist/. Says each
 * stage and how long it took; ends with 1 and the reason when one fails.
 */
import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { epochOfSources } from "../../scripts/package/debian.ts";
import { makeBundle, signingKey } from "./bundle.ts";
import { makeDisk, makeSlot } from "./disk.ts";
import { writeWhatGoesWith } from "./handed-out.ts";
import { makeInitrd } from "./initrd.ts";
import { mirrorHere } from "./mirror.ts";
import { fetchPackages } from "./packages-lock.ts";
import { DIST, IMAGE, ROOT, WORK } from "./places.ts";
import { makeRoot } from "./root.ts";
import { Toolbox } from "./toolbox.ts";

const { version } = JSON.parse(readFileSync(path.join(ROOT, "package.json"), "utf8")) as { version: string };

async function stage<T>(title: string, work: () => T | Promise<T>): Promise<T> {
	const startedMs = performance.now();
	process.stderr.write(`image: ${title} … `);
	const made = await work();
	process.stderr.write(`${((performance.now() - startedMs) / 1_000).toFixed(1)} s\n`);
	return made;
}

/** Made anew when a source is younger than it. */
function ownPackage(): string {
	const file = path.join(DIST, `postern_${version}_arm64.deb`);
	const isWhole = existsSync(file) && existsSync(path.join(DIST, "bundled-packages.json"));
	if (!isWhole || statSync(file).mtimeMs < newestSourceMs())
		execFileSync(process.execPath, [path.join(ROOT, "scripts/package/package.ts"), "arm64"], {
			stdio: ["ignore", "ignore", "inherit"],
		});
	return file;
}

function newestSourceMs(): number {
	const folders = ["appliance", "web", "systemd", "scripts/package"].map((name) => path.join(ROOT, name));
	const files = folders.flatMap((folder) =>
		readdirSync(folder, { recursive: true, withFileTypes: true })
			.filter((entry) => entry.isFile())
			.map((entry) => path.join(entry.parentPath, entry.name)),
	);
	return Math.max(...[...files, path.join(ROOT, "package-lock.json")].map((file) => statSync(file).mtimeMs));
}

async function build(): Promise<void> {
	mkdirSync(WORK, { recursive: true });
	const epochSeconds = epochOfSources();
	const mirror = mirrorHere();
	const own = await stage("Postern's package for arm64", ownPackage);
	const packages = await stage("Debian's packages", () => fetchPackages(mirror));
	const toolbox = await stage("toolbox", () => Toolbox.open(mirror, WORK));
	const isTest = process.argv.includes("--test-variant");
	const root = path.join(WORK, "root");
	const key = signingKey();
	const overlays = [path.join(IMAGE, "overlay"), ...(isTest ? [path.join(IMAGE, "test", "overlay")] : [])];
	await stage("root", () =>
		makeRoot({
			...{ folder: root, packages, ownPackage: own, overlays, version, epochSeconds, toolbox },
			trustedCertificate: key.certificateFile,
		}),
	);
	await stage("initrd", () => makeInitrd(root, "initrd.img", toolbox));
	const options = { root, toolbox, epochSeconds };
	const slot = await stage("slot", () => makeSlot(options, "slot"));
	const disk = await stage("disk", () => makeDisk(options, slot, isTest ? "test.img" : "disk.img"));
	const bundle = await stage("update bundle", () =>
		makeBundle({ toolbox, slot, version, key, name: isTest ? "test.raucb" : "update.raucb" }),
	);
	if (isTest) return;
	const handedOut = path.join(DIST, `postern-${version}-arm64.raucb`);
	copyFileSync(bundle, handedOut);
	const image = path.join(DIST, `postern-${version}-arm64.img.zst`);
	await stage("compressing", () =>
		toolbox.run("zstd", ["-q", "-f", "-T0", "-12", `/w/${path.basename(disk)}`, "-o", "/w/disk.img.zst"]),
	);
	copyFileSync(path.join(WORK, "disk.img.zst"), image);
	await stage("sums, bill of materials, Imager's manifest", () =>
		writeWhatGoesWith({ version, epochSeconds, disk, image, bundle: handedOut }),
	);
}

process.umask(0o022);
await build();
