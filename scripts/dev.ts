/**
 * `npm run dev`: the sandbox, built and started anew whenever a source changes. For developers.
 * A build that fails leaves the last sandbox running and prints why. Ctrl-C ends both.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { watch } from "node:fs";
import path from "node:path";

const root = path.join(import.meta.dirname, "..");
/** Editors write in bursts. */
const SETTLE_MS = 150;

let running: ChildProcess | undefined;
let timer: NodeJS.Timeout | undefined;

function build(): boolean {
	return spawnSync(process.execPath, ["scripts/build.ts"], { cwd: root, stdio: "inherit" }).status === 0;
}

async function restart(): Promise<void> {
	if (!build()) return;
	const old = running;
	if (old !== undefined && old.exitCode === null) {
		const ended = new Promise((resolve) => old.once("exit", resolve));
		old.kill("SIGTERM");
		await ended;
	}
	running = spawn(process.execPath, ["dist/postern.cjs", "sandbox"], { cwd: root, stdio: "inherit" });
}

for (const folder of ["appliance", "web"]) {
	watch(path.join(root, folder), { recursive: true }, (_event, file) => {
		if (file === null || /\.test\.|\.swp$|~$/.test(file)) return;
		clearTimeout(timer);
		timer = setTimeout(() => {
			restart().catch((error: unknown) => console.error(error));
		}, SETTLE_MS);
	});
}
// The terminal sends Ctrl-C to the sandbox as well; it ends in good order, and then so do we.
process.on("SIGINT", () => {
	if (running === undefined || running.exitCode !== null) process.exit(0);
	running.once("exit", () => process.exit(0));
});
await restart();
