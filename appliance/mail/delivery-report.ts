/**
 * Builds the report that tells a sender what became of a message: multipart/report with a text for people,
 * a part for programs and the original's header or the original itself (RFC 3462, RFC 3464; RFC 6533 for
 * addresses beyond ASCII). For queue/bounces.ts. Pure; whatever a peer or Microsoft said, it cannot forge a
 * field or a part.
 */
import { formatDate } from "./date.ts";
import { encodeWords } from "./encoded-words.ts";

export type ReportAction = "failed" | "delayed" | "relayed";

export interface ReportedRecipient {
	readonly address: string;
	/** RFC 3461 ORCPT, `type;address`; empty for none. */
	readonly orcpt: string;
	/** The last reply as one line, `550 5.1.1 …`; may be empty. */
	readonly reply: string;
	/** What happened and what to do, for people; may be empty. */
	readonly ownerText: string;
}

export interface DeliveryReport {
	readonly action: ReportAction;
	/** The box's name. */
	readonly hostName: string;
	/** Address of the account that sends the report. */
	readonly from: string;
	readonly to: string;
	readonly messageId: string;
	/** A line of dashes in the body that is none of the original's. */
	readonly boundary: string;
	readonly date: Date;
	readonly arrivedAt: Date;
	readonly device: string;
	readonly queueId: string;
	/** RFC 3461 ENVID; null for none. */
	readonly envid: string | null;
	readonly recipients: readonly ReportedRecipient[];
	/** Messages of which no report was sent, because there were so many. */
	readonly withheld: number;
	/** Subject of the original, decoded or not. */
	readonly subject: string;
	/** The original, or its header alone; empty when it cannot be read. */
	readonly original: { readonly bytes: Buffer; readonly isWhole: boolean };
}

const SUBJECTS: Readonly<Record<ReportAction, string>> = {
	failed: "Not delivered",
	delayed: "Still waiting",
	relayed: "Handed to Microsoft 365",
};

const OPENINGS: Readonly<Record<ReportAction, string>> = {
	failed: "could not be delivered to:",
	delayed:
		"has not been delivered yet to the following recipients. Nothing needs to be done: it is tried again, and you are told if it fails:",
	relayed: "was handed to Microsoft 365, which gives no further word, for:",
};

const STATUS: Readonly<Record<ReportAction, string>> = {
	failed: "5.0.0",
	delayed: "4.0.0",
	relayed: "2.0.0",
};

export function buildReport(report: DeliveryReport): Buffer {
	const { boundary, original, action } = report;
	const isUtf8 = report.recipients.some(({ address }) => !isAscii(address));
	const statusType = isUtf8 ? "message/global-delivery-status" : "message/delivery-status";
	const originalType = original.isWhole ? "message/rfc822" : "text/rfc822-headers";
	const is8Bit = !isAscii(original.bytes.toString("latin1"));
	const head = [
		`From: "Postern on ${words(report.hostName)}" <${report.from}>`,
		`To: <${report.to}>`,
		`Subject: ${subjectText(`${SUBJECTS[action]}: ${report.subject}`)}`,
		`Date: ${formatDate(report.date)}`,
		`Message-ID: ${report.messageId}`,
		// RFC 3834: answered by a machine, to be answered by none.
		"Auto-Submitted: auto-replied",
		"MIME-Version: 1.0",
		`Content-Type: multipart/report; report-type=delivery-status;\r\n boundary="${boundary}"`,
		"",
		`--${boundary}`,
		"Content-Type: text/plain; charset=utf-8",
		"Content-Transfer-Encoding: base64",
		"",
		base64(humanText(report)),
		`--${boundary}`,
		`Content-Type: ${statusType}`,
		...(isUtf8 ? ["Content-Transfer-Encoding: 8bit"] : []),
		"",
		...statusLines(report, isUtf8),
		`--${boundary}`,
		`Content-Type: ${originalType}`,
		...(is8Bit ? ["Content-Transfer-Encoding: 8bit"] : []),
		"",
		"",
	].join("\r\n");
	return Buffer.concat([Buffer.from(head), original.bytes, Buffer.from(`\r\n--${boundary}--\r\n`)]);
}

function humanText(report: DeliveryReport): string {
	const { device, queueId, arrivedAt, recipients, action, withheld, subject } = report;
	const what = subject === "" ? "A message" : `The message "${oneLine(subject)}"`;
	const lines = [
		`${what} from ${oneLine(device)} (${formatDate(arrivedAt)}) ${OPENINGS[action]}`,
		"",
		...recipients.flatMap(({ address, reply, ownerText }) => [
			`  ${oneLine(address)}`,
			...(ownerText === "" ? [] : [`    ${oneLine(ownerText)}`]),
			...(reply === "" ? [] : [`    Microsoft 365 said: ${oneLine(reply)}`]),
			"",
		]),
		...(withheld === 0
			? []
			: [
					`${withheld} more messages could not be delivered in the last hour; no report was sent for each. They are in the queue of the box: postern queue list`,
					"",
				]),
		`The box "${oneLine(report.hostName)}" keeps it as ${queueId}.`,
		"",
	];
	return lines.join("\r\n");
}

function statusLines(report: DeliveryReport, isUtf8: boolean): string[] {
	const { hostName, arrivedAt, envid, recipients, action, date } = report;
	const typeOf = (address: string) => (isUtf8 && !isAscii(address) ? "utf-8" : "rfc822");
	return [
		`Reporting-MTA: dns; ${words(hostName)}`,
		...(envid === null ? [] : [`Original-Envelope-Id: ${fieldText(envid)}`]),
		`Arrival-Date: ${formatDate(arrivedAt)}`,
		"",
		...recipients.flatMap(({ address, orcpt, reply }) => [
			...(orcpt === "" ? [] : [`Original-Recipient: ${fieldText(orcpt)}`]),
			`Final-Recipient: ${typeOf(address)}; ${fieldText(address)}`,
			`Action: ${action}`,
			`Status: ${statusIn(reply, action)}`,
			...(reply === "" ? [] : [`Diagnostic-Code: smtp; ${fieldText(reply)}`]),
			`Last-Attempt-Date: ${formatDate(date)}`,
			"",
		]),
	];
}

/** The enhanced code of the reply, if it is of the action's class (RFC 3464 §2.3.4). */
function statusIn(reply: string, action: ReportAction): string {
	const [, code = ""] = /^\d{3}[ -](\d\.\d{1,3}\.\d{1,3})\b/.exec(reply) ?? [];
	return code !== "" && code.startsWith(STATUS[action].charAt(0)) ? code : STATUS[action];
}

/** What Exchange answers can have thousands of characters. */
const LONGEST_FIELD = 600;

function fieldText(text: string): string {
	return foldAt(oneLine(text).slice(0, LONGEST_FIELD));
}

/** Folds at blanks, so that no line is over 78 characters where that can be. */
function foldAt(text: string): string {
	return text.replaceAll(/(.{40,66}) /g, "$1\r\n ");
}

function oneLine(text: string): string {
	return text
		.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ")
		.replaceAll(/ {2,}/g, " ")
		.trim();
}

/** Within quotes or as a domain. */
function words(text: string): string {
	return oneLine(text).replaceAll(/[^\w .-]/g, "?");
}

const LONGEST_SUBJECT = 120;

function subjectText(text: string): string {
	const short = oneLine(text).slice(0, LONGEST_SUBJECT);
	return isAscii(short) ? foldAt(short) : encodeWords(short);
}

function base64(text: string): string {
	return Buffer.from(text)
		.toString("base64")
		.replaceAll(/.{76}(?=.)/g, "$&\r\n");
}

function isAscii(text: string): boolean {
	return /^\p{ASCII}*$/u.test(text);
}
