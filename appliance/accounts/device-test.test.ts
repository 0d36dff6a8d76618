import { expect, it } from "vitest";
import type { QueueEntry } from "../services.ts";
import { TESTS } from "../words/tests.ts";
import { stage } from "./device-test.ts";

const ENTRY: QueueEntry = {
	id: "38GNCV2JR0",
	state: "failed",
	device: "Copier",
	account: "alerts@contoso.example",
	sender: "scan@contoso.example",
	recipients: ["boss@example.com"],
	sizeBytes: 1_000,
	receivedAt: "2026-11-26T10:00:00.000Z",
	nextAttemptAt: null,
	attempts: 1,
	lastError: "",
	recipientStates: [{ address: "boss@example.com", state: "pending", reply: "", ownerText: "" }],
	history: [],
	dsn: null,
};

it("does not end a test with a failure whose reason is not on the card yet", () => {
	expect(stage(ENTRY)).toEqual({ text: TESTS.onItsWay });
	const [recipient] = ENTRY.recipientStates;
	const recipientStates = [
		{
			address: recipient?.address ?? "",
			state: "failed",
			reply: "550 5.1.1 Unknown",
			ownerText: "No.",
		} as const,
	];
	expect(stage({ ...ENTRY, recipientStates })).toEqual({
		text: `${TESTS.failed} No. (550 5.1.1 Unknown)`,
		end: false,
	});
});
