/**
 * For tests of the transports: attempts made of bytes, tokens without the ceremony, and the transports
 * wired to a cloud, which is the simulation or a server scripted by the test.
 */
import { type Account, PUBLISHED_LIMITS, type TransportKind } from "../accounts/model.ts";
import { type Clock, SystemClock } from "../clock.ts";
import { silentLog } from "../log.ts";
import { formatQueueId } from "../mail/queue-id.ts";
import { endpointsOf } from "../microsoft/clouds.ts";
import { type HttpClient, openHttp } from "../microsoft/http.ts";
import type { Resource, TokenOptions, TokenResult, TokenSource } from "../microsoft/token-source.ts";
import type { AccountTrouble, Attempt, AttemptReport, Transport } from "../queue/transport.ts";
import { Secret } from "../secret.ts";
import { TrustedTime } from "../trusted-time.ts";
import { createTransports, type Transports } from "./route.ts";

export const ACCOUNT = "alerts@contoso.com";

/** Gives what `mint` makes, or the trouble that is set; counts what was asked. */
export class ScriptedTokens implements TokenSource {
	readonly asked: { readonly resource: Resource; readonly forced: boolean }[] = [];
	readonly troubles: Partial<Record<Resource, AccountTrouble>> = {};
	readonly #mint: (resource: Resource, forced: boolean) => string;

	constructor(mint: (resource: Resource, forced: boolean) => string = (resource) => `${resource}-token`) {
		this.#mint = mint;
	}

	async accessToken(_account: string, resource: Resource, options: TokenOptions = {}): Promise<TokenResult> {
		const forced = options.forceRefresh === true;
		this.asked.push({ resource, forced });
		const trouble = this.troubles[resource];
		if (trouble !== undefined) return { ok: false, trouble };
		return {
			ok: true,
			token: new Secret(this.#mint(resource, forced)),
			expiresAtMs: Date.now() + 3_600_000,
			speaksFor: "person",
		};
	}
}

export interface RigOptions {
	readonly graphUrl?: string;
	/** `host:port`. */
	readonly smtpAddress?: string;
	readonly caPem?: string;
	readonly tokens?: ScriptedTokens;
	readonly clock?: Clock;
	readonly answerTimeoutMs?: number;
	readonly sentItemsLagMs?: number;
	readonly idleConnectionMs?: number;
}

export interface Rig {
	readonly transports: Transports;
	readonly tokens: ScriptedTokens;
	transportOf(kind: TransportKind): Transport;
	deliver(kind: TransportKind, attempt: Attempt, signal?: AbortSignal): Promise<AttemptReport>;
	close(): Promise<void>;
}

/** Nobody listens there. */
const NOWHERE = "127.0.0.1:9";

export function openRig(options: RigOptions = {}): Rig {
	const {
		graphUrl = `http://${NOWHERE}`,
		smtpAddress = NOWHERE,
		caPem = "",
		answerTimeoutMs = 5_000,
	} = options;
	const tokens = options.tokens ?? new ScriptedTokens();
	const clock = options.clock ?? new SystemClock();
	const time = new TrustedTime(clock);
	const http: HttpClient = openHttp({
		log: silentLog(),
		environment: {},
		caPem,
		heardTime: (realMs) => time.heard(realMs),
	});
	const endpoints = endpointsOf({ cloud: "custom", graph: graphUrl, smtp: smtpAddress });
	const transports = createTransports({
		tokens,
		http,
		endpoints: () => endpoints,
		caPem,
		clock,
		time,
		log: silentLog(),
		graphAnswerTimeoutMs: answerTimeoutMs,
		sentItemsLagMs: options.sentItemsLagMs ?? 0,
		submissionTiming: {
			connectTimeoutMs: answerTimeoutMs,
			answerTimeoutMs,
			idleConnectionMs: options.idleConnectionMs ?? 5_000,
		},
	});
	return {
		transports,
		tokens,
		transportOf: (kind) => transports.of(accountOf(kind)),
		deliver: (kind, attempt, signal = new AbortController().signal) =>
			transports.of(accountOf(kind)).deliver(attempt, signal),
		async close() {
			await transports.close();
			http.close();
		},
	};
}

export function accountOf(transport: TransportKind): Account {
	return {
		address: ACCOUNT,
		transport,
		method: "device-code",
		clientId: "client",
		tenant: "common",
		fetchOver: "graph",
		certificateFile: "",
		sharedMailboxes: [],
		senders: [],
		owner: "office@contoso.com",
		spreadOver: [],
		limits: PUBLISHED_LIMITS,
		origin: "saved",
	};
}

let attempts = 0;

/** An attempt at a message of these bytes, streamed in uneven chunks. */
export function attemptOf(message: Buffer | string, overrides: Partial<Attempt> = {}): Attempt {
	const bytes = Buffer.from(message);
	const recipients = overrides.recipients ?? ["boss@fabrikam.com"];
	attempts += 1;
	return {
		queueId: formatQueueId(Date.now() * 64 + attempts),
		account: ACCOUNT,
		device: "Copier",
		number: 1,
		maybeSent: false,
		receivedAtMs: Date.now(),
		reversePath: ACCOUNT,
		recipients,
		allRecipients: overrides.allRecipients ?? recipients,
		smtpUtf8: false,
		sizeBytes: bytes.length,
		progress: null,
		noteProgress: () => Promise.resolve(),
		async *openBody() {
			for (let at = 0, step = 1; at < bytes.length; at += step, step = ((step * 7) % 65_521) + 1) {
				yield bytes.subarray(at, at + step);
			}
		},
		...overrides,
	};
}

export function message(
	overrides: { readonly to?: string; readonly id?: string; readonly body?: string } = {},
): string {
	const { to = "boss@fabrikam.com", id = `<${++attempts}@device.local>`, body = "Hello\r\n" } = overrides;
	return `From: ${ACCOUNT}\r\nTo: ${to}\r\nMessage-ID: ${id}\r\nSubject: Alarm\r\n\r\n${body}`;
}

/** What a rig needs of a simulation, which only tests may import. */
interface Simulation {
	readonly graphUrl: string;
	readonly smtpAddress: string;
	readonly caPem: string;
	readonly control: { mintToken(address: string, order: { readonly resource: Resource }): string };
}

/** A rig whose Microsoft 365 is the simulation. */
export function openSandboxRig(sandbox: Simulation, options: RigOptions): Rig {
	return openRig({
		graphUrl: sandbox.graphUrl,
		smtpAddress: sandbox.smtpAddress,
		caPem: sandbox.caPem,
		tokens: new ScriptedTokens((resource) => sandbox.control.mintToken(ACCOUNT, { resource })),
		...options,
	});
}
