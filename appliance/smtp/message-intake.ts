/**
 * Takes one message from the final `354` to the reply: header look, size limit, spool. For
 * device-connection.ts. Never throws; what goes wrong is a reply, and then nothing stays in the
 * spool.
 */
import { asError } from "../errors.ts";
import type { Log } from "../log.ts";
import { type Reply, reply } from "../mail/reply.ts";
import type { Room } from "../queue/room.ts";
import type { AcceptFate, Incoming } from "../queue/spool.ts";
import type { DataSink } from "./data-stream.ts";
import type { HeaderLook, IncomingHeader } from "./incoming-header.ts";
import { REPLIES } from "./replies.ts";

export interface IntakeOptions {
	readonly incoming: Incoming;
	readonly header: IncomingHeader;
	readonly maxSizeBytes: number;
	readonly room: Room;
	/** Called once when the message is whole and wanted: commits it. */
	readonly accept: (incoming: Incoming) => Promise<AcceptFate>;
	/** Called once with the answer for the device, unless the device went away first. */
	readonly answer: (verdict: Verdict) => void;
	readonly log: Log;
}

export interface Verdict {
	readonly reply: Reply;
	readonly accepted: boolean;
	/** For the log, not for the peer. */
	readonly reason: string;
	readonly sizeBytes: number;
}

export class MessageIntake implements DataSink {
	readonly #options: IntakeOptions;
	#receivedBytes = 0;
	#headerDone = false;
	/** Set when the message is not wanted any more; the rest of it is read and dropped. */
	#refusal: { readonly reply: Reply; readonly reason: string } | undefined;
	#abandoned = false;
	#ended = false;

	constructor(options: IntakeOptions) {
		this.#options = options;
	}

	write(chunk: Buffer): Promise<void> | undefined {
		this.#receivedBytes += chunk.length;
		if (this.#refusal !== undefined || this.#abandoned) return undefined;
		if (this.#receivedBytes > this.#options.maxSizeBytes) {
			this.#refuse(REPLIES.tooLarge, `over ${this.#options.maxSizeBytes} bytes`);
			return undefined;
		}
		if (!this.#options.room.take(chunk.length, this.#receivedBytes)) {
			this.#refuse(REPLIES.cardFull, "card full");
			return undefined;
		}
		if (this.#headerDone) return this.#options.incoming.body.write(chunk);
		const look = this.#options.header.add(chunk);
		return look === undefined ? undefined : this.#takeHeader(look);
	}

	end(): void {
		this.#ended = true;
		if (this.#abandoned) return;
		if (this.#refusal === undefined && !this.#headerDone) {
			void this.#takeHeader(this.#options.header.end());
		}
		void this.#conclude().then((verdict) => {
			if (!this.#abandoned) this.#options.answer(verdict);
		});
	}

	/** The device went away. A message that was whole is still committed; half a one is forgotten. */
	abandon(): void {
		if (this.#abandoned) return;
		this.#abandoned = true;
		if (this.#ended || this.#refusal !== undefined) return;
		this.#forget();
	}

	#takeHeader(look: HeaderLook): Promise<void> | undefined {
		this.#headerDone = true;
		if (!look.looping) return this.#options.incoming.body.write(look.head);
		this.#refuse(REPLIES.loop, "loop");
		return undefined;
	}

	#refuse(refusal: Reply, reason: string): void {
		this.#refusal = { reply: refusal, reason };
		this.#forget();
	}

	#forget(): void {
		this.#options.incoming.abandon().catch((thrown: unknown) => {
			// An orphaned body costs room until the next start removes it; the device is answered anyway.
			this.#options.log.warning("spool-orphan", { error: asError(thrown).message });
		});
	}

	async #conclude(): Promise<Verdict> {
		const sizeBytes = this.#receivedBytes;
		if (this.#refusal !== undefined) return { ...this.#refusal, accepted: false, sizeBytes };
		const { incoming, accept, log } = this.#options;
		try {
			const fate = await accept(incoming);
			if (fate.accepted) {
				return {
					reply: reply(250, "2.0.0", `Ok: queued as ${incoming.queueId}`),
					accepted: true,
					reason: "",
					sizeBytes,
				};
			}
			const refusal = fate.why === "full" ? REPLIES.cardFull : REPLIES.cardSick;
			return { reply: refusal, accepted: false, reason: fate.reason, sizeBytes };
		} catch (thrown) {
			const error = asError(thrown);
			log.error("intake-fault", { error: error.stack ?? error.message });
			return { reply: REPLIES.cardSick, accepted: false, reason: error.message, sizeBytes };
		}
	}
}
