/**
 * `/system/restore`: takes a backup in, shows what is in it, has it put in place. For the owner.
 *
 * The file is read as it comes and never held, so its route stands before the limit for forms (app.tsx) and asks by
 * itself who sends it: form and role are known before the first octet of it is read, and only then may it take
 * longer than a request may. A refused file is read to its end, for a browser reads no answer before that.
 */
import { Hono, type MiddlewareHandler } from "hono";
import type { BackupSummary } from "../../../appliance/console-services.ts";
import { UserError } from "../../../appliance/errors.ts";
import { Secret } from "../../../appliance/secret.ts";
import { attempt } from "../../attempt.ts";
import { bytesOf, readToEnd } from "../../byte-stream.ts";
import type { ConsoleEnvironment } from "../../environment.ts";
import { Form } from "../../form.ts";
import { backupWords } from "../../locales/backup.ts";
import { partsOf, textOf } from "../../multipart.ts";
import { goTo, type PageRequest, show } from "../../render.tsx";
import { ownersOnly } from "../owners-only.ts";
import { claimFirst } from "../setup/routes.tsx";
import { waitingPath } from "./restart-routes.tsx";
import { RestoreDonePage } from "./restore-done-page.tsx";
import { RestorePage, roomBytesOf } from "./restore-page.tsx";

/** Four octets a letter. */
const MOST_PASSPHRASE_BYTES = 4_000;

/** `guard` lets forms of this box through, without reading them. For where the session is known. */
export function restoreUpload(guard: MiddlewareHandler<ConsoleEnvironment>): Hono<ConsoleEnvironment> {
	const routes = new Hono<ConsoleEnvironment>();
	routes.post("/system/restore", guard, claimFirst, ownersOnly, async (context) => {
		const tried = await attempt(() => receive(context));
		await readToEnd(context.req.raw);
		if (tried.refused !== undefined) return showRestore(context, tried.refused);
		return goTo(context, "/system/restore");
	});
	return routes;
}

export function restorePages(): Hono<ConsoleEnvironment> {
	const routes = new Hono<ConsoleEnvironment>();
	routes.get("/system/restore", (context) => showRestore(context));
	routes.post("/system/restore/apply", async (context) => {
		const { backups } = context.var.desk.services;
		const form = await Form.of(context);
		const tried = await attempt(() => {
			// Another one may have taken its place since its owner looked at it.
			if (backups.received()?.madeAt === form.text("made")) return backups.apply();
			throw new UserError("no-backup", "That backup is no longer here.", "Send the file again.");
		});
		// Ready, it is put in place whenever Postern starts.
		if (tried.refused !== undefined && tried.refused.code !== "restart-impossible") {
			return showRestore(context, tried.refused);
		}
		return goTo(context, await waitingPath(context, "restore"));
	});
	routes.post("/system/restore/forget", async (context) => {
		await context.var.desk.services.backups.forget();
		const text = backupWords[context.var.language].forgotten;
		return goTo(context, "/system/restore", { kind: "done", text });
	});
	routes.get("/system/restore/done", (context) => {
		const restored = context.var.desk.services.backups.restored();
		const title = backupWords[context.var.language].restoreTitle;
		return show(context, { title, section: "system", body: <RestoreDonePage restored={restored} /> });
	});
	return routes;
}

async function receive(context: PageRequest): Promise<BackupSummary> {
	const { machine, backups } = context.var.desk.services;
	const mostBytes = roomBytesOf((await machine.state()).card);
	if (Number(context.req.header("content-length") ?? 0) > mostBytes) throw tooLarge();
	context.env?.bodyMayTakeLong?.();
	let passphrase: Secret | undefined;
	for await (const part of partsOf(bytesOf(context.req.raw), context.req.header("content-type"))) {
		if (part.name === "passphrase") passphrase = new Secret(await textOf(part, MOST_PASSPHRASE_BYTES));
		if (part.name !== "file") continue;
		if (passphrase === undefined || !part.fileName) break;
		return await backups.receive(bounded(part.content, mostBytes), passphrase);
	}
	const { fileMissing, fileMissingHint } = backupWords[context.var.language];
	throw new UserError("file-missing", fileMissing, fileMissingHint);
}

/** For what comes without saying how much it is. */
async function* bounded(content: AsyncIterable<Uint8Array>, mostBytes: number): AsyncGenerator<Uint8Array> {
	let sizeBytes = 0;
	for await (const chunk of content) {
		sizeBytes += chunk.length;
		if (sizeBytes > mostBytes) throw tooLarge();
		yield chunk;
	}
}

function tooLarge(): UserError {
	return new UserError("backup-too-large", "There is not enough room on the card for this backup.");
}

async function showRestore(context: PageRequest, refused?: UserError) {
	const { machine, backups } = context.var.desk.services;
	const { card } = await machine.state();
	const body = <RestorePage card={card} received={backups.received()} refused={refused} />;
	const title = backupWords[context.var.language].restoreTitle;
	return show(context, { title, section: "system", body }, refused ? 400 : 200);
}
