/**
 * From MAIL to the answer after the last byte: one message over SMTP. What it promises: a message is
 * taken whole with exactly the recipients that were answered 250, or not at all.
 */
import { createHash, randomUUID } from "node:crypto";
import { waitLatency } from "./http.ts";
import { magicRecipient, sendAsDeniedReply } from "./magic.ts";
import { isAddress, withoutField } from "./message.ts";
import { MessageCollector } from "./message-collector.ts";
import type { StoredMessage } from "./record.ts";
import type { SandboxRequest } from "./requests.ts";
import type { SmtpSignIn } from "./smtp-auth.ts";
import { type PathCommand, parameterProblem, parsePath } from "./smtp-commands.ts";
import type { SmtpReader } from "./smtp-reader.ts";
import { deniedSender, fateOf, RECIPIENT_LIMIT, take } from "./submission.ts";
import type { World } from "./world.ts";

const SMTP_SIZE_LIMIT_BYTES = 157_286_400;
const HOST = "SANDBOX0001.eurprd00.prod.outlook.com";
const TOO_LARGE = "552 5.3.4 Message size exceeds fixed maximum message size";
const TOO_MANY_CONNECTIONS = `432 4.3.2 Concurrent connections limit exceeded. Visit https://aka.ms/concurrent_sending for more information. [${HOST}]`;
const TOO_MANY_MESSAGES = `432 4.3.2 STOREDRV.ClientSubmit; message rate limit exceeded [${HOST}]`;

export interface TransactionAnswer {
	readonly action: "reply" | "drop" | "hang";
	readonly reply: string;
	/** The transaction is over; the next command is MAIL. */
	readonly ends: boolean;
}

export class SmtpTransaction {
	readonly #world: World;
	readonly #signIn: Extract<SmtpSignIn, { ok: true }>;
	readonly #place: number;
	readonly #recipients: string[] = [];
	#reversePath: PathCommand = { address: "", parameters: new Map() };
	#chunks: MessageCollector | undefined;
	#entry: SandboxRequest | undefined;

	/** `place`: how many sessions its mailbox had when this one signed in, itself counted. */
	constructor(world: World, signIn: Extract<SmtpSignIn, { ok: true }>, place: number) {
		this.#world = world;
		this.#signIn = signIn;
		this.#place = place;
	}

	mail(rest: string): TransactionAnswer {
		const path = parsePath(rest, "FROM");
		if (path === undefined) return reply("501 5.1.7 Invalid address");
		const problem = parameterProblem(path, "MAIL");
		if (problem !== undefined) return reply(problem);
		if (Number(path.parameters.get("SIZE") ?? 0) > SMTP_SIZE_LIMIT_BYTES) return reply(TOO_LARGE);
		if (needsUtf8(path.address) && !path.parameters.has("SMTPUTF8"))
			return reply("501 5.1.7 Invalid address");
		if (this.#isOverConnectionLimit()) return reply(TOO_MANY_CONNECTIONS);
		this.#reversePath = path;
		return reply("250 2.1.0 Sender OK");
	}

	rcpt(rest: string): TransactionAnswer {
		const path = parsePath(rest, "TO");
		const problem = path === undefined ? undefined : parameterProblem(path, "RCPT");
		if (problem !== undefined) return reply(problem);
		const utf8 = this.#reversePath.parameters.has("SMTPUTF8");
		if (path === undefined || !isAddress(path.address) || (needsUtf8(path.address) && !utf8))
			return reply("501 5.1.3 Invalid address");
		if (this.#recipients.length >= RECIPIENT_LIMIT) return reply("452 4.5.3 Too many recipients");
		const effect = magicRecipient([path.address])?.effect;
		if (effect?.kind === "refuse-recipient") return reply(effect.smtp);
		this.#recipients.push(path.address);
		return reply("250 2.1.5 Recipient OK");
	}

	/** `undefined`: the client went away; nothing was taken. */
	async data(reader: SmtpReader, say: (reply: string) => void): Promise<TransactionAnswer | undefined> {
		if (this.#recipients.length === 0) return reply("503 5.5.2 Need rcpt command");
		const binary = this.#reversePath.parameters.get("BODY")?.toUpperCase() === "BINARYMIME";
		if (binary || this.#chunks !== undefined) return reply("503 5.5.1 BDAT is expected");
		say("354 Start mail input; end with <CRLF>.<CRLF>");
		const collector = this.#collector();
		if ((await reader.untilDot(collector.add)) === undefined) return undefined;
		return await this.#answer(collector, collector.hasBareLineFeed);
	}

	/** RFC 3030. A bare line feed is allowed here. */
	async bdat(reader: SmtpReader, rest: string): Promise<TransactionAnswer | undefined> {
		const match = /^(\d{1,12})( LAST)?$/i.exec(rest);
		if (match === null) return ending("501 5.5.4 Invalid arguments");
		const sizeBytes = Number(match[1]);
		this.#chunks ??= this.#collector();
		const collector = this.#chunks;
		if ((await reader.exactly(sizeBytes, collector.add)) === undefined) return undefined;
		if (this.#recipients.length === 0) return ending("503 5.5.2 Need rcpt command");
		if (match[2] === undefined) return reply(`250 2.0.0 CHUNK received OK, ${sizeBytes} octets`);
		return await this.#answer(collector, false);
	}

	/** Only the sessions beyond the limit are refused, and only while it is exceeded. */
	#isOverConnectionLimit(): boolean {
		const { enforceConcurrency, smtpConnectionLimit } = this.#world.settings;
		if (!enforceConcurrency || this.#place <= smtpConnectionLimit) return false;
		return this.#world.smtpSlots.busy(this.#signIn.owner.address) > smtpConnectionLimit;
	}

	#collector(): MessageCollector {
		return new MessageCollector(this.#world.settings.keptMessageBytes);
	}

	async #answer(collector: MessageCollector, bareLineFeed: boolean): Promise<TransactionAnswer> {
		this.#record(collector);
		await waitLatency(this.#world);
		const fault = this.#world.faults.takeForSmtp("end");
		if (fault === undefined) return this.#note(this.#decide(collector, bareLineFeed));
		if (fault.action === "drop") return this.#note({ action: "drop", reply: "", ends: true });
		if (fault.action === "hang") return this.#note({ action: "hang", reply: "", ends: true });
		if (fault.action !== "answer") this.#decide(collector, bareLineFeed);
		if (fault.action === "accept-then-drop") return this.#note({ action: "drop", reply: "", ends: true });
		if (fault.action === "accept-then-hang") return this.#note({ action: "hang", reply: "", ends: true });
		return this.#note(ending(fault.reply));
	}

	#decide(collector: MessageCollector, bareLineFeed: boolean): TransactionAnswer {
		const { person, owner } = this.#signIn;
		const world = this.#world;
		if (collector.sizeBytes > SMTP_SIZE_LIMIT_BYTES) return ending(TOO_LARGE);
		if (bareLineFeed)
			return ending(`550 5.6.11 Invalid characters; the message contains bare line feeds. [${HOST}]`);
		const { smtpMessagesPerMinute: limit, windowScale: scale } = world.settings;
		if (world.smtpRate.use(owner.address, { limit, scale }, world.now()) > 0)
			return ending(TOO_MANY_MESSAGES);
		const { bytes, summary, sha256, sizeBytes } = collector.finish();
		const from = `${summary.from === "" ? this.#reversePath.address : summary.from}`;
		const denied =
			deniedSender(world, person, from) ?? deniedSender(world, person, this.#reversePath.address);
		if (denied !== undefined) return ending(sendAsDeniedReply(owner.address, denied));
		const fate = fateOf(world.magic, this.#recipients, summary.messageId);
		if (fate.kind === "hang") return { action: "hang", reply: "", ends: true };
		if (fate.kind === "refuse") return ending(fate.smtp);
		const submitted = world.record.keepSummarised(bytes, summary, sha256, sizeBytes);
		const delivered = this.#withMessageId(submitted);
		take(world, {
			account: person,
			sentItemsOf: owner,
			via: "smtp",
			reversePath: this.#reversePath.address,
			recipients: this.#recipients,
			delivered,
			sent: delivered,
		});
		const { messageId } = delivered.summary;
		return {
			action: fate.answerLost ? "drop" : "reply",
			reply: `250 2.0.0 OK ${messageId} [Hostname=${HOST}]`,
			ends: true,
		};
	}

	/** A message without Message-ID gets one; in rewrite mode every message does, and keeps the old one. */
	#withMessageId(submitted: StoredMessage): StoredMessage {
		const { bytes, summary } = submitted;
		const rewritten = this.#world.settings.rewriteMessageId && bytes !== undefined;
		if (summary.messageId !== "" && !rewritten) return submitted;
		const messageId = `<${randomUUID().replaceAll("-", "").toUpperCase()}@${HOST}>`;
		const kept = summary.messageId === "" ? "" : `X-Microsoft-Original-Message-ID: ${summary.messageId}\r\n`;
		if (bytes === undefined) return { ...submitted, summary: { ...summary, messageId } };
		const rest = withoutField(bytes, "message-id");
		const changed = Buffer.concat([Buffer.from(`Message-ID: ${messageId}\r\n${kept}`), rest]);
		const sha256 = createHash("sha256").update(changed).digest("hex");
		return this.#world.record.keepSummarised(changed, { ...summary, messageId }, sha256, changed.length);
	}

	#record(collector: MessageCollector): void {
		this.#entry = this.#world.requests.add({
			atMs: this.#world.now(),
			kind: "smtp",
			method: "DATA",
			path: this.#recipients.slice(0, 5).join(" "),
			status: 0,
			account: this.#signIn.owner.address,
			bodyBytes: collector.sizeBytes,
			detail: "",
		});
	}

	#note(answer: TransactionAnswer): TransactionAnswer {
		if (this.#entry !== undefined && answer.action === "reply") {
			this.#entry.status = Number(answer.reply.slice(0, 3));
			this.#entry.detail = answer.reply.slice(0, 100);
		}
		return answer;
	}
}

function reply(text: string): TransactionAnswer {
	return { action: "reply", reply: text, ends: false };
}

function ending(text: string): TransactionAnswer {
	return { action: "reply", reply: text, ends: true };
}

function needsUtf8(address: string): boolean {
	return !/^[ -~]*$/.test(address);
}
