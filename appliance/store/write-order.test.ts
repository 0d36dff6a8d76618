import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Enqueue, Write } from "./operations.ts";
import { inWritingOrder } from "./write-order.ts";

function enqueue(id: number): Enqueue {
	return {
		type: "enqueue",
		message: {
			...{ id, device: "Copier", account: "a@contoso.com", reversePath: "scan@example.com", subject: "" },
			...{ smtpUtf8: false, sizeBytes: 1, inFile: false, receivedAtMs: 0, state: "incoming", dueAtMs: 0 },
			...{ attempts: 0, maybeSent: false, lastError: "" },
		},
		...{ recipients: ["to@example.com"], body: null, dsn: null, digest: null },
	};
}

const ids = fc.integer({ min: 1, max: 12 });
const writes = fc.array(
	fc.oneof(
		{ weight: 3, arbitrary: ids.map<Write>((id) => enqueue(id)) },
		{
			weight: 3,
			arbitrary: ids.map<Write>((id) => ({
				...{ type: "finish", id, finishedAtMs: 0, outcome: "delivered", document: "{}" },
			})),
		},
		ids.map<Write>((id) => ({ type: "note-progress", id, document: "{}" })),
		fc.array(ids, { maxLength: 4 }).map<Write>((many) => ({ type: "lease", ids: many })),
		fc.tuple(ids, ids).map<Write>(([id, bounce]) => ({
			...{ type: "announce", id, document: "{}", bounce: enqueue(bounce) },
		})),
		fc.string().map<Write>((key) => ({ type: "put-document", kind: "mark", key, value: "1" })),
	),
	{ maxLength: 14 },
);

function about(write: Write): readonly number[] {
	if (write.type === "enqueue") return [write.message.id];
	if (write.type === "announce") return [write.id, write.bounce?.message.id ?? write.id];
	if (write.type === "lease") return write.ids;
	return "id" in write ? [write.id] : [];
}

describe("the order in which a group is written", () => {
	it("has each write once, and never turns two writes about one message or two documents round", () => {
		fc.assert(
			fc.property(writes, (group) => {
				const ordered = inWritingOrder(group);
				expect(ordered.map(([place]) => place).toSorted((a, b) => a - b)).toEqual([...group.keys()]);
				for (const [place, write] of ordered) expect(group[place]).toBe(write);
				const isTied = (a: Write, b: Write) =>
					(a.type === "put-document" && b.type === "put-document") ||
					about(a).some((id) => about(b).includes(id));
				for (const [at, [place, write]] of ordered.entries()) {
					const later = ordered.slice(at + 1).filter(([, other]) => isTied(write, other));
					for (const [laterPlace] of later) expect(laterPlace).toBeGreaterThan(place);
				}
			}),
			{ numRuns: 500 },
		);
	});

	it("lets what leaves go first, what comes last, each by its id", () => {
		const group: Write[] = [
			enqueue(9),
			{ type: "finish", id: 5, finishedAtMs: 0, outcome: "delivered", document: "{}" },
			enqueue(8),
			{ type: "lease", ids: [7] },
			{ type: "finish", id: 3, finishedAtMs: 0, outcome: "delivered", document: "{}" },
		];
		expect(inWritingOrder(group).map(([place]) => place)).toEqual([4, 1, 3, 2, 0]);
	});
});
