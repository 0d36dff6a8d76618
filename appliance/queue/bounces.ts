/**
 * Tells senders what became of their mail: a report when recipients failed for good, a warning when a message
 * waits for long, as RFC 3461 lets them ask for (NOTIFY, RET, ENVID). For the composition root, which lets the
 * runner tell it of each new state.
 *
 * A report is a queued message itself, written in one transaction with the note that it was made: a crash
 * leaves both or neither, and what was left is caught up at the next start. It goes to the reverse-path where
 * that can be mailed, else to the owner of the account. The null reverse-path gets none, so no report is ever
 * answered by another. When the card refuses a report, the failure still stands in the queue.
 */
import type { Clock } from "../clock.ts";
import { asError } from "../errors.ts";
import type { Log } from "../log.ts";
import { addressKey, parseAddress } from "../mail/address.ts";
import { buildReport, type ReportAction, type ReportedRecipient } from "../mail/delivery-report.ts";
import { fieldValue, HEADER_LIMIT_BYTES, isNamed, scanHeader } from "../mail/header.ts";
import { makeMessageId } from "../mail/message-id.ts";
import { formatQueueId } from "../mail/queue-id.ts";
import type { RecipientRecord, ShownMessage } from "../store/operations.ts";
import type { TrustedTime } from "../trusted-time.ts";
import { formatNotice, type Notice, readNotice, reportEvent } from "./notice.ts";
import { ReportBudget } from "./report-budget.ts";
import type { Runner } from "./runner.ts";
import type { Settlement } from "./settlement.ts";
import type { Spool } from "./spool.ts";

export interface BounceSettings {
	/** Whom reports go to: the sender where that can be, always the account's owner, or nobody. */
	readonly reportTo: "sender" | "owner" | "nobody";
	/** Infinite for never. */
	readonly delayWarningAfterMs: number;
}

export interface BouncesOptions {
	readonly spool: Spool;
	readonly runner: () => Runner;
	readonly clock: Clock;
	readonly time: TrustedTime;
	readonly log: Log;
	readonly hostName: () => string;
	readonly settings: () => BounceSettings;
	/** Who is told of an account's failures; undefined when there is no such account. */
	readonly ownerOf: (account: string) => string | undefined;
}

/** Under which name the queue keeps our own reports. */
export const REPORTS_LANE = "Postern (reports)";

/** Of the original within a report; more is cut off, or left out. */
const LONGEST_HEADER_BYTES = 16 * 1024;
const LONGEST_WHOLE_BYTES = 32 * 1024;
const MOST_CAUGHT_UP = 200;

export class Bounces {
	readonly #options: BouncesOptions;
	readonly #budget = new ReportBudget();
	#last: Promise<void> = Promise.resolve();

	constructor(options: BouncesOptions) {
		this.#options = options;
	}

	/** A message's new state is on the card. */
	settled(shown: ShownMessage, { state, failed }: Pick<Settlement, "state" | "failed">): void {
		const { message } = shown;
		if (message.reversePath === "") return;
		if (state === "delivered") {
			const asked = Object.values(shown.dsn?.recipients ?? {}).some(({ notify }) =>
				notify.includes("SUCCESS"),
			);
			if (asked) this.#inTurn(() => this.#reportRelayed(shown));
		} else if (failed > 0 || state === "deferred") this.#inTurn(() => this.#consider(message.id));
	}

	/** What a crash kept from being told: messages that failed and of which nobody was told. */
	catchUp(failed: readonly number[]): void {
		for (const number of failed.slice(0, MOST_CAUGHT_UP)) this.#inTurn(() => this.#consider(number));
	}

	/** Resolves when everything told so far is on the card. */
	async idle(): Promise<void> {
		await this.#last;
	}

	#inTurn(work: () => Promise<void>): void {
		this.#last = this.#last.then(work).catch((thrown: unknown) => {
			this.#options.log.warning("report-not-made", { error: asError(thrown).message });
		});
	}

	async #consider(number: number): Promise<void> {
		const shown = await this.#options.spool.show(number);
		if (shown === null || !("message" in shown)) return;
		const notice = readNotice(shown.notice);
		const untold = shown.recipients.filter(
			({ address, state }) => state === "failed" && !notice.told.includes(address),
		);
		if (untold.length > 0) await this.#report("failed", shown, untold, notice);
		else if (this.#isLate(shown, notice)) {
			const waiting = shown.recipients.filter(({ state }) => state === "pending");
			await this.#report("delayed", shown, waiting, notice);
		}
	}

	#isLate({ message }: ShownMessage, { delayed }: Notice): boolean {
		const { time, settings } = this.#options;
		const nowMs = time.nowMs();
		// Without a time to be trusted nobody knows how long it has been.
		if (delayed || message.state !== "deferred" || nowMs === undefined) return false;
		return nowMs - time.ofReading(message.receivedAtMs) >= settings().delayWarningAfterMs;
	}

	async #report(
		action: Exclude<ReportAction, "relayed">,
		shown: ShownMessage,
		recipients: readonly RecipientRecord[],
		before: Notice,
	): Promise<void> {
		const { spool, runner, clock, log } = this.#options;
		const { message, dsn } = shown;
		const wanted = recipients.filter(({ address }) => wants(dsn?.recipients[address]?.notify ?? [], action));
		const notice: Notice = {
			...before,
			told: action === "failed" ? [...before.told, ...recipients.map(({ address }) => address)] : before.told,
			delayed: before.delayed || action === "delayed",
		};
		const to = this.#addressee(shown);
		const withheld =
			to === undefined || wanted.length === 0 ? undefined : this.#budget.take(to, clock.monotonicMs());
		if (to === undefined || withheld === undefined) {
			await spool.announce(message.id, () => formatNotice(notice), undefined);
			return;
		}
		const from = message.account === "" ? to : message.account;
		const content = await this.#content({ action, shown, recipients: wanted, to, from, withheld });
		const queued = await spool.announce(message.id, (report) => formatNotice(notice, report), {
			envelope: {
				device: REPORTS_LANE,
				account: message.account,
				reversePath: "",
				recipients: [to],
				smtpUtf8: false,
				state: "incoming",
				event: reportEvent(clock.now(), message.id, action),
			},
			content,
		});
		if (queued === undefined) return;
		log.notice("report", {
			qid: formatQueueId(queued),
			of: formatQueueId(message.id),
			action,
			to: `<${to}>`,
		});
		runner().accepted(queued, message.account, REPORTS_LANE, undefined);
	}

	/**
	 * RFC 3461 §6.2.3: beyond here nobody reports success, so that is what is said. Not worth a note on the card: a
	 * crash may lose it.
	 */
	async #reportRelayed(shown: ShownMessage): Promise<void> {
		const { spool, runner, clock } = this.#options;
		const { message, dsn } = shown;
		const recipients = shown.recipients.filter(
			({ address }) => dsn?.recipients[address]?.notify.includes("SUCCESS") === true,
		);
		const to = this.#addressee(shown);
		const withheld = to === undefined ? undefined : this.#budget.take(to, clock.monotonicMs());
		if (to === undefined || withheld === undefined) return;
		const from = message.account === "" ? to : message.account;
		const facts = { action: "relayed", shown, recipients, to, from, withheld } as const;
		const incoming = spool.receive();
		await incoming.body.write(await this.#content(facts));
		const fate = await incoming.accept({
			...{ device: REPORTS_LANE, account: message.account, reversePath: "", recipients: [to] },
			...{ smtpUtf8: false, state: "incoming" },
			event: reportEvent(clock.now(), message.id, "relayed"),
		});
		if (fate.accepted) runner().accepted(incoming.number, message.account, REPORTS_LANE, undefined);
	}

	/** Undefined when nobody is to be told. */
	#addressee({ message, recipients }: ShownMessage): string | undefined {
		const { settings, ownerOf } = this.#options;
		const { reportTo } = settings();
		if (reportTo === "nobody" || message.reversePath === "") return undefined;
		const failed = new Set(
			recipients.filter(({ state }) => state === "failed").map(({ address }) => addressKey(address)),
		);
		const candidates = [
			...(reportTo === "sender" ? [message.reversePath] : []),
			ownerOf(message.account) ?? "",
		];
		// A mailbox that has just refused the message would refuse the report as well.
		return candidates.find((address) => isMailable(address) && !failed.has(addressKey(address)));
	}

	async #content(facts: {
		readonly action: ReportAction;
		readonly shown: ShownMessage;
		readonly recipients: readonly RecipientRecord[];
		readonly to: string;
		readonly from: string;
		readonly withheld: number;
	}): Promise<Buffer> {
		const { clock, time, hostName } = this.#options;
		const { action, shown, recipients, to, from, withheld } = facts;
		const { message, dsn } = shown;
		const queueId = formatQueueId(message.id);
		const wantsWhole = dsn?.ret === "FULL" && message.sizeBytes <= LONGEST_WHOLE_BYTES && action === "failed";
		// What was delivered has left the card.
		const start =
			action === "relayed"
				? Buffer.alloc(0)
				: await this.#start(shown, wantsWhole ? LONGEST_WHOLE_BYTES : HEADER_LIMIT_BYTES);
		const { fields, bodyStart } = scanHeader(start);
		const subject = fields.find((field) => isNamed(field, "Subject"));
		const messageId = makeMessageId(`report-${queueId}`, hostName());
		return buildReport({
			...{ action, to, from, withheld, queueId, messageId },
			hostName: hostName(),
			boundary: `=_report_${messageId.replaceAll(/[^\w]/g, "").slice(0, 40)}`,
			date: new Date(time.nowMs() ?? clock.now()),
			arrivedAt: new Date(time.ofReading(message.receivedAtMs)),
			device: message.device,
			envid: dsn?.envid ?? null,
			recipients: recipients.map((recipient) =>
				reported(recipient, dsn?.recipients[recipient.address]?.orcpt),
			),
			subject: subject === undefined ? "" : fieldValue(start, subject),
			original: wantsWhole
				? { bytes: start, isWhole: true }
				: { bytes: wholeLines(start.subarray(0, bodyStart)), isWhole: false },
		});
	}

	/** The message's first bytes; none when the card cannot give them. */
	async #start({ message }: ShownMessage, mostBytes: number): Promise<Buffer> {
		const chunks: Buffer[] = [];
		let sizeBytes = 0;
		for await (const chunk of this.#options.spool.readBody(message.id, message.inFile)) {
			chunks.push(chunk);
			sizeBytes += chunk.length;
			if (sizeBytes >= mostBytes) break;
		}
		return Buffer.concat(chunks);
	}
}

function reported(
	{ address, reply, ownerText }: RecipientRecord,
	orcpt: string | undefined,
): ReportedRecipient {
	return { address, reply, ownerText, orcpt: orcpt ?? "" };
}

/** RFC 3461 §4.1: nothing said leaves it to us; failures and long waits are told. */
function wants(notify: readonly string[], action: "failed" | "delayed"): boolean {
	if (notify.length === 0) return true;
	return notify.includes(action === "failed" ? "FAILURE" : "DELAY");
}

/** Domains that no mail reaches: RFC 2606, RFC 6762, RFC 8375, and what devices make up. */
const UNREACHABLE_DOMAIN =
	/(?:^|\.)(?:local|localdomain|localhost|lan|home|internal|intranet|corp|invalid|test|example|example\.(?:com|net|org)|home\.arpa)$/i;

function isMailable(text: string): boolean {
	const address = parseAddress(text);
	if (address === undefined) return false;
	const { domain } = address;
	return (
		domain.includes(".") &&
		!domain.startsWith("[") &&
		!/^[\d.]+$/.test(domain) &&
		!UNREACHABLE_DOMAIN.test(domain)
	);
}

/** Not a field cut in two. */
function wholeLines(header: Buffer): Buffer {
	if (header.length <= LONGEST_HEADER_BYTES) return header;
	const cut = header.subarray(0, LONGEST_HEADER_BYTES);
	return cut.subarray(0, cut.lastIndexOf(0x0a) + 1);
}
