/**
 * Every switch of the simulated Microsoft 365, as one object: what tests and a curious newcomer may
 * change while it runs. A change that does not fit is refused whole; nothing is half applied.
 */
import * as z from "zod";

const count = z.number().int().min(0);

const SandboxSettingsSchema = z.strictObject({
	/** Waited before each HTTP answer and before each SMTP greeting and end of data. */
	latencyMs: count.max(600_000),
	/** Added to the clock: tokens expire, device codes lapse. */
	clockOffsetMs: z.number().int(),
	/** The scope string of a token answer: as it was asked for, or in the other accepted form. */
	scopeEcho: z.enum(["requested", "other"]),
	accessTokenLifetimeSeconds: count,
	/** RFC 8628 §3.2 `interval`; Microsoft gives 5. */
	deviceCodeIntervalSeconds: z.number().min(0),
	deviceCodeLifetimeSeconds: count,
	/** Answer `slow_down` to a poll that comes early. Microsoft does not; RFC 8628 §3.5 allows it. */
	enforcePollInterval: z.boolean(),
	/** Device codes are approved as this address as soon as they are polled. */
	autoApproveAs: z.string().nullable(),
	/** The registration's "Allow public client flows"; off gives AADSTS7000218. */
	publicClientFlows: z.boolean(),
	/** Conditional Access on device code: seen only in the browser, or at the poll as AADSTS53003, or 530033. */
	conditionalAccess: z.enum(["allow", "block-in-browser", "block-at-token", "managed-device"]),
	/** Sign-ins that began with a device code are ended at their next refresh (AADSTS530036). */
	blockDeviceCodeGrants: z.boolean(),
	/** Refuse Graph requests over the limit with 429 and SMTP sessions with 432. */
	enforceConcurrency: z.boolean(),
	graphConcurrencyLimit: count,
	smtpConnectionLimit: count,
	/** Null: not enforced. Microsoft: 10,000 in 10 minutes for each app and mailbox. */
	graphRequestsPerTenMinutes: count.nullable(),
	/** Bodies of POST, PUT and PATCH. Null: not enforced. Microsoft: 150,000,000 in 5 minutes. */
	graphUploadBytesPerFiveMinutes: count.nullable(),
	/** Null: not enforced. Microsoft: 30. */
	smtpMessagesPerMinute: count.nullable(),
	/** Lengths of these windows: 0.1 makes six seconds of a minute, for tests that cannot wait. */
	windowScale: z.number().positive().max(1),
	/** How long a sent message is still seen in Drafts before it moves to Sent Items. */
	sentItemsDelayMs: count,
	/** Outlook.com's habit over SMTP: a Message-ID of its own, the old one kept in a header. */
	rewriteMessageId: z.boolean(),
	/** Bodies kept in memory, all together; older ones leave only their hash and header. */
	keptBytes: count,
	/** A single message larger than this leaves only its hash and header. */
	keptMessageBytes: count,
	/** Messages remembered at all, arrived and in each mailbox. */
	keptMessages: count,
	keptRequests: count,
});

export type SandboxSettings = z.infer<typeof SandboxSettingsSchema>;
export const SandboxSettingsPatchSchema = SandboxSettingsSchema.partial();
export type SandboxSettingsPatch = z.input<typeof SandboxSettingsPatchSchema>;

export const DEFAULT_SETTINGS: SandboxSettings = {
	latencyMs: 0,
	clockOffsetMs: 0,
	scopeEcho: "requested",
	accessTokenLifetimeSeconds: 4876,
	deviceCodeIntervalSeconds: 5,
	deviceCodeLifetimeSeconds: 900,
	enforcePollInterval: false,
	autoApproveAs: null,
	publicClientFlows: true,
	conditionalAccess: "allow",
	blockDeviceCodeGrants: false,
	enforceConcurrency: true,
	graphConcurrencyLimit: 4,
	smtpConnectionLimit: 3,
	graphRequestsPerTenMinutes: null,
	graphUploadBytesPerFiveMinutes: null,
	smtpMessagesPerMinute: null,
	windowScale: 1,
	sentItemsDelayMs: 0,
	rewriteMessageId: false,
	keptBytes: 64 * 1024 * 1024,
	keptMessageBytes: 32 * 1024 * 1024,
	keptMessages: 100_000,
	keptRequests: 20_000,
};

/** `settings` with what the patch gives. Throws a ZodError when a value does not fit. */
export function patched(settings: SandboxSettings, patch: SandboxSettingsPatch): SandboxSettings {
	const given = Object.entries(SandboxSettingsPatchSchema.parse(patch)).filter(
		([, value]) => value !== undefined,
	);
	return { ...settings, ...Object.fromEntries(given) };
}
