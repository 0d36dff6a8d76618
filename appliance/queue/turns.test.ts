import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Turns } from "./turns.ts";

interface Lane {
	credit: number;
	busy: boolean;
	readonly name: string;
	readonly sizeBytes: number;
	/** Messages that wait; undefined for no end of them. */
	left: number;
	readonly urgent: boolean;
	sentBytes: number;
	sent: number;
}

function lane(name: string, sizeBytes: number, left = Number.POSITIVE_INFINITY, urgent = false): Lane {
	return { credit: 0, busy: false, name, sizeBytes, left, urgent, sentBytes: 0, sent: 0 };
}

/** Sends `messages`, one at a time; says whose they were. */
function send(lanes: readonly Lane[], messages: number, turns = turnsOf(lanes)): string[] {
	const names: string[] = [];
	for (let sent = 0; sent < messages; sent += 1) {
		const chosen = turns.next(
			({ left }) => left > 0,
			({ urgent }) => urgent,
		);
		if (chosen === undefined) break;
		turns.take(chosen, chosen.urgent);
		chosen.left -= 1;
		chosen.sent += 1;
		chosen.sentBytes += chosen.sizeBytes;
		turns.charge(chosen, chosen.sizeBytes);
		names.push(chosen.name);
	}
	return names;
}

function turnsOf(lanes: readonly Lane[]): Turns<Lane> {
	const turns = new Turns<Lane>();
	for (const each of lanes) turns.add(each);
	return turns;
}

describe("devices of one account", () => {
	it("share what is sent and not how often they are asked", () => {
		const camera = lane("camera", 1_000_000);
		const copier = lane("copier", 250_000);
		send([camera, copier], 500);
		expect(copier.sent / camera.sent).toBeGreaterThan(3.5);
		expect(copier.sent / camera.sent).toBeLessThan(4.5);
	});

	it("a PLC's few alarms go at once, whatever a camera has queued", () => {
		const camera = lane("camera", 2_000_000, 5_000);
		const plc = lane("PLC", 2_000, 3);
		const names = send([camera, plc], 20);
		expect(names.slice(0, 5).filter((name) => name === "PLC")).toHaveLength(3);
	});

	it("a lone one never waits for its debts", () => {
		expect(send([lane("camera", 50_000_000, 100)], 200)).toHaveLength(100);
	});

	it("an urgent one goes first, and a flood of its alarms leaves the others every tenth turn", () => {
		const names = send([lane("camera", 2_000), lane("PLC", 2_000, undefined, true)], 100);
		expect(names.slice(0, 9)).toEqual(Array(9).fill("PLC"));
		expect(names.filter((name) => name === "camera")).toHaveLength(10);
	});

	it("get shares within a bound of each other, and every one gets its turn", () => {
		const sizes = fc.array(fc.integer({ min: 100, max: 3_000_000 }), { minLength: 2, maxLength: 12 });
		void fc.assert(
			fc.property(sizes, (sizesBytes) => {
				const lanes = sizesBytes.map((sizeBytes, index) => lane(String(index), sizeBytes));
				const turns = turnsOf(lanes);
				send(lanes, 2_000, turns);
				const cost = ({ sent, sentBytes }: Lane) => sentBytes + sent * 8_192;
				const costs = lanes.map(cost);
				// One message more, and the share of a round.
				const slack = Math.max(...sizesBytes) + 8_192 + 2 * 65_536;
				expect(Math.max(...costs) - Math.min(...costs)).toBeLessThanOrEqual(2 * slack);
				expect(lanes.every(({ sent }) => sent > 0)).toBe(true);
			}),
			{ numRuns: 50 },
		);
	});
});
