import { describe, expect, it } from "vitest";
import { deviceSchema } from "../config/record-schemas.ts";
import { toRecord } from "./device-records.ts";
import { DeviceUsage } from "./device-usage.ts";
import type { Device } from "./model.ts";

function device(written: object): Device {
	return toRecord(deviceSchema.parse({ name: "Camera", addresses: ["10.0.0.1"], ...written }), "file").device;
}

function usage() {
	return new DeviceUsage({ now: () => 0, monotonicMs: () => 1_000_000, sleep: () => Promise.resolve() });
}

describe("what a device has sent", () => {
	const camera = device({ rate: "3/h" });

	it("counts from its beginning, and not at all when it was refused", () => {
		const used = usage();
		const expenses = [1, 2, 3].map(() => used.begin(camera));
		expect(used.excess(camera, 0)).toMatchObject({ kind: "rate" });
		for (const expense of expenses) expense.end(undefined);
		expect(used.excess(camera, 0)).toBeUndefined();
		for (const expense of [1, 2, 3].map(() => used.begin(camera))) expense.end(1_000);
		expect(used.excess(camera, 0)).toMatchObject({ kind: "rate" });
	});

	it("is nothing to a device without limits", () => {
		const used = usage();
		const free = device({ name: "Free" });
		for (let sent = 0; sent < 500; sent += 1) used.begin(free).end(1e9);
		expect(used.excess(free, 1e9)).toBeUndefined();
	});
});
