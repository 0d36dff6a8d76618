/**
 * Who is signed in at the console. A session is an opaque token of 256 bits, of which only a SHA-256 is
 * kept; it survives a restart and ends a week after it was last used, a month after it began, or with the
 * password it was begun with. For people.ts.
 *
 * The card is written when a session begins or ends, never when it is used: when it was last used is known
 * in memory alone, and counts from the start after a restart. Look-ups never fail; a store that fails
 * rejects `begin` and `end`.
 */
import { createHash, createHmac, randomBytes } from "node:crypto";
import * as z from "zod";
import type { Clock } from "../clock.ts";
import type { Peer, Role, Session, SessionRow, SignedIn } from "../console-services.ts";
import { Secret } from "../secret.ts";
import type { DocumentStore } from "../store/documents.ts";
import { foldPersonName } from "./person-records.ts";

const DAY_MS = 24 * 60 * 60_000;
const IDLE_MS = 7 * DAY_MS;
const LONGEST_MS = 30 * DAY_MS;
const MOST_PER_PERSON = 20;
const MOST = 500;
const TOKEN_BYTES = 32;
const LONGEST_AGENT = 200;
const LONGEST_ADDRESS = 100;
const ID_LENGTH = 16;

/** A person as they are now. */
export interface SessionHolder {
	readonly name: string;
	readonly role: Role;
	/** Of the password: another one ends the sessions begun with this one. */
	readonly stamp: string;
}

export interface ConsoleSessionsOptions {
	readonly documents: DocumentStore;
	readonly clock: Clock;
	readonly nowMs: () => number;
	/** Undefined: there is nobody of this name. */
	readonly holder: (name: string) => SessionHolder | undefined;
}

interface Kept {
	readonly name: string;
	stamp: string;
	readonly startedAtMs: number;
	readonly peer: Peer;
}

interface Held extends Kept {
	/** Also the key of its document. */
	readonly tokenHash: string;
	readonly id: string;
	/** Begun in this run; else its age is a matter of what time it is. */
	readonly isOfThisRun: boolean;
	/** Monotonic: when it began, or when this run first knew of it. */
	readonly knownSinceMs: number;
	seenMs: number;
	seenAtMs: number;
	seenFrom: Peer;
}

const document = z.strictObject({
	name: z.string().max(100),
	stamp: z.string().max(100),
	started_at: z.iso.datetime(),
	address: z.string().max(LONGEST_ADDRESS),
	agent: z.string().max(LONGEST_AGENT),
});

export class ConsoleSessions {
	readonly #options: ConsoleSessionsOptions;
	/** By hash of the token, the oldest first. */
	readonly #held = new Map<string, Held>();

	private constructor(options: ConsoleSessionsOptions) {
		this.#options = options;
	}

	/** Those of before that still hold; the others are cleared away. Rejects when the store does. */
	static async open(options: ConsoleSessionsOptions): Promise<ConsoleSessions> {
		const sessions = new ConsoleSessions(options);
		const kept = (await options.documents.list("session")).map(({ key, value }) => ({
			tokenHash: key,
			kept: readKept(value),
		}));
		for (const { tokenHash, kept: known } of kept.sort((a, b) => startOf(a.kept) - startOf(b.kept))) {
			if (known === undefined) await options.documents.remove("session", tokenHash);
			else sessions.#hold(tokenHash, known, false);
		}
		await sessions.#clear();
		return sessions;
	}

	/** Always a new token: none that a browser brought along becomes a signed-in one. */
	async begin(holder: SessionHolder, peer: Peer): Promise<SignedIn> {
		const token = randomBytes(TOKEN_BYTES).toString("base64url");
		const tokenHash = hashOf(token);
		const startedAtMs = this.#options.nowMs();
		const kept: Kept = { name: holder.name, stamp: holder.stamp, startedAtMs, peer: cut(peer) };
		await this.#options.documents.put("session", tokenHash, writeKept(kept));
		const held = this.#hold(tokenHash, kept, true);
		await this.#clear();
		return { session: withCsrfKey(rowOf(held, holder), token), token: new Secret(token) };
	}

	/** Undefined: none, over, or its person is gone. Notes that it was seen. */
	find(token: string, peer: Peer): Session | undefined {
		if (token.length > 2 * TOKEN_BYTES) return undefined;
		const held = this.#held.get(hashOf(token));
		const holder = held && this.#holderOf(held);
		if (held === undefined || holder === undefined) return undefined;
		held.seenMs = this.#options.clock.monotonicMs();
		held.seenAtMs = this.#options.nowMs();
		held.seenFrom = cut(peer);
		return withCsrfKey(rowOf(held, holder), token);
	}

	/** Of one person, the newest first. */
	list(name: string): readonly SessionRow[] {
		return this.#of(name)
			.reverse()
			.flatMap((held) => {
				const holder = this.#holderOf(held);
				return holder === undefined ? [] : [rowOf(held, holder)];
			});
	}

	async signOut(token: string): Promise<SessionRow | undefined> {
		const held = this.#held.get(hashOf(token));
		if (held === undefined) return undefined;
		const holder = this.#holderOf(held);
		await this.#end(held);
		return holder && rowOf(held, holder);
	}

	async end(name: string, id: string): Promise<boolean> {
		const held = this.#of(name).find((session) => session.id === id);
		if (held !== undefined) await this.#end(held);
		return held !== undefined;
	}

	async endAll(name: string): Promise<void> {
		for (const held of this.#of(name)) await this.#end(held);
	}

	/** After a change of password: this one goes on, from this moment, and the person's others end. */
	async endOthers(holder: SessionHolder, id: string): Promise<void> {
		const all = this.#of(holder.name);
		const stays = all.find((held) => held.id === id);
		if (stays !== undefined) {
			stays.stamp = holder.stamp;
			await this.#options.documents.put("session", stays.tokenHash, writeKept(stays));
		}
		for (const held of all) if (held !== stays) await this.#end(held);
	}

	#of(name: string): Held[] {
		const folded = foldPersonName(name);
		return [...this.#held.values()].filter((held) => foldPersonName(held.name) === folded);
	}

	#holderOf(held: Held): SessionHolder | undefined {
		const holder = this.#options.holder(held.name);
		return holder?.stamp === held.stamp && !this.#isOver(held) ? holder : undefined;
	}

	/** The wall clock of a box without a clock chip may leap by years: in one run it ends nothing. */
	#isOver({ isOfThisRun, knownSinceMs, startedAtMs, seenMs }: Held): boolean {
		const monotonicMs = this.#options.clock.monotonicMs();
		const ofThisRunMs = monotonicMs - knownSinceMs;
		const ageMs = isOfThisRun ? ofThisRunMs : Math.max(ofThisRunMs, this.#options.nowMs() - startedAtMs);
		return ageMs >= LONGEST_MS || monotonicMs - seenMs >= IDLE_MS;
	}

	#hold(tokenHash: string, kept: Kept, isOfThisRun: boolean): Held {
		const monotonicMs = this.#options.clock.monotonicMs();
		const held: Held = {
			...kept,
			tokenHash,
			id: tokenHash.slice(0, ID_LENGTH),
			isOfThisRun,
			knownSinceMs: monotonicMs,
			seenMs: monotonicMs,
			seenAtMs: kept.startedAtMs,
			seenFrom: kept.peer,
		};
		this.#held.set(tokenHash, held);
		return held;
	}

	/** Ends what is over, and the oldest of what is too many. */
	async #clear(): Promise<void> {
		const isOver = (held: Held) => this.#holderOf(held) === undefined;
		for (const held of [...this.#held.values()].filter(isOver)) await this.#end(held);
		const names = new Set([...this.#held.values()].map(({ name }) => foldPersonName(name)));
		for (const name of names) {
			for (const held of this.#of(name).slice(0, -MOST_PER_PERSON)) await this.#end(held);
		}
		for (const held of [...this.#held.values()].slice(0, -MOST)) await this.#end(held);
	}

	/** At once in memory, whatever becomes of the card. */
	async #end({ tokenHash }: Held): Promise<void> {
		this.#held.delete(tokenHash);
		await this.#options.documents.remove("session", tokenHash);
	}
}

function rowOf(held: Held, holder: SessionHolder): SessionRow {
	return {
		id: held.id,
		name: holder.name,
		role: holder.role,
		startedAt: new Date(held.startedAtMs).toISOString(),
		lastSeenAt: new Date(held.seenAtMs).toISOString(),
		peer: held.seenFrom,
	};
}

/** Made from the token, so that it outlives a restart and is nowhere on the card. */
function withCsrfKey(row: SessionRow, token: string): Session {
	const csrfKey = createHmac("sha256", token).update("postern console csrf").digest("base64url");
	return { ...row, csrfKey: new Secret(csrfKey) };
}

function hashOf(token: string): string {
	return createHash("sha256").update(token).digest("base64url");
}

function cut({ address, agent }: Peer): Peer {
	return { address: address.slice(0, LONGEST_ADDRESS), agent: agent.slice(0, LONGEST_AGENT) };
}

function startOf(kept: Kept | undefined): number {
	return kept?.startedAtMs ?? 0;
}

function writeKept({ name, stamp, startedAtMs, peer }: Kept): z.input<typeof document> {
	return { name, stamp, started_at: new Date(startedAtMs).toISOString(), ...peer };
}

function readKept(value: unknown): Kept | undefined {
	const parsed = document.safeParse(value);
	if (!parsed.success) return undefined;
	const { name, stamp, started_at, address, agent } = parsed.data;
	return { name, stamp, startedAtMs: Date.parse(started_at), peer: { address, agent } };
}
