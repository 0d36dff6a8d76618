/**
 * A simulated Microsoft 365 in this process: sign-in and Graph on one HTTP port, SMTP submission on
 * another, and a desk (mailbox page and control) on a third that stays reachable while the "cloud" is
 * offline. For newcomers and tests; listens on loopback unless told otherwise. `startSandbox` rejects
 * when a port is taken, and then leaves nothing listening.
 */
import { createServer as createHttpServer, type RequestListener } from "node:http";
import { createServer as createTcpServer, type Server } from "node:net";
import { createSecureContext } from "node:tls";
import { getRequestListener } from "@hono/node-server";
import { Hono } from "hono";
import { asError, errorCode } from "../errors.ts";
import { type Log, openLog } from "../log.ts";
import { authorizePageApp } from "./authorize-page.ts";
import { makeServerCertificate } from "./certificate.ts";
import { SandboxControl } from "./control.ts";
import { controlApi } from "./control-api.ts";
import { devicePageApp } from "./device-page.ts";
import { SANDBOX_CLIENT_ID, WORK_TENANT_ID } from "./directory.ts";
import { Door } from "./door.ts";
import { graphApp } from "./graph.ts";
import { bugAnswer, type HttpEnv, hang } from "./http.ts";
import { mailboxPageApp } from "./mailbox-page.ts";
import { servePop3 } from "./pop3.ts";
import type { SandboxSettingsPatch } from "./settings.ts";
import { signInApp } from "./sign-in.ts";
import { SMTP_HOST, SmtpSession } from "./smtp-session.ts";
import { World } from "./world.ts";

export type { SandboxControl } from "./control.ts";

/** Longer than clients keep idle connections, so that none is closed under a request. */
const KEEP_ALIVE_MS = 120_000;

export interface SandboxOptions {
	/** Default 127.0.0.1. */
	readonly host?: string;
	/** Sign-in and Graph; 0 or absent: any free port. */
	readonly httpPort?: number;
	readonly smtpPort?: number;
	/** Mailbox page and control. */
	readonly deskPort?: number;
	/** Default: errors, which are bugs of the simulation, to standard error. */
	readonly log?: Log;
	/** Milliseconds since 1970. */
	readonly clock?: () => number;
	/** Other than the defaults, also after a reset. */
	readonly settings?: SandboxSettingsPatch;
}

export interface Sandbox {
	/** `http://127.0.0.1:PORT`; a tenant's authority is `${authorityUrl}/${tenant}`. */
	readonly authorityUrl: string;
	/** `http://127.0.0.1:PORT`, the same; requests go to `${graphUrl}/v1.0/…`. */
	readonly graphUrl: string;
	/** `127.0.0.1:PORT`; STARTTLS with a certificate under `caPem`. */
	readonly smtpAddress: string;
	/** `127.0.0.1:PORT`; POP3 over TLS, under the same certificate. */
	readonly popAddress: string;
	/** Where a person sees what arrived. */
	readonly mailboxPage: string;
	/** `http://127.0.0.1:PORT/control`. */
	readonly controlUrl: string;
	readonly caPem: string;
	readonly clientId: string;
	readonly tenant: string;
	readonly control: SandboxControl;
	/** Cuts every connection; after it nothing of the simulation runs. */
	close(): Promise<void>;
}

export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
	const { host = "127.0.0.1", httpPort = 0, smtpPort = 0, deskPort = 0 } = options;
	const { log = openLog("error"), clock = Date.now, settings = {} } = options;
	const world = new World({ log, clock, settings });
	const certificate = makeServerCertificate(["localhost", "127.0.0.1", SMTP_HOST, host], Date.now());
	const secureContext = createSecureContext({
		key: certificate.privateKeyPem,
		cert: certificate.certificatePem,
		minVersion: "TLSv1.2",
	});
	const http: Door = new Door(
		httpServer(cloudListener(world, () => http.state === "silent")),
		host,
		httpPort,
	);
	const smtp: Door = new Door(
		createTcpServer({ noDelay: true }, (socket) => {
			if (smtp.state === "open") serveSmtp(world, new SmtpSession(world, socket, secureContext));
		}),
		host,
		smtpPort,
	);
	const pop: Door = new Door(
		createTcpServer({ noDelay: true }, (socket) => {
			if (pop.state === "open") serveQuietly(world, "pop3", servePop3(world, socket, secureContext));
		}),
		host,
		0,
	);
	const control = new SandboxControl(world, { http, smtp, pop });
	const desk = new Door(httpServer(deskListener(world, control)), host, deskPort);
	const close = async (): Promise<void> => {
		await Promise.all([http.close(), smtp.close(), pop.close(), desk.close()]);
	};
	try {
		await Promise.all([http.set("open"), smtp.set("open"), pop.set("open"), desk.set("open")]);
	} catch (error) {
		await close();
		throw error;
	}
	const name = host.includes(":") ? `[${host}]` : host;
	world.baseUrl = `http://${name}:${http.port}`;
	world.mailboxPage = `http://${name}:${desk.port}/`;
	log.info("sandbox-started", { cloud: world.baseUrl, smtp: smtp.port, desk: world.mailboxPage });
	return {
		authorityUrl: world.baseUrl,
		graphUrl: world.baseUrl,
		smtpAddress: `${name}:${smtp.port}`,
		popAddress: `${name}:${pop.port}`,
		mailboxPage: world.mailboxPage,
		controlUrl: `${world.mailboxPage}control`,
		caPem: certificate.caPem,
		clientId: SANDBOX_CLIENT_ID,
		tenant: WORK_TENANT_ID,
		control,
		close,
	};
}

function httpServer(listener: RequestListener): Server {
	const server = createHttpServer({ keepAlive: true }, listener);
	server.keepAliveTimeout = KEEP_ALIVE_MS;
	return server;
}

function cloudListener(world: World, isSilent: () => boolean): RequestListener {
	const app = new Hono<HttpEnv>();
	app.onError((error, c) => bugAnswer(world, error, c));
	app.use("*", async (c, next) => {
		if (isSilent()) return await hang(c);
		return await next();
	});
	app.route("/v1.0", graphApp(world));
	app.route("/", signInApp(world));
	app.route("/", devicePageApp(world));
	app.route("/", authorizePageApp(world));
	return listener(app.fetch);
}

function deskListener(world: World, control: SandboxControl): RequestListener {
	const app = new Hono<HttpEnv>();
	app.onError((error, c) => bugAnswer(world, error, c));
	app.route("/control", controlApi(control));
	app.route("/", mailboxPageApp(world));
	return listener(app.fetch);
}

function listener(fetch: Hono<HttpEnv>["fetch"]): RequestListener {
	const listen = getRequestListener(fetch, { overrideGlobalObjects: false });
	return (incoming, outgoing) => {
		void listen(incoming, outgoing);
	};
}

function serveSmtp(world: World, session: SmtpSession): void {
	serveQuietly(world, "smtp", session.run());
}

/** What fails here is a bug of the simulation, or a client that went. */
function serveQuietly(world: World, side: string, served: Promise<void>): void {
	served.catch((thrown: unknown) => {
		const error = asError(thrown);
		if (errorCode(thrown) === "ECONNRESET" || errorCode(thrown) === "EPIPE") return;
		world.log.error("sandbox-bug", { side, error: error.stack ?? error.message });
	});
}
