/**
 * The `[[account]]`, `[[device]]` and `[[mailbox]]` of the configuration, for `schema.ts` and for
 * reading the same records back from where the console saved them.
 */
import * as z from "zod";
import { CONFIGURING } from "../words/configuring.ts";
import { say } from "../words/saying.ts";
import { readDuration, readPause, readQuota, readRate } from "./duration.ts";
import { documented, listOf, matching, optionalSecret, optionalText, text, textOrNumber } from "./fields.ts";
import { readMailAddress, readMailPattern } from "./mail-pattern.ts";
import { formatNetwork, readNetwork } from "./network.ts";
import { EXAMPLE_HASH, readPasswordHash } from "./password-hash.ts";
import { Refusal } from "./refusal.ts";
import { readSize } from "./size.ts";

export const readClientId = matching(/^[\w.-]{0,128}$/, CONFIGURING.noClientId);
export const readTenant = matching(/^[\w.-]{1,255}$/, CONFIGURING.noTenant);
/** A name for people: no control characters, at most 100 characters. */
const readRecordName = matching(
	// "stranger ADDRESS" is how the queue names mail of somebody who is no device.
	/^(?!stranger )[^\p{Cc}]{1,100}$/iu,
	CONFIGURING.noName,
);

/** Case does not matter: some devices show what was typed in capitals. */
function readUsername(value: string): string | Refusal {
	const username = value.trim().toLowerCase();
	if (/^[^\s\p{Cc}]{1,100}$/u.test(username)) return username;
	return new Refusal(CONFIGURING.noUsername);
}

const readPassword = (value: string): string | Refusal =>
	value.length <= 256 ? value : new Refusal(CONFIGURING.textTooLong);

export function readAddressRange(value: string): string | Refusal {
	const network = readNetwork(value);
	return network instanceof Refusal ? network : formatNetwork(network);
}

function readFromPolicy(value: string | readonly string[]): "keep" | "force" | readonly string[] | Refusal {
	if (value === "keep" || value === "force") return value;
	if (typeof value === "string") {
		return new Refusal(CONFIGURING.noFromPolicy);
	}
	const patterns = value.map(readMailPattern);
	const refused = patterns.find((pattern) => pattern instanceof Refusal);
	return refused ?? patterns.filter((pattern) => typeof pattern === "string");
}

/** A number of things. */
export function readCount(value: string | number, most = 999_999_999): number | Refusal {
	const count = Number(/^\d{1,9}$/.exec(String(value).trim())?.[0] ?? 0);
	if (count > most) return new Refusal(say(CONFIGURING.tooManyOf, { most }));
	return count > 0 ? count : new Refusal(CONFIGURING.noCount);
}

const flag = (description: string) => z.boolean().prefault(false).meta(documented({ description }));
const accountField = () =>
	optionalText(readMailAddress).meta(
		documented({
			description: "the account it uses; needed when there are several",
			example: "alerts@contoso.com",
		}),
	);
const passwordHashField = () =>
	optionalSecret(readPasswordHash).meta(
		documented({
			description: "of its password, argon2id (bcrypt is taken too)",
			example: EXAMPLE_HASH,
			secret: true,
		}),
	);
const passwordField = () =>
	optionalSecret(readPassword).meta(
		documented({
			description: "or the password itself: hashed on first read, then a warning to remove it",
			example: "a-long-password",
			secret: true,
			insteadOf: "password_hash",
		}),
	);

export const accountSchema = z.strictObject({
	address: text(readMailAddress).meta(
		documented({ description: "the mailbox that signs in", example: "alerts@contoso.com" }),
	),
	transport: z
		.enum(["graph", "smtp"])
		.prefault("graph")
		.meta(documented({ description: "graph | smtp" })),
	method: z
		.enum(["device-code", "browser", "certificate"])
		.prefault("device-code")
		.meta(documented({ description: "how it signs in: device-code | browser | certificate" })),
	client_id: optionalText(readClientId).meta(
		documented({
			description: "this account's own app registration, else [microsoft]'s",
			example: "11111111-2222-3333-4444-555555555555",
		}),
	),
	tenant: optionalText(readTenant).meta(
		documented({ description: "and its tenant, else [microsoft]'s", example: "contoso.com" }),
	),
	certificate_file: optionalText(matching(/^[^\0]{1,1024}$/, CONFIGURING.noFileName)).meta(
		documented({
			description: 'PEM, certificate and key, for method = "certificate"',
			example: "/etc/postern/app.pem",
			path: true,
		}),
	),
	fetch_over: z
		.enum(["graph", "pop3"])
		.prefault("graph")
		.meta(
			documented({
				description:
					"how mail is fetched from it: graph | pop3 (with transport smtp, where only POP.AccessAsUser.All was granted)",
			}),
		),
	shared_mailboxes: listOf(readMailAddress)
		.prefault([])
		.meta(documented({ description: "other mailboxes it may send as", example: ["scans@contoso.com"] })),
	owner: optionalText(readMailAddress).meta(
		documented({
			description: "who is told of its failures when the sender cannot be; else its own address",
			example: "office@contoso.com",
		}),
	),
	senders: listOf(readMailPattern)
		.prefault([])
		.meta(
			documented({
				description: "with several accounts: whose mail goes through it, where the device names none",
				example: ["*@contoso.com"],
			}),
		),
	spread_over: listOf(readMailAddress)
		.prefault([])
		.meta(
			documented({
				description: "other accounts here that may send in its name when it has more than it can",
				example: ["alerts-2@contoso.com"],
			}),
		),
	messages_per_minute: textOrNumber((value) => readCount(value))
		.prefault(30)
		.meta(documented({ description: "most messages a minute over SMTP; Microsoft allows 30" })),
	recipients_per_day: textOrNumber((value) => readCount(value))
		.prefault(10_000)
		.meta(
			documented({
				description:
					"most recipients in 24 hours; Microsoft allows 10000, fewer on trial and personal accounts",
			}),
		),
	requests_per_10_minutes: textOrNumber((value) => readCount(value))
		.prefault(10_000)
		.meta(documented({ description: "most requests to Graph in 10 minutes; Microsoft allows 10000" })),
	upload_per_5_minutes: textOrNumber((value) => readSize(value, { leastBytes: 10e6, mostBytes: 1e12 }))
		.prefault("150MB")
		.meta(documented({ description: "most bytes uploaded to Graph in 5 minutes; Microsoft allows 150MB" })),
});

/** An account as console and command line save it: as in the file, and what the file has no key for. */
export const savedAccountSchema = accountSchema.extend({
	/** Its person came by self-service, then. */
	joined_at: z.iso.datetime().optional(),
});

export const deviceSchema = z.strictObject({
	name: text(readRecordName).meta(
		documented({ description: "as the owner calls it; unique", example: "Copier, 2nd floor" }),
	),
	addresses: listOf(readAddressRange)
		.prefault([])
		.meta(
			documented({
				description: "addresses or ranges from which it is known without a password",
				example: ["192.168.1.50"],
			}),
		),
	username: optionalText(readUsername).meta(
		documented({ description: "what it signs in with", example: "copier-2" }),
	),
	password_hash: passwordHashField(),
	password: passwordField(),
	account: accountField(),
	from: z
		.union([z.string(), z.array(z.string()).max(1000)])
		.transform((value, context) => {
			const policy = readFromPolicy(value);
			if (!(policy instanceof Refusal)) return policy;
			context.addIssue({ code: "custom", message: policy.why });
			return z.NEVER;
		})
		.prefault("keep")
		.meta(
			documented({
				description:
					'sender: keep | force (the account\'s address) | a list such as ["a@contoso.com", "*@contoso.com"]',
			}),
		),
	recipients: listOf(readMailPattern)
		.prefault(["*"])
		.meta(documented({ description: 'whom it may write to, such as ["*@contoso.com", "boss@example.com"]' })),
	rate: optionalText(readRate).meta(
		documented({ description: "messages per s, m, h or d; no limit when absent", example: "120/h" }),
	),
	quota: optionalText(readQuota).meta(
		documented({ description: "bytes per h, d or w; no limit when absent", example: "500MB/d" }),
	),
	urgent: flag("its mail goes before that of other devices (alarms)"),
	coalesce: optionalText(readPause).meta(
		documented({
			description:
				"at most one message in this time to the same recipients; of those between, the latest alone is kept",
			example: "5m",
		}),
	),
	drop_repeats: z
		.boolean()
		.prefault(true)
		.meta(
			documented({
				description: "a message that it repeats because it lost our answer is taken once",
			}),
		),
	newest_first: flag("after an outage its latest messages go first"),
	legacy_tls: flag("TLS 1.0/1.1 and old ciphers, for this device alone"),
	lf_line_ends: flag("a message may end its lines, and itself, with LF"),
	auth_without_tls: flag("its password may cross the wire in clear"),
	accept_any_credentials: flag("known by address, insists on AUTH"),
	cram_md5: flag("keeps a recoverable secret"),
	hide_ehlo: listOf((value) => matching(/^[A-Z0-9-]{1,32}=?$/, CONFIGURING.noKeyword)(value.toUpperCase()))
		.prefault([])
		.meta(documented({ description: "keywords it stumbles over", example: ["CHUNKING", "STARTTLS"] })),
});

/** A device as console and command line save it: as in the file, and what the file has no key for. */
export const savedDeviceSchema = deviceSchema.extend({
	kind: z.string().max(100).optional(),
	/** Whose it is, by self-service. */
	person: text(readMailAddress).optional(),
	/** Sealed (accounts/recoverable-secrets.ts); in the file, `password` stands in clear anyway. */
	recoverable_password: z.string().max(2000).optional(),
});

export const mailboxSchema = z.strictObject({
	username: text(readUsername).meta(documented({ description: "what it signs in with", example: "plc-7" })),
	password_hash: passwordHashField(),
	password: passwordField(),
	mailbox: text(readMailAddress).meta(
		documented({ description: "the mailbox it fetches", example: "orders@contoso.com" }),
	),
	account: accountField(),
	on_delete: z
		.enum(["trash", "delete", "keep"])
		.prefault("trash")
		.meta(documented({ description: "what deleting means: trash | delete | keep" })),
	folder: text(matching(/^[\w=-]{1,512}$/, CONFIGURING.noMailFolder))
		.prefault("inbox")
		.meta(documented({ description: "which of its folders" })),
	only_unread: flag("shows what has not been read"),
	mark_read: flag("marks what was fetched as read"),
	newer_than: optionalText(readDuration).meta(
		documented({ description: "shows no mail that came longer ago", example: "30d" }),
	),
	most_messages: textOrNumber((value) => readCount(value))
		.optional()
		.meta(documented({ description: "shows the newest ones only; for small devices", example: "50" })),
	cache: textOrNumber((value) => readSize(value, { leastBytes: 1e6, mostBytes: 1e12 }))
		.optional()
		.meta(
			documented({
				description: "keeps so much of it on the card, to be fetched and deleted without internet too",
				example: "200MB",
			}),
		),
	exact_sizes: flag(
		"a listing waits until all sizes are known to the octet; else they are estimates at first",
	),
	auth_without_tls: flag("may show its password without encryption"),
	apop: flag("keeps a recoverable secret, for programs that know APOP"),
});

/** A mailbox as console and command line save it. */
export const savedMailboxSchema = mailboxSchema.extend({
	/** Sealed (accounts/recoverable-secrets.ts); in the file, `password` stands in clear anyway. */
	recoverable_password: z.string().max(2000).optional(),
});
