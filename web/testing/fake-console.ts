/**
 * The console for the tests of web/, with services in memory: people are signed in by role, everything else is what the
 * test gives. What a test did not give throws when it is called, so that nothing passes by accident.
 */
import type { Hono } from "hono";
import type { ConsoleServices, Role, Session } from "../../appliance/console-services.ts";
import { UserError } from "../../appliance/errors.ts";
import { type Log, silentLog } from "../../appliance/log.ts";
import { Secret } from "../../appliance/secret.ts";
import { createConsole } from "../app.tsx";
import type { ConsoleEnvironment, Surroundings } from "../environment.ts";
import { makeToken, TOKEN_FIELD } from "../form-tokens.ts";
import { fakeServices } from "./fake-services.ts";

const NOT_GIVEN = [
	"mail",
	"people",
	"keys",
	"settings",
	"deviceRules",
	"traffic",
	"news",
	"machine",
	"lights",
	"backups",
	"moving",
	"hooks",
	"joining",
	"appliance",
	"queue",
	"devices",
	"accounts",
	"mailboxes",
	"network",
	"updates",
] as const;

export type Given = { readonly [Name in keyof ConsoleServices]?: Partial<ConsoleServices[Name]> };

const SURROUNDINGS: Surroundings = {
	boxName: () => "postern",
	believesProxy: () => false,
	isOwnName: (host) => host === "postern.local",
	tlsPort: () => undefined,
	requiresTls: () => false,
};

export interface TestConsole {
	readonly app: Hono<ConsoleEnvironment>;
	/** GET as somebody of that role, or as a stranger. */
	get(path: string, role?: Role, headers?: Readonly<Record<string, string>>): Promise<Response>;
	/** POST a form with a good token, as a page of the console would. */
	post(
		path: string,
		fields: Readonly<Record<string, string | readonly string[]>>,
		role?: Role,
		headers?: Readonly<Record<string, string>>,
	): Promise<Response>;
}

export interface TestConsoleOptions {
	readonly services?: Given;
	readonly surroundings?: Partial<Surroundings>;
	readonly log?: Log;
	/** Nobody owns the box yet. */
	readonly isUnclaimed?: boolean;
}

export function testConsole({
	services = {},
	surroundings = {},
	log = silentLog(),
	isUnclaimed = false,
}: TestConsoleOptions = {}): TestConsole {
	const app = createConsole(
		fakeConsoleServices(services, isUnclaimed),
		{ ...SURROUNDINGS, ...surroundings },
		log,
	);
	const cookieOf = (role: Role | undefined) =>
		role === undefined ? `postern-visit=${VISIT}` : `postern=${role}`;
	const keyOf = (role: Role | undefined) =>
		role === undefined ? new Secret(VISIT) : sessionOf(role).csrfKey;
	return {
		app,
		async get(path, role, headers = {}) {
			return app.request(path, { headers: { Host: "postern.local", Cookie: cookieOf(role), ...headers } });
		},
		async post(path, fields, role, headers = {}) {
			const body = new URLSearchParams([[TOKEN_FIELD, makeToken(keyOf(role))]]);
			for (const [name, value] of Object.entries(fields)) {
				for (const one of typeof value === "string" ? [value] : value) body.append(name, one);
			}
			return app.request(path, {
				method: "POST",
				body,
				headers: { Host: "postern.local", Cookie: cookieOf(role), ...headers },
			});
		},
	};
}

const VISIT = "v".repeat(24);

export function sessionOf(role: Role): Session {
	return {
		id: `session-of-${role}`,
		name: role,
		role,
		csrfKey: new Secret(`key-of-${role}`),
		startedAt: "2026-11-20T08:00:00.000Z",
		lastSeenAt: "2026-11-20T08:00:00.000Z",
		peer: { address: "192.168.1.10", agent: "a phone" },
	};
}

function fakeConsoleServices(given: Given, isUnclaimed: boolean): ConsoleServices {
	const basic = fakeServices().services;
	const people: Partial<ConsoleServices["people"]> = {
		claimState: () => ({ claimed: !isUnclaimed, openUntil: null, hasCode: false }),
		session: (token) =>
			token === "owner" || token === "operator" || token === "viewer" ? sessionOf(token) : undefined,
		signOut: () => Promise.resolve(),
		async signIn({ name, password }) {
			if (name !== "owner" || password.reveal() !== "right") {
				throw new UserError("sign-in-wrong", "Name, password or code is wrong.");
			}
			return { session: sessionOf("owner"), token: new Secret("owner") };
		},
	};
	const defaults: Given = { ...basic, people, joining: { isOpen: () => false, list: async () => [] } };
	return Object.fromEntries(
		NOT_GIVEN.map((name) => [name, loud(name, { ...defaults[name], ...given[name] })]),
	) as unknown as ConsoleServices;
}

/** A service whose missing methods say their names. */
function loud(name: string, service: object): object {
	return new Proxy(service, {
		get(target, property) {
			if (property in target) return Reflect.get(target, property);
			return () => {
				throw new Error(`the test gave no ${name}.${String(property)}`);
			};
		},
	});
}
