/**
 * The system of the test image again, under another version and with whatever else is to be different, as a bundle that
 * the box takes for an update. Gone when it is disposed of.
 */
import { execFileSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { makeBundle, signingKey } from "../build/bundle.ts";
import { makeSlot } from "../build/disk.ts";
import { WORK } from "../build/places.ts";
import type { Toolbox } from "../build/toolbox.ts";

const ROOT = path.join(WORK, "root");

export class LaterVersion implements Disposable {
	readonly bundle: string;
	readonly #version: string;

	private constructor(version: string, bundle: string) {
		this.#version = version;
		this.bundle = bundle;
	}

	/** `change` gets the folder that becomes the root. */
	static async make(
		toolbox: Toolbox,
		version: string,
		change: (root: string) => void = () => undefined,
	): Promise<LaterVersion> {
		const root = path.join(WORK, `${version}.root`);
		rmSync(root, { recursive: true, force: true });
		execFileSync("cp", ["-a", "--reflink=auto", ROOT, root]);
		const facts = path.join(root, "usr/lib/postern/image.json");
		writeFileSync(facts, JSON.stringify({ ...JSON.parse(readFileSync(facts, "utf8")), version }));
		change(root);
		const epochSeconds = Math.floor(Date.now() / 1_000);
		const slot = await makeSlot({ root, toolbox, epochSeconds, level: 1 }, version);
		return LaterVersion.ofSlot(toolbox, version, slot);
	}

	static async ofSlot(toolbox: Toolbox, version: string, slot: string): Promise<LaterVersion> {
		const name = `${version}.raucb`;
		return new LaterVersion(version, await makeBundle({ toolbox, slot, version, name, key: signingKey() }));
	}

	[Symbol.dispose](): void {
		for (const left of [".root", ".files", ".vfat", ".raucb", ".raucb.files"])
			rmSync(path.join(WORK, `${this.#version}${left}`), { recursive: true, force: true });
	}
}
