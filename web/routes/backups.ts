/**
 * `/api/v1/backups…`: makes a backup as a stream of bytes, takes one in as such, has it put in place.
 *
 * A backup that cannot be finished breaks the connection, so that nobody takes a part for the whole. A refused
 * upload is read to its end first: its sender reads no answer before that.
 */
import { Hono } from "hono";
import * as z from "zod";
import type { BackupService } from "../../appliance/console-services.ts";
import { asError, UserError } from "../../appliance/errors.ts";
import type { Log } from "../../appliance/log.ts";
import { Secret } from "../../appliance/secret.ts";
import { type ApiEnvironment, readInput } from "../answers.ts";
import { bytesOf, readToEnd, streamOf } from "../byte-stream.ts";

const LONGEST_PASSPHRASE = 4_000;
const MAKE_INPUT = z.strictObject({
	passphrase: z.string().max(LONGEST_PASSPHRASE),
	signIns: z.boolean(),
	queue: z.boolean(),
});

/** UTF-8 in base64url: a header holds ASCII alone (RFC 9110 §5.5). */
export const PASSPHRASE_HEADER = "X-Postern-Passphrase";

export function backupRoutes(backups: BackupService, log: Log): Hono<ApiEnvironment> {
	const routes = new Hono<ApiEnvironment>();
	routes.post("/backups", async (context) => {
		const { passphrase, signIns, queue } = await readInput(context, MAKE_INPUT);
		const { fileName, content } = await backups.make(new Secret(passphrase), { signIns, queue });
		return context.body(backupStream(content, log), 200, backupHeaders(fileName));
	});
	routes.post("/backups/apply", async (context) => {
		await backups.apply();
		return context.json({ applied: true });
	});
	return routes;
}

/** Apart from the others, because no limit for the size of a request may stand before it. */
export function backupUploadRoutes(backups: BackupService): Hono<ApiEnvironment> {
	const routes = new Hono<ApiEnvironment>();
	routes.post("/backups/received", async (context) => {
		const passphrase = passphraseOf(context.req.header(PASSPHRASE_HEADER));
		try {
			return context.json(await backups.receive(bytesOf(context.req.raw), passphrase));
		} catch (thrown) {
			await readToEnd(context.req.raw);
			throw thrown;
		}
	});
	return routes;
}

export function passphraseOf(header: string | undefined): Secret {
	if (header !== undefined) return new Secret(Buffer.from(header, "base64url").toString("utf8"));
	throw new UserError("invalid-input", `The header ${PASSPHRASE_HEADER} is missing.`);
}

/** The answer that a browser saves and the command line writes. */
export function backupHeaders(fileName: string): Record<string, string> {
	return {
		"Content-Type": "application/octet-stream",
		"Content-Disposition": `attachment; filename="${fileName.replaceAll(/[^\w.-]/g, "-")}"`,
		"Cache-Control": "no-store",
	};
}

export function backupStream(content: AsyncIterable<Uint8Array>, log: Log): ReadableStream<Uint8Array> {
	return streamOf(content, (thrown) =>
		log.error("backup-fault", { error: asError(thrown).stack ?? String(thrown) }),
	);
}
