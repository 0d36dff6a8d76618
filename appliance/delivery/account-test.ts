/**
 * Proves that an account sends, or says exactly what is missing: signed in, allowed to look at what it
 * sent, a message to itself and one from each shared mailbox. For account-desk.ts. Goes straight to
 * Microsoft, past the queue, so that the answer is Microsoft's and comes now. Never throws for what the
 * cloud can cause: a step that fails says what to do next.
 */
import type { Account } from "../accounts/model.ts";
import type { Clock } from "../clock.ts";
import { formatDate } from "../mail/date.ts";
import { makeMessageId } from "../mail/message-id.ts";
import { formatReply } from "../mail/reply.ts";
import type { GraphClient, GraphResult } from "../microsoft/graph-client.ts";
import type { Attempt, Transport } from "../queue/transport.ts";
import type { TestStep } from "../services.ts";
import type { TrustedTime } from "../trusted-time.ts";
import { say } from "../words/saying.ts";
import { TESTS } from "../words/tests.ts";
import { SentCopies } from "./sent-copies.ts";

export interface AccountTestParts {
	readonly graph: GraphClient;
	readonly clock: Clock;
	readonly time: TrustedTime;
	/** The box's name, for the test message. */
	readonly name: string;
}

/** A sent message is seen in Sent Items within seconds. */
const LOOK_AGAIN_MS = 1_000;
const MOST_LOOKS = 20;

export async function* testAccount(
	{ graph, clock, time, name }: AccountTestParts,
	account: Account,
	transport: Transport,
	signal: AbortSignal,
): AsyncGenerator<TestStep> {
	const mayLook = yield* lookStep(graph, account, signal);
	const senders = [account.address, ...account.sharedMailboxes];
	for (const sender of senders) {
		if (signal.aborted) return;
		const isOwn = sender === account.address;
		const { address } = account;
		yield {
			ok: true,
			text: isOwn
				? say(TESTS.sendingToItself, { address })
				: say(TESTS.sendingFromShared, { address, sender }),
		};
		const messageId = makeMessageId(`test-${senders.indexOf(sender)}`, name);
		const sentAt = new Date(time.nowMs() ?? clock.now());
		const report = await transport.deliver(testMessage({ account, sender, name, messageId, sentAt }), signal);
		const [outcome] = report.outcomes;
		if (outcome?.outcome !== "delivered") {
			yield { ok: false, text: refusalText(account, sender, report.trouble?.ownerText, outcome?.ownerText) };
			if (outcome !== undefined)
				yield { ok: false, text: say(TESTS.answer, { reply: formatReply(outcome.reply) }) };
			continue;
		}
		yield { ok: true, text: say(TESTS.accepted, { way: report.via, reply: formatReply(outcome.reply) }) };
		if (mayLook)
			yield await foundStep(new SentCopies(graph, account.address, signal), messageId, clock, signal);
	}
}

/** Whether the account may look at its own mailbox, which decides what happens after an answer that gets lost. */
async function* lookStep(
	graph: GraphClient,
	account: Account,
	signal: AbortSignal,
): AsyncGenerator<TestStep, boolean> {
	const { address, transport } = account;
	const copies = new SentCopies(graph, address, signal);
	const looked = await copies.find("sentitems", "<nobody@postern.invalid>");
	if (looked.ok) {
		yield {
			ok: true,
			text: TESTS.mayLook,
		};
		return true;
	}
	// An account that only sends over SMTP does without.
	const isNeeded = transport === "graph" && isRefusal(looked.result);
	yield {
		ok: !isNeeded,
		text: isNeeded ? `${TESTS.mayNotLook} ${howToPermit(account)}` : TESTS.cannotLook,
	};
	return false;
}

function howToPermit({ method, address }: Account): string {
	return method === "certificate" ? say(TESTS.permitApp, { address }) : say(TESTS.permitPerson, { address });
}

function isRefusal(result: GraphResult): boolean {
	return result.kind === "answer" && (result.status === 401 || result.status === 403);
}

function refusalText(
	account: Account,
	sender: string,
	trouble: string | undefined,
	outcome: string | undefined,
): string {
	const said = trouble ?? outcome ?? TESTS.noAnswer;
	if (sender === account.address) return said;
	const right = `${said} ${say(TESTS.sendAsRight, { sender, address: account.address })}`;
	if (account.method === "certificate" || account.transport === "smtp") return right;
	return `${right} ${say(TESTS.sharedPermission, { address: account.address })}`;
}

async function foundStep(
	copies: SentCopies,
	messageId: string,
	clock: Clock,
	signal: AbortSignal,
): Promise<TestStep> {
	for (let look = 0; look < MOST_LOOKS && !signal.aborted; look += 1) {
		const found = await copies.find("sentitems", messageId);
		if (found.ok && found.value.length > 0) return { ok: true, text: TESTS.inSentItems };
		await clock.sleep(LOOK_AGAIN_MS, signal);
	}
	return {
		ok: false,
		text: TESTS.notInSentItems,
	};
}

interface TestMessage {
	readonly account: Account;
	readonly sender: string;
	readonly name: string;
	readonly messageId: string;
	readonly sentAt: Date;
}

function testMessage({ account, sender, name, messageId, sentAt }: TestMessage): Attempt {
	const text = [
		`From: <${sender}>`,
		`To: <${account.address}>`,
		"Subject: Postern test message",
		`Date: ${formatDate(sentAt)}`,
		`Message-ID: ${messageId}`,
		"MIME-Version: 1.0",
		"Content-Type: text/plain; charset=utf-8",
		"",
		`This message was sent by the Postern "${name}" to test its account ${account.address}.`,
		"",
	].join("\r\n");
	const body = Buffer.from(text, "utf8");
	return {
		queueId: "TEST",
		account: account.address,
		device: "",
		number: 1,
		maybeSent: false,
		receivedAtMs: sentAt.getTime(),
		reversePath: sender,
		recipients: [account.address],
		allRecipients: [account.address],
		smtpUtf8: false,
		sizeBytes: body.length,
		progress: null,
		noteProgress: () => Promise.resolve(),
		openBody: async function* () {
			yield body;
		},
	};
}
