/** `/api/v1/joined…`: who came by self-service, and what its rules say. The rules themselves are settings (`sign_up.…`). */
import * as z from "zod";
import type { ConsoleServices } from "../../appliance/console-services.ts";
import { json } from "../answer-shapes.ts";
import { routesOver } from "../api-route.ts";
import { named, TIME } from "../api-schema.ts";

const JOINED_PERSON = named(
	"JoinedPerson",
	z.strictObject({
		address: z.string(),
		joinedAt: TIME.nullable().describe("null: the account is gone, and the login is left."),
		username: z.string().describe("Of the login; empty: an owner has removed that."),
		device: z.string(),
		state: z.enum(["signed-in", "needs-sign-in", "signing-in"]),
		isDenied: z.boolean().describe("A deny rule has come to fit: the login is refused."),
		lastMailAt: TIME.nullable().describe("To the minute, the hour or the day; null: none within 31 days."),
	}),
);
const JUDGEMENT = named(
	"SignUpJudgement",
	z.strictObject({
		may: z.boolean(),
		by: z.enum(["deny", "allow", "no-rule", "no-address"]),
		rule: z.string().describe("The pattern that decides; empty where none does."),
	}),
);

type JoinedServices = Pick<ConsoleServices, "joining">;
const route = routesOver<JoinedServices>();

export const JOINED_ROUTES = [
	route({
		...{ method: "get", path: "/joined", scope: "people" },
		summary: "Who came by self-service.",
		answer: json(z.array(JOINED_PERSON)),
		handle: ({ services }) => services.joining.list(),
	}),
	route({
		...{ method: "get", path: "/joined/{address}/judgement", scope: "people" },
		summary: "Which rule of self-service decides on an address, whether it is switched on or not.",
		answer: json(JUDGEMENT),
		handle: ({ services, params: { address } }) => services.joining.judge(address),
	}),
	route({
		...{ method: "delete", path: "/joined/{address}", scope: "people" },
		summary: "Ends the login of somebody who came by self-service and erases the sign-in.",
		answer: json(z.strictObject({ removed: z.string() })),
		async handle({ services, params: { address } }) {
			await services.joining.remove(address);
			return { removed: address };
		},
	}),
];
