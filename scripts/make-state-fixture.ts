/**
 * At a release, after `npm run build`: keeps a state folder as this version leaves it, in appliance/e2e/states/, so that
 * every later version is tested to open it. Refuses to replace one: what has been released stays as it is.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { liveIn, STATE_HOUSE } from "../appliance/e2e/earlier-state.ts";
import { House } from "../appliance/e2e/house.ts";

const root = path.join(import.meta.dirname, "..");
const { version } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as { version: string };
const states = path.join(root, "appliance", "e2e", "states");
const output = path.join(states, `${version}.tar.gz`);
if (existsSync(output)) throw new Error(`there is one of ${version} already: ${output}`);

const house = await House.build(STATE_HOUSE);
try {
	const known = await liveIn(house);
	await house.end("SIGKILL");
	writeFileSync(path.join(house.folder, "known.json"), JSON.stringify(known, null, "\t"));
	mkdirSync(states, { recursive: true });
	// Sockets are no files, and the index of the log is made anew from the log.
	const leftOut = ["control.sock", "postern.db-shm"].map((name) => `--exclude=${name}`);
	const whose = ["--owner=0", "--group=0", "--numeric-owner", "--sort=name"];
	execFileSync("tar", ["-C", house.folder, ...leftOut, ...whose, "-czf", output, "state", "known.json"]);
	console.log(output);
} finally {
	await house.close();
}
