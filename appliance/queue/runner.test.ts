import { describe, expect, it } from "vitest";
import { reply } from "../mail/reply.ts";
import { eventually, openCardQueue, outcomesOf, stateDir, unreachable } from "./testing/card-queue.ts";
import type { Attempt, AttemptReport } from "./transport.ts";

/** The look for a message in doubt could not be made either. */
function doubtful(attempt: Attempt): Pick<AttemptReport, "outcomes"> {
	return attempt.maybeSent ? outcomesOf(attempt, "unknown") : outcomesOf(attempt, "deferred");
}

describe("the queue", () => {
	it("delivers a message with its bytes and forgets it but for a line of history", async () => {
		const bodies: string[] = [];
		const { accept, desk, stop } = await openCardQueue(stateDir(), async (attempt) => {
			const chunks: Buffer[] = [];
			for await (const chunk of attempt.openBody()) chunks.push(chunk);
			bodies.push(Buffer.concat(chunks).toString());
			return outcomesOf(attempt, "delivered");
		});
		const id = await accept("Subject: hello\r\n\r\nworld\r\n");
		await eventually(async () => (await desk.show(id)).state === "delivered");
		expect(bodies).toEqual(["Subject: hello\r\n\r\nworld\r\n"]);
		expect(await desk.list()).toEqual([]);
		expect((await desk.show(id)).recipientStates).toEqual([
			{ address: "to@example.com", state: "delivered", reply: "250 2.0.0 ok", ownerText: "" },
		]);
		await stop();
	});

	it("keeps a device's messages in order and lets devices overtake each other", async () => {
		const arrived: string[] = [];
		const { accept, stop } = await openCardQueue(stateDir(), async (attempt) => {
			for await (const chunk of attempt.openBody()) arrived.push(`${attempt.device} ${chunk}`);
			return outcomesOf(attempt, "delivered");
		});
		const all: Promise<string>[] = [];
		for (let number = 0; number < 60; number += 1)
			all.push(accept(`${number}`, { device: `device-${number % 3}` }));
		await Promise.all(all);
		await eventually(() => arrived.length === 60);
		for (const device of ["device-0", "device-1", "device-2"]) {
			const numbers = arrived
				.filter((line) => line.startsWith(device))
				.map((line) => Number(line.split(" ")[1]));
			expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
		}
		await stop();
	});

	it("delivers to two of three recipients and keeps the third as failed, with its reason", async () => {
		const { accept, desk, stop } = await openCardQueue(stateDir(), (attempt) => {
			const report = outcomesOf(attempt, "delivered");
			return {
				...report,
				outcomes: report.outcomes.map((outcome) =>
					outcome.recipient === "no@example.com"
						? {
								...outcome,
								outcome: "failed",
								reply: reply(550, "5.1.1", "unknown"),
								ownerText: "No such mailbox.",
							}
						: outcome,
				),
			};
		});
		const id = await accept("x", { recipients: ["one@example.com", "no@example.com", "two@example.com"] });
		await eventually(async () => (await desk.show(id)).state === "failed");
		const { recipientStates, lastError } = await desk.show(id);
		expect(recipientStates.map(({ state }) => state)).toEqual(["delivered", "failed", "delivered"]);
		expect(recipientStates[1]).toMatchObject({ reply: "550 5.1.1 unknown", ownerText: "No such mailbox." });
		expect(lastError).toBe("No such mailbox.");
		await stop();
	});

	it("tries only the recipients that are still pending", async () => {
		const { accept, desk, seen, stop } = await openCardQueue(stateDir(), (attempt) => {
			if (attempt.number > 1) return outcomesOf(attempt, "delivered");
			const report = outcomesOf(attempt, "delivered");
			const [first, ...rest] = report.outcomes;
			return { ...report, outcomes: first === undefined ? [] : [{ ...first, outcome: "deferred" }, ...rest] };
		});
		const id = await accept("x", { recipients: ["slow@example.com", "fast@example.com"] });
		await eventually(async () => (await desk.show(id)).state === "delivered");
		expect(seen.map(({ recipients }) => recipients)).toEqual([
			["slow@example.com", "fast@example.com"],
			["slow@example.com"],
		]);
		await stop();
	});

	it("sends one probe while the link is dead, touches no message, and drains when it returns", async () => {
		let dead = true;
		const { accept, desk, seen, stop } = await openCardQueue(stateDir(), (attempt) =>
			dead ? unreachable(attempt) : outcomesOf(attempt, "delivered"),
		);
		for (let number = 0; number < 20; number += 1) await accept(`${number}`);
		await eventually(() => seen.length >= 2);
		expect(new Set(seen.map(({ queueId }) => queueId)).size).toBe(1);
		const rows = await desk.list();
		expect(rows).toHaveLength(20);
		expect(rows.every(({ lastError, attempts }) => lastError === "No internet." && attempts === 0)).toBe(
			true,
		);
		dead = false;
		await eventually(async () => (await desk.list()).length === 0);
		await stop();
	});

	it("fails a message that could not be delivered in the time its owner set", async () => {
		const { accept, desk, stop } = await openCardQueue(
			stateDir(),
			(attempt) => outcomesOf(attempt, "deferred"),
			{ retryMs: [1, 60_000], expireAfterMs: 60_000 },
		);
		const id = await accept("x");
		await eventually(async () => (await desk.show(id)).state === "failed");
		expect((await desk.show(id)).recipientStates[0]?.ownerText).toMatch(/^Given up/);
		await stop();
	});

	it("takes the owner's hold, release and delete", async () => {
		const { accept, desk, seen, stop } = await openCardQueue(
			stateDir(),
			(attempt) => outcomesOf(attempt, "deferred"),
			{ retryMs: [3_600_000] },
		);
		const id = await accept("x");
		await eventually(async () => (await desk.show(id)).state === "deferred");
		expect(await desk.act("hold", [id])).toEqual({ changed: 1 });
		expect((await desk.list()).map(({ state }) => state)).toEqual(["held"]);
		const before = seen.length;
		expect(await desk.act("release", "all")).toEqual({ changed: 1 });
		await eventually(() => seen.length > before);
		await eventually(async () => (await desk.show(id)).state === "deferred");
		await expect(desk.act("release", [id])).rejects.toThrow(/it is deferred/);
		expect(await desk.act("delete", [id])).toEqual({ changed: 1 });
		expect((await desk.show(id)).state).toBe("deleted");
		await expect(desk.act("delete", ["NOSUCHID"])).rejects.toThrow(/no message NOSUCHID/);
		await stop();
	});
});

describe("after the process was killed", () => {
	it("a message that was not yet under way is sent without doubt, one that was is looked up first", async () => {
		const folder = stateDir();
		let entered = 0;
		const first = await openCardQueue(folder, (attempt) => {
			entered += 1;
			return entered === 1 ? new Promise<AttemptReport>(() => undefined) : outcomesOf(attempt, "delivered");
		});
		const cutOff = await first.accept("under way");
		const waiting = await first.accept("behind it");
		await eventually(() => entered === 1);
		await first.kill();
		const second = await openCardQueue(folder, (attempt) => outcomesOf(attempt, "delivered"));
		await eventually(() => second.seen.length === 2);
		expect(second.seen.map(({ queueId, maybeSent }) => [queueId, maybeSent])).toEqual([
			[cutOff, true],
			[waiting, false],
		]);
		await second.stop();
	});

	it("a doubt outlives further restarts before the message could be looked up", async () => {
		const folder = stateDir();
		const first = await openCardQueue(folder, () => new Promise<AttemptReport>(() => undefined));
		await first.accept("under way");
		await eventually(() => first.seen.length === 1);
		await first.kill();
		// The link is dead at the next start, and the box is stopped again, in good order.
		const second = await openCardQueue(folder, (attempt) => ({
			...unreachable(attempt),
			...doubtful(attempt),
		}));
		await eventually(() => second.seen.length >= 2);
		expect((await second.desk.list()).map(({ attempts, state }) => [attempts, state])).toEqual([
			[0, "incoming"],
		]);
		await second.stop();
		const third = await openCardQueue(folder, (attempt) => outcomesOf(attempt, "delivered"));
		await eventually(() => third.seen.length === 1);
		expect(third.seen[0]?.maybeSent).toBe(true);
		await third.stop();
	});

	it("a message that was delivered but not settled on the card is not sent again", async () => {
		const folder = stateDir();
		const first = await openCardQueue(folder, (attempt) => outcomesOf(attempt, "delivered"));
		const id = await first.accept("x");
		await eventually(() => first.seen.length === 1);
		// The outcome is in the journal at once; the card has it up to 200 ms later.
		await first.kill();
		const second = await openCardQueue(folder, (attempt) => outcomesOf(attempt, "delivered"));
		expect((await second.desk.show(id)).state).toBe("delivered");
		expect(second.seen).toEqual([]);
		await second.stop();
	});

	it("a large body's file is there, and a file that no message names is removed", async () => {
		const folder = stateDir();
		const text = "0123456789abcdef".repeat(10_000);
		const first = await openCardQueue(folder, unreachable);
		const id = await first.accept(text);
		await first.kill();
		const second = await openCardQueue(folder, async (attempt) => {
			let sizeBytes = 0;
			for await (const chunk of attempt.openBody()) sizeBytes += chunk.length;
			expect(sizeBytes).toBe(text.length);
			return outcomesOf(attempt, "delivered");
		});
		await eventually(async () => (await second.desk.show(id)).state === "delivered");
		await second.stop();
	});
});
