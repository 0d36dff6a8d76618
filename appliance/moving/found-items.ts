/** Items that both kinds of plans have. Pure; for m365proxy-plan.ts and outlook-proxy-plan.ts. */
import type { FoundSettings, NotFit } from "../console-services/moving.ts";

const LONGEST_NAME = 120;

export const clearTextNote = "its password may cross the wire in clear, as before (auth_without_tls)";

/** `why`: a sentence without a capital and a full stop. */
export function left(what: string, why: string): NotFit {
	return { kind: "left", what: what.slice(0, LONGEST_NAME), why };
}

/** Ports are opened besides those that are open. */
export function portItem(what: string, key: string, places: readonly string[], note: string): FoundSettings {
	const as = `${key}: ${places.join(", ")}`;
	return { kind: "settings", what, as, note, add: { [key]: places }, put: {} };
}

export function certificateItem(what: string, certificateFile: string, keyFile: string): FoundSettings {
	return {
		kind: "settings",
		what,
		as: `tls.certificate_file: ${certificateFile}`,
		note: "",
		add: {},
		put: { "tls.certificate_file": certificateFile, "tls.key_file": keyFile },
	};
}
