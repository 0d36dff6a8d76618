/**
 * The ways out of the house, and which of them a message takes: its account's transport, but a message
 * too large for Graph's sendMail goes over SMTP where the account may, and else fails with a reason.
 * For the composition root.
 */
import { hostname } from "node:os";
import type { Account } from "../accounts/model.ts";
import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import { reply } from "../mail/reply.ts";
import type { Endpoints } from "../microsoft/clouds.ts";
import { GraphClient } from "../microsoft/graph-client.ts";
import type { HttpClient } from "../microsoft/http.ts";
import { openTrust } from "../microsoft/http-agents.ts";
import type { TokenSource } from "../microsoft/token-source.ts";
import type { Cost, Meter } from "../queue/limits.ts";
import type { Attempt, AttemptReport, Transport } from "../queue/transport.ts";
import { accountInTrouble, refusedHere, type Verdict } from "./classify.ts";
import { GRAPH_MIME_LIMIT_BYTES, GraphTransport } from "./graph-send.ts";
import { reportAll } from "./report.ts";
import { ShortLinesTransport } from "./short-lines.ts";
import { SmtpTransport, type SubmissionTiming } from "./smtp-submission.ts";
import { Verifier } from "./verify.ts";

export interface TransportsOptions {
	readonly tokens: TokenSource;
	readonly http: HttpClient;
	/** In force now; may change with the configuration. */
	readonly endpoints: () => Endpoints;
	/** Authorities to trust besides the system's, PEM; empty for none. */
	readonly caFile?: string;
	readonly caPem?: string;
	readonly clock: Clock;
	readonly log: Log;
	/** Counts what is asked of Microsoft; absent where nobody does. */
	readonly meter?: Meter;
	/** For tests; the defaults are made for the real Microsoft 365. */
	readonly submissionTiming?: SubmissionTiming;
	readonly graphAnswerTimeoutMs?: number;
	readonly sentItemsLagMs?: number;
}

export interface Transports {
	of(account: Account): Transport;
	/** Closes idle connections; attempts in progress go on. */
	close(): Promise<void>;
}

/** Exchange shows a sent message in Sent Items within seconds, seldom later than this. */
const SENT_ITEMS_LAG_MS = 30_000;

/** Throws `UserError` (`ca-file-unreadable`) for a bad CA file; connects to nothing yet. */
export function createTransports(options: TransportsOptions): Transports {
	const { tokens, http, endpoints, clock, log, caFile = "", caPem = "", graphAnswerTimeoutMs } = options;
	const metered = options.meter === undefined ? {} : { meter: options.meter };
	const graph = new GraphClient({ http, tokens, clock, graphUrl: () => endpoints().graphUrl, ...metered });
	const verifier = new Verifier({
		graph,
		clock,
		sentItemsLagMs: options.sentItemsLagMs ?? SENT_ITEMS_LAG_MS,
	});
	const overGraph = new GraphTransport({
		graph,
		verifier,
		...(graphAnswerTimeoutMs === undefined ? {} : { answerTimeoutMs: graphAnswerTimeoutMs }),
	});
	const overSmtp = new SmtpTransport({
		tokens,
		verifier,
		server: () => endpoints().smtp,
		secureContext: openTrust({ caFile, caPem }),
		hostName: hostname(),
		...metered,
		...(options.submissionTiming === undefined ? {} : { timing: options.submissionTiming }),
	});
	const bySize = new SizedTransport({ graph: overGraph, smtp: overSmtp, tokens, log });
	const ways = { smtp: new ShortLinesTransport(overSmtp), graph: new ShortLinesTransport(bySize) };
	return {
		of: ({ transport }) => ways[transport],
		async close() {
			await Promise.all([overGraph.close(), overSmtp.close()]);
		},
	};
}

interface SizedOptions {
	readonly graph: Transport;
	readonly smtp: Transport;
	readonly tokens: TokenSource;
	readonly log: Log;
}

/** Graph, and SMTP for what is too large for it. */
class SizedTransport implements Transport {
	readonly concurrency: number;
	readonly #options: SizedOptions;

	constructor(options: SizedOptions) {
		this.#options = options;
		this.concurrency = options.graph.concurrency;
	}

	costOf(message: { readonly sizeBytes: number }): Cost {
		const { graph, smtp } = this.#options;
		return (message.sizeBytes <= GRAPH_MIME_LIMIT_BYTES ? graph : smtp).costOf?.(message) ?? {};
	}

	async deliver(attempt: Attempt, signal: AbortSignal): Promise<AttemptReport> {
		const { graph, smtp, log } = this.#options;
		if (attempt.sizeBytes <= GRAPH_MIME_LIMIT_BYTES) return graph.deliver(attempt, signal);
		const obstacle = await this.#obstacleToSmtp(attempt, signal);
		if (obstacle !== undefined) return reportAll(attempt, "graph", obstacle);
		log.info("too-large-for-graph", { qid: attempt.queueId, size: attempt.sizeBytes, via: "smtp" });
		return smtp.deliver(attempt, signal);
	}

	async close(): Promise<void> {
		await Promise.all([this.#options.graph.close(), this.#options.smtp.close()]);
	}

	/** Why the message cannot go over SMTP either, or cannot go now. */
	async #obstacleToSmtp(
		{ account, sizeBytes, maybeSent }: Attempt,
		signal: AbortSignal,
	): Promise<Verdict | undefined> {
		const { tokens } = this.#options;
		const outlook = await tokens.accessToken(account, "outlook", { signal });
		if (outlook.ok) return undefined;
		// No token for anything: then the sign-in is at fault, not the size.
		const graph = await tokens.accessToken(account, "graph", { signal });
		const trouble = graph.ok ? outlook.trouble : graph.trouble;
		const waits = !graph.ok || trouble.kind === "unreachable" || trouble.kind === "throttled";
		if (!waits) return tooLarge(sizeBytes, trouble.reason);
		const verdict = accountInTrouble(trouble);
		return maybeSent ? { ...verdict, outcome: "unknown" } : verdict;
	}
}

function tooLarge(sizeBytes: number, reason: string): Verdict {
	const size = `${(sizeBytes / 1_000_000).toFixed(1)} MB`;
	const limit = `${GRAPH_MIME_LIMIT_BYTES / 1_000_000} MB`;
	return refusedHere(
		reply(552, "5.3.4", `Message of ${size} is over the ${limit} that Graph takes`),
		`The message has ${size}, and this account sends through Microsoft Graph, where Postern can send at most ${limit} (attachments count a third more than their files). Make the device send less at a time (lower resolution, fewer pages), or set the account's transport to smtp and sign in again; then retry the message.`,
		`over ${GRAPH_MIME_LIMIT_BYTES} bytes, and no token for SMTP: ${reason}`,
	);
}
