/** `postern status`: is it well, what needs doing, and the numbers. Exit 0 as long as it answers. */
import type { Status } from "../services.ts";
import { type Command, DONE } from "./command.ts";
import { renderPairs, renderTable } from "./table.ts";
import { crashText } from "./update.ts";
import { count, localTime, size, waitsText } from "./words.ts";

export const statusCommand: Command = {
	name: "status",
	summary: "how the running appliance is, and what needs attention",
	async run({ terminal, json, services }) {
		const { appliance } = await services();
		const status = await appliance.status();
		if (json) {
			terminal.json(status);
			return DONE;
		}
		terminal.printStrong(verdict(status));
		for (const problem of status.problems) terminal.print(`  - ${problem}`);
		terminal.print();
		terminal.print(renderPairs(facts(status)));
		terminal.print();
		terminal.print(accountsText(status, terminal.columns));
		return DONE;
	},
};

function verdict({ name, version, problems }: Status): string {
	const what = problems.length === 0 ? "all is well" : `${count(problems.length, "thing")} to see to:`;
	return `${name} (Postern ${version}): ${what}`;
}

function facts({
	listeners,
	queue,
	storage,
	memoryBytes,
	startedAt,
	clock,
	crashes,
	pair,
}: Status): [string, string][] {
	const ports = listeners.map(({ role, address }): [string, string] => [role, address]);
	const room = `${size(storage.freeBytes)} free, ${storage.accepting ? "taking mail" : "NOT taking mail until there is room"}`;
	return [
		[
			"queue",
			[
				`${queue.incoming + queue.active} on the way`,
				`${queue.deferred} waiting`,
				`${queue.held} held`,
				`${queue.failed} failed`,
			].join(", "),
		],
		["card", room],
		["memory", size(memoryBytes)],
		["clock", clockText(clock)],
		["running since", localTime(startedAt)],
		...(pair.follows === null ? [] : [["goes by", pairText(pair)] as [string, string]]),
		...(crashes.total === 0 ? [] : [["crashes", crashText({ crashes })] as [string, string]]),
		...(ports.length === 0 ? [["listening", "on no port"] as [string, string]] : ports),
	];
}

/** Of a box that goes by another. */
function pairText({ follows, inStepAt }: Status["pair"]): string {
	const since = inStepAt === null ? "not in step since it started" : `in step ${localTime(inStepAt)}`;
	return `${follows} (${since}); change devices and accounts there`;
}

const SOURCES = { ntp: "by a time server", microsoft: "by Microsoft's answers" } as const;

function clockText({ isSynchronised, errorMs, source }: Status["clock"]): string {
	if (isSynchronised === null || source === null) return "not compared with another one yet";
	const by = SOURCES[source];
	return isSynchronised
		? `right, ${by}`
		: `wrong by ${count(Math.round(Math.abs(errorMs) / 60_000), "minute")}, ${by}`;
}

const CIRCUITS = { closed: "flows", open: "waits", probing: "trying again" } as const;

function accountsText({ accounts }: Status, columns: number | undefined): string {
	if (accounts.length === 0) return "No account yet: postern account add ADDRESS signs one in.";
	return renderTable(
		[{ title: "ACCOUNT" }, { title: "SIGN-IN" }, { title: "MAIL" }, { title: "TROUBLE", flexible: true }],
		accounts.map(({ address, state, circuit, trouble, waits }) => [
			address,
			state,
			waits === null ? CIRCUITS[circuit] : CIRCUITS.open,
			[trouble, waitsText(waits)].filter(Boolean).join(" "),
		]),
		columns,
	);
}
