/**
 * Browser sign-ins in progress (RFC 6749 §4.1, RFC 7636): what a client asked for, and the code that a person's
 * consent became. Only the state lives here; which error each becomes is the token endpoint's matter.
 */
import { createHash, randomBytes } from "node:crypto";
import type { Scope } from "./scopes.ts";

const KEPT = 10_000;
/** Microsoft's codes live about ten minutes (learn.microsoft.com: "authorization code flow"). */
const CODE_LIFE_MS = 10 * 60_000;

export interface AuthorizationRequest {
	readonly clientId: string;
	readonly redirectUri: string;
	readonly scopes: readonly Scope[];
	readonly state: string;
	readonly challenge: string;
	readonly responseMode: "query" | "form_post";
	readonly loginHint: string;
}

export interface AuthorizationCode {
	readonly request: AuthorizationRequest;
	readonly address: string;
	readonly expiresAtMs: number;
	isRedeemed: boolean;
}

export class Authorizations {
	readonly #requests = new Map<string, AuthorizationRequest>();
	readonly #codes = new Map<string, AuthorizationCode>();

	/** Gives the id by which the page refers to it. */
	begin(request: AuthorizationRequest): string {
		const id = randomBytes(12).toString("base64url");
		makeRoom(this.#requests);
		this.#requests.set(id, request);
		return id;
	}

	/** Once: a decision is made once. */
	take(id: string): AuthorizationRequest | undefined {
		const request = this.#requests.get(id);
		this.#requests.delete(id);
		return request;
	}

	issue(request: AuthorizationRequest, address: string, nowMs: number): string {
		const code = `1.AXEA${randomBytes(180).toString("base64url")}`;
		makeRoom(this.#codes);
		this.#codes.set(code, { request, address, expiresAtMs: nowMs + CODE_LIFE_MS, isRedeemed: false });
		return code;
	}

	find(code: string): AuthorizationCode | undefined {
		return this.#codes.get(code);
	}

	clear(): void {
		this.#requests.clear();
		this.#codes.clear();
	}
}

/** RFC 7636 §4.6. */
export function isVerifier(verifier: string, challenge: string): boolean {
	return createHash("sha256").update(verifier).digest("base64url") === challenge;
}

function makeRoom(map: Map<string, unknown>): void {
	const [oldest] = map.keys();
	if (map.size >= KEPT && oldest !== undefined) map.delete(oldest);
}
