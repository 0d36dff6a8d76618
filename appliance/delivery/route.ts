/**
 * The ways out of the house, and which of them a message takes: its account's transport. A message too large
 * for Graph's sendMail goes as a draft; one that a draft cannot carry goes over SMTP where the account may,
 * else as a file on a draft. For the composition root.
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
import type { TrustedTime } from "../trusted-time.ts";
import { DELIVERY } from "../words/delivery.ts";
import { refusedHere, spoolUnreadable } from "./classify.ts";
import { draftCost } from "./draft-cost.ts";
import type { GraphDraftTransport } from "./graph-draft.ts";
import { GRAPH_MIME_LIMIT_BYTES, GraphTransport } from "./graph-send.ts";
import { reportAll } from "./report.ts";
import { ShortLinesTransport } from "./short-lines.ts";
import { SmtpTransport, type SubmissionTiming } from "./smtp-submission.ts";
import { SpoolError } from "./spooled-message.ts";
import { TrueDatesTransport } from "./true-dates.ts";
import { Verifier, type WhenUnsure } from "./verify.ts";

export interface TransportsOptions {
	readonly tokens: TokenSource;
	readonly http: HttpClient;
	/** In force now; may change with the configuration. */
	readonly endpoints: () => Endpoints;
	/** Authorities to trust besides the system's, PEM; empty for none. */
	readonly caFile?: string;
	readonly caPem?: string;
	readonly clock: Clock;
	readonly time: TrustedTime;
	readonly log: Log;
	/** Counts what is asked of Microsoft; absent where nobody does. */
	readonly meter?: Meter;
	/** For tests; the defaults are made for the real Microsoft 365. */
	readonly submissionTiming?: SubmissionTiming;
	readonly graphAnswerTimeoutMs?: number;
	readonly sentItemsLagMs?: number;
	/** The site's proxy for a host of the SMTP server; undefined: reached directly. */
	readonly proxyOf?: (host: string) => URL | undefined;
	/** In force now; send-again when absent. */
	readonly whenUnsure?: () => WhenUnsure;
}

export interface Transports {
	/** For questions about an account's mailbox. */
	readonly graph: GraphClient;
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
		whenUnsure: options.whenUnsure ?? (() => "send-again"),
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
		...(options.proxyOf === undefined ? {} : { proxyOf: options.proxyOf }),
		hostName: hostname(),
		...metered,
		...(options.submissionTiming === undefined ? {} : { timing: options.submissionTiming }),
	});
	const sentItemsLagMs = options.sentItemsLagMs ?? SENT_ITEMS_LAG_MS;
	const openDraft = async () => {
		const { GraphDraftTransport } = await import("./graph-draft.ts");
		return new GraphDraftTransport({
			...{ graph, verifier, clock, sentItemsLagMs },
			...(graphAnswerTimeoutMs === undefined ? {} : { answerTimeoutMs: graphAnswerTimeoutMs }),
		});
	};
	const bySize = new SizedTransport({ graph: overGraph, openDraft, smtp: overSmtp, tokens, log });
	const mended = (way: Transport) => new ShortLinesTransport(new TrueDatesTransport(way, options.time));
	const ways = { smtp: mended(overSmtp), graph: mended(bySize) };
	return {
		graph,
		of: ({ transport }) => ways[transport],
		async close() {
			await Promise.all([overGraph.close(), overSmtp.close()]);
		},
	};
}

interface SizedOptions {
	readonly graph: Transport;
	/** Called for the first large message, for which its code is loaded. */
	readonly openDraft: () => Promise<GraphDraftTransport>;
	readonly smtp: Transport;
	readonly tokens: TokenSource;
	readonly log: Log;
}

/** Graph: in one request, or by draft; and SMTP for what a draft cannot carry, where the account may. */
class SizedTransport implements Transport {
	readonly concurrency: number;
	readonly #options: SizedOptions;
	#draft: Promise<GraphDraftTransport> | undefined;

	constructor(options: SizedOptions) {
		this.#options = options;
		this.concurrency = options.graph.concurrency;
	}

	costOf(message: { readonly sizeBytes: number }): Cost {
		if (message.sizeBytes > GRAPH_MIME_LIMIT_BYTES) return draftCost(message);
		return this.#options.graph.costOf?.(message) ?? {};
	}

	async deliver(attempt: Attempt, signal: AbortSignal): Promise<AttemptReport> {
		const { graph, openDraft, smtp, log } = this.#options;
		if (attempt.sizeBytes <= GRAPH_MIME_LIMIT_BYTES) return graph.deliver(attempt, signal);
		this.#draft ??= openDraft();
		const draft = await this.#draft;
		try {
			const reading = await draft.read(attempt);
			// What was begun as a draft ends as one: it knows whether it went.
			const isBegun = attempt.progress !== null;
			const goesWhole = !reading.ok && !isBegun && (await this.#maySubmit(attempt, signal));
			if (!goesWhole) {
				const report = await draft.deliver(attempt, reading, signal);
				if (report !== "forbidden") return report;
				if (!(await this.#maySubmit(attempt, signal)))
					return reportAll(attempt, "graph-draft", DRAFTS_FORBIDDEN);
			}
			const why = reading.ok ? "no permission for drafts" : reading.refusal.why;
			log.info("too-large-for-graph", { qid: attempt.queueId, size: attempt.sizeBytes, via: "smtp", why });
			return await smtp.deliver(attempt, signal);
		} catch (error) {
			if (!(error instanceof SpoolError)) throw error;
			return reportAll(attempt, "graph-draft", spoolUnreadable(attempt.maybeSent, error));
		}
	}

	async close(): Promise<void> {
		await Promise.all([this.#options.graph.close(), this.#options.smtp.close()]);
	}

	/** The account has a token for SMTP submission too. */
	async #maySubmit({ account }: Attempt, signal: AbortSignal): Promise<boolean> {
		return (await this.#options.tokens.accessToken(account, "outlook", { signal })).ok;
	}
}

const DRAFTS_FORBIDDEN = refusedHere(
	reply(552, "5.3.4", "Too large for one request, and no permission for drafts"),
	DELIVERY.draftsForbidden,
	`over ${GRAPH_MIME_LIMIT_BYTES} bytes, and drafts are forbidden`,
);
