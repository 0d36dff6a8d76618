/**
 * `/api/v1/mailboxes…`: who may fetch what over POP3. Adding one answers with what to type into the program, password
 * included. A test takes a while, so it answers with a stream of steps.
 */
import * as z from "zod";
import type { Services } from "../../appliance/services.ts";
import { json, lines } from "../answer-shapes.ts";
import { routesOver } from "../api-route.ts";
import { COUNT, named, TEST_STEP } from "../api-schema.ts";
import { given } from "../given.ts";

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
const ON_DELETE = z.enum(["trash", "delete", "keep"]);

const DRAFT_INPUT = z.strictObject({
	username: z.string().min(1).max(100).optional(),
	mailbox: z
		.string()
		.trim()
		.max(320, "at most 320 characters")
		.regex(/^[^\s@<>\p{C}]+@[^\s@<>\p{C}]+$/u, "a mailbox is an address such as orders@contoso.com"),
	account: z.string().min(1).max(320).optional(),
	onDelete: ON_DELETE.optional(),
	options: OPTIONS.optional(),
});

const TEST_INPUT = z.strictObject({ password: z.string().min(1).max(256) });

const MAILBOX = named(
	"Mailbox",
	z.strictObject({
		username: z.string(),
		mailbox: z.string(),
		account: z.string(),
		folder: z.string(),
		onDelete: ON_DELETE,
		onlyUnread: z.boolean(),
		markRead: z.boolean(),
		newerThanMs: COUNT.optional(),
		mostMessages: COUNT.optional(),
		cacheBytes: COUNT.optional(),
		exactSizes: z.boolean(),
		authWithoutTls: z.boolean(),
		apop: z.boolean(),
		origin: z.enum(["file", "saved"]),
	}),
);

const PLACE = named(
	"MailboxPlace",
	z.strictObject({
		server: z.string(),
		ports: z.array(
			z.strictObject({
				role: z.enum(["pop3", "pop3-tls"]),
				port: COUNT,
				security: z.enum(["none", "STLS", "TLS"]),
			}),
		),
	}),
);

const SETTINGS = named(
	"MailboxSettings",
	PLACE.extend({
		mailbox: MAILBOX,
		password: z.string().nullable().describe("Once, when it is made."),
	}),
);

const route = routesOver<Pick<Services, "mailboxes">>();

export const MAILBOX_ROUTES = [
	route({
		...{ method: "get", path: "/mailboxes", scope: "read" },
		summary: "Who may fetch what over POP3.",
		answer: json(z.array(MAILBOX)),
		handle: ({ services }) => services.mailboxes.list(),
	}),
	route({
		...{ method: "get", path: "/mailbox-place", scope: "read" },
		summary: "Where programs fetch.",
		answer: json(PLACE),
		handle: ({ services }) => services.mailboxes.place(),
	}),
	route({
		...{ method: "post", path: "/mailboxes", scope: "accounts" },
		summary: "Lets a program read a mailbox; its password is told here and never again.",
		input: DRAFT_INPUT,
		answer: json(SETTINGS, 201),
		handle: ({ services, input: { mailbox, options, ...input } }) =>
			services.mailboxes.add({ mailbox, ...given(input), ...(options && { options: given(options) }) }),
	}),
	route({
		...{ method: "post", path: "/mailboxes/{username}/test", scope: "accounts" },
		summary: "Signs in over POP3 as the program would, and tells what it would see.",
		input: TEST_INPUT,
		answer: lines(TEST_STEP),
		handle: ({ services, params: { username }, input: { password }, signal }) =>
			services.mailboxes.test({ username, password }, signal),
	}),
	route({
		...{ method: "delete", path: "/mailboxes/{username}", scope: "accounts" },
		summary: "Takes the permission back.",
		answer: json(z.strictObject({ removed: z.string() })),
		async handle({ services, params: { username } }) {
			await services.mailboxes.remove(username);
			return { removed: username };
		},
	}),
];
