/**
 * Answers only under names that are the box's own. A page from elsewhere can point a name of its own at the box
 * (DNS rebinding) and would then read the console with its visitor's browser; the browser still
 * writes that name into the Host header. An address in the Host header is let in: whoever rebinds has a
 * name, and a box behind a port forwarding does not know the address it is reached at.
 */
import { isIP } from "node:net";
import type { MiddlewareHandler } from "hono";
import { refusal } from "./answers.ts";
import type { ConsoleEnvironment } from "./environment.ts";

/** RFC 9110 §15.5.20: this server does not answer for that name. */
const MISDIRECTED = 421;
const FOREIGN = "This Postern does not answer to that name. Open it by its address or by its own name.";
const REMEDY = "If the name is right, write it into console.names in the configuration.";

export const ownHost: MiddlewareHandler<ConsoleEnvironment> = async (context, next) => {
	const { host } = context.var.visitor;
	const { surroundings } = context.var.desk;
	if (host === "" || (isIP(host) === 0 && host !== "localhost" && !surroundings.isOwnName(host))) {
		const headers = { "Cache-Control": "no-store" };
		if (context.req.path.startsWith("/api/")) {
			return context.json(refusal("host-foreign", FOREIGN, REMEDY), MISDIRECTED as 400, headers);
		}
		return context.text(`${FOREIGN} ${REMEDY}\n`, MISDIRECTED as 400, headers);
	}
	await next();
	return undefined;
};
