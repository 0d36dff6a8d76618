/**
 * The console as the LAN sees it: the status page, `/healthz`, the box's authority to download, and
 * nothing else until there is a sign-in. For the composition root, which gives it to `listenHttp`.
 *
 * Only GET and HEAD are answered. A fault of ours gives a plain 500 page and a line in the log; the
 * page never shows the fault itself. `/healthz` is 200 as long as anything is served.
 */
import { Hono } from "hono";
import { secureHeaders } from "hono/secure-headers";
import { asError } from "../appliance/errors.ts";
import type { Log } from "../appliance/log.ts";
import type { Services } from "../appliance/services.ts";
import { ICON_SVG } from "./assets/icon.ts";
import { htmlDocument, ICON_PATH, STYLE_PATH, styleSheet } from "./pages/layout.tsx";
import { MessagePage } from "./pages/message-page.tsx";
import { publicStatus } from "./pages/public-status.ts";
import { StatusPage } from "./pages/status-page.tsx";
import { authorityRoutes } from "./routes/authority.ts";
import { signInRoutes } from "./routes/sign-in.tsx";

/** The style sheet's address carries its hash, so each version may be kept for good. */
const KEEP_FOREVER = "public, max-age=31536000, immutable";
const KEEP_A_DAY = "public, max-age=86400";

export function createConsole(services: Services, log: Log): Hono {
	const app = new Hono();

	app.use(
		secureHeaders({
			contentSecurityPolicy: {
				defaultSrc: ["'none'"],
				styleSrc: ["'self'"],
				imgSrc: ["'self'"],
				baseUri: ["'none'"],
				formAction: ["'none'"],
				frameAncestors: ["'none'"],
			},
			xFrameOptions: "DENY",
			referrerPolicy: "no-referrer",
			// The box's certificate is its own: a browser told to insist on TLS would lock the owner out.
			strictTransportSecurity: false,
		}),
	);

	// Before the rule on methods, so that a program hears 401 in JSON whatever it tries.
	app.all("/api/*", (context) => context.json(SIGN_IN_NEEDED, 401, { "Cache-Control": "no-store" }));

	app.use(async (context, next) => {
		if (context.req.method !== "GET" && context.req.method !== "HEAD") {
			return context.html(
				htmlDocument(
					<MessagePage title="This cannot be done here" text="These pages can be read, not written to." />,
				),
				405,
				{ Allow: "GET, HEAD" },
			);
		}
		await next();
		if (!context.res.headers.has("Cache-Control")) context.res.headers.set("Cache-Control", "no-store");
		return undefined;
	});

	app.get("/", async (context) => {
		const status = publicStatus(await services.appliance.status());
		return context.html(htmlDocument(<StatusPage status={status} />));
	});

	app.get("/healthz", async (context) => {
		const problems = await problemsOf(services, log);
		return context.json({ status: problems.length === 0 ? "ok" : "degraded", problems });
	});

	app.route("/", signInRoutes(services.accounts));
	app.route("/", authorityRoutes(services.appliance));

	app.get(STYLE_PATH, (context) =>
		context.body(styleSheet, 200, {
			"Content-Type": "text/css; charset=utf-8",
			"Cache-Control": KEEP_FOREVER,
		}),
	);
	app.get(ICON_PATH, (context) =>
		context.body(ICON_SVG, 200, { "Content-Type": "image/svg+xml", "Cache-Control": KEEP_A_DAY }),
	);

	app.notFound((context) =>
		context.html(
			htmlDocument(
				<MessagePage
					title="There is no such page"
					text="The address leads nowhere. It may be mistyped, or from another version."
				/>,
			),
			404,
			{ "Cache-Control": "no-store" },
		),
	);

	app.onError((thrown, context) => {
		const error = asError(thrown);
		log.error("console-fault", { path: context.req.path, error: error.stack ?? error.message });
		return context.html(
			htmlDocument(
				<MessagePage
					title="The status cannot be shown"
					text="Postern met a fault of its own; its log says more. Devices may still be served."
				/>,
			),
			500,
			{ "Cache-Control": "no-store" },
		);
	});

	return app;
}

const SIGN_IN_NEEDED = {
	error: {
		code: "sign-in-needed",
		message: "This needs a sign-in, which this version offers only on the box itself.",
		hint: "Use the postern command on the box.",
	},
};

async function problemsOf(services: Services, log: Log): Promise<readonly string[]> {
	try {
		return publicStatus(await services.appliance.status()).problems;
	} catch (thrown) {
		// Whoever watches this must hear of it, and "not serving" would be untrue.
		const error = asError(thrown);
		log.error("status-fault", { error: error.stack ?? error.message });
		return ["The status cannot be read; the log says more."];
	}
}
