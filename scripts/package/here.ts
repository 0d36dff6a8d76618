/** For scripts/test: makes this machine's executable from the sources as they are, and prints its path. */
import { execFileSync } from "node:child_process";
import path from "node:path";
import { architectureHere } from "./architecture.ts";
import { makeExecutable } from "./executable.ts";
import { ROOT } from "./places.ts";

execFileSync(process.execPath, [path.join(ROOT, "scripts", "build.ts")], { stdio: "inherit" });
console.log(await makeExecutable(architectureHere()));
