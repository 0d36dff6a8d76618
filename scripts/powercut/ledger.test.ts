/** The judge itself: it must see each way in which a promise can be broken, and none where none is. */
import { describe, expect, it } from "vitest";
import type { ArrivedMessage } from "../../appliance/sandbox/record.ts";
import { Ledger } from "./ledger.ts";

const message = (token: string, body: string) => Buffer.from(`Subject: ${token}\r\n\r\n${body}\r\n`);

function arrival(token: string, body: string): ArrivedMessage {
	const bytes = message(token, body);
	const summary = { subject: token } as ArrivedMessage["message"]["summary"];
	return {
		...{ number: 1, atMs: 0, via: "graph", account: "", reversePath: "", recipients: [] },
		message: { summary, sizeBytes: bytes.length, sha256: "", bytes },
	};
}

const at = (reached: number) => ({ flushed: reached, kept: [], reached });

function ledgerOf(): Ledger {
	const ledger = new Ledger();
	ledger.sent("a", message("a", "hello"));
	ledger.acknowledged("a", 10);
	return ledger;
}

const NOTHING_WRONG = { lost: [], damaged: [], duplicated: [] };

describe("a message answered 250", () => {
	it("is looked for from its 250 on", () => {
		expect(ledgerOf().judge(at(9), [], [])).toEqual({ checked: 0, ...NOTHING_WRONG });
		expect(ledgerOf().judge(at(10), [], [])).toEqual({ ...NOTHING_WRONG, checked: 1, lost: ["a"] });
		expect(ledgerOf().judge(at(10), [], [arrival("a", "hello")])).toEqual({ checked: 1, ...NOTHING_WRONG });
	});

	it("that arrives changed is damaged, with a 250 or without", () => {
		expect(ledgerOf().judge(at(9), [], [arrival("a", "hell")]).damaged).toEqual(["a"]);
	});

	it("that Microsoft had before the cut and has again after it is there twice", () => {
		const ledger = ledgerOf();
		ledger.arrived(arrival("a", "hello"), 12);
		const before = ledger.arrivalsBefore(at(13), false);
		expect(ledger.judge(at(13), before, []).duplicated).toEqual([]);
		expect(ledger.judge(at(13), before, [arrival("a", "hello")]).duplicated).toEqual(["a"]);
	});

	it("may have arrived or not when the power was cut at that very write", () => {
		const ledger = ledgerOf();
		ledger.arrived(arrival("a", "hello"), 12);
		expect([true, false].map((isLate) => ledger.arrivalsBefore(at(12), isLate).length)).toEqual([1, 0]);
		expect(ledger.arrivalsBefore(at(11), true)).toEqual([]);
	});
});
