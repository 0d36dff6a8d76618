/**
 * The OpenAPI document of the API (spec.openapis.org/oas/v3.1.1), made of its routes: what they parse with is what it says.
 * OpenAPI 3.1 speaks JSON Schema 2020-12, which zod writes itself. It holds nothing of this box.
 */
import * as z from "zod";
import type { Role } from "../appliance/console-services.ts";
import { API_PATH } from "./api-mount.ts";
import type { ApiRoute } from "./api-route.ts";
import { NAMED_SCHEMAS, REFUSAL } from "./api-schema.ts";
import { ROLE_SCOPES, type Scope } from "./scopes.ts";

type Described = Omit<ApiRoute<never>, "respond">;
type Json = Readonly<Record<string, unknown>>;

const ABOUT = `What the console does, for programs.

An owner makes a key in the console, under People, and says what it may do; it is sent as \`Authorization: Bearer pst_…\`.
Each request names the scope that it needs: \`read\` looks, \`mail\` acts on messages and reads them, \`devices\` changes
devices, \`accounts\` changes Microsoft accounts and who fetches their mailboxes, \`settings\` and \`people\` look at those and
change them. \`/metrics\`, for Prometheus, has a scope of its own. A browser that is signed in to the console may ask as its
person's role allows, and changes something only from a page of this box.

Times are ISO 8601 in UTC. Lists are whole unless they have pages. Refusals are \`{"error":{"code","message","hint"}}\`:
400 what was sent is not understood, 401 no key, 403 the key may not, 404 unknown, 405 another method, 409 not in this
state, 410 no longer there, 413 too large, 415 not JSON, 429 too many wrong keys, 500 a fault of Postern's own.`;

const REFUSED = { $ref: "#/components/responses/Refusal" };

export type OpenApiDocument = Json & { readonly openapi: string };

export function documentOf(routes: readonly Described[]): OpenApiDocument {
	const schemas = schemasOf(routes);
	const paths: Record<string, Record<string, Json>> = {};
	for (const route of routes) {
		paths[route.path] = { ...paths[route.path], [route.method]: operationOf(route, schemas) };
	}
	return {
		openapi: "3.1.1",
		info: { title: "Postern", version: "1", description: ABOUT, license: { name: "MIT", identifier: "MIT" } },
		servers: [{ url: API_PATH }],
		paths,
		components: {
			schemas: Object.fromEntries([...NAMED_SCHEMAS].map(([name, schema]) => [name, schemas.whole(schema)])),
			responses: {
				Refusal: {
					description: "Refused.",
					content: { "application/json": { schema: schemas.of(REFUSAL) } },
				},
			},
			securitySchemes: {
				key: { type: "http", scheme: "bearer", description: "A key of a program: pst_…" },
				session: {
					type: "apiKey",
					in: "cookie",
					name: "postern",
					description: "Of the console; __Host-postern over https.",
				},
			},
		},
	};
}

function operationOf(
	{ method, path, scope, summary, query, input, answer }: Described,
	schemas: Schemas,
): Json {
	const { status, type, schema, about } = answer;
	const content = schema === undefined ? {} : { schema: schemas.of(schema) };
	const parameters = [...pathParameters(path), ...queryParameters(query)];
	return {
		operationId: operationId(method, path),
		tags: [path.split("/")[1]],
		summary,
		security: securityOf(scope),
		...(parameters.length === 0 ? {} : { parameters }),
		...(input === undefined
			? {}
			: { requestBody: { required: true, content: { "application/json": { schema: inputSchema(input) } } } }),
		responses: {
			[status]: { description: about, content: { [type]: content } },
			"4XX": REFUSED,
			"5XX": REFUSED,
		},
	};
}

/** Roles stand where scopes of OAuth would (OpenAPI 3.1.1 §4.8.30). */
function securityOf(scope: Scope): readonly Json[] {
	if (scope === "open" || scope === "control") return [];
	const roles = (Object.keys(ROLE_SCOPES) as Role[]).filter((role) => ROLE_SCOPES[role].includes(scope));
	return [{ key: [scope] }, { session: roles }];
}

/** `get /devices/{name}/log` is `getDevicesByNameLog`. */
function operationId(method: string, path: string): string {
	const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);
	const parts = path.split("/").filter((part) => part !== "");
	const words = parts.flatMap((part) =>
		part.startsWith("{") ? ["By", part.slice(1, -1)] : part.split(/[-.]/),
	);
	return method + words.map(capital).join("");
}

function pathParameters(path: string): readonly Json[] {
	return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
		...{ name, in: "path", required: true },
		schema: { type: "string" },
	}));
}

function queryParameters(query: z.ZodObject | undefined): readonly Json[] {
	if (query === undefined) return [];
	const { properties = {}, required = [] } = inputSchema(query) as {
		properties?: Record<string, Json>;
		required?: readonly string[];
	};
	return Object.entries(properties).map(([name, { description, ...schema }]) => ({
		...{ name, in: "query", required: required.includes(name), schema },
		...(description === undefined ? {} : { description }),
	}));
}

/** What is sent is described where it is sent; names are for what is answered. */
function inputSchema(schema: z.ZodType): Json {
	return plain(z.toJSONSchema(schema, { io: "input" }));
}

interface Schemas {
	/** By its name where it has one. */
	of(schema: z.ZodType): Json;
	whole(schema: z.ZodType): Json;
}

/** Of all answers at once, so that each names the parts that it has in common with others. */
function schemasOf(routes: readonly Described[]): Schemas {
	const ids = new Map<z.ZodType, string>([...NAMED_SCHEMAS].map(([name, schema]) => [schema, name]));
	for (const [number, { answer }] of routes.entries()) {
		if (answer.schema !== undefined && !ids.has(answer.schema)) ids.set(answer.schema, `answer ${number}`);
	}
	const registry = z.registry<{ id: string }>();
	for (const [schema, id] of ids) registry.add(schema, { id });
	const uri = (id: string) => `#/components/schemas/${id}`;
	const { schemas } = z.toJSONSchema(registry, { uri, io: "output" });
	const whole = (schema: z.ZodType) => plain(schemas[ids.get(schema) ?? ""] ?? {});
	const named = new Set(NAMED_SCHEMAS.values());
	return {
		whole,
		of: (schema) => (named.has(schema) ? { $ref: uri(ids.get(schema) ?? "") } : whole(schema)),
	};
}

/** A part of the document has no name of its own beside its place. */
function plain({ $schema, $id, ...schema }: Json): Json {
	return schema;
}
