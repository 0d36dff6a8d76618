/**
 * The console as the LAN sees it: who may come in, what is open to all, and the sections behind the sign-in. For the
 * composition root, which gives it to `listenHttp`.
 *
 * Everything is closed unless it is opened here: without a session there is setup (once), sign-in, self-service
 * while it is on, the box's authority and `/healthz`; with one, reading needs a viewer and changing an operator, and sections of the owner's say so. A fault of ours
 * gives a plain 500 page and a line in the log; the page never shows the fault itself.
 */
import { Hono, type MiddlewareHandler } from "hono";
import { accepts } from "hono/accepts";
import { bodyLimit } from "hono/body-limit";
import { compress } from "hono/compress";
import { getCookie } from "hono/cookie";
import { secureHeaders } from "hono/secure-headers";
import type { ConsoleServices } from "../appliance/console-services.ts";
import { asError, UserError } from "../appliance/errors.ts";
import type { Log } from "../appliance/log.ts";
import { isBrokenOff } from "./answers.ts";
import { ASSETS } from "./assets/files.ts";
import type { ConsoleEnvironment, Desk, Surroundings } from "./environment.ts";
import { Flashes } from "./flashes.ts";
import { formGuard, uploadGuard } from "./form-guard.ts";
import { commonWords } from "./locales/common.ts";
import { isLanguage, LANGUAGES, type Language } from "./locales/languages.ts";
import { refusalText } from "./locales/refusals.ts";
import { networkApi } from "./network-api.ts";
import { ownHost } from "./own-host.ts";
import { restoreUpload } from "./pages/box/restore-routes.tsx";
import { systemPages } from "./pages/box/routes.tsx";
import { updateUpload } from "./pages/box/update-routes.tsx";
import { devicePages } from "./pages/devices/routes.tsx";
import { joinPages } from "./pages/join/routes.tsx";
import { logPages } from "./pages/log/routes.tsx";
import { mailPages } from "./pages/mail/routes.tsx";
import { mailboxPages } from "./pages/mailboxes/routes.tsx";
import { mePages } from "./pages/me/routes.tsx";
import { showMessage } from "./pages/message-page.tsx";
import { microsoftPages } from "./pages/microsoft-365/routes.tsx";
import { MorePage } from "./pages/more-page.tsx";
import { overviewPages } from "./pages/overview/routes.tsx";
import { forbid, ownersOnly } from "./pages/owners-only.ts";
import { peoplePages } from "./pages/people/routes.tsx";
import { claimFirst, claimPages, setupPages } from "./pages/setup/routes.tsx";
import { secureAddress, signInPages } from "./pages/sign-in/routes.tsx";
import { type PageRequest, type PageStatus, show } from "./render.tsx";
import { Reveals } from "./reveals.ts";
import { authorityRoutes } from "./routes/authority.ts";
import { healthRoutes } from "./routes/health.ts";
import { liveRoutes } from "./routes/live.ts";
import { signInRoutes } from "./routes/sign-in.tsx";
import { Runs } from "./runs.ts";
import { findSession, pathAndQuery, rolesNeeded } from "./sessions.ts";
import { visitorOf } from "./visitor.ts";

const KEEP_FOREVER = "public, max-age=31536000, immutable";
/** Forms are small. */
const LARGEST_FORM_BYTES = 256 * 1024;

export function createConsole(
	services: ConsoleServices,
	surroundings: Surroundings,
	log: Log,
): Hono<ConsoleEnvironment> {
	const app = new Hono<ConsoleEnvironment>();
	const desk: Desk = {
		services,
		surroundings,
		log,
		runs: new Runs(log),
		flashes: new Flashes(),
		reveals: new Reveals(),
	};

	app.use("/sign-in/return", async (context, next) => {
		await next();
		// Its address holds the code of a sign-in.
		context.res.headers.set("Referrer-Policy", "no-referrer");
	});
	app.use(headers());
	app.use(async (context, next) => {
		context.set("desk", desk);
		context.set("visitor", visitorOf(context.req.raw, context.env, surroundings));
		context.set("language", languageOf(context));
		await next();
	});
	app.use(ownHost);
	app.use(compress({ encoding: "gzip" }));
	app.use(assets);
	app.route("/", healthRoutes());
	app.use(tlsWhereRequired);
	app.use(findSession);
	// Before the limit of forms: it refuses in JSON what is too large for it.
	app.route("/", networkApi(services, log));
	// Before the limit: a backup may be larger than all memory, and is never held in it.
	app.route("/", restoreUpload(uploadGuard(refuseForm)));
	app.route("/", updateUpload(uploadGuard(refuseForm)));
	app.use(
		bodyLimit({
			maxSize: LARGEST_FORM_BYTES,
			onError: (context) => {
				const pages = context as PageRequest;
				const { tooLargeTitle: title, tooLarge: text } = commonWords[pages.var.language].faults;
				return showMessage(pages, { title, text, status: 413 });
			},
		}),
	);
	app.route("/", authorityRoutes(services.appliance));
	app.use(formGuard(refuseForm));
	app.route("/", signInRoutes(services.accounts));
	app.use(claimFirst);
	app.route("/", claimPages());
	app.route("/", signInPages());
	app.route("/", joinPages());

	app.route("/", mePages());
	app.use(rolesNeeded("viewer", "operator", forbid));
	app.route("/", liveRoutes());
	app.route("/", overviewPages());
	app.route("/", mailPages());
	app.route("/", devicePages());
	app.route("/", microsoftPages());
	app.route("/", mailboxPages());
	app.route("/", systemPages());
	app.route("/", peoplePages());
	app.route("/", logPages());
	app.use("/setup/*", ownersOnly);
	app.route("/", setupPages());
	app.get("/more", (context) => {
		const title = commonWords[context.var.language].sections.more;
		return show(context, { title, section: "more", body: <MorePage /> });
	});

	app.notFound((context) => {
		const { notFoundTitle: title, notFound: text } = commonWords[context.var.language].faults;
		return showMessage(context, { title, text, status: 404 });
	});
	app.onError((thrown, context) => tellFault(thrown, context, log));
	return app;
}

function headers() {
	return secureHeaders({
		contentSecurityPolicy: {
			defaultSrc: ["'none'"],
			styleSrc: ["'self'"],
			scriptSrc: ["'self'"],
			imgSrc: ["'self'"],
			connectSrc: ["'self'"],
			baseUri: ["'none'"],
			formAction: ["'self'"],
			frameAncestors: ["'none'"],
		},
		xFrameOptions: "DENY",
		referrerPolicy: "same-origin",
		permissionsPolicy: { camera: [], microphone: [], geolocation: [] },
		// The box's certificate is its own: a browser told to insist on TLS would lock the owner out.
		strictTransportSecurity: false,
	});
}

const assets: MiddlewareHandler<ConsoleEnvironment> = async (context, next) => {
	const asset = context.req.method === "GET" ? ASSETS.get(context.req.path) : undefined;
	if (asset === undefined) {
		await next();
		return undefined;
	}
	return context.body(asset.text, 200, { "Content-Type": asset.type, "Cache-Control": KEEP_FOREVER });
};

/** `console.require_tls`: http leads to https. The authority stays open, or nobody could come to trust the box. */
const tlsWhereRequired: MiddlewareHandler<ConsoleEnvironment> = async (context, next) => {
	const { surroundings } = context.var.desk;
	const isOpen = context.req.path.startsWith("/authority.");
	const address = surroundings.requiresTls() && !isOpen ? secureAddress(context) : undefined;
	if (address === undefined) {
		await next();
		return undefined;
	}
	// A form that came in clear is not sent on: its content has been seen already.
	const { method, url } = context.req;
	return context.redirect(method === "GET" ? address + pathAndQuery(url).slice(1) : address, 303);
};

/** The visitor's choice, else the first of the browser's that the console speaks. */
function languageOf(context: PageRequest): Language {
	const chosen = getCookie(context, "language");
	if (chosen !== undefined && isLanguage(chosen)) return chosen;
	const spoken = accepts(context, {
		...{ header: "Accept-Language", supports: [...LANGUAGES], default: "en" },
		match: (wanted, { default: otherwise }) =>
			wanted
				.sort((a, b) => b.q - a.q)
				.map(({ type }) => type.slice(0, 2).toLowerCase())
				.find(isLanguage) ?? otherwise,
	});
	return isLanguage(spoken) ? spoken : "en";
}

function refuseForm(context: PageRequest, fault: "form-elsewhere" | "form-stale") {
	const { elsewhereTitle, elsewhere, staleTitle, stale } = commonWords[context.var.language].faults;
	return fault === "form-elsewhere"
		? showMessage(context, { title: elsewhereTitle, text: elsewhere, status: 403 })
		: showMessage(context, { title: staleTitle, text: stale, status: 403 });
}

function statusOf({ code }: UserError): PageStatus {
	if (code === "form-unreadable") return 400;
	return code.includes("unknown") || code.endsWith("-gone") ? 404 : 409;
}

function tellFault(thrown: Error, context: PageRequest, log: Log) {
	const words = commonWords[context.var.language].faults;
	if (thrown instanceof UserError) {
		const { text, hint } = refusalText(context.var.language, thrown);
		const status = statusOf(thrown);
		const title = status === 404 ? words.notFoundTitle : words.refusedTitle;
		return showMessage(context, { title, text, hint, status });
	}
	if (isBrokenOff(thrown, context)) return context.body(null, 400);
	const error = asError(thrown);
	log.error("console-fault", { path: context.req.path, error: error.stack ?? error.message });
	return showMessage(context, { title: words.faultTitle, text: words.fault, status: 500 });
}
