/**
 * `/api/v1/devices/{name}` (PATCH), its `/rules`, `/name` and `/password`: changes to a saved device. Keys and values are
 * those of the configuration file; what a rule may be is the appliance's to say.
 */
import * as z from "zod";
import type { Services } from "../../appliance/services.ts";
import { json } from "../answer-shapes.ts";
import { routesOver } from "../api-route.ts";
import type { Described } from "../api-schema.ts";
import { given } from "../given.ts";
import { NAME, SWITCHES } from "./device-input.ts";
import { DEVICE_RULES } from "./device-shapes.ts";

const PATTERNS = z.array(z.string().min(1).max(320)).max(1000);
const text = (most: number) => z.string().min(1).max(most).nullable().optional();

const RULES_INPUT = z
	.strictObject({
		addresses: z.array(z.string().min(1).max(64)).max(1000).optional(),
		username: text(100),
		account: text(320),
		kind: text(100),
		from: z.union([z.enum(["keep", "force"]), PATTERNS]).optional(),
		recipients: PATTERNS.optional(),
		rate: text(40),
		quota: text(40),
		coalesce: text(40),
		urgent: z.boolean().optional(),
		newest_first: z.boolean().optional(),
		drop_repeats: z.boolean().optional(),
		...SWITCHES.shape,
		switches: SWITCHES.optional(),
	})
	.describe("Absent: as it is. Null: back to the default. Switches stand here or under `switches`.");

const NAME_INPUT = z.strictObject({ name: NAME });

type RuleServices = Pick<Services, "deviceRules">;
const route = routesOver<RuleServices>();

export const DEVICE_RULE_ROUTES = [
	route({
		...{ method: "get", path: "/devices/{name}/rules", scope: "read" },
		summary: "The rules of a device.",
		answer: json(DEVICE_RULES),
		handle: ({ services, params }) => rulesOf(services, params.name),
	}),
	route({
		...{ method: "patch", path: "/devices/{name}", scope: "devices" },
		summary: "Changes rules of a device that is not in the configuration file.",
		input: RULES_INPUT,
		answer: json(DEVICE_RULES),
		async handle({ services, params: { name }, input: { switches, ...input } }) {
			await services.deviceRules.change(name, {
				...given(input),
				...(switches && { switches: given(switches) }),
			});
			return rulesOf(services, name);
		},
	}),
	route({
		...{ method: "post", path: "/devices/{name}/name", scope: "devices" },
		summary: "Gives a device another name. Its mail in queue and history keeps the old one.",
		input: NAME_INPUT,
		answer: json(z.strictObject({ name: z.string() })),
		async handle({ services, params, input: { name } }) {
			await services.deviceRules.rename(params.name, name);
			return { name };
		},
	}),
	route({
		...{ method: "post", path: "/devices/{name}/password", scope: "devices" },
		summary: "Makes a new password for a device, which is told here and never again.",
		answer: json(z.strictObject({ password: z.string() })),
		async handle({ services, params }) {
			const password = await services.deviceRules.newPassword(params.name);
			return { password: password.reveal() };
		},
	}),
];

/** The service gives them by the keys of the file, and knows which there are. */
async function rulesOf({ deviceRules }: RuleServices, name: string) {
	return (await deviceRules.rules(name)) as Described<typeof DEVICE_RULES>;
}
