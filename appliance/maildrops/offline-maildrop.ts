/**
 * A maildrop without internet, from what is kept on the card: the list as it was last seen, the messages that are here, and
 * deletions that are carried out when the link is back. For maildrops.ts.
 */
import type { Mailbox } from "../accounts/model.ts";
import { asError } from "../errors.ts";
import { brokenWhenItBreaks, type Maildrop, type MaildropMessage, type Result } from "../pop3/maildrop.ts";
import { FETCHING } from "../words/fetching.ts";
import type { ListedMessage } from "./graph-listing.ts";
import type { KeptMaildrop } from "./kept-maildrop.ts";
import type { KnownSizes } from "./known-sizes.ts";

export interface OfflineMaildropParts {
	readonly mailbox: Mailbox;
	readonly listed: readonly ListedMessage[];
	readonly kept: KeptMaildrop;
	readonly sizes: KnownSizes;
	/** Something is to be removed when the link is back. */
	readonly onRemoval: () => void;
}

export class OfflineMaildrop implements Maildrop {
	readonly #parts: OfflineMaildropParts;

	constructor(parts: OfflineMaildropParts) {
		this.#parts = parts;
	}

	get messages(): readonly MaildropMessage[] {
		const { listed, sizes } = this.#parts;
		return listed.map(({ uid, storeOctets }) => ({ uid, sizeOctets: sizes.of(uid) ?? storeOctets }));
	}

	async read(index: number): Promise<Result<AsyncIterable<Buffer>>> {
		const { listed, kept } = this.#parts;
		const uid = listed[index]?.uid ?? "";
		if (kept.has(uid)) return { ok: true, value: brokenWhenItBreaks(kept.read(uid)) };
		const failure = {
			code: "SYS/TEMP",
			text: "there is no internet, and this message is not kept on the box; try later",
			ownerText: FETCHING.notKept,
			reason: "offline, not kept",
		} as const;
		return { ok: false, failure };
	}

	wasRead(index: number, sizeOctets: number): void {
		this.#parts.sizes.learn(this.#parts.listed[index]?.uid ?? "", sizeOctets);
	}

	async remove(indexes: readonly number[]): Promise<Result<{ readonly left: number }>> {
		const { listed, kept, mailbox, onRemoval } = this.#parts;
		if (mailbox.onDelete === "keep") return { ok: true, value: { left: 0 } };
		try {
			await kept.removeLater(indexes.map((index) => listed[index]?.id ?? ""));
		} catch (error) {
			const failure = {
				code: "SYS/TEMP",
				text: "this box cannot write its card just now",
				ownerText: FETCHING.cardUnwritten,
				reason: asError(error).message,
			} as const;
			return { ok: false, failure };
		}
		onRemoval();
		return { ok: true, value: { left: 0 } };
	}

	close(): Promise<void> {
		return Promise.resolve();
	}
}
