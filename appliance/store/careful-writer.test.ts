import { describe, expect, it } from "vitest";
import { refusedMessages } from "./careful-writer.ts";
import type { Announce, Enqueue, Write } from "./operations.ts";

const message = (id: number): Enqueue => ({ type: "enqueue", message: { id } }) as Enqueue;
const bounce = (id: number): Announce => ({ type: "announce", id: 1, document: "{}", bounce: message(id) });
const settled: Write = { type: "lease", ids: [9] };

describe("a card that fails amid a group", () => {
	const failed = { code: "SQLITE_IOERR_FSYNC", text: "" };

	it("takes out nothing that was answered 250 when the group was tried again write by write", () => {
		const full = { code: "SQLITE_FULL", text: "" };
		const fates = [{ changes: 1 }, full, failed, failed, failed];
		expect(refusedMessages([message(1), message(2), message(3), bounce(4), settled], fates)).toEqual([3, 4]);
	});

	it("takes out all of a group whose flush failed", () => {
		expect(refusedMessages([message(1), settled, message(2)], [failed, failed, failed])).toEqual([1, 2]);
	});
});
