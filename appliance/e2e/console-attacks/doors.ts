/**
 * Every route of the console and who may use it. The routes come from the console itself; who may is written down here, and
 * what is not written down is an owner's alone: a new route is refused to everybody else until somebody says otherwise.
 */

import { createControlApi, NETWORK_ROUTES } from "../../../web/api.ts";
import { honoPath } from "../../../web/api-mount.ts";
import type { Scope } from "../../../web/scopes.ts";
import { testConsole } from "../../../web/testing/fake-console.ts";
import { fakeServices } from "../../../web/testing/fake-services.ts";
import { silentLog } from "../../log.ts";

/** `POST /devices/:name/rules` */
export type Door = string;

/** For everybody, where an owner lets people sign up by themselves; else there is nothing there. */
export const SELF_SERVICE_DOORS: readonly Door[] = [
	...["GET /join", "POST /join", "POST /join/paste", "POST /join/end"],
];

/** For everybody who reaches the console. */
const OPEN: ReadonlySet<Door> = new Set([
	...["GET /sign-in", "POST /sign-in", "GET /sign-in/return", "POST /sign-out", "POST /language"],
	...["GET /healthz", "GET /authority.pem", "GET /authority.crt"],
	...SELF_SERVICE_DOORS,
	// Before a box has an owner; afterwards the table has it refused (sessions.ts).
	"POST /setup/claim",
	// Says what there is to ask for, and nothing of this box.
	"GET /api/v1/openapi.json",
	// Asks for a key instead of a session (keys.ts).
	"GET /metrics",
]);

/** For whoever is signed in. */
const VIEWERS: ReadonlySet<Door> = new Set([
	...["GET /", "GET /more", "GET /live", "GET /log", "GET /mail", "GET /mail/:id"],
	...["GET /devices", "GET /devices/new", "GET /devices/:name", "GET /devices/:name/card"],
	...["GET /devices/:name/sessions", "GET /devices/:name/rules"],
	// The question alone; the answer is a POST.
	...["GET /devices/:name/password", "GET /devices/:name/remove", "GET /strangers/:address/refuse"],
	...["GET /strangers/:address", "GET /strangers/:address/sessions"],
	...["GET /microsoft", "GET /microsoft/:address"],
	...["GET /microsoft/:address/certificate.pem", "GET /microsoft/:address/certificate.cer"],
	...["GET /mailboxes", "GET /mailboxes/:username"],
	...["GET /system", "GET /system/certificate", "GET /system/lights"],
	...["GET /me", "POST /me/sessions/:id/end", "POST /me/password"],
	...["POST /me/codes", "POST /me/codes/confirm", "POST /me/codes/off"],
]);

const OPERATORS: ReadonlySet<Door> = new Set([
	...["GET /log.txt", "GET /mail/:file{.+\\.eml}"],
	...["POST /mail/actions", "POST /mail/pause", "POST /mail/resume"],
	...["GET /devices/new/:kind", "POST /devices/new/:kind"],
	...["GET /devices/:name/test", "POST /devices/:name/test", "POST /devices/:name/rules"],
	...["GET /devices/:name/rename", "POST /devices/:name/rename"],
	...["POST /devices/:name/password", "POST /devices/:name/remove"],
	...["POST /strangers/:address/allow", "POST /strangers/:address/refuse"],
	...["POST /microsoft/:address/test", "POST /mailboxes/:username/test"],
]);

export const MAY = { nobody: OPEN, viewer: VIEWERS, operator: OPERATORS } as const;

interface Routed {
	readonly routes: readonly { readonly method: string; readonly path: string }[];
}

function doorsOf({ routes }: Routed): readonly Door[] {
	const own = routes.filter(({ method, path }) => method !== "ALL" && !path.includes("*"));
	return [...new Set(own.map(({ method, path }) => `${method} ${path}`))];
}

export const CONSOLE_DOORS = doorsOf(testConsole().app);

/** For programs with a key and for people, and what scope it takes. */
export const API_DOORS: readonly { readonly door: Door; readonly scope: Scope }[] = NETWORK_ROUTES.map(
	({ method, path, scope }) => ({ door: `${method.toUpperCase()} ${honoPath(path)}`, scope }),
);

const onNetwork = new Set(API_DOORS.map(({ door }) => door));
const { services } = fakeServices();
/** For who holds the box alone, by its control socket. */
export const CONTROL_DOORS: readonly Door[] = doorsOf(
	createControlApi(
		{ ...services, backups: {} as never, moving: {} as never, machine: {} as never },
		silentLog(),
	),
).filter((door) => !onNetwork.has(door));

/** A way through it, with what there is on the box. */
export function throughDoor(
	door: Door,
	known: Readonly<Record<string, string>>,
): { method: string; path: string } {
	const [method = "", pattern = ""] = door.split(" ");
	const section = pattern.split("/")[1] ?? "";
	const path = pattern
		.replace(/:file\{[^}]*\}/, `${known["mail"]}.eml`)
		.replaceAll(/:\w+/g, encodeURIComponent(known[section] ?? "none"));
	return { method, path };
}
