/**
 * `postern import …`: moves in from another program, and says of each thing what became of it. With `--dry-run` it
 * says so and changes nothing.
 */
import type { MovingReport, MovingRow, MovingSource } from "../console-services.ts";
import { type Command, DONE, type Invocation, type OptionSpec } from "./command.ts";
import { type Column, renderTable } from "./table.ts";

const DRY_RUN: OptionSpec = { type: "boolean", help: "say what would become of it, and change nothing" };

export const importCommands: readonly Command[] = [
	{
		name: "import m365proxy",
		summary: "move in from m365proxy: account, logins with their passwords, ports, certificate",
		operands: { text: "CONFIG.JSON", least: 1, most: 1 },
		options: { "dry-run": DRY_RUN },
		details:
			"What is here already stays as it is. Devices go on with the passwords they have: a bcrypt hash is taken as it is,\nand replaced with one of our own when its password is first given. The sign-in to Microsoft is made anew. Where\nPostern does not run, its state folder is changed directly.",
		run: (invocation) => moveIn("m365proxy", invocation),
	},
	{
		name: "import outlook-proxy",
		summary: "move in from microsoft-smtp-oauth2-proxy: users with their passwords, ports, who may sign up",
		operands: { text: "DB.SQLITE [.ENV]", least: 1, most: 2 },
		options: { "dry-run": DRY_RUN },
		details:
			"Stop the proxy first. What is here already stays as it is. Users go on with the passwords they have; their\nsign-ins to Microsoft are made anew. Ports, certificate and rules come from the environment file. Where Postern\ndoes not run, its state folder is changed directly.",
		run: (invocation) => moveIn("outlook-proxy", invocation),
	},
];

async function moveIn(source: MovingSource, invocation: Invocation): Promise<number> {
	const { operands, options, terminal, json } = invocation;
	const [file = "", environmentFile] = operands;
	const program = await invocation.appliance();
	const files = { file, ...(environmentFile === undefined ? {} : { environmentFile }) };
	const draft = await program.readSource(source, files);
	const opened = await invocation.moving();
	try {
		const report = await opened.service.move(draft, { isTrial: options.flag("dry-run") });
		if (json) terminal.json(report);
		else terminal.print(reportText(report, terminal.columns));
	} finally {
		await opened.close();
	}
	return DONE;
}

interface Section {
	readonly outcome: MovingRow["outcome"];
	readonly columns: readonly Column[];
	readonly cells: (row: MovingRow) => readonly string[];
}

const flexible = (title: string): Column => ({ title, flexible: true });
const WITHOUT_PLACE = {
	columns: [flexible("THERE"), flexible("WHY")],
	cells: ({ what, note }: MovingRow) => [what, note],
};
const TAKEN: Section = {
	outcome: "taken",
	columns: [flexible("THERE"), flexible("HERE"), flexible("")],
	cells: ({ what, as, note }) => [what, as, note],
};
const HERE_ALREADY: Section = { ...WITHOUT_PLACE, outcome: "already-there" };
const NOT_TAKEN: Section = { ...WITHOUT_PLACE, outcome: "not-taken" };

/** @param columns of the terminal; undefined: nothing is cut. */
function reportText({ isTrial, rows, needRestart, next }: MovingReport, columns: number | undefined): string {
	const part = (title: string, section: Section) => sectionText(title, section, rows, columns);
	const parts = [
		part(isTrial ? "Would be taken:" : "Taken:", TAKEN),
		part("Here already:", HERE_ALREADY),
		part("Not taken:", NOT_TAKEN),
		needRestart.length === 0 ? "" : `In force when Postern starts again: ${needRestart.join(", ")}.`,
		next.length === 0 ? "" : ["What is left to do:", ...next.map((step) => `- ${step}`)].join("\n"),
		isTrial ? "This was a dry run: nothing was changed." : "",
	];
	return parts.filter((part) => part !== "").join("\n\n");
}

/** Empty without rows. */
function sectionText(
	title: string,
	section: Section,
	rows: readonly MovingRow[],
	columns: number | undefined,
): string {
	const own = rows.filter(({ outcome }) => outcome === section.outcome);
	if (own.length === 0) return "";
	return `${title}\n${renderTable(section.columns, own.map(section.cells), columns)}`;
}
