/** A terminal whose output is kept, for tests. */
import { type Screen, Terminal } from "../terminal.ts";

export interface CapturedTerminal {
	readonly terminal: Terminal;
	stdout(): string;
	stderr(): string;
}

/** @param columns width of an interactive terminal; undefined: output goes to a program. */
export function captureTerminal(columns?: number): CapturedTerminal {
	const out: string[] = [];
	const diagnostics: string[] = [];
	return {
		terminal: new Terminal(screen(out, columns), screen(diagnostics, columns)),
		stdout: () => out.join(""),
		stderr: () => diagnostics.join(""),
	};
}

function screen(kept: string[], columns: number | undefined): Screen {
	return {
		write: (text: unknown) => {
			kept.push(String(text));
			return true;
		},
		...(columns === undefined ? {} : { isTTY: true, columns }),
	};
}
