/**
 * Programs with something changed in their sources, which the harness needs and nobody gets: ones with a fault, which
 * it must catch, and one without that does not wait for Exchange. Throws when the text to change is not there
 * exactly once: the sources have moved on, and the change with them.
 */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Plugin } from "esbuild";
import { archiveOf, EMBEDDED } from "../../appliance/embedded.ts";
import { bundleProgram } from "../program-parts.ts";

const ROOT = path.join(import.meta.dirname, "../..");
const DIST = path.join(ROOT, "dist");

interface Change {
	/** From the root of the checkout. */
	readonly file: string;
	readonly text: string;
	readonly becomes: string;
}

/** The sandbox files a sent copy at once; looking for one for half a minute would be most of a run. */
const HASTE: readonly Change[] = [
	{
		file: "appliance/delivery/route.ts",
		text: "SENT_ITEMS_LAG_MS = 30_000",
		becomes: "SENT_ITEMS_LAG_MS = 300",
	},
	{ file: "appliance/delivery/verify.ts", text: "FIRST_WAIT_MS = 500", becomes: "FIRST_WAIT_MS = 100" },
];

const DELIVERED_REPORT = `{ via: "graph", outcomes: shown.recipients.map(({ address }) => ({
	recipient: address, outcome: "delivered", reply: { code: 202, enhanced: "2.0.0", text: "Accepted" }, reason: "", ownerText: "" })) }`;

/** What a mail server gets wrong. Each loses mail in a power cut and in nothing else. */
export const FAULTS = {
	// Commits run so; what makes them durable is the flush behind each.
	"synchronous=NORMAL": [{ file: "appliance/store/writer.ts", text: "this.#log?.flush();", becomes: "" }],
	// Of large bodies alone: that of a small one goes with its row, and could not be sent any more.
	"settled before it is sent": [
		{
			file: "appliance/queue/runner.ts",
			text: "await this.#journal?.begin(item.id);",
			becomes: `await this.#journal?.begin(item.id);
			if (shown.message.inFile) {
				const early = settle(shown, ${DELIVERED_REPORT}, this.#options.patience(), { wallMs: clock.now(), random: 0 });
				await spool.settle(early.write, false, "urgent");
			}`,
		},
	],
	"body not flushed before its row": [
		{ file: "appliance/queue/body-writer.ts", text: "await file.datasync();", becomes: "" },
	],
} as const satisfies Readonly<Record<string, readonly Change[]>>;

export type Fault = keyof typeof FAULTS;

/** Puts a program into `folder`; gives the file that Node is to be started with. */
export async function buildInto(folder: string, fault?: Fault): Promise<string> {
	const changes = [...HASTE, ...(fault === undefined ? [] : FAULTS[fault])];
	const program = await bundleProgram("0.0.0-powercut", [changing(changes)]);
	mkdirSync(folder, { recursive: true });
	const parts = new Map([...program.parts].map(([name, text]) => [name, Buffer.from(text)]));
	writeFileSync(path.join(folder, EMBEDDED.parts), archiveOf(parts));
	copyFileSync(path.join(DIST, EMBEDDED.addon), path.join(folder, EMBEDDED.addon));
	const start = path.join(folder, "postern.cjs");
	writeFileSync(start, program.start);
	return start;
}

function changing(changes: readonly Change[]): Plugin {
	const files = new Map(Map.groupBy(changes, ({ file }) => path.join(ROOT, file)));
	return {
		name: "changing",
		setup(build) {
			build.onLoad({ filter: /\/appliance\/.*\.ts$/ }, ({ path: file }) => {
				const wanted = files.get(file);
				if (wanted === undefined) return undefined;
				return { contents: wanted.reduce(changed, readFileSync(file, "utf8")), loader: "ts" };
			});
		},
	};
}

function changed(source: string, { file, text, becomes }: Change): string {
	const [before, after, ...more] = source.split(text);
	if (before === undefined || after === undefined || more.length > 0) {
		throw new Error(`${file} has moved on: "${text}" is not there once`);
	}
	return `${before}${becomes}${after}`;
}
