/** Rules for pages that not everybody who may look may open, stricter than that of the rest. */
import type { Role } from "../../appliance/console-services.ts";
import { commonWords } from "../locales/common.ts";
import type { PageRequest } from "../render.tsx";
import { rolesNeeded } from "../sessions.ts";
import { showMessage } from "./message-page.tsx";

export const ownersOnly = rolesNeeded("owner", "owner", forbid);

/** For pages that lead to nothing but a change, and for what leaves the box as a file. */
export const operatorsOnly = rolesNeeded("operator", "operator", forbid);

export function forbid(context: PageRequest, needed: Role) {
	const words = commonWords[context.var.language];
	const text = words.faults.forbidden(words.roles[needed]);
	return showMessage(context, { title: words.faults.forbiddenTitle, text, status: 403 });
}
