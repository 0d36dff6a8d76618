/** `/system/backup`: makes the file. For the owner, as all below /system/ is; mounted by routes.tsx. */
import { Hono } from "hono";
import type { BackupParts } from "../../../appliance/console-services.ts";
import { UserError } from "../../../appliance/errors.ts";
import { attempt } from "../../attempt.ts";
import type { ConsoleEnvironment } from "../../environment.ts";
import { Form } from "../../form.ts";
import { backupWords } from "../../locales/backup.ts";
import { type PageRequest, show } from "../../render.tsx";
import { backupHeaders, backupStream } from "../../routes/backups.ts";
import { BackupPage } from "./backup-page.tsx";

export function backupPages(): Hono<ConsoleEnvironment> {
	const routes = new Hono<ConsoleEnvironment>();
	routes.get("/system/backup", (context) => showBackup(context));
	routes.post("/system/backup", async (context) => {
		const form = await Form.of(context);
		const parts = { signIns: form.isOn("sign-ins"), queue: form.isOn("queue") };
		const { services, log } = context.var.desk;
		const tried = await attempt(() => {
			const passphrase = form.secret("passphrase");
			if (passphrase.reveal() !== form.secret("again").reveal()) {
				const { differ, differHint } = backupWords[context.var.language];
				throw new UserError("passphrase-differs", differ, differHint);
			}
			return services.backups.make(passphrase, parts);
		});
		if (tried.refused !== undefined) return showBackup(context, { parts, refused: tried.refused });
		const { fileName, content } = tried.done;
		return context.body(backupStream(content, log), 200, backupHeaders(fileName));
	});
	return routes;
}

function showBackup(
	context: PageRequest,
	again?: { readonly parts: BackupParts; readonly refused: UserError },
) {
	const { title } = backupWords[context.var.language];
	return show(context, { title, section: "system", body: <BackupPage {...again} /> }, again ? 400 : 200);
}
