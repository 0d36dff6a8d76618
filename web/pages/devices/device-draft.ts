/** The short form for a new device: what stands in it, and what it asks of the appliance. */
import { UserError } from "../../../appliance/errors.ts";
import type { DeviceDraft, KindHints, SwitchName } from "../../../appliance/services.ts";
import type { Form } from "../../form.ts";
import { NAME } from "../../routes/device-input.ts";

/** Switches that are on or off. */
export const FLAGS = [
	"legacy_tls",
	"lf_line_ends",
	"auth_without_tls",
	"accept_any_credentials",
	"cram_md5",
] as const satisfies readonly SwitchName[];

/** As typed. */
export interface AddDraft {
	readonly name: string;
	readonly signsIn: boolean;
	readonly address: string;
	readonly username: string;
	readonly account: string;
	readonly switches: readonly SwitchName[];
}

export function emptyDraft({ family }: KindHints): AddDraft {
	// Most PLCs know no encryption: known by their address, no password crosses the wire.
	return { name: "", signsIn: family !== "plc", address: "", username: "", account: "", switches: [] };
}

export function readDraft(form: Form): AddDraft {
	const wanted = form.all("turn_on");
	return {
		name: form.text("name"),
		signsIn: form.isOn("signs_in"),
		address: form.text("address"),
		username: form.text("username"),
		account: form.text("account"),
		switches: FLAGS.filter((name) => wanted.includes(name)),
	};
}

/** `taken`: usernames in use. Throws `device-unplaceable`, `device-name-unusable`. */
export function deviceOf(draft: AddDraft, kind: string, taken: ReadonlySet<string>): DeviceDraft {
	const { name, signsIn, address, account, switches } = draft;
	assertUsable(name);
	if (!signsIn && address === "") {
		throw new UserError(
			"device-unplaceable",
			"Nothing would be left to know this device by.",
			"Let it sign in, or give its address.",
		);
	}
	const username = draft.username === "" ? suggestUsername(name, taken) : draft.username;
	return {
		name,
		kind,
		addresses: address === "" ? [] : [address],
		...(signsIn ? { username } : {}),
		...(account === "" ? {} : { account }),
		switches: Object.fromEntries(switches.map((one) => [one, true])),
	};
}

/** Throws `device-name-unusable`: it could not stand in an address, a list and a log. */
export function assertUsable(name: string): void {
	if (NAME.safeParse(name).success) return;
	throw new UserError("device-name-unusable", `A device cannot be called "${name}".`, "Choose another name.");
}

/** `Copier, 2nd floor` as `copier-2nd-floor`, numbered if taken: easy to type with the arrow keys of a copier. */
function suggestUsername(name: string, taken: ReadonlySet<string>): string {
	const ascii = name.normalize("NFKD").toLowerCase();
	const words = ascii.replace(/\p{M}/gu, "").match(/[a-z0-9]+/g) ?? ["device"];
	const base = words.join("-").slice(0, 32).replace(/-$/, "");
	for (let number = 2, username = base; ; number += 1) {
		if (!taken.has(username)) return username;
		username = `${base}-${number}`;
	}
}
