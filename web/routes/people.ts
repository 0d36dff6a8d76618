/** `/api/v1/people…`: who may use the console. Passwords are told once, when they are made. */
import * as z from "zod";
import type { ConsoleServices } from "../../appliance/console-services.ts";
import { json } from "../answer-shapes.ts";
import { routesOver } from "../api-route.ts";
import { named, TIME } from "../api-schema.ts";

const ROLE = z.enum(["owner", "operator", "viewer"]);
const PERSON = named(
	"Person",
	z.strictObject({
		name: z.string(),
		role: ROLE,
		hasTotp: z.boolean(),
		createdAt: TIME,
		lastSignInAt: TIME.nullable(),
		origin: z.enum(["file", "saved"]),
	}),
);
const NAME = z.string().trim().min(1).max(100);

type PeopleServices = Pick<ConsoleServices, "people">;
const route = routesOver<PeopleServices>();

export const PEOPLE_ROUTES = [
	route({
		...{ method: "get", path: "/people", scope: "people" },
		summary: "Who may use the console.",
		answer: json(z.array(PERSON)),
		handle: ({ services }) => services.people.list(),
	}),
	route({
		...{ method: "post", path: "/people", scope: "people" },
		summary: "Adds a person. The password is told here and never again.",
		input: z.strictObject({ name: NAME, role: ROLE }),
		answer: json(z.strictObject({ person: PERSON, password: z.string() }), 201),
		async handle({ services, input }) {
			const { person, password } = await services.people.add(input);
			return { person, password: password.reveal() };
		},
	}),
	route({
		...{ method: "patch", path: "/people/{name}", scope: "people" },
		summary: "Gives a person another role.",
		input: z.strictObject({ role: ROLE }),
		answer: json(z.strictObject({ name: z.string(), role: ROLE })),
		async handle({ services, params: { name }, input: { role } }) {
			await services.people.changeRole(name, role);
			return { name, role };
		},
	}),
	route({
		...{ method: "post", path: "/people/{name}/password", scope: "people" },
		summary: "Makes a new password, told here and never again; ends the sessions and the one-time codes.",
		answer: json(z.strictObject({ password: z.string() })),
		async handle({ services, params }) {
			return { password: (await services.people.resetPassword(params.name)).reveal() };
		},
	}),
	route({
		...{ method: "delete", path: "/people/{name}", scope: "people" },
		summary: "Removes a person and ends the sessions.",
		answer: json(z.strictObject({ removed: z.string() })),
		async handle({ services, params: { name } }) {
			await services.people.remove(name);
			return { removed: name };
		},
	}),
];
