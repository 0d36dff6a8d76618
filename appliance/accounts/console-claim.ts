/**
 * Who may claim a box that has no owner: for an hour after Postern started whoever sits in its local
 * network, else and from elsewhere who has the setup code. For people.ts, which knows whether there is an
 * owner.
 *
 * The hour is counted by the monotonic clock, so that a box whose time leaps is open no longer. Guessing
 * at the code is slowed and locked. Nothing here writes.
 */
import { createHash, timingSafeEqual } from "node:crypto";
import type { Clock } from "../clock.ts";
import type { Peer } from "../console-services.ts";
import { UserError } from "../errors.ts";
import type { Log } from "../log.ts";
import type { RefusalLog } from "../refusal-log.ts";
import type { Secret } from "../secret.ts";
import { REFUSING } from "../words/refusing.ts";
import { isLocalAddress, ownNetworks } from "./local-network.ts";
import { foldCode } from "./setup-code.ts";
import { lockedError } from "./sign-in-errors.ts";
import { SignInGuard } from "./sign-in-guard.ts";

const WINDOW_MS = 60 * 60_000;
/** One name for all: there is one code. */
const GUESSED_AT = "setup code";

export interface ConsoleClaimOptions {
	readonly clock: Clock;
	/** As setup-code.ts gives it. */
	readonly code: Secret | undefined;
	/** Nothing else claims it: no hour for the local network. */
	readonly byCodeAlone: boolean;
	readonly log: Log;
	readonly refusals: RefusalLog;
}

export class ConsoleClaim {
	readonly #options: ConsoleClaimOptions;
	readonly #guard: SignInGuard;
	#code: Secret | undefined;
	#endMs: number;
	#isByCodeAlone: boolean;

	/** The window opens now, where there is one. */
	constructor(options: ConsoleClaimOptions) {
		this.#options = options;
		this.#code = options.code;
		this.#isByCodeAlone = options.byCodeAlone;
		this.#guard = new SignInGuard(options.clock);
		this.#endMs = options.clock.monotonicMs() + (options.byCodeAlone ? 0 : WINDOW_MS);
	}

	get hasCode(): boolean {
		return this.#code !== undefined;
	}

	get isByCodeAlone(): boolean {
		return this.#isByCodeAlone;
	}

	/** From now on this code alone claims: the box holds somebody's mail, which at its first start it did not. */
	renew(code: Secret): void {
		this.#code = code;
		this.#isByCodeAlone = true;
		this.#endMs = this.#options.clock.monotonicMs();
	}

	/** How long it stays open to the local network; 0: no longer. */
	openForMs(): number {
		return Math.max(0, this.#endMs - this.#options.clock.monotonicMs());
	}

	/** Throws `claim-closed`, `code-wrong`, `sign-in-locked`. */
	assertMay(peer: Peer, code: string | undefined): void {
		if (this.openForMs() > 0 && isLocalAddress(peer.address, ownNetworks())) return;
		const right = this.#code;
		if (right === undefined || code === undefined || code.trim() === "") throw this.#closedError();
		const attempt = this.#guard.begin(GUESSED_AT, peer.address, false);
		if (typeof attempt === "string") throw this.#refused(peer, "locked", lockedError());
		const isRight = timingSafeEqual(digest(foldCode(code)), digest(right.reveal()));
		attempt.end(isRight ? "right" : "wrong");
		if (!isRight) throw this.#refused(peer, "wrong", codeError());
	}

	#refused({ address }: Peer, reason: string, error: UserError): UserError {
		const { log, refusals } = this.#options;
		refusals.tell(address, () => log.warning("console-claim-refused", { address, reason }));
		return error;
	}

	#closedError(): UserError {
		const byCode = this.#isByCodeAlone ? REFUSING.claimByNewCode : REFUSING.claimByCode;
		return new UserError("claim-closed", REFUSING.claimClosed, this.hasCode ? byCode : REFUSING.claimByStart);
	}
}

function codeError(): UserError {
	return new UserError(
		"code-wrong",
		"That is not the setup code of this box.",
		"It stands in the file setup-code on the card, and on a screen plugged into the box.",
	);
}

/** Of one length, so that neither length nor content shows in the time it takes to compare. */
function digest(text: string): Buffer {
	return createHash("sha256").update(text).digest();
}
