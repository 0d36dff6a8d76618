/**
 * `/api/v1/mailboxes…`: who may fetch what over POP3. Adding one answers with what to type into the program, password
 * included. A test takes a while, so it answers with a stream of steps.
 */
import { Hono } from "hono";
import { z } from "zod";
import type { Log } from "../../appliance/log.ts";
import type { MailboxDraft, MailboxService } from "../../appliance/services.ts";
import { type ApiEnvironment, answerStream, readInput } from "../answers.ts";

const OPTIONS = z.strictObject({
	folder: z.string().max(512).optional(),
	only_unread: z.boolean().optional(),
	mark_read: z.boolean().optional(),
	newer_than: z.string().max(20).optional(),
	most_messages: z.string().max(20).optional(),
	cache: z.string().max(20).optional(),
	exact_sizes: z.boolean().optional(),
	auth_without_tls: z.boolean().optional(),
	apop: z.boolean().optional(),
});

const DRAFT_INPUT = z.strictObject({
	username: z.string().min(1).max(100).optional(),
	mailbox: z
		.string()
		.trim()
		.max(320, "at most 320 characters")
		.regex(/^[^\s@\p{C}]+@[^\s@\p{C}]+$/u, "a mailbox is an address such as orders@contoso.com"),
	account: z.string().min(1).max(320).optional(),
	onDelete: z.enum(["trash", "delete", "keep"]).optional(),
	options: OPTIONS.optional(),
});

const TEST_INPUT = z.strictObject({ password: z.string().min(1).max(256) });

export function mailboxRoutes(mailboxes: MailboxService, log: Log): Hono<ApiEnvironment> {
	const routes = new Hono<ApiEnvironment>();
	routes.get("/mailboxes", async (context) => context.json(await mailboxes.list()));
	routes.get("/mailbox-place", async (context) => context.json(await mailboxes.place()));
	routes.post("/mailboxes", async (context) => {
		const draft = await readInput(context, DRAFT_INPUT);
		return context.json(await mailboxes.add(withoutAbsent(draft)));
	});
	routes.post("/mailboxes/:username/test", async (context) => {
		const { password } = await readInput(context, TEST_INPUT);
		const username = context.req.param("username");
		return answerStream(context, log, (signal) => mailboxes.test({ username, password }, signal));
	});
	routes.delete("/mailboxes/:username", async (context) => {
		const username = context.req.param("username");
		await mailboxes.remove(username);
		return context.json({ removed: username });
	});
	return routes;
}

/** What was not sent is absent, not undefined. */
function withoutAbsent(draft: z.output<typeof DRAFT_INPUT>): MailboxDraft {
	return JSON.parse(JSON.stringify(draft)) as MailboxDraft;
}
