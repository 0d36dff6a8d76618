/**
 * Whether this machine is the firmware, and which: what the image says of itself, and from which slot it was booted. For the
 * appliance, the machine door and the tests. A machine that is not the firmware has no such file: `null`, never an error.
 */
import { readFile } from "node:fs/promises";
import path from "node:path";
import * as z from "zod";

/** Written by the build of the image. */
const IMAGE_FILE = "/usr/lib/postern/image.json";

const IMAGE = z.object({
	version: z.string().min(1).max(100),
	/** For which boards an update must be: `postern-arm64`. */
	compatible: z.string().min(1).max(100),
	builtAt: z.iso.datetime({ offset: true }),
});

export interface ImageFacts extends z.output<typeof IMAGE> {
	/** Null where the boot loader named none: started by hand, in a test. */
	readonly slot: "A" | "B" | null;
}

/** The machine's root folder: `/`, or what a test has in its stead (`POSTERN_MACHINE`). */
export function machineRoot(environment: NodeJS.ProcessEnv): string {
	return environment["POSTERN_MACHINE"] || "/";
}

export async function imageFacts(root = "/"): Promise<ImageFacts | null> {
	const [image, commandLine] = await Promise.all([
		readFile(path.join(root, IMAGE_FILE), "utf8").catch(() => undefined),
		readFile(path.join(root, "/proc/cmdline"), "utf8").catch(() => ""),
	]);
	if (image === undefined) return null;
	return { ...IMAGE.parse(JSON.parse(image)), slot: slotOf(commandLine) };
}

function slotOf(commandLine: string): "A" | "B" | null {
	const named = /(?:^|\s)rauc\.slot=([AB])(?:\s|$)/.exec(commandLine)?.[1];
	return named === "A" || named === "B" ? named : null;
}
