/**
 * How far a new box is. Read from what there is, never kept: so set-up can be left at any step and taken up
 * again, also from another phone, and what was done by the command line counts.
 */
import type { ConsoleServices } from "../../../appliance/console-services.ts";

/** In their order. */
export const STEPS = ["password", "name", "check", "microsoft", "device", "mail"] as const;
export type Step = (typeof STEPS)[number];

/** Can be left out: the box works without. */
const OPTIONAL_STEPS: readonly Step[] = ["name", "check"];

export interface Progress {
	readonly done: ReadonlySet<Step>;
	/** Nothing that is needed is missing. */
	readonly isFinished: boolean;
}

export async function progressOf(services: ConsoleServices): Promise<Progress> {
	const [settings, accounts, devices, delivered, machine] = await Promise.all([
		services.settings.list(),
		services.accounts.list(),
		services.devices.list(),
		services.mail.search({ states: ["delivered"] }, { limit: 1 }),
		services.machine.state(),
	]);
	const is: Readonly<Record<Step, boolean>> = {
		password: services.people.claimState().claimed,
		name: settings.some(({ key, origin }) => key === "name" && origin !== "default"),
		// Known to be right only when it has been compared, which needs the internet.
		check: machine.clock.isSynchronised === true,
		microsoft: accounts.some(({ state }) => state === "signed-in"),
		device: devices.length > 0,
		mail: delivered.rows.length > 0,
	};
	const done = new Set(STEPS.filter((step) => is[step]));
	return { done, isFinished: STEPS.every((step) => done.has(step) || OPTIONAL_STEPS.includes(step)) };
}
