/**
 * The two families of item ids: classic ones that change when an item moves, immutable ones that do
 * not (learn.microsoft.com: "Obtain immutable identifiers for Outlook resources"). Long, case-sensitive
 * and with characters that must be encoded in an address, as the real ones.
 */
import { createHash } from "node:crypto";

export interface ItemId {
	readonly family: "classic" | "immutable";
	readonly mailboxKey: string;
	readonly itemNumber: number;
	/** Of a classic id: how often the item had moved. */
	readonly moves: number;
}

const HEAD = { classic: "AAMkADhAAAT_x-", immutable: "AAkALgAAAAAAHYQDEapmEc2byACqAC-EWg0A" } as const;
const PADDING = "b3N0ZXJuLXNhbmRib3g_aXRlbS1pZGVudGlmaWVyLXBhZGRpbmc-AAAA".repeat(2);
const KEY_LENGTH = 16;

/** Which mailbox an id belongs to; the address itself does not show in it. */
export function mailboxKey(address: string): string {
	return createHash("sha256").update(address).digest("base64url").slice(0, KEY_LENGTH);
}

export function formatItemId({ family, mailboxKey: key, itemNumber, moves }: ItemId): string {
	const number = itemNumber.toString(36).padStart(8, "0").toUpperCase();
	const move = family === "classic" ? moves.toString(36).padStart(4, "0").toUpperCase() : "ZZZZ";
	return `${HEAD[family]}${PADDING.slice(0, 64)}${key}${number}${move}=`;
}

const TAIL = /([\w-]{16})([0-9A-Z]{8})([0-9A-Z]{4})=$/;

/** `undefined`: not an id of ours (ErrorInvalidIdMalformed). */
export function parseItemId(text: string): ItemId | undefined {
	const family = text.startsWith(HEAD.classic) ? "classic" : "immutable";
	const tail = TAIL.exec(text);
	if (tail === null || !text.startsWith(HEAD[family])) return undefined;
	const [, key = "", number = "", move = ""] = tail;
	const id: ItemId = {
		family,
		mailboxKey: key,
		itemNumber: Number.parseInt(number, 36),
		moves: family === "classic" ? Number.parseInt(move, 36) : 0,
	};
	return formatItemId(id) === text ? id : undefined;
}
