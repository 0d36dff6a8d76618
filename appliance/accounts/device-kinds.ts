/**
 * What is known of kinds of devices: which port to use, what their menus call the fields, what helps
 * when it does not work. For the device desk, which puts it into what the owner types in. Pure; the
 * knowledge itself is device-kind-table.ts's.
 */
import { nearest } from "../config/nearest.ts";
import { UserError } from "../errors.ts";
import type { DevicePort, KindHints, SwitchName } from "../services.ts";
import { REFUSING } from "../words/refusing.ts";
import { say } from "../words/saying.ts";
import { KINDS } from "./device-kind-table.ts";

/** A way to Postern: a port and its security. `plain` is the relay port without encryption. */
export type Way = "submission" | "implicit-tls" | "relay" | "plain";

export interface DeviceKind {
	/** `Brother printers`, for people. */
	readonly title: string;
	/** Who makes it, or what it calls itself, the same in all languages; none for what anybody may have made. */
	readonly make?: string;
	readonly family: KindHints["family"];
	/** Other names it goes by. */
	readonly aliases?: readonly string[];
	/** Best first; ways that it is not known to have are left out. */
	readonly ways: readonly Way[];
	/** As its menu calls them; a field without an entry has the usual name. */
	readonly words?: KindHints["words"];
	/** As its menu calls the choices of the security field. */
	readonly securityWords?: KindHints["securityWords"];
	/** What to turn on for it if something fails, and when. */
	readonly tryIf?: readonly { readonly turnOn: SwitchName; readonly when: string }[];
	readonly notes?: readonly string[];
}

export interface NamedKind extends DeviceKind {
	readonly name: string;
}

/** By name or other name. Undefined also for one that only another version knew. */
export function kindNamed(wanted: string): NamedKind | undefined {
	const name = BY_NAME.get(wanted.trim().toLowerCase());
	const kind = name === undefined ? undefined : KINDS[name];
	return name === undefined || kind === undefined ? undefined : { ...kind, name };
}

/** Throws `device-kind-unknown`, which lists them all. */
export function findKind(wanted: string): NamedKind {
	const kind = kindNamed(wanted);
	if (kind !== undefined) return kind;
	const near = nearest(wanted, BY_NAME.keys());
	const meant = near === undefined ? "" : `Did you mean ${near}? `;
	throw new UserError(
		"device-kind-unknown",
		say(REFUSING.kindUnknown, { kind: wanted }),
		`${meant}Kinds: ${Object.keys(KINDS).join(", ")}.`,
	);
}

/** What the console and the command line show of it. */
export function hintsOf({
	name,
	title,
	make,
	family,
	words,
	securityWords,
	tryIf,
	notes,
}: NamedKind): KindHints {
	return {
		kind: name,
		title,
		make: make ?? "",
		family,
		words: words ?? {},
		securityWords: securityWords ?? {},
		tryIf: tryIf ?? [],
		notes: notes ?? [],
	};
}

/** All of them, in the order of the table: by family, the makes first. */
export function allKinds(): readonly NamedKind[] {
	return Object.entries(KINDS).map(([name, kind]) => ({ ...kind, name }));
}

/** The ports that this kind can use, best first; all of them when none fits. */
export function portsFor({ ways }: DeviceKind, ports: readonly DevicePort[]): readonly DevicePort[] {
	const chosen = ways.flatMap((way): DevicePort[] => {
		const port = ports.find(({ role }) => role === (way === "plain" ? "relay" : way));
		if (port === undefined) return [];
		return [way === "plain" ? { ...port, security: "none" } : port];
	});
	return chosen.length === 0 ? ports : chosen;
}

const BY_NAME: ReadonlyMap<string, string> = new Map(
	Object.entries(KINDS).flatMap(([name, { aliases = [] }]) =>
		[name, ...aliases].map((alias) => [alias, name]),
	),
);
