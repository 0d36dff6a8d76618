/**
 * The connections under the HTTP client: kept-alive agents, whom they trust, and the site's proxy.
 * Roots are read at the first https request, because they cost an idle box megabytes it may not need.
 */
import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import http from "node:http";
import https from "node:https";
import tls from "node:tls";
import { isLoopback } from "../config/endpoint.ts";
import { asError, UserError } from "../errors.ts";
import { REFUSING } from "../words/refusing.ts";
import { say } from "../words/saying.ts";

export interface AgentOptions {
	readonly caFile?: string;
	readonly caPem?: string;
	readonly proxy?: string;
	readonly environment?: NodeJS.ProcessEnv;
}

export interface Agents {
	/** Connections that are kept and used again. Throws for http:// to another machine. */
	keptAlive(url: URL): http.Agent;
	/** A connection for one request. */
	fresh(url: URL): http.Agent;
	destroy(): void;
}

/** Microsoft allows 4 requests at once for an app and mailbox; the rest is for tokens. */
const MAX_SOCKETS_PER_HOST = 8;
/**
 * Below the idle limit of common routers and front ends, so that we hang up first. Node also takes it
 * as the longest wait for a proxy to open its tunnel.
 */
const IDLE_CONNECTION_MS = 15_000;
/** Node tries the next address after 250 ms by default, which a mobile or satellite link never meets. */
const ADDRESS_ATTEMPT_MS = 1500;

const COMMON = { autoSelectFamily: true, autoSelectFamilyAttemptTimeout: ADDRESS_ATTEMPT_MS } as const;
const KEPT = { ...COMMON, keepAlive: true, maxSockets: MAX_SOCKETS_PER_HOST, timeout: IDLE_CONNECTION_MS };

/**
 * A simulation's certificate names "localhost" or 127.0.0.1, seldom both, and nobody stands between this
 * machine and itself. Its issuer must be trusted all the same (`ca_file`).
 */
export const TO_THIS_MACHINE = { checkServerIdentity: () => undefined } as const;

export function openAgents(options: AgentOptions): Agents {
	const trusted = openTrust(options);
	const proxyEnv = proxyEnvironment(options.proxy ?? "", options.environment ?? process.env);
	const opened = new Map<string, http.Agent>();

	function trust(): { secureContext?: tls.SecureContext } {
		const context = trusted();
		return context === undefined ? {} : { secureContext: context };
	}

	function agent(url: URL, keepAlive: boolean): http.Agent {
		const local = isLoopback(url.hostname);
		if (url.protocol !== "https:" && !(url.protocol === "http:" && local)) {
			throw new Error(`refusing ${url.protocol}//${url.hostname}: plain http is for this machine alone`);
		}
		const key = `${url.protocol} ${local} ${keepAlive}`;
		const known = opened.get(key);
		if (known !== undefined) return known;
		const base = keepAlive ? KEPT : COMMON;
		const made =
			url.protocol === "http:"
				? new http.Agent(base)
				: new https.Agent({ ...base, ...trust(), ...(local ? TO_THIS_MACHINE : { proxyEnv }) });
		opened.set(key, made);
		return made;
	}

	return {
		keptAlive: (url) => agent(url, true),
		fresh: (url) => agent(url, false),
		destroy() {
			for (const each of opened.values()) each.destroy();
			opened.clear();
		},
	};
}

/**
 * Whom to trust, also for SMTP submission: undefined when Node's own roots are all there is. The extra
 * file is read now (throws `ca-file-unreadable`), the rest at the first call.
 */
export function openTrust(
	options: Pick<AgentOptions, "caFile" | "caPem">,
): () => tls.SecureContext | undefined {
	const extraRoots = readExtraRoots(options);
	let context: tls.SecureContext | undefined;
	let contextRead = false;
	return () => {
		if (!contextRead) context = secureContext(extraRoots);
		contextRead = true;
		return context;
	};
}

/** The configured proxy, else the environment's; both in the form Node's agents read. */
function proxyEnvironment(proxy: string, environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
	const noProxy = environment["no_proxy"] ?? environment["NO_PROXY"];
	const httpsProxy = proxy === "" ? (environment["https_proxy"] ?? environment["HTTPS_PROXY"]) : proxy;
	return {
		...(httpsProxy === undefined ? {} : { HTTPS_PROXY: httpsProxy }),
		...(noProxy === undefined ? {} : { NO_PROXY: noProxy }),
	};
}

function readExtraRoots({ caFile, caPem }: Pick<AgentOptions, "caFile" | "caPem">): readonly string[] {
	const roots = caPem === undefined || caPem === "" ? [] : [caPem];
	if (caFile === undefined || caFile === "") return roots;
	try {
		const pem = readFileSync(caFile, "utf8");
		// OpenSSL passes over what it cannot read; the owner should hear of it.
		new X509Certificate(pem);
		return [...roots, pem];
	} catch (error) {
		throw new UserError(
			"ca-file-unreadable",
			say(REFUSING.caUnusable, { file: caFile, why: asError(error).message }),
			REFUSING.caUnusableDo,
			{ cause: error },
		);
	}
}

/** Node's roots, the system's and ours together; undefined when Node's own are all there is. */
function secureContext(extraRoots: readonly string[]): tls.SecureContext | undefined {
	const roots = new Set(tls.getCACertificates("default"));
	const known = roots.size;
	for (const pem of [...tls.getCACertificates("system"), ...extraRoots]) roots.add(pem);
	return roots.size === known ? undefined : tls.createSecureContext({ ca: [...roots] });
}
