/**
 * `/api/v1/accounts…`: the Microsoft accounts. Signing in and testing take minutes, so they answer
 * with a stream of news; hanging up cancels them.
 */
import * as z from "zod";
import type { Services } from "../../appliance/services.ts";
import { json, lines } from "../answer-shapes.ts";
import { routesOver } from "../api-route.ts";
import { TEST_STEP } from "../api-schema.ts";
import { given } from "../given.ts";
import { ACCOUNT, APP_CERTIFICATE, METHOD, SIGN_IN_NEWS, TRANSPORT } from "./account-shapes.ts";

const DRAFT_INPUT = z.strictObject({
	address: z
		.string()
		.trim()
		.max(320, "at most 320 characters")
		.regex(/^[^\s@<>\p{C}]+@[^\s@<>\p{C}]+$/u, "an account is a mailbox address such as alerts@contoso.com"),
	method: METHOD.optional(),
	transport: TRANSPORT.optional(),
	clientId: z.string().trim().max(128, "at most 128 characters").optional(),
	tenant: z.string().trim().max(255, "at most 255 characters").optional(),
});

/** Longer than any address a browser takes. */
const LONGEST_PASTE = 32_768;
const PASTE_INPUT = z.strictObject({ pasted: z.string().max(LONGEST_PASTE, "too long to be an address") });
const RETURNED_INPUT = z.strictObject({ query: z.string().max(LONGEST_PASTE, "too long to be an address") });
const CERTIFICATE_INPUT = z.strictObject({ renew: z.boolean() });

const route = routesOver<Pick<Services, "accounts">>();

export const ACCOUNT_ROUTES = [
	route({
		...{ method: "get", path: "/accounts", scope: "read" },
		summary: "The Microsoft accounts, how their sign-ins are, and what is wrong.",
		answer: json(z.array(ACCOUNT)),
		handle: ({ services }) => services.accounts.list(),
	}),
	route({
		...{ method: "post", path: "/accounts", scope: "accounts" },
		summary: "Adds an account where it is new, and signs in.",
		input: DRAFT_INPUT,
		answer: lines(SIGN_IN_NEWS),
		handle({ services, input: { address, ...input }, signal }) {
			return services.accounts.add({ address, ...given(input) }, signal);
		},
	}),
	route({
		...{ method: "post", path: "/accounts/returned", scope: "accounts" },
		summary: "Hands over the query with which a browser came back from a sign-in to the console itself.",
		input: RETURNED_INPUT,
		answer: json(z.strictObject({ account: z.string() })),
		async handle({ services, input }) {
			return { account: await services.accounts.returned(input.query) };
		},
	}),
	route({
		...{ method: "post", path: "/accounts/{address}/paste", scope: "accounts" },
		summary: "Hands over the address at which the browser of a sign-in ended.",
		input: PASTE_INPUT,
		answer: json(z.strictObject({ taken: z.literal(true) })),
		async handle({ services, params, input: { pasted } }) {
			await services.accounts.paste(params.address, pasted);
			return { taken: true } as const;
		},
	}),
	route({
		...{ method: "post", path: "/accounts/{address}/certificate", scope: "accounts" },
		summary: "The certificate by which an account signs in, or a new one.",
		input: CERTIFICATE_INPUT,
		answer: json(APP_CERTIFICATE),
		handle: ({ services, params, input }) => services.accounts.certificate(params.address, input.renew),
	}),
	route({
		...{ method: "post", path: "/accounts/{address}/test", scope: "accounts" },
		summary: "Sends a message from the account to itself and follows it to Microsoft's answer.",
		answer: lines(TEST_STEP),
		handle: ({ services, params, signal }) => services.accounts.test(params.address, signal),
	}),
	route({
		...{ method: "delete", path: "/accounts/{address}", scope: "accounts" },
		summary: "Forgets the sign-in, and the account if it is not in the configuration file.",
		answer: json(z.strictObject({ removed: z.string() })),
		async handle({ services, params: { address } }) {
			await services.accounts.remove(address);
			return { removed: address };
		},
	}),
];
