/**
 * `postern account certificate`: the public half by which an account signs in as its app registration, and what to
 * do with it with Microsoft. Also how `account add` shows it.
 */
import { writeFile } from "node:fs/promises";
import { errorCode, UserError } from "../errors.ts";
import type { AppCertificate } from "../services.ts";
import { type Command, DONE, type Invocation } from "./command.ts";
import { localTime } from "./words.ts";

export const accountCertificate: Command = {
	name: "account certificate",
	summary: "the certificate by which an account signs in, to upload to Entra; a new one with --renew",
	operands: { text: "ADDRESS", least: 1, most: 1 },
	options: {
		out: { type: "string", value: "FILE", help: "write it to this file, which must not exist yet" },
		renew: {
			type: "boolean",
			help: "make a new one; the old one serves until Microsoft has accepted the new",
		},
	},
	run: certificate,
};

async function certificate({ operands, options, terminal, json, services }: Invocation): Promise<number> {
	const [address = ""] = operands;
	const { accounts } = await services();
	const renew = options.flag("renew");
	const shown = await accounts.certificate(address, renew);
	const out = options.text("out");
	if (out !== undefined) await writeNew(out, shown.pem);
	if (json) {
		terminal.json(shown);
		return DONE;
	}
	if (out === undefined) terminal.print(shown.pem.trimEnd());
	else terminal.print(`Written to ${out}.`);
	terminal.tell(certificateText(shown));
	return DONE;
}

async function writeNew(file: string, text: string): Promise<void> {
	try {
		await writeFile(file, text, { flag: "wx", mode: 0o644 });
	} catch (thrown) {
		const code = errorCode(thrown);
		if (code === undefined) throw thrown;
		const why = code === "EEXIST" ? "it exists already" : code;
		throw new UserError("file-not-written", `${file} cannot be written: ${why}.`, "Name another file.");
	}
}

/** What to do with a certificate in Entra, and for SMTP in Exchange (learn.microsoft.com, app-only access). */
export function certificateText(shown: AppCertificate): string {
	const { address, clientId, transport, thumbprintSha256, thumbprintSha1, file } = shown;
	const facts = [
		`Certificate of ${address} for the app ${clientId}`,
		`  SHA-256    ${thumbprintSha256}`,
		`  SHA-1      ${thumbprintSha1} (as Entra lists it)`,
		`  expires    ${localTime(shown.expiresAt)}`,
		`  accepted   ${shown.acceptedAt === null ? "not yet" : localTime(shown.acceptedAt)}`,
		...(file === "" ? [] : [`  from       ${file}`]),
		...(shown.olderServesUntil === null
			? []
			: [
					`The older one serves until this one is accepted, or it expires (${localTime(shown.olderServesUntil)}).`,
				]),
	];
	if (shown.acceptedAt !== null) return facts.join("\n");
	const permission =
		transport === "graph"
			? [
					"2. API permissions, Microsoft Graph, Application permissions: Mail.Send and Mail.ReadWrite; grant admin consent.",
					`   They reach every mailbox. To limit them to ${address}, use RBAC for Applications in Exchange Online instead:`,
					`   New-ManagementScope, New-ManagementRoleAssignment -App ${clientId} -Role "Application Mail.Send" and "Application Mail.ReadWrite".`,
				]
			: [
					"2. API permissions, Office 365 Exchange Online, Application permissions: SMTP.SendAsApp; grant admin consent.",
					`3. In Exchange Online PowerShell: New-ServicePrincipal -AppId ${clientId} -ObjectId OBJECT-ID-OF-THE-ENTERPRISE-APP, then`,
					`   Add-MailboxPermission -Identity ${address} -User OBJECT-ID-OF-THE-ENTERPRISE-APP -AccessRights FullAccess.`,
				];
	return [
		...facts,
		"",
		"In the Entra admin centre, App registrations, this app:",
		"1. Certificates & secrets, Certificates, Upload: the text above as a file (.pem).",
		...permission,
		`Then: postern account test ${address}`,
	].join("\n");
}
