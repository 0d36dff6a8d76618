/**
 * What lies beside the image for those who take it: a bill of materials, what Raspberry Pi Imager reads to offer it, and the
 * SHA-256 sums of it all. For image.ts.
 *
 * POSTERN_DOWNLOADS is the address of the folder from which they will be fetched; without it Imager is shown the files here.
 */
import { readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import {
	billOf,
	type Component,
	component,
	executableParts,
} from "../../scripts/package/bill-of-materials.ts";
import { sha256Of, sums } from "../../scripts/package/sums.ts";
import { ICON_SVG } from "../../web/assets/icon.ts";
import { RELEASE } from "./mirror.ts";
import { type LockedPackage, readLock } from "./packages-lock.ts";
import { DIST } from "./places.ts";

export interface HandedOut {
	readonly version: string;
	readonly epochSeconds: number;
	/** As it is on the card. */
	readonly disk: string;
	/** In dist/. */
	readonly image: string;
	readonly bundle: string;
}

/** Gives the paths of what it wrote into dist/. */
export function writeWhatGoesWith(options: HandedOut): readonly string[] {
	const { version, image, bundle } = options;
	const name = path.basename(image, ".img.zst");
	const place = (end: string) => path.join(DIST, `${name}${end}`);
	const made = { bill: place(".cdx.json"), icon: place(".svg"), manifest: place(".rpi-imager-manifest") };
	writeFileSync(
		made.bill,
		billOf(imageItself(version), [...executableParts(), ...readLock().map(fromDebian)]),
	);
	writeFileSync(made.icon, ICON_SVG);
	writeFileSync(made.manifest, imagerManifest(options, made.icon));
	const list = place(".SHA256SUMS");
	writeFileSync(list, sums([image, bundle, ...Object.values(made)]));
	return [...Object.values(made), list];
}

function imageItself(version: string): Component {
	return component({ type: "application", name: "postern-image", version, license: "MIT" });
}

/** Which licences it has stands in the image, in /usr/share/doc. */
function fromDebian({ name, version, path: file, sha256 }: LockedPackage): Component {
	const [, architecture = "all"] = /_([a-z0-9]+)\.deb$/.exec(file) ?? [];
	const purl = `pkg:deb/debian/${encodeURIComponent(name)}@${encodeURIComponent(version)}?arch=${architecture}&distro=${RELEASE}`;
	return {
		...{ type: "library", "bom-ref": purl, name, version, purl },
		hashes: [{ alg: "SHA-256", content: sha256 }],
	};
}

/** Its own words for the boards (github.com/raspberrypi/rpi-imager, doc/schema-notes.md). A Zero 2 W is a pi3. */
const BOARDS = ["pi5-64bit", "pi4-64bit", "pi3-64bit"];

function imagerManifest({ version, epochSeconds, disk, image }: HandedOut, icon: string): string {
	const compressed = readFileSync(image);
	const system = {
		name: `Postern ${version}`,
		description: "Lets devices that only speak old mail use Microsoft 365",
		icon: addressOf(icon),
		url: addressOf(image),
		extract_size: statSync(disk).size,
		extract_sha256: sha256Of(readFileSync(disk)),
		image_download_size: compressed.length,
		image_download_sha256: sha256Of(compressed),
		release_date: new Date(epochSeconds * 1_000).toISOString().slice(0, 10),
		// Without it Imager asks for nothing, or writes a script that nobody runs (appliance/config/seed/cloud-init.ts).
		init_format: "cloudinit",
		devices: BOARDS,
	};
	return `${JSON.stringify({ os_list: [system] }, null, "\t")}\n`;
}

function addressOf(file: string): string {
	const folder = process.env["POSTERN_DOWNLOADS"];
	if (folder === undefined) return pathToFileURL(file).href;
	return new URL(path.basename(file), folder.endsWith("/") ? folder : `${folder}/`).href;
}
