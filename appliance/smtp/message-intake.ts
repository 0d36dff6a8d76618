/**
 * Takes one message from the final `354` to the reply: header look, size limit, spool. For
 * device-connection.ts. Never throws; what goes wrong is a reply, and then nothing stays in the
 * spool.
 */
import { createHash, type Hash } from "node:crypto";
import { asError } from "../errors.ts";
import type { Log } from "../log.ts";
import { type Reply, reply } from "../mail/reply.ts";
import type { AcceptFate, Incoming } from "../queue/spool.ts";
import type { HeaderLook, IncomingHeader } from "./incoming-header.ts";
import { LineEnds } from "./line-ends.ts";
import { POLICY } from "./policy-refusals.ts";
import type { Refusal } from "./session-record.ts";

export interface IntakeOptions {
	readonly incoming: Incoming;
	readonly header: IncomingHeader;
	/** May these bytes come, which make so many in all? Else why not. */
	readonly mayGrow: (chunkBytes: number, messageBytes: number) => Refusal | undefined;
	/** Called once when the message is whole and wanted: commits it. */
	readonly accept: (incoming: Incoming, digest: Hash | undefined) => Promise<AcceptFate>;
	/** Repeats of the message are looked for. */
	readonly wantsDigest: boolean;
	/** From or Sender in the header is not what the device may say. */
	readonly senderRefusal: (claimed: string) => Refusal;
	/** Called once when the message is whole and its fate is known, also when the device has gone. */
	readonly concluded: (verdict: Verdict) => void;
	/** Called once with the answer for the device, unless the device went away first. */
	readonly answer: (verdict: Verdict) => void;
	readonly log: Log;
}

export interface Verdict {
	readonly reply: Reply;
	/** Undefined: the message is accepted. */
	readonly refusal: Refusal | undefined;
	/** To be called when the device has read the answer. */
	readonly heard?: () => void;
}

export class MessageIntake {
	readonly #options: IntakeOptions;
	readonly #lineEnds = new LineEnds();
	/** Over the bytes as the device sent them. */
	readonly #digest: Hash | undefined;
	#answer: (verdict: Verdict) => void;
	#receivedBytes = 0;
	#headerDone = false;
	/** Set when the message is not wanted any more; the rest of it is read and dropped. */
	#refusal: Refusal | undefined;
	#abandoned = false;
	#ended = false;

	constructor(options: IntakeOptions) {
		this.#options = options;
		this.#answer = options.answer;
		this.#digest = options.wantsDigest ? createHash("sha256") : undefined;
	}

	/** As the device sent them. */
	get receivedBytes(): number {
		return this.#receivedBytes;
	}

	/** Why the message is not wanted any more, before its end. */
	get refusal(): Reply | undefined {
		return this.#refusal?.reply;
	}

	/** The next chunk (BDAT) is answered by another command than the first. */
	answerWith(answer: (verdict: Verdict) => void): void {
		this.#answer = answer;
	}

	/** Takes the message's bytes. A promise holds the sender back until it resolves. */
	write(chunk: Buffer): Promise<void> | undefined {
		this.#receivedBytes += chunk.length;
		if (this.#refusal !== undefined || this.#abandoned) return undefined;
		const refusal = this.#options.mayGrow(chunk.length, this.#receivedBytes);
		if (refusal !== undefined) {
			this.#refuse(refusal);
			return undefined;
		}
		this.#digest?.update(chunk);
		return this.#take(this.#lineEnds.add(chunk));
	}

	/** The message is whole. */
	end(): void {
		this.#ended = true;
		if (this.#abandoned) return;
		const rest = this.#lineEnds.end();
		if (rest.length > 0 && this.#refusal === undefined) void this.#take(rest);
		if (this.#refusal === undefined && !this.#headerDone) {
			void this.#takeHeader(this.#options.header.end());
		}
		void this.#conclude().then((verdict) => {
			this.#options.concluded(verdict);
			if (!this.#abandoned) this.#answer(verdict);
		});
	}

	/** The device went away. A message that was whole is still committed; half a one is forgotten. */
	abandon(): void {
		if (this.#abandoned) return;
		this.#abandoned = true;
		if (this.#ended || this.#refusal !== undefined) return;
		this.#forget();
	}

	#take(bytes: Buffer): Promise<void> | undefined {
		if (bytes.length === 0) return undefined;
		if (this.#headerDone) return this.#options.incoming.body.write(bytes);
		const look = this.#options.header.add(bytes);
		return look === undefined ? undefined : this.#takeHeader(look);
	}

	#takeHeader(look: HeaderLook): Promise<void> | undefined {
		this.#headerDone = true;
		if (look.refused === undefined) return this.#options.incoming.body.write(look.head);
		this.#refuse(look.refused === "loop" ? POLICY.loop() : this.#options.senderRefusal(look.claimed));
		return undefined;
	}

	#refuse(refusal: Refusal): void {
		this.#refusal = refusal;
		this.#forget();
	}

	#forget(): void {
		this.#options.incoming.abandon().catch((thrown: unknown) => {
			// An orphaned body costs room until the next start removes it; the device is answered anyway.
			this.#options.log.warning("spool-orphan", { error: asError(thrown).message });
		});
	}

	async #conclude(): Promise<Verdict> {
		if (this.#refusal !== undefined) return refused(this.#refusal);
		const { incoming, accept, log } = this.#options;
		try {
			const fate = await accept(incoming, this.#digest);
			if (!fate.accepted)
				return refused(fate.why === "full" ? POLICY.cardFull() : POLICY.cardSick(fate.reason));
			const { queueId = incoming.queueId, heard } = fate;
			const answer = reply(250, "2.0.0", `Ok: queued as ${queueId}`);
			return { reply: answer, refusal: undefined, ...(heard === undefined ? {} : { heard }) };
		} catch (thrown) {
			const error = asError(thrown);
			log.error("intake-fault", { error: error.stack ?? error.message });
			return refused(POLICY.cardSick(error.message));
		}
	}
}

function refused(refusal: Refusal): Verdict {
	return { reply: refusal.reply, refusal };
}
