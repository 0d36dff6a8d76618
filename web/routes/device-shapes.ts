/** What the API says of devices and of those who would like to be one. */
import * as z from "zod";
import { COUNT, named, TIME } from "../api-schema.ts";

const ORIGIN = z.enum(["file", "saved"]).describe("file: it stands in the configuration file and is locked.");
const PER_TIME = z.strictObject({ count: COUNT, perMs: COUNT });

export const DEVICE = named(
	"Device",
	z.strictObject({
		name: z.string(),
		addresses: z.array(z.string()),
		username: z.string(),
		account: z.string().describe("Through which it sends; empty: the only one."),
		from: z.union([z.enum(["keep", "force"]), z.array(z.string())]),
		recipients: z.array(z.string()),
		rate: PER_TIME.optional().describe("Messages in a time; absent: no limit."),
		quota: PER_TIME.optional().describe("Bytes in a time; absent: no limit."),
		compatibility: z.strictObject({
			legacyTls: z.boolean(),
			lfLineEnds: z.boolean(),
			authWithoutTls: z.boolean(),
			acceptAnyCredentials: z.boolean(),
			cramMd5: z.boolean(),
			hideEhlo: z.array(z.string()),
		}),
		coalesceMs: COUNT.optional(),
		dropRepeats: z.boolean(),
		urgent: z.boolean(),
		newestFirst: z.boolean(),
		kind: z.string(),
		person: z
			.string()
			.optional()
			.describe("Address of who got it by self-service; absent: it is the owner's."),
		origin: ORIGIN,
	}),
);

const FIELD = z.enum(["server", "port", "security", "username", "password", "sender"]);
const SECURITY = z.enum(["none", "STARTTLS", "TLS"]);
const SWITCH = z.enum([
	...(["legacy_tls", "lf_line_ends", "auth_without_tls"] as const),
	...(["accept_any_credentials", "cram_md5", "hide_ehlo"] as const),
]);

export const DEVICE_KIND = named(
	"DeviceKind",
	z.strictObject({
		kind: z.string(),
		title: z.string(),
		make: z.string(),
		family: z.enum(["printer", "camera", "plc", "storage", "ups", "server", "script", "other"]),
		words: z.partialRecord(FIELD, z.string()).describe("What its menu calls the fields."),
		securityWords: z.partialRecord(SECURITY, z.string()),
		tryIf: z.array(z.strictObject({ turnOn: SWITCH, when: z.string() })),
		notes: z.array(z.string()),
	}),
);

export const DEVICE_SETTINGS = named(
	"DeviceSettings",
	z.strictObject({
		device: DEVICE,
		hints: DEVICE_KIND.nullable(),
		server: z.string(),
		ports: z
			.array(
				z.strictObject({
					role: z.enum(["relay", "submission", "implicit-tls", "auto"]),
					port: COUNT,
					security: SECURITY,
				}),
			)
			.describe("Best first."),
		username: z.string(),
		password: z.string().nullable().describe("Once, when it is made; null ever after."),
		sender: z.string(),
	}),
);

export const ALLOWED_STRANGER = named(
	"AllowedStranger",
	DEVICE_SETTINGS.extend({ released: COUNT.describe("Messages that had waited and now go on.") }),
);

export const DEVICE_RULES = named(
	"DeviceRules",
	z
		.strictObject({
			addresses: z.array(z.string()),
			username: z.string().nullable(),
			account: z.string().nullable(),
			kind: z.string().nullable(),
			from: z.union([z.enum(["keep", "force"]), z.array(z.string())]),
			recipients: z.array(z.string()),
			rate: z.string().nullable(),
			quota: z.string().nullable(),
			coalesce: z.string().nullable(),
			urgent: z.boolean(),
			newest_first: z.boolean(),
			drop_repeats: z.boolean(),
			legacy_tls: z.boolean(),
			lf_line_ends: z.boolean(),
			auth_without_tls: z.boolean(),
			accept_any_credentials: z.boolean(),
			cram_md5: z.boolean(),
			hide_ehlo: z.array(z.string()),
		})
		.describe("Keys and values as in the configuration file; may be sent back as they are."),
);

export const STRANGER = named(
	"Stranger",
	z.strictObject({
		address: z.string(),
		helo: z.string(),
		senders: z.array(z.string()),
		firstSeenAt: TIME,
		lastSeenAt: TIME,
		refusals: COUNT,
		heldMessages: COUNT,
		heldBytes: COUNT,
	}),
);

export const SESSION = named(
	"Session",
	z.strictObject({
		address: z.string(),
		device: z.string(),
		role: z.string(),
		startedAt: TIME,
		endedAt: TIME.nullable(),
		outcome: z.enum(["accepted", "refused", "broken", "probe"]),
		times: COUNT,
		queueIds: z.array(z.string()),
		ownerTexts: z.array(z.string()).describe("What was refused, why, and what to change on the device."),
		lines: z.array(
			z.strictObject({ afterMs: COUNT, from: z.enum(["client", "server", "note"]), text: z.string() }),
		),
	}),
);
