/**
 * Web-hooks: what is told to which address, and the telling. Implements `HookService` for console and API; for
 * console-parts.ts, which starts and stops it.
 *
 * `add` and `remove` are on the card when they resolve. Secrets are sealed under the box's key. What a hook answers is known
 * in memory alone. A hook never holds up mail, and one that does not answer is nobody's trouble but its owner's.
 */
import { randomBytes } from "node:crypto";
import type { SecureContext } from "node:tls";
import * as z from "zod";
import { HOOK_SECRETS, RecoverableSecrets, type VaultKey } from "./accounts/recoverable-secrets.ts";
import type { Clock } from "./clock.ts";
import { HOOK_EVENTS, type Hook, type HookEvent, type HookService } from "./console-services.ts";
import { UserError } from "./errors.ts";
import type { Events } from "./events.ts";
import { addressFault, callAgain, callOnce, type HookCall, type HookPlace } from "./hook-calls.ts";
import { HookWatch } from "./hook-watch.ts";
import type { Log } from "./log.ts";
import { Secret } from "./secret.ts";
import type { Services, TestStep } from "./services.ts";
import type { DocumentStore } from "./store/documents.ts";
import { REFUSING } from "./words/refusing.ts";
import { say } from "./words/saying.ts";

const MOST_HOOKS = 20;
const MOST_UNDER_WAY = 100;
const GATHERED_MS = 60_000;
const LONGEST_OFFLINE_MINUTES = 30 * 24 * 60;

const document = z.object({
	url: z.string().max(2000),
	events: z.array(z.enum(HOOK_EVENTS)),
	offline_after_minutes: z.number(),
	sealed_secret: z.string(),
});

interface Held {
	hook: Hook;
	readonly secret: Secret | undefined;
	/** It was removed, or the box stops. */
	readonly over: AbortController;
	/** It knows that nothing goes out. */
	isOutageTold: boolean;
	/** When each event was last told (monotonic), and how many there were since. */
	readonly told: Map<HookEvent, { atMs: number; pending: number; timer: NodeJS.Timeout | undefined }>;
}

export interface HookDeskOptions {
	readonly documents: DocumentStore;
	readonly vaultKey: VaultKey;
	readonly events: Events;
	readonly services: Pick<Services, "appliance" | "devices">;
	readonly clock: Clock;
	readonly log: Log;
	readonly boxName: () => string;
	/** Whom to trust of those who are called by https; undefined: the usual authorities. */
	readonly trust: () => SecureContext | undefined;
	/** For tests: a look every so often, calls gathered for so long. */
	readonly paces?: { readonly lookMs: number; readonly gatherMs: number };
}

export class HookDesk implements HookService {
	readonly #options: HookDeskOptions;
	readonly #secrets: RecoverableSecrets;
	readonly #hooks = new Map<string, Held>();
	readonly #watch: HookWatch;
	#underWay = 0;

	private constructor(options: HookDeskOptions) {
		this.#options = options;
		this.#secrets = new RecoverableSecrets(options.vaultKey, HOOK_SECRETS);
		const { events, services, clock, log, paces } = options;
		this.#watch = new HookWatch({
			...{ events, services, clock, log },
			isHeard: () => this.#hooks.size > 0,
			tell: (event, text, data) => {
				for (const held of this.#hooks.values()) this.#tellOne(held, event, text, data);
			},
			tellOutage: (minutes) => {
				for (const held of this.#hooks.values()) this.#tellOutage(held, minutes);
			},
			lookEveryMs: paces?.lookMs,
		});
	}

	static async open(options: HookDeskOptions): Promise<HookDesk> {
		const desk = new HookDesk(options);
		for (const { key: id, value } of await options.documents.list("hook")) {
			const read = document.safeParse(value);
			if (!read.success) {
				options.log.warning("hook-left-out", { id, reason: "cannot be read" });
				continue;
			}
			const { url, events, offline_after_minutes, sealed_secret } = read.data;
			const secret = await desk.#secrets.open(sealed_secret, id);
			desk.#hold({ id, url, events, offlineAfterMinutes: offline_after_minutes }, secret);
		}
		desk.#watch.start();
		return desk;
	}

	list(): readonly Hook[] {
		return [...this.#hooks.values()].map(({ hook }) => hook);
	}

	async add(
		draft: Parameters<HookService["add"]>[0],
	): Promise<{ readonly hook: Hook; readonly secret: Secret }> {
		const { documents, log } = this.#options;
		assertFits(draft, this.#hooks.size);
		const id = randomBytes(9).toString("base64url");
		const secret = new Secret(randomBytes(24).toString("base64url"));
		const { url, events, offlineAfterMinutes } = draft;
		await documents.put("hook", id, {
			url,
			events: [...events],
			offline_after_minutes: offlineAfterMinutes,
			sealed_secret: await this.#secrets.seal(secret, id),
		} satisfies z.input<typeof document>);
		const { hook } = this.#hold({ id, url, events, offlineAfterMinutes }, secret);
		log.notice("hook-added", { id, host: new URL(url).host });
		return { hook, secret };
	}

	async remove(id: string): Promise<void> {
		const { documents, log } = this.#options;
		const held = this.#get(id);
		await documents.remove("hook", id);
		this.#hooks.delete(id);
		end(held);
		log.notice("hook-removed", { id });
	}

	async test(id: string): Promise<TestStep> {
		const held = this.#get(id);
		const place = this.#place(held);
		if (place === undefined) return { ok: false, text: REFUSING.hookKeyGone };
		const answer = await callOnce(this.#call("test", "This is a test.", 1, {}), place);
		this.#note(held, answer.text);
		return answer;
	}

	stop(): void {
		this.#watch.stop();
		for (const held of this.#hooks.values()) end(held);
	}

	#get(id: string): Held {
		const held = this.#hooks.get(id);
		if (held === undefined) throw new UserError("hook-unknown", REFUSING.hookUnknown);
		return held;
	}

	#hold(
		known: Pick<Hook, "id" | "url" | "events" | "offlineAfterMinutes">,
		secret: Secret | undefined,
	): Held {
		const lastAnswer = secret === undefined ? REFUSING.hookKeyGone : "";
		const hook = { ...known, lastTriedAt: null, lastAnswer };
		const held: Held = { hook, secret, over: new AbortController(), isOutageTold: false, told: new Map() };
		this.#hooks.set(known.id, held);
		return held;
	}

	#tellOutage(held: Held, minutes: number | undefined): void {
		if (minutes === undefined) {
			if (held.isOutageTold) this.#tellOne(held, "offline", "Mail goes out again.", { isOver: true });
			held.isOutageTold = false;
		} else if (!held.isOutageTold && minutes >= held.hook.offlineAfterMinutes) {
			const whole = Math.floor(minutes);
			const time = whole === 1 ? "a minute" : `${whole} minutes`;
			const text = `No mail has gone out for ${time}; it waits on the card.`;
			this.#tellOne(held, "offline", text, { isOver: false });
			held.isOutageTold = true;
		}
	}

	/** At once when nothing was told for a while; else gathered, and the last of them told. */
	#tellOne(held: Held, event: HookEvent, text: string, data: HookCall["data"]): void {
		if (!held.hook.events.includes(event)) return;
		const nowMs = this.#options.clock.monotonicMs();
		const gatherMs = this.#options.paces?.gatherMs ?? GATHERED_MS;
		const told = held.told.get(event) ?? { atMs: Number.NEGATIVE_INFINITY, pending: 0, timer: undefined };
		held.told.set(event, told);
		told.pending += 1;
		clearTimeout(told.timer);
		const send = () => {
			const count = told.pending;
			told.pending = 0;
			told.atMs = this.#options.clock.monotonicMs();
			void this.#send(held, this.#call(event, text, count, data));
		};
		const waitMs = told.atMs + gatherMs - nowMs;
		if (waitMs <= 0) send();
		else told.timer = setTimeout(send, waitMs).unref();
	}

	/** Never rejects. */
	async #send(held: Held, call: HookCall): Promise<void> {
		const { clock, log } = this.#options;
		const place = this.#place(held);
		if (place === undefined || this.#underWay >= MOST_UNDER_WAY) {
			log.warning("hook-not-called", { id: held.hook.id, event: call.event });
			return;
		}
		this.#underWay += 1;
		try {
			const { ok, text } = await callAgain(call, place, (ms) => clock.sleep(ms, place.signal));
			this.#note(held, text);
			if (!ok) log.warning("hook-failed", { id: held.hook.id, event: call.event, answer: text });
		} finally {
			this.#underWay -= 1;
		}
	}

	#place({ hook, secret, over }: Held): HookPlace | undefined {
		if (secret === undefined) return undefined;
		const isSecure = hook.url.startsWith("https:");
		const trust = isSecure ? this.#options.trust() : undefined;
		return { url: hook.url, secret, trust, signal: over.signal };
	}

	#note(held: Held, lastAnswer: string): void {
		const lastTriedAt = new Date(this.#options.clock.now()).toISOString();
		held.hook = { ...held.hook, lastTriedAt, lastAnswer };
	}

	#call(event: string, text: string, count: number, data: HookCall["data"]): HookCall {
		const { clock, boxName } = this.#options;
		return { event, at: new Date(clock.now()).toISOString(), box: boxName(), text, count, data };
	}
}

function end({ over, told }: Held): void {
	over.abort();
	for (const { timer } of told.values()) clearTimeout(timer);
}

function assertFits(
	{ url, events, offlineAfterMinutes }: Parameters<HookService["add"]>[0],
	present: number,
): void {
	const refuse = (text: string, hint: string) => new UserError("hook-invalid", text, hint);
	const fault = addressFault(url);
	if (fault !== undefined)
		throw refuse(
			say(REFUSING.hookAddress, { address: JSON.stringify(url.slice(0, 200)), why: fault }),
			REFUSING.changeAddress,
		);
	if (events.length === 0) throw refuse(REFUSING.hookNeverCalled, REFUSING.chooseEvent);
	const isTime = Number.isInteger(offlineAfterMinutes) && offlineAfterMinutes >= 1;
	if (!isTime || offlineAfterMinutes > LONGEST_OFFLINE_MINUTES) {
		throw refuse(REFUSING.hookMinutes, REFUSING.changeThem);
	}
	if (present >= MOST_HOOKS)
		throw refuse(say(REFUSING.hookMost, { most: MOST_HOOKS }), REFUSING.removeOneFirst);
}
