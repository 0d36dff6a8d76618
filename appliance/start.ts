/**
 * What the built program begins with: it reads and compiles the other parts when they are wanted, each once. The build
 * cuts the program at its `import()`s (scripts/program-parts.ts), so that what a command does not use costs it neither
 * memory nor time (decisions/0030). In tests the sources run without it.
 *
 * Throws where a part is missing, as `require` does, and what a part throws while it starts.
 */
import { Script } from "node:vm";
import { EMBEDDED, isExecutable, openArchive } from "./embedded.ts";

interface PartModule {
	exports: object;
}

type PartFunction = (exports: object, require: (id: string) => unknown, module: PartModule) => void;

const texts = openArchive(EMBEDDED.parts);
const compiled = isExecutable ? openArchive(EMBEDDED.compiledParts) : () => undefined;
const loaded = new Map<string, PartModule>();

/** Parts ask for each other as `./name`, and for Node's modules. */
function requirePart(id: string): unknown {
	if (!id.startsWith("./")) return process.getBuiltinModule(id) ?? notFound(id);
	const name = id.slice("./".length);
	const known = loaded.get(name);
	if (known !== undefined) return known.exports;
	const module: PartModule = { exports: {} };
	loaded.set(name, module);
	compile(name)(module.exports, requirePart, module);
	return module.exports;
}

function compile(name: string): PartFunction {
	// The build writes nothing but ASCII.
	const text = texts(name)?.toString("latin1") ?? notFound(name);
	const cachedData = compiled(name);
	const script = new Script(text, { filename: name, ...(cachedData === undefined ? {} : { cachedData }) });
	return script.runInThisContext() as PartFunction;
}

function notFound(id: string): never {
	throw Object.assign(new Error(`Cannot find ${id}`), { code: "MODULE_NOT_FOUND" });
}

requirePart("./main.js");
