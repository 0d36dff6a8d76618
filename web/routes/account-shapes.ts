/** What the API says of the Microsoft accounts, and of a sign-in as it goes. */
import * as z from "zod";
import { COUNT, named, TIME } from "../api-schema.ts";

export const METHOD = z.enum(["device-code", "browser", "certificate"]);
export const TRANSPORT = z.enum(["graph", "smtp"]);

export const WAITS = named(
	"Waits",
	z
		.strictObject({ until: TIME, why: z.string() })
		.describe("Why an account sends nothing for a while although nothing is wrong with it."),
);

export const ACCOUNT = named(
	"Account",
	z.strictObject({
		account: z.strictObject({
			address: z.string(),
			transport: TRANSPORT,
			method: METHOD,
			clientId: z.string(),
			tenant: z.string(),
			fetchOver: z.enum(["graph", "pop3"]),
			certificateFile: z.string(),
			sharedMailboxes: z.array(z.string()),
			owner: z.string().describe("Who is told of its failures."),
			spreadOver: z.array(z.string()),
			senders: z.array(z.string()),
			limits: z.strictObject({
				messagesPerMinute: COUNT,
				recipientsPerDay: COUNT,
				requestsPerTenMinutes: COUNT,
				uploadBytesPerFiveMinutes: COUNT,
			}),
			joinedAt: TIME.optional().describe("When its person came by self-service; absent: it is the owner's."),
			origin: z.enum(["file", "saved"]),
		}),
		state: z.enum(["signed-in", "needs-sign-in", "signing-in"]),
		signedInAs: z.string(),
		signedInAt: TIME.nullable(),
		lapsesAt: TIME.nullable().describe("When the sign-in lapses if Microsoft is never reached again."),
		trouble: z.string().describe("What the last refusal meant and what to do, or empty."),
		waits: WAITS.nullable(),
	}),
);

export const APP_CERTIFICATE = named(
	"AppCertificate",
	z.strictObject({
		address: z.string(),
		clientId: z.string(),
		transport: TRANSPORT,
		pem: z.string().describe("The public half, to be uploaded to the app registration."),
		thumbprintSha256: z.string(),
		thumbprintSha1: z.string(),
		expiresAt: TIME,
		acceptedAt: TIME.nullable().describe("Null until Microsoft has accepted it."),
		olderServesUntil: TIME.nullable(),
		file: z.string().describe("The owner's own file, or empty."),
	}),
);

export const SIGN_IN_NEWS = named(
	"SignInNews",
	z
		.discriminatedUnion("type", [
			z.strictObject({
				type: z.literal("prompt"),
				verificationUri: z.string(),
				userCode: z.string(),
				expiresAt: TIME,
				message: z.string(),
			}),
			z.strictObject({ type: z.literal("open"), url: z.string(), endsAt: z.string(), expiresAt: TIME }),
			z.strictObject({
				type: z.literal("certificate"),
				certificate: APP_CERTIFICATE,
				isNew: z.boolean(),
			}),
			z.strictObject({ type: z.literal("waiting"), text: z.string() }),
			z.strictObject({ type: z.literal("signed-in"), who: z.string() }),
			z.strictObject({
				type: z.literal("refused"),
				ownerText: z.string(),
				hint: z.string(),
				wayOut: z.enum(["other-method", "registration"]).optional(),
			}),
		])
		.describe("What has to be done, what is waited for, how it ended: signed-in or refused is the last."),
);
