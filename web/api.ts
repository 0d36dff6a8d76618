/**
 * The JSON API under `/api/v1`. `createControlApi` is for the control socket: whoever can open it is the owner, so nothing is
 * asked; it must never be given to a listener on the network. `createNetworkApi` is for programs there: each request
 * needs a caller with the scope for it (network-api.ts finds out who it is).
 *
 * Input is checked and bounded. Refusals are `{error:{code,message,hint}}` (answers.ts).
 */
import { Hono } from "hono";
import * as z from "zod";
import type {
	BackupService,
	ConsoleServices,
	MachineService,
	MovingService,
	PairService,
} from "../appliance/console-services.ts";
import type { Log } from "../appliance/log.ts";
import type { Services } from "../appliance/services.ts";
import { json } from "./answer-shapes.ts";
import type { ApiEnvironment } from "./answers.ts";
import { documentOf, type OpenApiDocument } from "./api-document.ts";
import { API_PATH, mountRoutes } from "./api-mount.ts";
import { type ApiRoute, routesOver } from "./api-route.ts";
import { ACCOUNT_ROUTES } from "./routes/accounts.ts";
import { backupRoutes, backupUploadRoutes } from "./routes/backups.ts";
import { CONSOLE_PASSWORD_ROUTES } from "./routes/console-password.ts";
import { DEVICE_RULE_ROUTES } from "./routes/device-rules.ts";
import { DEVICE_ROUTES } from "./routes/devices.ts";
import { HOOK_ROUTES } from "./routes/hooks.ts";
import { JOINED_ROUTES } from "./routes/joined.ts";
import { KEY_ROUTES } from "./routes/keys.ts";
import { LOG_ROUTES } from "./routes/log.ts";
import { MACHINE_ROUTES } from "./routes/machine.ts";
import { MACHINE_NETWORK_ROUTES } from "./routes/machine-network.ts";
import { MACHINE_UPDATE_ROUTES, OWN_UPDATE_ROUTES, updateUploadRoutes } from "./routes/machine-update.ts";
import { MAIL_ROUTES } from "./routes/mail.ts";
import { MAILBOX_ROUTES } from "./routes/mailboxes.ts";
import { movingRoutes } from "./routes/moving.ts";
import { pairRoutes, pairUploadRoutes } from "./routes/pairing.ts";
import { PEOPLE_ROUTES } from "./routes/people.ts";
import { QUEUE_ROUTES } from "./routes/queue.ts";
import { SETTING_ROUTES } from "./routes/settings.ts";
import { STATUS_ROUTES } from "./routes/status.ts";
import { TRAFFIC_ROUTES } from "./routes/traffic.ts";
import { type Caller, CONTROL_SOCKET } from "./scopes.ts";

export type ApiServices = Services & {
	readonly backups: BackupService;
	readonly moving: MovingService;
	readonly machine: MachineService;
	readonly pair: PairService;
};

/** What the command line asks too. */
const SHARED_ROUTES: readonly ApiRoute<Services>[] = [
	...STATUS_ROUTES,
	...QUEUE_ROUTES,
	...DEVICE_ROUTES,
	...DEVICE_RULE_ROUTES,
	...ACCOUNT_ROUTES,
	...MAILBOX_ROUTES,
	...MACHINE_NETWORK_ROUTES,
	...MACHINE_UPDATE_ROUTES,
];

const DOCUMENT_ROUTE: ApiRoute<unknown> = routesOver<unknown>()({
	...{ method: "get", path: "/openapi.json", scope: "open" },
	summary: "This document. It holds nothing of this box, so no key is asked for.",
	answer: json(z.looseObject({ openapi: z.string() })),
	handle() {
		document ??= documentOf(NETWORK_ROUTES);
		return document;
	},
});
/** Made when it is first asked for. */
let document: OpenApiDocument | undefined;

/** All that is offered on the network. */
export const NETWORK_ROUTES: readonly ApiRoute<ConsoleServices>[] = [
	DOCUMENT_ROUTE,
	...SHARED_ROUTES,
	...MAIL_ROUTES,
	...TRAFFIC_ROUTES,
	...LOG_ROUTES,
	...MACHINE_ROUTES,
	...SETTING_ROUTES,
	...HOOK_ROUTES,
	...PEOPLE_ROUTES,
	...JOINED_ROUTES,
	...KEY_ROUTES,
];

export function createControlApi(services: ApiServices, log: Log): Hono<ApiEnvironment> {
	const app = new Hono<ApiEnvironment>();
	// Before the limit: a backup may be larger than all memory, and is never held in it; a draft has a limit of its own.
	app.route(API_PATH, backupUploadRoutes(services.backups));
	app.route(API_PATH, updateUploadRoutes(services.updates));
	app.route(API_PATH, pairUploadRoutes(services.pair));
	app.route(API_PATH, movingRoutes(services.moving));
	app.route(API_PATH, backupRoutes(services.backups, log));
	app.route(API_PATH, pairRoutes(services.pair, log));
	const routes = [...SHARED_ROUTES, ...OWN_UPDATE_ROUTES, ...CONSOLE_PASSWORD_ROUTES, ...MACHINE_ROUTES];
	mountRoutes(app, routes, { services, log, callerOf: () => CONTROL_SOCKET });
	return app;
}

/** For requests that bring their caller along (`ServerBindings.caller`); without one only the document is there. */
export function createNetworkApi(services: ConsoleServices, log: Log): Hono<ApiEnvironment> {
	const app = new Hono<ApiEnvironment>();
	mountRoutes(app, NETWORK_ROUTES, { services, log, callerOf: ({ env }) => env.caller ?? NOBODY });
	return app;
}

const NOBODY: Caller = { name: "", scopes: ["open"] };
