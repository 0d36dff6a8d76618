/** The button: presses by their length, the kernel's events cut anywhere, what was seen and what is news; and a real reader. */
import { spawnSync } from "node:child_process";
import { constants } from "node:fs";
import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { SystemClock } from "../clock.ts";
import { silentLog } from "../log.ts";
import { Acknowledged } from "./acknowledged.ts";
import { Button } from "./button.ts";
import { InputEvents } from "./input-events.ts";
import { type Press, Presses } from "./presses.ts";
import { keyEvent } from "./testing-key.ts";

describe("a press", () => {
	it.each<[number, Press | undefined]>([
		[50, "short"],
		[2_000, "short"],
		[2_001, undefined],
		[9_999, undefined],
		[10_000, "long"],
		[60_000, "long"],
	])("of %d ms is %s", (ms, press) => {
		const presses = new Presses();
		presses.down(1_000);
		expect(presses.up(1_000 + ms)).toBe(press);
	});

	it("of ten seconds counts while it is held, and once", () => {
		const presses = new Presses();
		presses.down(0);
		expect(presses.held(9_999)).toBeUndefined();
		expect(presses.held(10_000)).toBe("long");
		expect(presses.up(15_000)).toBeUndefined();
	});

	it("is none that was begun before the box ran", () => {
		expect(new Presses().up(20_000)).toBeUndefined();
		expect(new Presses().held(20_000)).toBeUndefined();
	});
});

describe("the kernel's events", () => {
	it("are put together wherever a read has cut them", () => {
		const bytes = Buffer.concat([keyEvent(1), keyEvent(2), Buffer.alloc(24), keyEvent(0)]);
		for (let cut = 0; cut <= bytes.length; cut += 1) {
			const events = new InputEvents();
			const read = [...events.read(bytes.subarray(0, cut)), ...events.read(bytes.subarray(cut))];
			expect(read).toEqual([
				{ code: 148, isDown: true },
				{ code: 148, isDown: false },
			]);
		}
	});
});

describe("what was seen", () => {
	const failed = (count: number) => ({ kind: "failed", about: "", count });
	const signIn = (about: string) => ({ kind: "needs-sign-in", about, count: 1 });

	it("is news when there is more of it, another of it, or when it comes again", () => {
		const acknowledged = new Acknowledged();
		expect(acknowledged.unseen([failed(2)])).toHaveLength(1);
		acknowledged.see([failed(2), signIn("a@contoso.example")]);
		expect(acknowledged.unseen([failed(2), signIn("a@contoso.example")])).toEqual([]);
		expect(acknowledged.unseen([failed(1), signIn("b@contoso.example")])).toEqual([
			signIn("b@contoso.example"),
		]);
		expect(acknowledged.unseen([failed(2)])).toEqual([failed(2)]);
		acknowledged.see([failed(2)]);
		expect(acknowledged.unseen([])).toEqual([]);
		expect(acknowledged.unseen([failed(1)])).toEqual([failed(1)]);
	});
});

describe("the button", () => {
	it("is none where systemd passes none, or to another process", () => {
		const options = { clock: new SystemClock(), log: silentLog(), onPress: () => undefined };
		expect(Button.open({ ...options, environment: {} })).toBeUndefined();
		const foreign = { LISTEN_PID: "1", LISTEN_FDNAMES: "postern-button" };
		expect(Button.open({ ...options, environment: foreign })).toBeUndefined();
	});

	it("tells its presses from the descriptor that has its name", async () => {
		const folder = await mkdtemp(path.join(tmpdir(), "postern-button-"));
		spawnSync("mkfifo", [path.join(folder, "event0")]);
		const writer = await open(path.join(folder, "event0"), constants.O_RDWR);
		const reader = await open(path.join(folder, "event0"), constants.O_RDONLY);
		const names = [...Array.from({ length: reader.fd - 3 }, () => "postern-smtp.socket"), "postern-button"];
		const pressed: Press[] = [];
		const button = Button.open({
			environment: { LISTEN_PID: `${process.pid}`, LISTEN_FDNAMES: names.join(":") },
			clock: new SystemClock(),
			log: silentLog(),
			onPress: (press) => pressed.push(press),
		});
		try {
			await writer.write(Buffer.concat([keyEvent(1), keyEvent(0)]));
			await expect.poll(() => pressed, { timeout: 5_000 }).toEqual(["short"]);
		} finally {
			button?.stop();
			await Promise.all([reader.close(), writer.close()]);
			await rm(folder, { recursive: true });
		}
	});
});
