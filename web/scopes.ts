/** Who may ask the API for what: a key within its scopes, a person within their role, the control socket everything. */
import { KEY_SCOPES, type KeyScope, type Role } from "../appliance/console-services.ts";

/** `open`: no key is asked for. `control`: whoever has the control socket, and nobody on the network. */
export type Scope = KeyScope | "open" | "control";

/** Who asks. */
export interface Caller {
	/** A person's, or of a key. */
	readonly name: string;
	readonly scopes: readonly Scope[];
}

/** The same as the console lets each of them do. */
export const ROLE_SCOPES: Readonly<Record<Role, readonly KeyScope[]>> = {
	viewer: ["read"],
	operator: ["read", "mail", "devices"],
	owner: KEY_SCOPES,
};

export const CONTROL_SOCKET: Caller = { name: "control socket", scopes: ["open", ...KEY_SCOPES, "control"] };
