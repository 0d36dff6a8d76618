/** What the console costs over the air: every page with all that it brings along, on the real program. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { livedInHouse, OWNER_PASSWORD, pagesOf } from "./console-tour.ts";
import { ConsoleVisitor } from "./console-visitor.ts";
import { CountedRequests } from "./counted-requests.ts";
import type { House } from "./house.ts";

/** Of a first visit, compressed, style sheet, script and icons included. */
const MOST_BYTES = 60_000;

let house: House;
let stranger: CountedRequests;
let owner: CountedRequests;
beforeAll(async () => {
	house = await livedInHouse();
	const [port, visitor] = [house.port("console"), new ConsoleVisitor(house)];
	stranger = new CountedRequests(port);
	await visitor.claim(OWNER_PASSWORD);
	owner = new CountedRequests(port, visitor.cookies);
});
afterAll(async () => {
	for (const requests of [stranger, owner]) requests[Symbol.dispose]();
	await house.close();
});

describe("the console over a slow network", () => {
	it("weighs at most 60 kB a page, on the first visit", async () => {
		const weights = new Map([["/sign-in", await stranger.firstVisitBytes("/sign-in")]]);
		for (const path of await pagesOf(house)) weights.set(path, await owner.firstVisitBytes(path));
		expect([...weights].filter(([, bytes]) => bytes > MOST_BYTES)).toEqual([]);
		// A page alone is some kilobytes: what it refers to was found, and counted.
		const { wireBytes } = await owner.ask("/");
		expect(weights.get("/")).toBeGreaterThan(wireBytes + 5_000);
	});

	it("brings style sheet, script and icon along once: a browser may keep them for good", async () => {
		const page = (await owner.ask("/mail")).text();
		const files = new Set([...page.matchAll(/"(\/assets\/[^"]+)"/g)].map(([, path = ""]) => path));
		expect(files.size).toBeGreaterThan(1);
		for (const path of files) {
			const { status, headers } = await stranger.ask(path);
			expect(status).toBe(200);
			expect(headers["cache-control"]).toBe("public, max-age=31536000, immutable");
			expect(headers["content-encoding"]).toBe("gzip");
		}
	});
});
