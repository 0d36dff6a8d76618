/**
 * The control of the simulation over HTTP, for tests in another process: `POST /control/<verb>` with a
 * JSON body, `GET /control/<noun>` (README.md lists them). 400 with the reason for a body that does not
 * fit. JSON only, so that no page in a browser can reach it unasked.
 */
import { Hono } from "hono";
import * as z from "zod";
import { POLL_QUIRKS, type SandboxControl } from "./control.ts";
import { FaultSchema } from "./faults.ts";
import type { ArrivedMessage } from "./record.ts";
import { SandboxSettingsPatchSchema } from "./settings.ts";

const LIST_LIMIT = 100_000;

type Verb = (control: SandboxControl, body: unknown) => unknown;

/** Ties a body's schema to what is done with it. */
function verb<Body>(schema: z.ZodType<Body>, run: (control: SandboxControl, body: Body) => unknown): Verb {
	return (control, body) => run(control, schema.parse(body));
}

const address = z.string().min(3);
const sides = z.array(z.enum(["http", "smtp", "pop"]));
const nothing = z.looseObject({});

const VERBS: Readonly<Record<string, Verb>> = {
	settings: verb(SandboxSettingsPatchSchema, (control, body) => control.change(body)),
	offline: verb(
		z.strictObject({ state: z.enum(["refuse", "reset", "silent"]).optional(), sides: sides.optional() }),
		async (control, { state, sides: which }) => {
			await control.offline(state, which);
		},
	),
	online: verb(nothing, async (control) => {
		await control.online();
	}),
	faults: verb(FaultSchema, (control, fault) => control.fail(fault)),
	"clear-faults": verb(nothing, (control) => control.clearFaults()),
	"quirk-next-poll": verb(z.strictObject({ quirk: z.enum(POLL_QUIRKS) }), (control, { quirk }) =>
		control.quirkNextPoll(quirk),
	),
	revoke: verb(z.strictObject({ address, accessTokensToo: z.boolean().optional() }), (control, body) =>
		control.revoke(body.address, body),
	),
	"fail-refresh": verb(z.strictObject({ address, aadsts: z.number().nullable() }), (control, body) =>
		control.failRefresh(body.address, body.aadsts),
	),
	approve: verb(z.strictObject({ userCode: z.string(), address }), (control, body) => ({
		found: control.approve(body.userCode, body.address),
	})),
	decline: verb(z.strictObject({ userCode: z.string() }), (control, body) => ({
		found: control.decline(body.userCode),
	})),
	consent: verb(
		z.strictObject({ address, scope: z.string(), clientId: z.string().optional() }),
		(control, body) => control.consent(body.address, body.scope, body.clientId),
	),
	share: verb(z.strictObject({ mailbox: address, with: address }), (control, body) =>
		control.share(body.mailbox, body.with),
	),
	"allow-send-as": verb(z.strictObject({ address, from: z.string() }), (control, body) =>
		control.allowSendAs(body.address, body.from),
	),
	"smtp-auth": verb(z.strictObject({ address, enabled: z.boolean() }), (control, body) =>
		control.setSmtpAuth(body.address, body.enabled),
	),
	"add-client": verb(z.strictObject({ clientId: z.string() }), (control, body) =>
		control.addClient(body.clientId),
	),
	"add-redirect": verb(z.strictObject({ url: z.string() }), (control, { url }) => control.addRedirect(url)),
	"grant-app": verb(
		z.strictObject({
			clientId: z.string().optional(),
			certificatePem: z.string().optional(),
			graph: z.array(z.string()).optional(),
			outlook: z.array(z.string()).optional(),
			mailboxes: z.array(address).optional(),
		}),
		(control, body) => control.grantApp(body),
	),
	"mint-token": verb(
		z.strictObject({
			address,
			resource: z.enum(["graph", "outlook"]).optional(),
			scopes: z.array(z.string()).optional(),
			lifetimeSeconds: z.number().optional(),
		}),
		(control, body) => ({ token: control.mintToken(body.address, body) }),
	),
	"forget-traffic": verb(nothing, (control) => control.forgetTraffic()),
	reset: verb(nothing, async (control) => {
		await control.reset();
	}),
};

export function controlApi(control: SandboxControl): Hono {
	const app = new Hono();
	app.get("/state", (c) =>
		c.json({ doors: control.doors(), settings: control.settings(), counts: control.counts() }),
	);
	app.get("/faults", (c) => c.json(control.faults()));
	app.get("/counts", (c) => c.json(control.counts()));
	app.get("/duplicates", (c) => c.json(control.duplicates()));
	app.get("/concurrency", (c) => c.json(control.concurrency()));
	app.get("/device-codes", (c) => c.json(control.pendingUserCodes()));
	app.get("/requests", (c) => {
		const kind = z.enum(["graph", "sign-in", "smtp"]).safeParse(c.req.query("kind")).data;
		return c.json(control.requests({ kind, path: c.req.query("path"), account: c.req.query("account") }));
	});
	app.get("/messages", (c) => {
		const { messageId, recipient, after, limit } = c.req.query();
		const filter = { messageId, recipient, after: Number(after ?? 0), limit: Number(limit ?? LIST_LIMIT) };
		return c.json(control.arrived(filter).map(arrivedJson));
	});
	app.get("/messages/:number/raw", (c) => {
		const [arrived] = control.arrived({ after: Number(c.req.param("number")) - 1 });
		const bytes = arrived?.message.bytes;
		if (bytes === undefined) return c.json({ error: "not there, or its bytes were given up for room" }, 404);
		return c.body(new Uint8Array(bytes), 200, { "Content-Type": "application/octet-stream" });
	});
	app.post("/:verb", async (c) => {
		const run = VERBS[c.req.param("verb")];
		if (run === undefined)
			return c.json({ error: `no such verb; there are ${Object.keys(VERBS).join(" ")}` }, 404);
		if (c.req.header("content-type")?.startsWith("application/json") !== true)
			return c.json({ error: "the body must be JSON and say so" }, 415);
		const text = await c.req.text();
		try {
			const result = await run(control, text === "" ? {} : JSON.parse(text));
			return c.json(result ?? {});
		} catch (error) {
			if (error instanceof z.ZodError) return c.json({ error: z.prettifyError(error) }, 400);
			if (error instanceof SyntaxError) return c.json({ error: error.message }, 400);
			throw error;
		}
	});
	return app;
}

/** Without the bytes; those are at `/control/messages/<number>/raw`. */
function arrivedJson({ message, ...arrived }: ArrivedMessage) {
	const { summary, sizeBytes, sha256 } = message;
	return { ...arrived, ...summary, sizeBytes, sha256 };
}
