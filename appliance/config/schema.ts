/**
 * The configuration: one zod object from which the types, the checks, the defaults and the annotated
 * `config describe` come. Keys are as in the file, so that a key found in the code is the key the
 * owner writes. Parsing reports every fault as a zod issue; `problems.ts` words them.
 *
 * Values arrive parsed: sizes in bytes, times in milliseconds, places to listen as host and port.
 */
import * as z from "zod";
import { CONFIGURING } from "../words/configuring.ts";
import { readDuration, readRetrySchedule } from "./duration.ts";
import { isHost, readListen, readProxyUrl, readRedirectUrl, readServer, readServiceUrl } from "./endpoint.ts";
import {
	documented,
	listOf,
	listOfTextOrNumber,
	matching,
	optionalSecret,
	text,
	textOrNumber,
} from "./fields.ts";
import { readMailPattern } from "./mail-pattern.ts";
import { EXAMPLE_HASH, readPasswordHash } from "./password-hash.ts";
import {
	accountSchema,
	deviceSchema,
	mailboxSchema,
	readAddressRange,
	readClientId,
	readCount,
	readTenant,
} from "./record-schemas.ts";
import { Refusal } from "./refusal.ts";
import { readSize } from "./size.ts";

/** Microsoft takes no message larger than 150 MB, whatever a tenant allows. */
const LARGEST_MESSAGE_BYTES = 150 * 2 ** 20;
const MOST_RECORDS = 1000;
/** Each is an account that is kept signed in. */
const MOST_JOINED = 500;

const networks = () => listOf(readAddressRange);
const listeners = () => listOfTextOrNumber(readListen);
const filePath = () => text(matching(/^[^\0]{0,1024}$/, CONFIGURING.noFileName));

const consoleTable = z.strictObject({
	listen: listeners()
		.prefault(["[::]:80"])
		.meta(documented({ description: '"host:port"; a bare port means every address' })),
	listen_tls: listeners()
		.prefault(["[::]:443"])
		.meta(documented({ description: "the same with TLS" })),
	password_hash: optionalSecret(readPasswordHash).meta(
		documented({
			description: "the owner's password for the console; else set at first visit",
			example: EXAMPLE_HASH,
			secret: true,
		}),
	),
	trusted_proxies: networks()
		.prefault([])
		.meta(documented({ description: "addresses whose X-Forwarded-* is believed" })),
	names: listOf(matching(/^(?=.{1,253}$)[a-zA-Z0-9]([a-zA-Z0-9.-]*[a-zA-Z0-9])?$/, CONFIGURING.noHostName))
		.prefault([])
		.meta(
			documented({
				description:
					"further names by which the console is opened; it answers to its own, to addresses, and to these",
			}),
		),
	require_tls: z
		.boolean()
		.prefault(false)
		.meta(documented({ description: "http leads to https; trust the box's authority first" })),
});

const signUpTable = z.strictObject({
	enabled: z
		.boolean()
		.prefault(false)
		.meta(documented({ description: "the console's page /join is open to those whom allow names" })),
	allow: listOf(readMailPattern)
		.prefault([])
		.meta(documented({ description: 'addresses, such as "*@contoso.com"; nobody while it is empty' })),
	deny: listOf(readMailPattern)
		.prefault([])
		.meta(documented({ description: "addresses that may not, whatever allow says" })),
	fetch_mail: z
		.boolean()
		.prefault(false)
		.meta(
			documented({ description: "they may also fetch their own mailbox over POP3, with the same password" }),
		),
	most_people: textOrNumber((value) => readCount(value, MOST_JOINED))
		.prefault(50)
		.meta(documented({ description: "so many may have signed up at once" })),
});

const smtpTable = z.strictObject({
	listen: listeners()
		.prefault(["[::]:25"])
		.meta(documented({ description: "plain, STARTTLS offered" })),
	listen_submission: listeners()
		.prefault(["[::]:587"])
		.meta(documented({ description: "STARTTLS, sign-in required" })),
	listen_tls: listeners()
		.prefault(["[::]:465"])
		.meta(documented({ description: "implicit TLS" })),
	listen_auto: listeners()
		.prefault(["[::]:2525"])
		.meta(documented({ description: "any of the three, detected" })),
	max_message_size: textOrNumber((value) =>
		readSize(value, { leastBytes: 1000, mostBytes: LARGEST_MESSAGE_BYTES }),
	)
		.prefault("150MB")
		.meta(
			documented({
				description: "the largest message that is taken; 1 MB is 1,000,000 bytes, 1 MiB is 1,048,576",
			}),
		),
	strangers: z
		.enum(["refuse", "ask"])
		.prefault("refuse")
		.meta(
			documented({
				description: "mail from an unknown device: refuse it, or keep it and ask the owner (refuse | ask)",
			}),
		),
	proxy_protocol_from: networks()
		.prefault([])
		.meta(documented({ description: "addresses whose PROXY v1/v2 header is believed" })),
});

const pop3Table = z.strictObject({
	listen: listeners()
		.prefault(["[::]:110"])
		.meta(documented({ description: "plain, STLS offered" })),
	listen_tls: listeners()
		.prefault(["[::]:995"])
		.meta(documented({ description: "implicit TLS" })),
});

const tlsTable = z.strictObject({
	certificate_file: filePath()
		.prefault("")
		.meta(
			documented({
				description: "PEM; else the box makes its own authority and certificate, downloadable",
				path: true,
			}),
		),
	key_file: filePath()
		.prefault("")
		.meta(documented({ description: "PEM; the key of certificate_file", path: true })),
});

/** A pin of the 40-pin header by the number that the chip's maker gives it; 0 and 1 are for boards that say who they are. */
function readPin(value: string | number): number | undefined | Refusal {
	const written = String(value).trim();
	if (written === "") return undefined;
	const pin = /^\d{1,2}$/.test(written) ? Number(written) : 0;
	return pin >= 2 && pin <= 27 ? pin : new Refusal(CONFIGURING.noPin);
}

const pin = (description: string) =>
	textOrNumber(readPin)
		.prefault("")
		.meta(documented({ description: `${description}; the GPIO number (BCM, 2 to 27), or empty` }));

const lightsTable = z.strictObject({
	board_light: z
		.boolean()
		.prefault(true)
		.meta(
			documented({
				description: "the board's own light shows how it is; else it is dark while Postern runs",
			}),
		),
	green_pin: pin("a light that shows all that the board's own does"),
	red_pin: pin("a light that shows trouble only"),
	button_pin: pin(
		'a button to ground: short for "I have seen it", ten seconds for a new way into the console',
	),
});

const readDurationOrNever = (value: string): number | Refusal =>
	value.trim().toLowerCase() === "never" ? Number.MAX_SAFE_INTEGER : readDuration(value);

const queueTable = z.strictObject({
	retry: text(readRetrySchedule)
		.prefault("1m, 2m, 5m*3, 15m*4, 1h")
		.meta(documented({ description: "waits before trying again; the last repeats" })),
	expire_after: text(readDuration)
		.prefault("30d")
		.meta(documented({ description: "give up after this much time in which delivery was possible" })),
	when_unsure: z
		.enum(["send-again", "ask"])
		.prefault("send-again")
		.meta(
			documented({
				description:
					"a message may have been sent and nobody may look: send-again (it may come twice) | ask (it is held for you)",
			}),
		),
	keep_subjects: z
		.boolean()
		.prefault(false)
		.meta(documented({ description: "subjects are kept with the history of mail and shown in the console" })),
	paused: z
		.boolean()
		.prefault(false)
		.meta(documented({ description: "no mail leaves until this is off again; devices are still served" })),
	reports_to: z
		.enum(["sender", "owner", "nobody"])
		.prefault("sender")
		.meta(
			documented({
				description: "who is told of mail that failed: sender (else the account's owner) | owner | nobody",
			}),
		),
	keep_failed: text(readDuration)
		.prefault("90d")
		.meta(documented({ description: "failed mail that nobody acted on is kept this long" })),
	delay_warning_after: text(readDurationOrNever)
		.prefault("4h")
		.meta(
			documented({ description: "tell the sender that a message still waits after this long; or never" }),
		),
	reserve: textOrNumber((value) => readSize(value, { leastBytes: 0, mostBytes: 1e12 }))
		.prefault("64MB")
		.meta(
			documented({
				description:
					"free space kept on the card; below it devices are told to try later, urgent ones below its half",
			}),
		),
});

const microsoftTable = z.strictObject({
	cloud: z
		.enum(["global", "us-gov", "us-dod", "china", "custom"])
		.prefault("global")
		.meta(documented({ description: "global | us-gov | us-dod | china | custom" })),
	client_id: text(readClientId)
		.prefault("")
		.meta(documented({ description: "the owner's app registration: its application (client) id" })),
	tenant: text(readTenant)
		.prefault("common")
		.meta(documented({ description: "common, organizations, consumers, or the tenant's id or domain" })),
	redirect: text(readRedirectUrl)
		.prefault("")
		.meta(
			documented({
				description:
					"where a browser sign-in ends, as in the app registration: the console's https://…/sign-in/return, or http://localhost; else Microsoft's empty page, whose address is pasted",
			}),
		),
	authority: text(readServiceUrl)
		.prefault("https://login.microsoftonline.com")
		.meta(
			documented({
				description:
					'cloud = "custom" only: the sign-in service; http:// is accepted for loopback addresses alone',
			}),
		),
	graph: text(readServiceUrl)
		.prefault("https://graph.microsoft.com")
		.meta(documented({ description: 'cloud = "custom" only: Graph, without /v1.0' })),
	smtp: text(readServer)
		.prefault("smtp.office365.com:587")
		.meta(documented({ description: 'cloud = "custom" only: SMTP submission' })),
	pop: text(readServer)
		.prefault("outlook.office365.com:995")
		.meta(documented({ description: 'cloud = "custom" only: POP3 over TLS' })),
	ca_file: filePath()
		.prefault("")
		.meta(documented({ description: "PEM; authorities to trust besides the usual ones", path: true })),
	proxy: text(readProxyUrl)
		.prefault("")
		.meta(documented({ description: "http://host:port of the site's proxy; else HTTPS_PROXY / NO_PROXY" })),
});

export const configSchema = z.strictObject({
	name: text(readName)
		.prefault("postern")
		.meta(documented({ description: "host name on the LAN, SMTP greeting, mDNS" })),
	state_dir: text(matching(/^[^\0]{1,1024}$/, CONFIGURING.noFolder))
		.prefault("/var/lib/postern")
		.meta(documented({ description: "where mail, sign-ins and settings are kept", path: true })),
	console: consoleTable.prefault({}).describe("The pages the owner opens in a browser."),
	sign_up: signUpTable
		.prefault({})
		.describe("Who may get a user name and password of their own by signing in to their Microsoft account."),
	smtp: smtpTable.prefault({}).describe("Where devices hand over mail. An empty list listens nowhere."),
	pop3: pop3Table.prefault({}).describe("Where devices fetch mail."),
	tls: tlsTable.prefault({}).describe("The certificate shown to devices and browsers."),
	queue: queueTable.prefault({}).describe("How long and how often delivery is tried."),
	microsoft: microsoftTable.prefault({}).describe("Microsoft 365."),
	lights: lightsTable
		.prefault({})
		.describe("The firmware's lights and button. Pins count from the machine's next start."),
	account: z
		.array(accountSchema)
		.max(MOST_RECORDS)
		.prefault([])
		.describe("A Microsoft account to send through."),
	device: z.array(deviceSchema).max(MOST_RECORDS).prefault([]).describe("Something that may send mail."),
	mailbox: z.array(mailboxSchema).max(MOST_RECORDS).prefault([]).describe("Who may fetch what over POP3."),
});

function readName(value: string): string | Refusal {
	const name = value.trim();
	return isHost(name) ? name : new Refusal(CONFIGURING.noBoxName);
}

/** Every key with its value, checked. */
export type Config = z.output<typeof configSchema>;
export type AccountConfig = Config["account"][number];
export type DeviceConfig = Config["device"][number];
