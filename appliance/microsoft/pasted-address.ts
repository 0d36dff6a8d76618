/**
 * Reads what a person pastes after a browser sign-in: the address at which the browser ended (RFC 6749 §4.1.2),
 * whole, or only the part behind the question mark, or the code alone. For browser-code.ts. Pure.
 */

import { SIGN_IN } from "../words/sign-in.ts";
import type { StsError } from "./sts-answer.ts";

export type Pasted =
	| { readonly kind: "code"; readonly code: string; readonly state: string | undefined }
	/** Microsoft sent the browser back with an error. */
	| { readonly kind: "refused"; readonly error: StsError; readonly state: string | undefined }
	/** For the owner: what it is, and what is wanted. */
	| { readonly kind: "unusable"; readonly ownerText: string };

/** Longer than any address that browsers take. */
const LONGEST = 16_384;
/** A code alone: Microsoft's are long, and hold nothing that an address needs. */
const CODE_ALONE = /^[\w.!*~-]{20,}$/;

export function readPasted(text: string): Pasted {
	const pasted = text.replaceAll(/[\s<>"'\p{Cc}]+/gu, "");
	if (pasted === "") return unusable(SIGN_IN.nothingPasted);
	if (pasted.length > LONGEST) return unusable(SIGN_IN.pastedTooLong);
	if (CODE_ALONE.test(pasted)) return { kind: "code", code: pasted, state: undefined };
	const fields = fieldsOf(pasted);
	const code = fields.get("code") ?? "";
	const state = fields.get("state") ?? undefined;
	if (code !== "") return { kind: "code", code, state };
	const error = fields.get("error") ?? "";
	if (error !== "") return { kind: "refused", error: stsError(error, fields), state };
	if (fields.has("code_challenge")) return unusable(SIGN_IN.pastedLink);
	return unusable(SIGN_IN.pastedWithoutCode);
}

/** Of the query or, as some clients are answered, of the fragment. */
function fieldsOf(pasted: string): URLSearchParams {
	const [address = "", fragment = ""] = pasted.split("#", 2);
	const query = address.includes("?") ? address.slice(address.indexOf("?") + 1) : address;
	const ofQuery = new URLSearchParams(query);
	return ofQuery.has("code") || ofQuery.has("error") || fragment === ""
		? ofQuery
		: new URLSearchParams(fragment);
}

function stsError(error: string, fields: URLSearchParams): StsError {
	const description = (fields.get("error_description") ?? "").replaceAll(/\s+/g, " ").slice(0, 500);
	const suberror = fields.get("error_subcode") ?? fields.get("suberror") ?? "";
	return { error, description, codes: [], suberror, traceId: "" };
}

function unusable(what: string): Pasted {
	return { kind: "unusable", ownerText: `${what} ${SIGN_IN.pasteWanted}` };
}
