/**
 * Who an SMTP session is: XOAUTH2 with a token for Outlook, and the refusals of Exchange Online for all
 * else (learn.microsoft.com: "Authenticate an IMAP, POP or SMTP connection using OAuth").
 */
import type { Person } from "./directory.ts";
import { parseXOAuth2 } from "./smtp-commands.ts";
import { readAccessToken } from "./tokens.ts";
import type { World } from "./world.ts";

const HOST = "[SANDBOX0001.eurprd00.prod.outlook.com]";
const UNSUCCESSFUL = `535 5.7.3 Authentication unsuccessful ${HOST}`;
export const BASIC_DISABLED = `535 5.7.139 Authentication unsuccessful, basic authentication is disabled. ${HOST}`;
const SMTP_AUTH_DISABLED = `535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Mailbox. Visit https://aka.ms/smtp_auth_disabled for more information. ${HOST}`;

export type SmtpSignIn =
	/** `person` signed in; `owner` is the mailbox they named, their own or a shared one. */
	| { readonly ok: true; readonly person: Person; readonly owner: Person }
	| { readonly ok: false; readonly reply: string };

export function signInSmtp(world: World, response: string): SmtpSignIn {
	const credentials = parseXOAuth2(response);
	const grant = credentials === undefined ? undefined : readAccessToken(credentials.token);
	if (credentials === undefined || grant === undefined) return { ok: false, reply: UNSUCCESSFUL };
	const owner = world.directory.ensure(credentials.user);
	// An app acts as whose mailbox it uses.
	const person = grant.speaksFor === "app" ? owner : world.directory.ensure(grant.address);
	const isInTime = world.now() < grant.expiresAtMs && grant.issuedAtMs >= person.accessValidFromMs;
	const may =
		grant.speaksFor === "app"
			? grant.scopes.includes("SMTP.SendAsApp") && world.directory.mayUse(grant.clientId, owner)
			: grant.scopes.includes("SMTP.Send") && world.directory.mayOpen(person, owner);
	if (grant.resource !== "outlook" || !isInTime || !may) return { ok: false, reply: UNSUCCESSFUL };
	if (owner.smtpAuthDisabled) return { ok: false, reply: SMTP_AUTH_DISABLED };
	return { ok: true, person, owner };
}
