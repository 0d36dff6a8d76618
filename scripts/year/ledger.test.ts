import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { ArrivedMessage } from "../../appliance/sandbox/record.ts";
import { YearLedger } from "./ledger.ts";

const BODY = Buffer.from("Hello\r\n");

function arrival(subject: string, text: string): ArrivedMessage {
	const bytes = Buffer.from(`Subject: ${subject}\r\n${text}`);
	const summary = { subject } as ArrivedMessage["message"]["summary"];
	const sha256 = createHash("sha256").update(bytes).digest("hex");
	return {
		...{ number: 1, atMs: 0, via: "graph", account: "", reversePath: "", recipients: [] },
		message: { summary, sizeBytes: bytes.length, sha256, bytes },
	};
}

describe("the ledger of a year", () => {
	it("calls lost what was answered and did not come, and nothing else", () => {
		const ledger = new YearLedger();
		ledger.answered(ledger.sent(BODY).number, false);
		ledger.answered(ledger.sent(BODY).number, true);
		ledger.sent(BODY);
		expect(ledger.waiting).toBe(1);
		expect(ledger.judge()).toMatchObject({ lost: ["year-1"], denied: 1, unanswered: 1, cameUnanswered: 0 });
	});

	it("sees what comes twice, and what comes damaged, also before its answer", () => {
		const ledger = new YearLedger();
		for (const text of ["\r\nHello\r\n", "\r\nHallo\r\n"]) {
			const { number, subject } = ledger.sent(BODY);
			ledger.arrived(arrival(subject, text));
			ledger.answered(number, false);
			ledger.arrived(arrival(subject, text));
		}
		expect(ledger.judge()).toMatchObject({
			...{ answered: 2, arrived: 2, lost: [], unanswered: 0 },
			...{ twice: ["year-1", "year-2"], damaged: ["year-2"] },
		});
	});

	it("takes a text that Exchange has made an attachment for whole, and another sender's mail for a report", () => {
		const ledger = new YearLedger();
		const { number, subject } = ledger.sent(BODY);
		ledger.answered(number, false);
		ledger.arrived(arrival(subject, "Content-Transfer-Encoding: base64\r\n\r\nSGVsbG8NCg==\r\n"));
		ledger.arrived(arrival("Undelivered", "\r\nHello\r\n"));
		expect(ledger.judge()).toMatchObject({ damaged: [], lost: [], reports: 1 });
	});
});
