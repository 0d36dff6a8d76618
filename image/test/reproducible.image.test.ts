/**
 * What `npm run image` hands out: made twice, in different places and by people with other habits, it has the same bytes; its
 * sums, its bill of materials and Imager's manifest say what is true of it. Postern's own package is the one in dist/, which
 * `reproducible.package.test.ts` makes twice.
 */
import { execFileSync } from "node:child_process";
import {
	cpSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readFileSync,
	rmSync,
	statSync,
	symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { epochOfSources } from "../../scripts/package/debian.ts";
import { sha256Of } from "../../scripts/package/sums.ts";
import { DIST, ROOT } from "../build/places.ts";

const { version } = JSON.parse(readFileSync(path.join(ROOT, "package.json"), "utf8")) as { version: string };
const NAME = `postern-${version}-arm64`;
const BUILD_MS = 600_000;
const DOWNLOADS = "https://downloads.example.com/postern";

const copies = [
	mkdtempSync(path.join(tmpdir(), "image-")),
	mkdtempSync(path.join(tmpdir(), "another-folder-")),
];
afterAll(() => {
	for (const copy of copies) rmSync(copy, { recursive: true, force: true });
});
beforeAll(() => {
	for (const [at, copy] of copies.entries())
		build(copy, at === 0 ? "077" : "022", at === 0 ? "UTC" : "Pacific/Kiritimati");
}, 2 * BUILD_MS);

function build(copy: string, umask: string, timeZone: string): void {
	const listed = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
	const sources = execFileSync("git", listed, { cwd: ROOT, encoding: "utf8" }).split("\0").filter(Boolean);
	for (const name of sources.filter((one) => existsSync(path.join(ROOT, one))))
		cpSync(path.join(ROOT, name), path.join(copy, name));
	symlinkSync(path.join(ROOT, "node_modules"), path.join(copy, "node_modules"));
	mkdirSync(path.join(copy, "dist"));
	for (const name of [`postern_${version}_arm64.deb`, "bundled-packages.json"])
		cpSync(path.join(DIST, name), path.join(copy, "dist", name));
	execFileSync("sh", ["-c", `umask ${umask}; exec "$0" image/build/image.ts`, process.execPath], {
		cwd: copy,
		stdio: ["ignore", "ignore", "inherit"],
		env: {
			...{ PATH: process.env["PATH"], HOME: "/nonexistent", TZ: timeZone, LC_ALL: "C" },
			SOURCE_DATE_EPOCH: `${epochOfSources()}`,
			POSTERN_DOWNLOADS: DOWNLOADS,
		},
	});
}

const made = (end: string, copy = copies[0] ?? "") => path.join(copy, "dist", `${NAME}${end}`);

describe("the image, made twice", () => {
	it("has the same bytes, and so has all that lies beside it", () => {
		const [first, second] = copies.map((copy) => readFileSync(made(".SHA256SUMS", copy), "utf8"));
		expect(first?.trim().split("\n")).toHaveLength(5);
		expect(second).toBe(first);
	});

	it("has sums that sha256sum finds right", () => {
		const folder = path.dirname(made(""));
		execFileSync("sha256sum", ["--check", "--strict", "--quiet", path.basename(made(".SHA256SUMS"))], {
			cwd: folder,
		});
	});

	it("is at most 150 MB to fetch", () => {
		const sizeBytes = statSync(made(".img.zst")).size;
		console.log(
			`image: ${(sizeBytes / 1_000_000).toFixed(1)} MB, bundle: ${(statSync(made(".raucb")).size / 1_000_000).toFixed(1)} MB`,
		);
		expect(sizeBytes).toBeLessThanOrEqual(150_000_000);
	});

	it("names in its bill of materials Postern's parts and each of Debian's packages with the lock's sum", () => {
		const bill = JSON.parse(readFileSync(made(".cdx.json"), "utf8")) as {
			specVersion: string;
			components: {
				"bom-ref": string;
				purl: string;
				name: string;
				hashes?: { alg: string; content: string }[];
			}[];
		};
		const lock = JSON.parse(readFileSync(path.join(ROOT, "image", "packages.lock.json"), "utf8")) as {
			packages: { name: string; version: string; sha256: string }[];
		};
		expect(bill.specVersion).toBe("1.6");
		const debian = bill.components.filter(({ purl }) => purl.startsWith("pkg:deb/debian/"));
		expect(debian.map(({ name, hashes }) => [name, hashes])).toEqual(
			lock.packages.map(({ name, sha256 }) => [name, [{ alg: "SHA-256", content: sha256 }]]),
		);
		for (const { purl } of debian)
			expect(purl).toMatch(/^pkg:deb\/debian\/[\w.%-]+@[\w.%~-]+\?arch=(?:arm64|all)&distro=trixie$/);
		expect(bill.components.map(({ purl }) => purl)).toContain(`pkg:generic/node@${process.versions.node}`);
		expect(new Set(bill.components.map((one) => one["bom-ref"])).size).toBe(bill.components.length);
	});

	it("is described to Imager as it is", () => {
		const { os_list: systems } = JSON.parse(readFileSync(made(".rpi-imager-manifest"), "utf8")) as {
			os_list: unknown[];
		};
		const disk = execFileSync("zstd", ["-d", "-q", "-c", made(".img.zst")], { maxBuffer: 2 ** 31 - 1 });
		const compressed = readFileSync(made(".img.zst"));
		expect(systems).toEqual([
			{
				...{ name: `Postern ${version}`, description: expect.any(String) },
				...{ icon: `${DOWNLOADS}/${NAME}.svg`, url: `${DOWNLOADS}/${NAME}.img.zst` },
				...{ extract_size: disk.length, extract_sha256: sha256Of(disk) },
				...{ image_download_size: compressed.length, image_download_sha256: sha256Of(compressed) },
				...{ release_date: expect.stringMatching(/^\d{4}-\d\d-\d\d$/), init_format: "cloudinit" },
				devices: ["pi5-64bit", "pi4-64bit", "pi3-64bit"],
			},
		]);
	});
});
