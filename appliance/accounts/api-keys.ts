/**
 * Keys with which programs use the API: made by an owner, shown once, kept as a SHA-256. For the API and
 * the console's page of them.
 *
 * Look-ups are in memory. `add` and `remove` are on the card when they resolve. When a key was last used is
 * saved at most once a day; that it cannot be saved is logged and harms nobody. Guessing is slowed and
 * locked by address: keys have no names to guess at.
 */
import { createHash, randomBytes } from "node:crypto";
import * as z from "zod";
import type { Clock } from "../clock.ts";
import { canonicalAddress } from "../config/network.ts";
import { type ApiKey, KEY_SCOPES, type KeyService, type Peer } from "../console-services.ts";
import { asError, UserError } from "../errors.ts";
import type { Log } from "../log.ts";
import type { RefusalLog } from "../refusal-log.ts";
import { Secret } from "../secret.ts";
import type { DocumentStore } from "../store/documents.ts";
import { REFUSING } from "../words/refusing.ts";
import { say } from "../words/saying.ts";
import { FailureLocks } from "./failure-locks.ts";
import { InTurn } from "./in-turn.ts";
import { lockedError } from "./sign-in-errors.ts";

export interface ApiKeysOptions {
	readonly documents: DocumentStore;
	readonly clock: Clock;
	readonly nowMs: () => number;
	readonly log: Log;
	readonly refusals: RefusalLog;
}

/** So that a key that leaks into a repository or a log is found by what looks for such. */
const PREFIX = "pst_";
const KEY_BYTES = 32;
const ID_BYTES = 9;
const MOST_KEYS = 100;
const SAVE_USE_EVERY_MS = 24 * 60 * 60_000;

interface HeldKey {
	readonly key: ApiKey;
	readonly hash: string;
	/** Monotonic, of this run; undefined: not yet. */
	readonly useSavedMs: number | undefined;
}

const document = z.strictObject({
	label: z.string().max(200),
	scopes: z.array(z.enum(KEY_SCOPES)).max(KEY_SCOPES.length),
	created_at: z.iso.datetime(),
	created_by: z.string().max(200),
	last_used_at: z.iso.datetime().nullable(),
	expires_at: z.iso.datetime().nullable(),
	key_hash: z.string().max(100),
});

const draftSchema = z.strictObject({
	label: z
		.string()
		.trim()
		.regex(/^[^\p{C}]{1,64}$/u, REFUSING.keyName),
	scopes: z
		.array(z.enum(KEY_SCOPES))
		.min(1, REFUSING.keyDoesNothing)
		.transform((scopes) => KEY_SCOPES.filter((scope) => scopes.includes(scope))),
	expiresAt: z.iso.datetime({ error: REFUSING.keyNoDay }).nullable(),
	createdBy: z.string().max(100),
});

export class ApiKeys implements KeyService {
	readonly #options: ApiKeysOptions;
	readonly #failures: FailureLocks;
	readonly #changes = new InTurn();
	/** By hash, the oldest first. */
	readonly #byHash = new Map<string, HeldKey>();

	private constructor(options: ApiKeysOptions) {
		this.#options = options;
		this.#failures = new FailureLocks(options.clock);
	}

	/** Rejects when the store does. */
	static async open(options: ApiKeysOptions): Promise<ApiKeys> {
		const keys = new ApiKeys(options);
		const held = (await options.documents.list("api-key")).flatMap(({ key: id, value }) => {
			const parsed = document.safeParse(value);
			if (parsed.success) return [readKey(id, parsed.data)];
			options.log.warning("api-key-left-out", { id, reason: "cannot be read" });
			return [];
		});
		held.sort((a, b) => Date.parse(a.key.createdAt) - Date.parse(b.key.createdAt));
		for (const one of held) keys.#byHash.set(one.hash, one);
		return keys;
	}

	list(): readonly ApiKey[] {
		return [...this.#byHash.values()].map(({ key }) => key);
	}

	add(draft: Parameters<KeyService["add"]>[0]): Promise<{ readonly key: ApiKey; readonly secret: Secret }> {
		const { nowMs, log } = this.#options;
		return this.#changes.run(async () => {
			const wanted = this.#check(draft);
			const secret = PREFIX + randomBytes(KEY_BYTES).toString("base64url");
			const id = randomBytes(ID_BYTES).toString("base64url");
			const key: ApiKey = { id, ...wanted, createdAt: new Date(nowMs()).toISOString(), lastUsedAt: null };
			await this.#put({ key, hash: hashOf(secret), useSavedMs: undefined });
			log.notice("api-key-made", { id, label: key.label, scopes: key.scopes.join(","), by: key.createdBy });
			return { key, secret: new Secret(secret) };
		});
	}

	remove(id: string): Promise<void> {
		const { documents, log } = this.#options;
		return this.#changes.run(async () => {
			const held = [...this.#byHash.values()].find(({ key }) => key.id === id);
			if (held === undefined) throw new UserError("key-unknown", REFUSING.keyUnknown);
			// Shut first, whatever becomes of the card.
			this.#byHash.delete(held.hash);
			await documents.remove("api-key", id);
			log.notice("api-key-removed", { id, label: held.key.label });
		});
	}

	find(secret: string, peer: Peer): ApiKey | undefined {
		const source = canonicalAddress(peer.address) ?? "unknown";
		if (this.#failures.state(source) !== "open") throw lockedError();
		// Found by its hash: what a guesser can learn from the time it takes is of no use to them.
		const held = secret.length > 100 ? undefined : this.#byHash.get(hashOf(secret));
		if (held === undefined) {
			this.#failures.begin(source);
			this.#failures.end(source, true);
			this.#refuse(peer, { reason: "unknown" });
			return undefined;
		}
		// No guess, so that a forgotten program does not shut out its neighbours.
		if (this.#isExpired(held.key)) {
			this.#refuse(peer, { reason: "expired", id: held.key.id });
			return undefined;
		}
		this.#failures.forgive(source);
		return this.#noteUse(held);
	}

	/** Resolves when what was begun is on the card or has failed. For an orderly stop. */
	idle(): Promise<void> {
		return this.#changes.idle();
	}

	#check(draft: Parameters<KeyService["add"]>[0]) {
		const parsed = draftSchema.safeParse(draft);
		const refuse = (why: string) =>
			new UserError("key-invalid", say(REFUSING.keyUnusable, { why }), REFUSING.keyUnusableDo);
		if (!parsed.success) throw refuse(parsed.error.issues[0]?.message ?? REFUSING.keyIncomplete);
		const { expiresAt } = parsed.data;
		if (expiresAt !== null && Date.parse(expiresAt) <= this.#options.nowMs()) {
			throw refuse(REFUSING.keyDayPast);
		}
		if (this.#byHash.size >= MOST_KEYS) throw refuse(say(REFUSING.keysMost, { most: MOST_KEYS }));
		return parsed.data;
	}

	#refuse({ address }: Peer, why: { readonly reason: string; readonly id?: string }): void {
		const { refusals, log } = this.#options;
		refusals.tell(address, () => log.warning("api-key-refused", { address, ...why }));
	}

	#isExpired({ expiresAt }: ApiKey): boolean {
		return expiresAt !== null && Date.parse(expiresAt) <= this.#options.nowMs();
	}

	#noteUse(held: HeldKey): ApiKey {
		const { nowMs, clock } = this.#options;
		const key = { ...held.key, lastUsedAt: new Date(nowMs()).toISOString() };
		const monotonicMs = clock.monotonicMs();
		const isDue = held.useSavedMs === undefined || monotonicMs - held.useSavedMs >= SAVE_USE_EVERY_MS;
		const used = { ...held, key, useSavedMs: isDue ? monotonicMs : held.useSavedMs };
		this.#byHash.set(held.hash, used);
		if (isDue) void this.#saveUse(used);
		return key;
	}

	/** Never rejects. */
	async #saveUse(used: HeldKey): Promise<void> {
		try {
			await this.#changes.run(async () => {
				if (this.#byHash.has(used.hash)) await this.#save(used);
			});
		} catch (error) {
			this.#options.log.error("api-key-use-not-saved", { id: used.key.id, error: asError(error).message });
		}
	}

	async #put(held: HeldKey): Promise<void> {
		await this.#save(held);
		this.#byHash.set(held.hash, held);
	}

	async #save({ key, hash }: HeldKey): Promise<void> {
		await this.#options.documents.put("api-key", key.id, {
			label: key.label,
			scopes: [...key.scopes],
			created_at: key.createdAt,
			created_by: key.createdBy,
			last_used_at: key.lastUsedAt,
			expires_at: key.expiresAt,
			key_hash: hash,
		} satisfies z.input<typeof document>);
	}
}

function readKey(id: string, saved: z.output<typeof document>): HeldKey {
	return {
		key: {
			id,
			label: saved.label,
			scopes: saved.scopes,
			createdAt: saved.created_at,
			createdBy: saved.created_by,
			lastUsedAt: saved.last_used_at,
			expiresAt: saved.expires_at,
		},
		hash: saved.key_hash,
		useSavedMs: undefined,
	};
}

function hashOf(secret: string): string {
	return createHash("sha256").update(secret).digest("base64url");
}
