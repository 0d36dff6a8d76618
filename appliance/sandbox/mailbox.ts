/**
 * The folders of one person: what was sent, drafts, and what came in. Finding an item by id or by
 * Message-ID costs the same among ten items and among fifty thousand. Bounded: the oldest items go.
 */
import { formatItemId, type ItemId, mailboxKey } from "./item-id.ts";
import type { StoredMessage } from "./record.ts";

export const FOLDERS = ["inbox", "drafts", "sentitems", "deleteditems"] as const;
export type Folder = (typeof FOLDERS)[number];

export function isFolder(name: string): name is Folder {
	return (FOLDERS as readonly string[]).includes(name);
}

export interface Attachment {
	readonly id: string;
	readonly name: string;
	readonly contentType: string;
	readonly isInline: boolean;
	readonly contentId: string | undefined;
	readonly bytes: Buffer;
}

export interface Item {
	readonly number: number;
	moves: number;
	folder: Folder;
	/** Until then a sent item is seen in Drafts, as Exchange moves it there only after transport. */
	settledAtMs: number;
	message: StoredMessage;
	/** Of a draft made from JSON; a MIME draft has none. */
	draft: Readonly<Record<string, unknown>> | undefined;
	attachments: Attachment[];
	isDraft: boolean;
	isRead: boolean;
	receivedAtMs: number;
	changes: number;
}

export type NewItem = Pick<Item, "folder" | "message" | "isDraft" | "receivedAtMs"> &
	Partial<Pick<Item, "draft" | "settledAtMs" | "isRead">>;

export class Mailbox {
	readonly key: string;
	readonly #limit: () => number;
	readonly #items = new Map<number, Item>();
	readonly #byMessageId = new Map<string, Set<Item>>();
	#lastNumber = 0;

	constructor(address: string, limit: () => number) {
		this.key = mailboxKey(address);
		this.#limit = limit;
	}

	add(fields: NewItem): Item {
		this.#lastNumber += 1;
		const item: Item = {
			number: this.#lastNumber,
			moves: 0,
			settledAtMs: 0,
			draft: undefined,
			attachments: [],
			isRead: false,
			changes: 0,
			...fields,
		};
		this.#items.set(item.number, item);
		this.#index(item);
		if (this.#items.size > this.#limit()) {
			const oldest = this.#items.values().next().value;
			if (oldest !== undefined) this.remove(oldest);
		}
		return item;
	}

	remove(item: Item): void {
		this.#items.delete(item.number);
		this.#unindex(item);
	}

	/** Puts another message in the item's place: a changed draft. */
	replace(item: Item, message: StoredMessage): void {
		this.#unindex(item);
		item.message = message;
		item.changes += 1;
		this.#index(item);
	}

	move(item: Item, folder: Folder): void {
		item.folder = folder;
		item.moves += 1;
		item.changes += 1;
	}

	/** `undefined`: gone, or a classic id from before a move. */
	find(id: ItemId): Item | undefined {
		const item = id.mailboxKey === this.key ? this.#items.get(id.itemNumber) : undefined;
		return id.family === "classic" && item?.moves !== id.moves ? undefined : item;
	}

	withMessageId(messageId: string): Item[] {
		return [...(this.#byMessageId.get(messageId) ?? [])];
	}

	/** Oldest first. */
	all(): Item[] {
		return [...this.#items.values()];
	}

	idOf(item: Item, family: ItemId["family"]): string {
		return formatItemId({ family, mailboxKey: this.key, itemNumber: item.number, moves: item.moves });
	}

	#index(item: Item): void {
		const { messageId } = item.message.summary;
		const same = this.#byMessageId.get(messageId);
		if (same === undefined) this.#byMessageId.set(messageId, new Set([item]));
		else same.add(item);
	}

	#unindex(item: Item): void {
		const { messageId } = item.message.summary;
		const same = this.#byMessageId.get(messageId);
		same?.delete(item);
		if (same?.size === 0) this.#byMessageId.delete(messageId);
	}
}

/** Where the item is seen now. */
export function folderAt(item: Item, nowMs: number): Folder {
	return nowMs < item.settledAtMs ? "drafts" : item.folder;
}
