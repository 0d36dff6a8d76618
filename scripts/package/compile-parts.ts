/**
 * `node compile-parts.ts ARCHIVE OUTPUT`: compiles the program's parts beforehand. For blob.ts, which runs it with the
 * very Node that is to load them: what another version, architecture or set of flags has compiled is thrown away.
 */
import { writeFileSync } from "node:fs";
import { Script } from "node:vm";
import { archiveOf, readArchive } from "../../appliance/embedded.ts";

const [archive = "", output = ""] = process.argv.slice(2);
const compiled = new Map(
	[...readArchive(archive)].map(([name, text]) => [
		name,
		new Script(text.toString("latin1"), { filename: name }).createCachedData(),
	]),
);
writeFileSync(output, archiveOf(compiled));
