/**
 * A mailbox as a POP3 maildrop, over Microsoft's own POP3: for accounts that were granted nothing else. For maildrops.ts.
 * Its folder is the inbox; what Microsoft does with a deleted message is set there. A connection that is lost between two
 * commands is made anew; numbers are then found again by UIDL.
 */
import { createHash } from "node:crypto";
import { asError } from "../errors.ts";
import {
	brokenWhenItBreaks,
	type Maildrop,
	type MaildropFailure,
	type MaildropMessage,
	type Result,
} from "../pop3/maildrop.ts";
import { FETCHING } from "../words/fetching.ts";
import { say } from "../words/saying.ts";
import { Pop3Refused, type UpstreamPop3 } from "./upstream-pop3.ts";

/** Opens a session that has signed in. Rejects as `UpstreamPop3.open` does. */
export type OpenUpstream = (signal: AbortSignal) => Promise<UpstreamPop3>;

interface Upstream {
	readonly session: UpstreamPop3;
	/** Microsoft's numbers, by its UIDL. */
	readonly numbers: ReadonlyMap<string, number>;
}

interface Listed extends MaildropMessage {
	/** Microsoft's. */
	readonly theirUid: string;
}

export class Pop3Maildrop implements Maildrop {
	readonly messages: readonly Listed[];
	readonly #open: OpenUpstream;
	readonly #onDelete: "trash" | "delete" | "keep";
	#upstream: Upstream | undefined;

	private constructor(
		open: OpenUpstream,
		onDelete: "trash" | "delete" | "keep",
		upstream: Upstream,
		messages: readonly Listed[],
	) {
		this.#open = open;
		this.#onDelete = onDelete;
		this.#upstream = upstream;
		this.messages = messages;
	}

	/** `most`: the newest so many. */
	static async open(
		open: OpenUpstream,
		{ onDelete, most }: { readonly onDelete: "trash" | "delete" | "keep"; readonly most: number | undefined },
		signal: AbortSignal,
	): Promise<Result<Pop3Maildrop>> {
		try {
			const session = await open(signal);
			const numbers = await uidsOf(session);
			const sizes = new Map((await session.list("LIST")).map(pairOf));
			const all = [...numbers].map(([theirUid, number]) => ({
				theirUid,
				uid: uidOf(theirUid),
				sizeOctets: Number(sizes.get(number) ?? 0),
			}));
			const messages = most === undefined ? all : all.slice(-most);
			return { ok: true, value: new Pop3Maildrop(open, onDelete, { session, numbers }, messages) };
		} catch (error) {
			return { ok: false, failure: failureOf(asError(error)) };
		}
	}

	async read(index: number, signal: AbortSignal): Promise<Result<AsyncIterable<Buffer>>> {
		try {
			const { session, numbers } = await this.#connected(signal);
			const number = numbers.get(this.messages[index]?.theirUid ?? "");
			if (number === undefined) return { ok: false, failure: REMOVED };
			return { ok: true, value: brokenWhenItBreaks(await session.retrieve(number)) };
		} catch (error) {
			return { ok: false, failure: failureOf(asError(error)) };
		}
	}

	wasRead(): void {
		// LIST's sizes are Microsoft's own: there is nothing to learn.
	}

	/** Microsoft removes them when its own session is closed by QUIT: all, or, as far as anybody can tell, none. */
	async remove(indexes: readonly number[], signal: AbortSignal): Promise<Result<{ readonly left: number }>> {
		if (this.#onDelete === "keep") return { ok: true, value: { left: 0 } };
		try {
			const { session, numbers } = await this.#connected(signal);
			for (const index of indexes) {
				const number = numbers.get(this.messages[index]?.theirUid ?? "");
				// Somebody else has removed it: gone is what was wanted.
				if (number !== undefined) await session.command(`DELE ${number}`);
			}
			this.#upstream = undefined;
			await session.command("QUIT");
			session.destroy();
			return { ok: true, value: { left: 0 } };
		} catch (error) {
			return { ok: false, failure: failureOf(asError(error)) };
		}
	}

	close(): Promise<void> {
		this.#upstream?.session.destroy();
		return Promise.resolve();
	}

	async #connected(signal: AbortSignal): Promise<Upstream> {
		if (this.#upstream?.session.isIdle === true) return this.#upstream;
		this.#upstream?.session.destroy();
		const session = await this.#open(signal);
		this.#upstream = { session, numbers: await uidsOf(session) };
		return this.#upstream;
	}
}

async function uidsOf(session: UpstreamPop3): Promise<ReadonlyMap<string, number>> {
	return new Map((await session.list("UIDL")).map(pairOf).map(([number, uid]) => [uid, number]));
}

function pairOf(line: string): [number, string] {
	const [number = "", value = ""] = line.split(" ");
	return [Number(number), value];
}

/** Theirs where it is one, by RFC 1939 §7. */
function uidOf(theirs: string): string {
	return /^[!-~]{1,70}$/.test(theirs) ? theirs : createHash("sha256").update(theirs).digest("base64url");
}

const REMOVED: MaildropFailure = {
	code: "SYS/PERM",
	text: "the message was removed meanwhile, by another program",
	ownerText: FETCHING.removedMeanwhile,
	reason: "not listed any more",
};

function failureOf(error: Error): MaildropFailure {
	if (error instanceof Pop3Refused && !error.message.includes("[SYS/TEMP]")) {
		return {
			code: "SYS/PERM",
			text: "Microsoft refuses: see the console of this box",
			ownerText: say(FETCHING.pop3Refused, { answer: error.message }),
			reason: error.message,
		};
	}
	return {
		code: "SYS/TEMP",
		text: "Microsoft 365 cannot be reached just now; nothing is lost, try later",
		ownerText: FETCHING.pop3Unreachable,
		reason: error.message,
	};
}
