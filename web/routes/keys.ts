/** `/api/v1/keys…`: keys of programs. Whoever makes one cannot give it more than they have themselves. */
import * as z from "zod";
import { type ConsoleServices, KEY_SCOPES, type KeyScope } from "../../appliance/console-services.ts";
import { UserError } from "../../appliance/errors.ts";
import { json } from "../answer-shapes.ts";
import { routesOver } from "../api-route.ts";
import { named, TIME } from "../api-schema.ts";
import type { Caller } from "../scopes.ts";

const SCOPES = z.array(z.enum(KEY_SCOPES)).min(1).max(KEY_SCOPES.length);
const KEY = named(
	"Key",
	z.strictObject({
		id: z.string(),
		label: z.string(),
		scopes: SCOPES,
		createdAt: TIME,
		createdBy: z.string(),
		lastUsedAt: TIME.nullable(),
		expiresAt: TIME.nullable(),
	}),
);
const DRAFT = z.strictObject({
	label: z.string().min(1).max(64),
	scopes: SCOPES,
	expiresAt: z.iso.datetime().nullable().default(null),
});

const route = routesOver<Pick<ConsoleServices, "keys">>();

export const KEY_ROUTES = [
	route({
		...{ method: "get", path: "/keys", scope: "people" },
		summary: "The keys that there are, without their secrets.",
		answer: json(z.array(KEY)),
		handle: ({ services }) => services.keys.list(),
	}),
	route({
		...{ method: "post", path: "/keys", scope: "people" },
		summary: "Makes a key that may do no more than the one it is made with. It is told here and never again.",
		input: DRAFT,
		answer: json(z.strictObject({ key: KEY, secret: z.string() }), 201),
		async handle({ services, caller, input }) {
			assertMayGive(caller, input.scopes);
			const { key, secret } = await services.keys.add({ ...input, createdBy: caller.name });
			return { key, secret: secret.reveal() };
		},
	}),
	route({
		...{ method: "delete", path: "/keys/{id}", scope: "people" },
		summary: "Ends a key at once.",
		answer: json(z.strictObject({ removed: z.string() })),
		async handle({ services, params: { id } }) {
			await services.keys.remove(id);
			return { removed: id };
		},
	}),
];

function assertMayGive({ scopes }: Caller, wanted: readonly KeyScope[]): void {
	const beyond = wanted.filter((scope) => !scopes.includes(scope));
	if (beyond.length === 0) return;
	throw new UserError(
		"key-forbids",
		`This key may not itself do what the new one is to: ${beyond.join(", ")}.`,
		"An owner makes such a key in the console, under People.",
	);
}
