/**
 * What lies in a folder of a mailbox, as Graph lists it: a thousand messages in a request, their immutable ids, and the size
 * of Graph's own form. For graph-maildrop.ts. (learn.microsoft.com/graph/api/user-list-messages, outlook-immutable-id)
 */
import { createHash } from "node:crypto";
import * as z from "zod";
import type { Mailbox } from "../accounts/model.ts";
import type { GraphClient, GraphResult } from "../microsoft/graph-client.ts";

export interface ListedMessage {
	/** Graph's immutable id: case matters, and it must be encoded in a path. */
	readonly id: string;
	readonly uid: string;
	readonly storeOctets: number;
}

export type Listing =
	| { readonly ok: true; readonly messages: readonly ListedMessage[] }
	| { readonly ok: false; readonly result: GraphResult };

export const IMMUTABLE_IDS = { prefer: 'IdType="ImmutableId"' };

const MOST_IN_PAGE = 1000;
/** More than any program that speaks POP3 could use. */
const MOST_MESSAGES = 50_000;
/** PidTagMessageSize (MS-OXPROPS). */
const SIZE_PROPERTY = "Integer 0x0E08";
/** Before there was mail: `$orderby` wants its property first in `$filter` too. */
const EVER = "1970-01-01T00:00:00Z";

const Page = z.object({
	value: z.array(
		z.object({
			id: z.string(),
			singleValueExtendedProperties: z.array(z.object({ value: z.string() })).default([]),
		}),
	),
	"@odata.nextLink": z.string().optional(),
});

export interface ListingOrder {
	readonly graph: GraphClient;
	readonly account: string;
	readonly mailbox: Mailbox;
	/** The real time, milliseconds since 1970. */
	readonly nowMs: number;
	readonly signal: AbortSignal;
}

/** Oldest first. */
export async function listFolder({ graph, account, mailbox, nowMs, signal }: ListingOrder): Promise<Listing> {
	const messages: ListedMessage[] = [];
	const most = mailbox.mostMessages ?? MOST_MESSAGES;
	for (let path: string | undefined = firstPath(mailbox, nowMs); path !== undefined; ) {
		const result: GraphResult = await graph.request({
			...{ account, path, signal, mailbox: mailbox.mailbox, method: "GET", headers: IMMUTABLE_IDS },
		});
		const page =
			result.kind === "answer" && result.status === 200 ? Page.safeParse(result.body).data : undefined;
		if (page === undefined) return { ok: false, result };
		for (const { id, singleValueExtendedProperties } of page.value) {
			const storeOctets = Number(singleValueExtendedProperties[0]?.value ?? 0);
			messages.push({ id, uid: uidOf(id), storeOctets: Number.isFinite(storeOctets) ? storeOctets : 0 });
		}
		path = messages.length < most ? page["@odata.nextLink"] : undefined;
	}
	const wanted = messages.slice(0, most);
	return { ok: true, messages: mailbox.mostMessages === undefined ? wanted : wanted.reverse() };
}

/** Immutable ids are longer than UIDL allows (RFC 1939 §7: 70 characters). */
function uidOf(id: string): string {
	return createHash("sha256").update(id).digest("base64url");
}

/** The newest come first where only some are wanted. */
function firstPath({ folder, onlyUnread, newerThanMs, mostMessages }: Mailbox, nowMs: number): string {
	const since = newerThanMs === undefined ? EVER : new Date(nowMs - newerThanMs).toISOString();
	const isFiltered = onlyUnread || newerThanMs !== undefined;
	const filter = [`receivedDateTime ge ${since}`, ...(onlyUnread ? ["isRead eq false"] : [])].join(" and ");
	const query = new URLSearchParams({
		$select: "id,receivedDateTime",
		$orderby: `receivedDateTime ${mostMessages === undefined ? "asc" : "desc"}`,
		$top: String(Math.min(MOST_IN_PAGE, mostMessages ?? MOST_IN_PAGE)),
		$expand: `singleValueExtendedProperties($filter=id eq '${SIZE_PROPERTY}')`,
		...(isFiltered ? { $filter: filter } : {}),
	});
	// Graph takes a plus sign for itself.
	return `/mailFolders/${encodeURIComponent(folder)}/messages?${query.toString().replaceAll("+", "%20")}`;
}
