/** The page of updates: what each state shows, who may, and a file that is read as it comes. */
import { describe, expect, it } from "vitest";
import type { UpdateState } from "../../../appliance/services.ts";
import { makeToken, TOKEN_FIELD } from "../../form-tokens.ts";
import { sessionOf, testConsole } from "../../testing/fake-console.ts";
import { UPDATE } from "../../testing/samples.ts";

const LAST = { at: "2026-11-20T10:00:00.000Z", from: "0.1.0", to: "0.2.0", isSeen: false };

const page = async (state: Partial<UpdateState>) => {
	const pages = testConsole({
		services: { updates: { state: () => Promise.resolve({ ...UPDATE, ...state }) } },
	});
	return (await pages.get("/system/update", "owner")).text();
};

describe("the page of updates", () => {
	it("offers a form for a file, and a way back where there is one", async () => {
		expect(await page({})).toContain("Send and install");
		expect(await page({})).not.toContain("Go back");
		expect(await page({ before: "0.0.9" })).toContain("Start again with Postern 0.0.9");
	});

	it("has neither where the system updates Postern, and says whose it is", async () => {
		const text = await page({ keeper: "host", slot: null, builtAt: null });
		expect(text).toContain("updated by the system that it runs on");
		expect(text).not.toContain("Send and install");
	});

	it("shows how far it is, and the restart", async () => {
		const progress = { percent: 40, text: "Writing it to the other half of the card" };
		const installing = await page({ phase: "installing", progress });
		expect(installing).toContain("other half of the card (40 %)");
		expect(installing).toContain("Leave the box on");
		expect(await page({ phase: "installed" })).toContain("The box starts again");
	});

	it("says that one was given up until its owner has seen it", async () => {
		const last = { ...LAST, fate: "rolled-back" } as const;
		expect(await page({ last })).toContain("Understood");
		expect(await page({ last: { ...last, isSeen: true } })).not.toContain("Understood");
	});

	it("counts unexpected ends", async () => {
		const crashes = { total: 9, lastDay: 2, reboots: 1, lastAt: LAST.at, lastResult: "watchdog" };
		const text = await page({ crashes });
		expect(text).toMatch(/9, of them 2 in the last day[\s\S]*watchdog[\s\S]*once/);
	});
});

describe("a file", () => {
	it("is not read when whoever sends it may not install", async () => {
		let received = 0;
		const pages = testConsole({
			services: {
				updates: {
					state: () => Promise.resolve(UPDATE),
					async receive() {
						received += 1;
						return { sizeBytes: 1 };
					},
				},
			},
		});
		for (const [role, token] of [
			["viewer", makeToken(sessionOf("viewer").csrfKey)],
			["operator", makeToken(sessionOf("operator").csrfKey)],
			["owner", "wrong"],
		] as const) {
			const body = new FormData();
			body.append("file", new Blob(["hsqs"]), "postern.raucb");
			const answer = await pages.app.request(`/system/update?${TOKEN_FIELD}=${token}`, {
				method: "POST",
				body,
				headers: { Host: "postern.local", Cookie: `postern=${role}` },
			});
			expect(answer.status, role).toBeGreaterThanOrEqual(400);
		}
		expect(received).toBe(0);
	});
});
