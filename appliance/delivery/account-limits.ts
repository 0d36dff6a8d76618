/**
 * Microsoft's limits for one account as the queue keeps them: what Microsoft has published, less where the
 * owner set less. For the composition root.
 *
 * Sources: learn.microsoft.com/graph/throttling-limits (Outlook: 10,000 requests in 10 minutes and 150 MB
 * of uploads in 5 minutes for an app and mailbox, four requests at once for an app) and the Exchange
 * Online limits (30 messages a minute over SMTP, 10,000 recipients a day for a mailbox).
 */
import { type Account, type AccountLimits, PUBLISHED_LIMITS } from "../accounts/model.ts";
import type { Limits, WindowLimit } from "../queue/limits.ts";
import { DELIVERY } from "../words/delivery.ts";
import { say } from "../words/saying.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** Requests at once for an app registration, whatever its mailboxes. */
const REQUESTS_AT_ONCE = 4;
/** A third goes at once, the rest is spread, so that an alarm behind a flood finds room within seconds. */
const SPREAD_FROM = 1 / 3;

const known = new WeakMap<Account, Limits>();

export function limitsOf(account: Account): Limits {
	let limits = known.get(account);
	if (limits === undefined) {
		limits = {
			windows: windowsOf(account),
			...(account.transport === "graph"
				? { app: { key: account.clientId, concurrency: REQUESTS_AT_ONCE } }
				: {}),
		};
		known.set(account, limits);
	}
	return limits;
}

/** All of them for every account: what is too large for Graph goes over SMTP. */
function windowsOf({ limits }: Account): readonly WindowLimit[] {
	const { messagesPerMinute, recipientsPerDay, requestsPerTenMinutes, uploadBytesPerFiveMinutes } = limits;
	return [
		{
			unit: "messages",
			most: messagesPerMinute,
			perMs: MINUTE_MS,
			spreadFrom: SPREAD_FROM,
			isKept: false,
			ownerText: limitText(limits, "messagesPerMinute", messagesPerMinute),
		},
		{
			unit: "requests",
			most: requestsPerTenMinutes,
			perMs: 10 * MINUTE_MS,
			spreadFrom: SPREAD_FROM,
			isKept: false,
			ownerText: limitText(limits, "requestsPerTenMinutes", requestsPerTenMinutes),
		},
		{
			unit: "uploadBytes",
			most: uploadBytesPerFiveMinutes,
			perMs: 5 * MINUTE_MS,
			spreadFrom: 1,
			isKept: false,
			ownerText: limitText(limits, "uploadBytesPerFiveMinutes", uploadBytesPerFiveMinutes / 1e6),
		},
		{
			unit: "recipients",
			most: recipientsPerDay,
			perMs: DAY_MS,
			spreadFrom: 1,
			isKept: true,
			ownerText: limitText(limits, "recipientsPerDay", recipientsPerDay),
		},
	];
}

/** Whose it is: Microsoft's as published, or less by the owner's wish. */
const SAYINGS = {
	messagesPerMinute: [DELIVERY.microsoftMessages, DELIVERY.ownMessages],
	requestsPerTenMinutes: [DELIVERY.microsoftRequests, DELIVERY.ownRequests],
	uploadBytesPerFiveMinutes: [DELIVERY.microsoftUploads, DELIVERY.ownUploads],
	recipientsPerDay: [DELIVERY.microsoftRecipients, DELIVERY.ownRecipients],
} as const satisfies Record<keyof AccountLimits, readonly [string, string]>;

function limitText(limits: AccountLimits, name: keyof AccountLimits, value: number): string {
	const [microsofts, owners] = SAYINGS[name];
	const count = Math.round(value).toLocaleString("en-GB");
	return say(limits[name] === PUBLISHED_LIMITS[name] ? microsofts : owners, { count });
}
