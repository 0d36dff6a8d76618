/**
 * `/api/v1/pair…`: makes an export as a stream of bytes, takes one in as such, and who leads. For the control socket alone: an
 * export holds everybody's passwords as hashes, and may hold the sign-ins to Microsoft.
 */
import { Hono } from "hono";
import * as z from "zod";
import type { PairService } from "../../appliance/console-services.ts";
import type { Log } from "../../appliance/log.ts";
import { Secret } from "../../appliance/secret.ts";
import { type ApiEnvironment, readInput } from "../answers.ts";
import { bytesOf, readToEnd } from "../byte-stream.ts";
import { backupHeaders, backupStream, PASSPHRASE_HEADER, passphraseOf } from "./backups.ts";

const EXPORT_INPUT = z.strictObject({ passphrase: z.string().max(4_000), signIns: z.boolean() });
const FOLLOW_INPUT = z.strictObject({ name: z.string().max(1_000) });

export function pairRoutes(pair: PairService, log: Log): Hono<ApiEnvironment> {
	const routes = new Hono<ApiEnvironment>();
	routes.post("/pair/export", async (context) => {
		const { passphrase, signIns } = await readInput(context, EXPORT_INPUT);
		const { fileName, content } = await pair.export(new Secret(passphrase), { signIns });
		return context.body(backupStream(content, log), 200, backupHeaders(fileName));
	});
	routes.post("/pair/follow", async (context) =>
		context.json(await pair.follow((await readInput(context, FOLLOW_INPUT)).name)),
	);
	routes.post("/pair/lead", async (context) => context.json(await pair.lead()));
	return routes;
}

/** Apart from the others, because no limit for the size of a request may stand before it: it has one of its own. */
export function pairUploadRoutes(pair: PairService): Hono<ApiEnvironment> {
	const routes = new Hono<ApiEnvironment>();
	routes.post("/pair/taken", async (context) => {
		const passphrase = passphraseOf(context.req.header(PASSPHRASE_HEADER));
		try {
			return context.json(await pair.take(bytesOf(context.req.raw), passphrase));
		} catch (thrown) {
			await readToEnd(context.req.raw);
			throw thrown;
		}
	});
	return routes;
}
