/**
 * The JSON API under `/api/v1`: `Services` over HTTP, for the control socket. Whoever can open the
 * socket is the owner, so nothing is asked; it must never be given to a listener on the network.
 *
 * Input is checked and bounded. Refusals are `{error:{code,message,hint}}` (answers.ts).
 */
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { ConsoleServices } from "../appliance/console-services.ts";
import type { Log } from "../appliance/log.ts";
import type { Services } from "../appliance/services.ts";
import { type ApiEnvironment, answerErrors, refusal } from "./answers.ts";
import { accountRoutes } from "./routes/accounts.ts";
import { backupRoutes, backupUploadRoutes } from "./routes/backups.ts";
import { consolePasswordRoutes } from "./routes/console-password.ts";
import { deviceRuleRoutes } from "./routes/device-rules.ts";
import { deviceRoutes } from "./routes/devices.ts";
import { mailboxRoutes } from "./routes/mailboxes.ts";
import { queueRoutes } from "./routes/queue.ts";
import { applianceRoutes } from "./routes/status.ts";

/** Holds the longest list of queue ids an action takes. */
const LARGEST_INPUT_BYTES = 256 * 1024;

export type ApiServices = Services & Pick<ConsoleServices, "backups">;

export function createControlApi(services: ApiServices, log: Log): Hono<ApiEnvironment> {
	const app = new Hono<ApiEnvironment>();
	// Before the limit: a backup may be larger than all memory, and is never held in it.
	app.route("/api/v1", backupUploadRoutes(services.backups));
	addShared(app, services, log);
	app.route("/api/v1", consolePasswordRoutes(services.console));
	app.route("/api/v1", backupRoutes(services.backups, log));
	return app;
}

/** What is offered to programs on the network as well (network-api.ts asks them for a key). */
export function createSharedApi(services: Omit<Services, "console">, log: Log): Hono<ApiEnvironment> {
	return addShared(new Hono<ApiEnvironment>(), services, log);
}

function addShared(
	app: Hono<ApiEnvironment>,
	services: Omit<Services, "console">,
	log: Log,
): Hono<ApiEnvironment> {
	app.use(
		bodyLimit({
			maxSize: LARGEST_INPUT_BYTES,
			onError: (context) => context.json(refusal("too-large", "The request is too large."), 413),
		}),
	);
	app.route("/api/v1", applianceRoutes(services.appliance));
	app.route("/api/v1", queueRoutes(services.queue));
	app.route("/api/v1", deviceRoutes(services.devices, log));
	app.route("/api/v1", deviceRuleRoutes(services.deviceRules));
	app.route("/api/v1", accountRoutes(services.accounts, log));
	app.route("/api/v1", mailboxRoutes(services.mailboxes, log));
	app.notFound((context) => context.json(refusal("no-such-request", "Postern knows no such request."), 404));
	app.onError(answerErrors(log));
	return app;
}
