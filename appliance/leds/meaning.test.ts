/** The light, for every combination that has a word. */
import { describe, expect, it } from "vitest";
import { type LightFacts, type LightMeaning, lightMeaning } from "./meaning.ts";

const WELL: LightFacts = {
	isClaimed: true,
	isAccepting: true,
	matters: [],
	isSending: false,
	isOffline: false,
	isUpdating: false,
	isReopened: false,
};

describe("the light says", () => {
	it.each<[LightMeaning, Partial<LightFacts>]>([
		["working", {}],
		["sending", { isSending: true }],
		["offline", { isOffline: true, matters: ["account"], isSending: true }],
		["needs-you", { matters: ["needs-sign-in"], isOffline: true }],
		["needs-you", { matters: ["failed"] }],
		["needs-you", { matters: ["paused"] }],
		["setup", { isClaimed: false, matters: ["no-account"] }],
		["working", { isClaimed: false }],
		["setup", { isClaimed: false, isReopened: true }],
		["working", { isReopened: true }],
		["updating", { isUpdating: true, isAccepting: false, matters: ["failed"] }],
		["storage", { isAccepting: false, matters: ["card-full", "failed"], isOffline: true }],
	])("%s when %j", (meaning, facts) => {
		expect(lightMeaning({ ...WELL, ...facts })).toBe(meaning);
	});
});
