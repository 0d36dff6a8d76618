/** What the document of the API says of an answer, ready to be held against one. For tests. */
import { expect } from "vitest";
import * as z from "zod";

export interface ApiOperation {
	readonly operationId: string;
	readonly security: readonly Readonly<Record<string, readonly string[]>>[];
	readonly requestBody?: unknown;
	readonly responses: Readonly<Record<string, unknown>>;
}

export interface ApiDescription {
	readonly paths: Readonly<Record<string, Readonly<Record<string, ApiOperation>>>>;
	readonly components: { readonly schemas: Readonly<Record<string, unknown>> };
}

type Content = Readonly<Record<string, { readonly schema?: object }>>;

/** Fails where the answer is not as described: an unknown status, another type, another shape. Gives what was described. */
export async function expectDescribed(
	document: ApiDescription,
	{ method, path, response }: { readonly method: string; readonly path: string; readonly response: Response },
): Promise<ApiOperation> {
	const operation = operationFor(document, method, path);
	expect(operation, `${method} ${path} is described`).toBeDefined();
	const { status } = response;
	const [family] = [`${String(status).charAt(0)}XX`];
	const found = operation?.responses[status] ?? operation?.responses[family];
	expect(found, `${method} ${path} may answer ${status}`).toBeDefined();
	const { content } = resolved(document, found) as { readonly content: Content };
	const [type = "", described] =
		Object.entries(content).find(([one]) => one === response.headers.get("content-type")) ?? [];
	expect(type, `${method} ${path} answers ${response.headers.get("content-type")}`).not.toBe("");
	if (described?.schema !== undefined) {
		const text = await response.text();
		for (const value of type === "application/x-ndjson" ? text.trimEnd().split("\n") : [text]) {
			const { error } = schemaOf(document, described.schema).safeParse(JSON.parse(value));
			expect(error?.message, `${method} ${path} ${status} ${value.slice(0, 300)}`).toBeUndefined();
		}
	}
	return operation as ApiOperation;
}

/** The path without parameters goes first. */
function operationFor(document: ApiDescription, method: string, path: string): ApiOperation | undefined {
	const fits = (template: string) => new RegExp(`^${template.replaceAll(/\{\w+\}/g, "[^/]+")}$`).test(path);
	const found = Object.entries(document.paths)
		.filter(([template, methods]) => fits(template) && methods[method.toLowerCase()] !== undefined)
		.sort(([a], [b]) => a.split("{").length - b.split("{").length);
	return found[0]?.[1][method.toLowerCase()];
}

export function schemaOf({ components }: ApiDescription, schema: object): z.ZodType {
	const whole = JSON.stringify({ ...schema, $defs: components.schemas });
	return z.fromJSONSchema(JSON.parse(whole.replaceAll("#/components/schemas/", "#/$defs/")));
}

function resolved(document: object, part: unknown): unknown {
	const { $ref } = part as { readonly $ref?: string };
	if ($ref === undefined) return part;
	const names = $ref.split("/").slice(1);
	return names.reduce<unknown>((at, name) => (at as Readonly<Record<string, unknown>>)[name], document);
}
