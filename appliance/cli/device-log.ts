/** `postern device log`: what a device said, what it was told, why it was refused. The newest comes last. */
import type { SessionLog, SessionLogLine } from "../services.ts";
import { type Command, DONE, type Invocation, UsageError } from "./command.ts";
import { count, localTime } from "./words.ts";

const LAST = 5;

export const deviceLogCommand: Command = {
	name: "device log",
	summary: "what a device said lately, and why it was refused",
	operands: { text: "NAME|ADDRESS", least: 1, most: 1 },
	options: {
		last: { type: "string", value: "N", help: `the last N sessions, instead of ${LAST}` },
		raw: { type: "boolean", help: "only the lines of the dialogue" },
	},
	details: `Kept in memory, so from the last start on; passwords are not in it.
Lines with > are the device's, with < Postern's.`,
	run: log,
};

async function log({ operands, options, terminal, json, services }: Invocation): Promise<number> {
	const [nameOrAddress = ""] = operands;
	const most = countFrom(options.text("last"));
	const { devices } = await services();
	const sessions = (await devices.log(nameOrAddress)).slice(0, most);
	if (json) {
		terminal.json(sessions);
		return DONE;
	}
	if (sessions.length === 0) {
		terminal.print(`${nameOrAddress} has not connected since Postern was started.`);
		terminal.tell("If it should have: check the server and port typed into it, and its network.");
		return DONE;
	}
	const texts = sessions
		.toReversed()
		.map((session) => (options.flag("raw") ? rawText(session) : sessionText(session)));
	terminal.print(texts.join("\n\n"));
	return DONE;
}

function countFrom(text: string | undefined): number {
	if (text === undefined) return LAST;
	const number = Number(text);
	if (Number.isInteger(number) && number > 0) return number;
	throw new UsageError(`--last is a number of sessions, not "${text}"`);
}

const OUTCOMES = {
	accepted: "accepted",
	refused: "REFUSED",
	broken: "BROKEN OFF",
	probe: "no message",
} as const;

function sessionText(session: SessionLog): string {
	const { startedAt, address, device, role, outcome, times, queueIds, ownerTexts, endedAt } = session;
	const who = device === "" ? `${address} (a stranger)` : `${device} (${address})`;
	const result = endedAt === null && outcome === "probe" ? "still connected" : OUTCOMES[outcome];
	const repeated = times > 1 ? ` - ${count(times, "time")}, this is the last` : "";
	const taken = queueIds.length > 0 ? ` as ${queueIds.join(", ")}` : "";
	return [
		`${localTime(startedAt)}  ${who}, ${role}: ${result}${taken}${repeated}`,
		...ownerTexts.map((text) => `  ! ${text}`),
		...session.lines.map((line) => `    ${lineText(line)}`),
	].join("\n");
}

function rawText({ lines }: SessionLog): string {
	return lines.map(lineText).join("\n");
}

const MARKS = { client: ">", server: "<", note: "*" } as const;

function lineText({ afterMs, from, text }: SessionLogLine): string {
	return `${(afterMs / 1000).toFixed(3).padStart(8)} ${MARKS[from]} ${text}`;
}
