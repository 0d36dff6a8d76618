/** The report a sender finds in the inbox when an address could not be reached (RFC 3464, shortened). */
import { randomUUID } from "node:crypto";
import type { MessageSummary } from "./message.ts";

export function nonDeliveryReport(
	sender: string,
	recipients: readonly string[],
	original: MessageSummary,
	nowMs: number,
): Buffer {
	const boundary = `ndr-${randomUUID()}`;
	const lines = [
		"From: Microsoft Outlook <postmaster@contoso.onmicrosoft.com>",
		`To: <${sender}>`,
		`Subject: Undeliverable: ${original.subject.replaceAll(/[^\x20-\x7e]/g, "?")}`,
		`Date: ${new Date(nowMs).toUTCString().replace("GMT", "+0000")}`,
		`Message-ID: <${randomUUID()}@sandbox.prod.outlook.com>`,
		...(original.messageId === "" ? [] : [`In-Reply-To: ${original.messageId}`]),
		"Auto-Submitted: auto-replied",
		"MIME-Version: 1.0",
		`Content-Type: multipart/report; report-type=delivery-status; boundary="${boundary}"`,
		"",
		`--${boundary}`,
		"Content-Type: text/plain",
		"",
		"Delivery has failed to these recipients or groups:",
		...recipients,
		"",
		`--${boundary}`,
		"Content-Type: message/delivery-status",
		"",
		"Reporting-MTA: dns;sandbox0001.eurprd00.prod.outlook.com",
		...recipients.flatMap((recipient) => [
			"",
			`Final-Recipient: rfc822;${recipient}`,
			"Action: failed",
			"Status: 5.1.10",
			"Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found",
		]),
		"",
		`--${boundary}--`,
		"",
	];
	return Buffer.from(lines.join("\r\n"));
}
