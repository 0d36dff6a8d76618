/** Self-service as its owner sees it: who came, who may, and which rule decides. */
import { describe, expect, it } from "vitest";
import { judgeSignUp } from "../../../appliance/accounts/sign-up-rules.ts";
import type { JoinedPerson, Setting } from "../../../appliance/console-services.ts";
import { UserError } from "../../../appliance/errors.ts";
import { testConsole } from "../../testing/fake-console.ts";

const ADA = "ada@contoso.com";
const JOINED: JoinedPerson = {
	address: ADA,
	joinedAt: "2026-11-01T10:00:00.000Z",
	username: ADA,
	device: ADA,
	state: "signed-in",
	isDenied: false,
	lastMailAt: "2026-11-19T10:00:00.000Z",
};

interface Scene {
	readonly joined?: readonly JoinedPerson[];
	readonly allow?: readonly string[];
	readonly deny?: readonly string[];
	readonly isLocked?: boolean;
	readonly refusal?: UserError;
}

function scene({ joined = [JOINED], allow = [], deny = [], isLocked = false, refusal }: Scene = {}) {
	const changes: Readonly<Record<string, unknown>>[] = [];
	const removed: string[] = [];
	const setting = (key: string, value: unknown, type: Setting["type"], locked = false): Setting => ({
		...{ key: `sign_up.${key}`, value, type, isLocked: locked, origin: "console", description: "" },
		...{ choices: [], needsRestart: false },
	});
	const pages = testConsole({
		services: {
			people: { list: () => [] },
			keys: { list: () => [] },
			joining: {
				isOpen: () => true,
				list: async () => joined,
				judge: (address) => judgeSignUp({ allow, deny }, address),
				remove: async (address) => {
					if (!joined.some((one) => one.address === address)) {
						throw new UserError("joined-unknown", `${address} has not signed up here.`);
					}
					removed.push(address);
				},
			},
			settings: {
				list: async () => [
					setting("enabled", true, "switch"),
					setting("allow", allow, "list", isLocked),
					setting("deny", deny, "list"),
					setting("fetch_mail", false, "switch"),
					setting("most_people", 50, "text"),
				],
				change: async (change) => {
					if (refusal !== undefined) throw refusal;
					changes.push(change);
					return { needRestart: [] };
				},
			},
		},
	});
	return { pages, changes, removed };
}

const page = async (response: Response | Promise<Response>) => (await response).text();

describe("who came", () => {
	it("stands under People, with the last mail and what is the matter", async () => {
		const quiet = { ...JOINED, address: "bob@contoso.com", lastMailAt: null };
		const denied = { ...JOINED, address: "eve@contoso.com", isDenied: true, state: "needs-sign-in" } as const;
		const { pages } = scene({ joined: [JOINED, quiet, denied] });
		const shown = await page(pages.get("/people", "owner"));
		for (const text of [
			ADA,
			'datetime="2026-11-19',
			"no mail within a month",
			"denied by a rule",
			"sign in again",
		]) {
			expect(shown).toContain(text);
		}
		expect(await page(scene({ joined: [] }).pages.get("/people", "owner"))).toContain("Nobody has come yet");
	});

	it("is removed after a question", async () => {
		const { pages, removed } = scene();
		const path = `/people/joined/${encodeURIComponent(ADA)}/remove`;
		expect(await page(pages.post(path, {}, "owner"))).toContain(`Remove ${ADA}?`);
		expect(removed).toEqual([]);
		await pages.post(path, { confirmed: "yes" }, "owner");
		expect(removed).toEqual([ADA]);
		expect((await pages.post("/people/joined/x/remove", { confirmed: "yes" }, "owner")).status).toBe(404);
	});

	it("is the owner's to see and to change", async () => {
		const { pages, removed, changes } = scene();
		for (const role of ["viewer", "operator"] as const) {
			expect((await pages.get("/people/sign-up", role)).status).toBe(403);
			expect((await pages.post("/people/sign-up", {}, role)).status).toBe(403);
			const path = `/people/joined/${encodeURIComponent(ADA)}/remove`;
			expect((await pages.post(path, { confirmed: "yes" }, role)).status).toBe(403);
		}
		expect([removed, changes]).toEqual([[], []]);
	});
});

describe("who may", () => {
	it("is saved, a pattern a line, and switched", async () => {
		const { pages, changes } = scene();
		await pages.post(
			"/people/sign-up",
			{
				"sign_up.allow": "*@contoso.com\r\nboss@example.com",
				"sign_up.deny": ADA,
				"sign_up.most_people": "50",
			},
			"owner",
		);
		expect(changes).toEqual([
			{
				"sign_up.enabled": false,
				"sign_up.allow": ["*@contoso.com", "boss@example.com"],
				"sign_up.deny": [ADA],
				"sign_up.fetch_mail": false,
				"sign_up.most_people": 50,
			},
		]);
	});

	it("comes back as it was typed when it cannot be", async () => {
		const { pages } = scene({ refusal: new UserError("setting-invalid", "sign_up.allow: is no pattern.") });
		const answer = await pages.post("/people/sign-up", { "sign_up.allow": "contoso" }, "owner");
		expect(answer.status).toBe(400);
		expect(await answer.text()).toMatch(/is no pattern[\s\S]*contoso<\/textarea>/);
	});

	it("stays where the configuration file says it", async () => {
		const { pages, changes } = scene({ isLocked: true, allow: ["*@contoso.com"] });
		expect(await page(pages.get("/people/sign-up", "owner"))).toContain("change it there");
		await pages.post("/people/sign-up", { "sign_up.most_people": "9" }, "owner");
		expect(changes).toEqual([
			{
				"sign_up.enabled": false,
				"sign_up.deny": [],
				"sign_up.fetch_mail": false,
				"sign_up.most_people": "9",
			},
		]);
	});

	it("says which rule decides on an address", async () => {
		const { pages } = scene({ allow: ["*@contoso.com"], deny: [ADA] });
		const tried = async (address: string) =>
			page(pages.get(`/people/sign-up?try=${encodeURIComponent(address)}`, "owner"));
		expect(await tried(ADA)).toContain(`${ADA} may not: “${ADA}” denies it.`);
		expect(await tried("bob@contoso.com")).toContain("“*@contoso.com” allows it.");
		expect(await tried("bob@example.com")).toContain("no rule allows it");
		expect(await tried("<b>")).toContain("That is no mail address.");
	});

	it("warns where nobody may, and where all the world may", async () => {
		expect(await page(scene().pages.get("/people/sign-up", "owner"))).toContain("nobody may");
		const open = await page(scene({ allow: ["*"] }).pages.get("/people/sign-up", "owner"));
		expect(open).toContain("everybody in the world");
	});
});
