/**
 * One request of the API: what it takes, what it answers and who may ask, in one place with what it does. The program that
 * answers (api-mount.ts) and the document that describes it (api-document.ts) are both made of these, so neither can have
 * what the other has not.
 */
import type { Context } from "hono";
import * as z from "zod";
import type { Log } from "../appliance/log.ts";
import type { AnswerShape } from "./answer-shapes.ts";
import { type ApiEnvironment, checked, readInput } from "./answers.ts";
import type { Caller, Scope } from "./scopes.ts";

export interface Desk<Services> {
	readonly services: Services;
	readonly log: Log;
	readonly caller: Caller;
}

interface Facts {
	readonly method: "get" | "post" | "patch" | "delete";
	readonly scope: Scope;
	/** A sentence, for the document. */
	readonly summary: string;
}

export interface ApiRoute<Services> extends Facts {
	/** `/devices/{name}`, under `/api/v1`. */
	readonly path: string;
	readonly query: z.ZodObject | undefined;
	readonly input: z.ZodType | undefined;
	readonly answer: Pick<AnswerShape<never>, "status" | "type" | "schema" | "about">;
	readonly respond: (context: Context<ApiEnvironment>, desk: Desk<Services>) => Promise<Response>;
}

/** What a route is asked, all of it checked. */
interface Asked<Services, Path extends string, Query extends z.ZodType, Input extends z.ZodType> {
	readonly services: Services;
	readonly caller: Caller;
	readonly params: ParamsOf<Path>;
	readonly query: z.output<Query>;
	readonly input: z.output<Input>;
	/** Aborts when whoever asked has gone, or the box stops. */
	readonly signal: AbortSignal;
}

type ParamsOf<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
	? { readonly [Key in Name]: string } & ParamsOf<Rest>
	: unknown;

interface Draft<Services, Path extends string, Query extends z.ZodObject, Input extends z.ZodType, Value>
	extends Facts {
	readonly path: Path;
	/** Of texts, numbers made of texts, and lists of texts. */
	readonly query?: Query;
	/** Of the body, which is JSON then. */
	readonly input?: Input;
	readonly answer: AnswerShape<Value>;
	readonly handle: (asked: Asked<Services, Path, Query, Input>) => NoInfer<Value>;
}

const NOTHING = z.object({});

/** Makes routes that need these services. */
export function routesOver<Services>() {
	return function route<
		const Path extends string,
		Query extends z.ZodObject = typeof NOTHING,
		Input extends z.ZodType = typeof NOTHING,
		Value = never,
	>(draft: Draft<Services, Path, Query, Input, Value>): ApiRoute<Services> {
		const { method, path, scope, summary, query, input, answer, handle } = draft;
		return {
			...{ method, path, scope, summary, query, input, answer },
			async respond(context, { services, caller, log }) {
				const asked = {
					...{ services, caller },
					params: context.req.param() as ParamsOf<Path>,
					query: checked<z.ZodType>(query ?? NOTHING, queryOf(context, query)) as z.output<Query>,
					input: (input === undefined ? {} : await readInput(context, input)) as z.output<Input>,
				};
				return answer.send(context, log, (signal) => handle({ ...asked, signal }));
			},
		};
	};
}

/** Each name once; what the schema has as a list is one, however often it was given. */
function queryOf(context: Context<ApiEnvironment>, schema: z.ZodObject | undefined): unknown {
	const params = new URL(context.req.url).searchParams;
	const names = [...new Set(params.keys())];
	return Object.fromEntries(
		names.map((name) => [name, isList(schema?.shape[name]) ? params.getAll(name) : params.get(name)]),
	);
}

function isList(field: unknown): boolean {
	return (field instanceof z.ZodOptional ? field.unwrap() : field) instanceof z.ZodArray;
}
