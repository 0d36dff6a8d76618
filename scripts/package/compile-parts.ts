/**
 * `node compile-parts.ts ARCHIVE OUTPUT`: compiles the program's parts beforehand. For blob.ts, which runs it with the
 * very Node that is to load them: what another version, architecture or set of flags has compiled is thrown away.
 *
 * A function is compiled when it is first called. So the parts of the service's start are loaded here, as appliance/start.ts
 * loads them, and what their modules call while they load is compiled with them. None of them does anything then but
 * make what it exports: the same is called each time, and the bytes stay the same.
 */
import { writeFileSync } from "node:fs";
import { Script } from "node:vm";
import { archiveOf, readArchive } from "../../appliance/embedded.ts";

/** By the sources that they are named after. */
const OF_THE_START = ["terminal", "run", "serve", "running", "appliance"];

type PartFunction = (exports: object, require: (id: string) => unknown, module: { exports: object }) => void;

const [archive = "", output = ""] = process.argv.slice(2);
const scripts = new Map(
	[...readArchive(archive)].map(([name, text]) => [
		name,
		new Script(text.toString("latin1"), { filename: name }),
	]),
);

const loaded = new Map<string, { exports: object }>();

function requirePart(id: string): unknown {
	const builtin = process.getBuiltinModule(id);
	if (builtin !== undefined) return builtin;
	const name = id.replace("./", "");
	const [known, script] = [loaded.get(name), scripts.get(name)];
	if (known !== undefined) return known.exports;
	if (script === undefined) throw new Error(`there is no part ${id}`);
	const module = { exports: {} };
	loaded.set(name, module);
	(script.runInThisContext() as PartFunction)(module.exports, requirePart, module);
	return module.exports;
}

for (const source of OF_THE_START) {
	const names = [...scripts.keys()].filter((name) => name.startsWith(`${source}-`));
	const [name] = names;
	if (name === undefined || names.length > 1) throw new Error(`${names.length} parts are called ${source}`);
	requirePart(`./${name}`);
}

const compiled = [...scripts].map(([name, script]) => [name, script.createCachedData()] as const);
writeFileSync(output, archiveOf(new Map(compiled)));
// Whatever a module has begun is not waited for.
process.exit();
