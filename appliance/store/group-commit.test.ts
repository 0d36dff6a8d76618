import { describe, expect, it } from "vitest";
import { type CommitAnswer, GroupCommit } from "./group-commit.ts";
import type { Enqueue, Write } from "./operations.ts";

/** A writer whose commits end when the test says so. */
function slowWriter() {
	const clock = { nowMs: 0 };
	const groups: Write[][] = [];
	const ends: ((answer: CommitAnswer) => void)[] = [];
	const commits = new GroupCommit(
		(writes) => {
			groups.push([...writes]);
			return new Promise((resolve) => ends.push(resolve));
		},
		() => clock.nowMs,
	);
	const finish = async (tookMs = 0.1) => {
		clock.nowMs += tookMs;
		ends.shift()?.({ fates: groups.at(-1)?.map(() => ({ changes: 1 })) ?? [], tookMs });
		await new Promise((resolve) => setImmediate(resolve));
	};
	return { commits, groups, finish };
}

const rider: Write = { type: "unlease", ids: [1] };
const lease: Write = { type: "lease", ids: [1] };
const message = (id: number): Enqueue => ({ type: "enqueue", message: { id } }) as Enqueue;

function arrives(commits: GroupCommit, id: number): Promise<unknown> {
	commits.messageBegins();
	const done = commits.submit(message(id), "urgent");
	commits.messageEnds();
	return done;
}

describe("group commit", () => {
	it("lets everything that arrived during a flush share the next one", async () => {
		const { commits, groups, finish } = slowWriter();
		const all = [1, 2, 3, 4].map((id) => arrives(commits, id));
		expect(groups.map((group) => group.length)).toEqual([1]);
		await finish();
		expect(groups.map((group) => group.length)).toEqual([1, 3]);
		await finish();
		await Promise.all(all);
	});

	it("makes a lone device wait for nobody", async () => {
		const { commits, groups, finish } = slowWriter();
		for (const id of [1, 2, 3]) {
			const done = arrives(commits, id);
			expect(groups).toHaveLength(id);
			await finish(20);
			await done;
		}
	});

	it("waits for messages that are about to end when a flush is slow, so that they share it", async () => {
		const { commits, groups, finish } = slowWriter();
		const first = arrives(commits, 1);
		await finish(50);
		await first;
		// Two devices begin; the first one's end alone does not make the group go.
		commits.messageBegins();
		commits.messageBegins();
		const second = commits.submit(message(2), "urgent");
		commits.messageEnds();
		expect(groups).toHaveLength(1);
		const third = commits.submit(message(3), "urgent");
		commits.messageEnds();
		expect(groups.map((group) => group.length)).toEqual([1, 2]);
		await finish(50);
		await Promise.all([second, third]);
	});

	it("lets a quick flush go with some of the messages while others are received", async () => {
		const { commits, groups, finish } = slowWriter();
		const first = arrives(commits, 1);
		await finish();
		await first;
		for (let begun = 0; begun < 10; begun += 1) commits.messageBegins();
		const ended = [2, 3, 4, 5].map((id) => {
			const done = commits.submit(message(id), "urgent");
			commits.messageEnds();
			return done;
		});
		expect(groups.map((group) => group.length)).toEqual([1, 4]);
		await finish();
		await Promise.all(ended);
	});

	it("does not wait for ever for a device that stalls in mid-message", async () => {
		const { commits, groups, finish } = slowWriter();
		const first = arrives(commits, 1);
		await finish(50);
		await first;
		commits.messageBegins();
		const second = arrives(commits, 2);
		while (groups.length < 2) await new Promise((resolve) => setTimeout(resolve, 1));
		await finish(50);
		await second;
	});

	it("gives a lease no flush of its own while a lone device goes on, also where a flush takes longer than the device", async () => {
		const { commits, groups, finish } = slowWriter();
		const leases: Promise<unknown>[] = [];
		for (const id of [1, 2, 3]) {
			const done = arrives(commits, id);
			leases.push(commits.submit(lease, "soon"));
			await finish(30);
			await done;
		}
		expect(groups.map((group) => group.map(({ type }) => type))).toEqual([
			["enqueue"],
			["lease", "enqueue"],
			["lease", "enqueue"],
		]);
		const drained = commits.drain();
		await finish();
		await Promise.all([...leases, drained]);
	});

	it("sends riders along with the next message, and does not let them go before it", async () => {
		const { commits, groups, finish } = slowWriter();
		const settled = commits.submit(rider, "rider");
		expect(groups).toHaveLength(0);
		const accepted = arrives(commits, 1);
		expect(groups.map((group) => group.map(({ type }) => type))).toEqual([["unlease", "enqueue"]]);
		await finish();
		await Promise.all([settled, accepted]);
	});
});
