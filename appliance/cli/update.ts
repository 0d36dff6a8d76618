/**
 * `postern update [FILE]`: has the firmware install an update and start again with it; without a file, how it stands; or goes
 * back to the version from before. The file is judged by the box: what it refuses changes nothing.
 */
import { createReadStream } from "node:fs";
import { access, constants } from "node:fs/promises";
import { errorCode, UserError } from "../errors.ts";
import type { UpdateNews, UpdateState } from "../services.ts";
import { type Command, DONE, type Invocation, UsageError } from "./command.ts";
import { renderPairs } from "./table.ts";
import { count, localTime } from "./words.ts";

export const updateCommand: Command = {
	name: "update",
	summary: "install an update of the firmware, see how the last one went, or go back",
	operands: { text: "[FILE]", least: 0, most: 1 },
	options: {
		"no-restart": { type: "boolean", help: "leave the next start to you" },
		back: { type: "boolean", help: "start again with the version from before" },
		"only-newer": {
			type: "boolean",
			help: "do nothing when what runs is as new, or FILE was tried before; as a USB stick does",
		},
	},
	details:
		"FILE is postern-VERSION-arm64.raucb, signed. It is written beside what runs, and the box starts again with it; it\nis kept when Postern works then, and what was before comes back by itself when it does not. Mail is taken up to\nthe restart, and none is lost. On other systems Postern is updated by their own means: apt.",
	run: update,
};

/** Asked for only with `--only-newer`. */
const NO_NEWS: ReadonlySet<string> = new Set(["update-not-newer", "update-given-up"]);

async function update(invocation: Invocation): Promise<number> {
	const [file] = invocation.operands;
	if (invocation.options.flag("back")) return goBack(invocation);
	if (file === undefined) return show(invocation);
	await assertReadable(file);
	try {
		return await install(invocation, file);
	} catch (thrown) {
		if (!(thrown instanceof UserError && NO_NEWS.has(thrown.code))) throw thrown;
		if (invocation.json) invocation.terminal.json({ installed: false, why: thrown.message });
		else invocation.terminal.print(thrown.message);
		return DONE;
	}
}

async function install(invocation: Invocation, file: string): Promise<number> {
	const { options, terminal, json, services } = invocation;
	const { updates } = await services();
	if (!json) terminal.tell("Handing it over…");
	await updates.receive(createReadStream(file));
	let last: UpdateNews | undefined;
	const wanted = { onlyNewer: options.flag("only-newer"), restart: !options.flag("no-restart") };
	for await (const news of updates.install(wanted)) {
		const text = progressText(news);
		if (!json && text !== undefined && text !== progressText(last)) terminal.tell(text);
		last = news;
	}
	if (last?.type !== "installed") {
		throw new UserError("connection-lost", "Postern stopped answering in the middle.", "See: postern update");
	}
	const { version, restarts } = last;
	if (json) terminal.json({ installed: true, version, restarts });
	else if (restarts) terminal.print(`Postern ${version} is installed. The box starts again with it.`);
	else terminal.print(`Postern ${version} is installed, and in use after the next start of the box.`);
	return DONE;
}

async function goBack({ operands, terminal, json, services }: Invocation): Promise<number> {
	if (operands.length > 0) throw new UsageError("--back takes no FILE.");
	const { updates } = await services();
	const { version } = await updates.goBack();
	if (json) terminal.json({ goesBack: true, version });
	else terminal.print(`The box starts again with Postern ${version}.`);
	return DONE;
}

function progressText(news: UpdateNews | undefined): string | undefined {
	if (news?.type !== "progress") return undefined;
	return news.percent === null ? `${news.text}…` : `${news.text}: ${news.percent} %`;
}

async function show({ terminal, json, services }: Invocation): Promise<number> {
	const { updates } = await services();
	const state = await updates.state();
	if (json) terminal.json(state);
	else terminal.print(renderPairs(facts(state)));
	return DONE;
}

const FATES = {
	"broken-off": "was not written to its end; nothing changed",
	waiting: "installed, in use after the next start",
	trying: "being tried out",
	kept: "works, kept",
	"rolled-back": "did not work, given up",
} as const;

function facts(state: UpdateState): [string, string][] {
	const { keeper, version, builtAt, slot, last, refusal, progress, before } = state;
	const pairs: [string, string][] = [["Postern", version]];
	if (keeper === "host") return [...pairs, ["updates", "by the system that Postern runs on: apt"]];
	pairs.push(["built", builtAt === null ? "unknown" : localTime(builtAt)], ["slot", slot ?? "unknown"]);
	if (last !== null) {
		pairs.push(["last update", `${last.from} to ${last.to}, ${localTime(last.at)}: ${FATES[last.fate]}`]);
	}
	if (before !== null) pairs.push(["from before", `${before}; postern update --back starts it again`]);
	if (progress !== null) pairs.push(["under way", progressText({ type: "progress", ...progress }) ?? ""]);
	if (refusal !== null) pairs.push(["refused", `${localTime(refusal.at)}: ${refusal.text}`]);
	return [...pairs, ["crashes", crashText(state)]];
}

export function crashText({ crashes }: Pick<UpdateState, "crashes">): string {
	const { total, lastDay, reboots, lastAt, lastResult } = crashes;
	if (total === 0 || lastAt === null) return "none";
	const restarted = reboots === 0 ? "" : `; the box was restarted for it ${count(reboots, "time")}`;
	return `${total}, of them ${lastDay} in the last day; the last ${localTime(lastAt)} (${lastResult})${restarted}`;
}

async function assertReadable(file: string): Promise<void> {
	try {
		await access(file, constants.R_OK);
	} catch (error) {
		const isGone = errorCode(error) === "ENOENT";
		throw new UserError(
			"file-unreadable",
			isGone ? `There is no file ${file}.` : `The file ${file} cannot be read.`,
			isGone ? "Check the path." : "Try with sudo.",
			{ cause: error },
		);
	}
}
