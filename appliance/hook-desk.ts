/**
 * Web-hooks: what is told to which address, and the telling. Implements `HookService` for console and API; for
 * console-parts.ts, which starts and stops it.
 *
 * `add` and `remove` are on the card when they resolve. Secrets are sealed under the box's key. What a hook answers is known
 * in memory alone. A hook never holds up mail, and one that does not answer is nobody's trouble but its owner's.
 */
import { randomBytes } from "node:crypto";
import { z } from "zod";
import { HOOK_SECRETS, RecoverableSecrets, type VaultKey } from "./accounts/recoverable-secrets.ts";
import type { Clock } from "./clock.ts";
import { HOOK_EVENTS, type Hook, type HookEvent, type HookService } from "./console-services.ts";
import { asError, UserError } from "./errors.ts";
import type { Events } from "./events.ts";
import { addressFault, callAgain, callOnce, type HookCall } from "./hook-calls.ts";
import type { Log } from "./log.ts";
import { Secret } from "./secret.ts";
import type { Services, TestStep } from "./services.ts";
import type { DocumentStore } from "./store/documents.ts";

const MOST_HOOKS = 20;
const MOST_UNDER_WAY = 100;
const LOOK_EVERY_MS = 20_000;
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
	/** For tests: a look every so often, calls gathered for so long. */
	readonly paces?: { readonly lookMs: number; readonly gatherMs: number };
}

export class HookDesk implements HookService {
	readonly #options: HookDeskOptions;
	readonly #secrets: RecoverableSecrets;
	readonly #hooks = new Map<string, Held>();
	readonly #ends: (() => void)[] = [];
	readonly #stopping = new AbortController();
	#underWay = 0;
	/** What stood at the last look. */
	#seen: { needsSignIn: ReadonlySet<string>; strangers: ReadonlySet<string>; isFull: boolean } | undefined;
	#offlineSinceMs: number | undefined;
	readonly #toldOffline = new Set<string>();

	private constructor(options: HookDeskOptions) {
		this.#options = options;
		this.#secrets = new RecoverableSecrets(options.vaultKey, HOOK_SECRETS);
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
		desk.#watch();
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
		this.#hooks.delete(id);
		for (const { timer } of held.told.values()) clearTimeout(timer);
		await documents.remove("hook", id);
		log.notice("hook-removed", { id });
	}

	async test(id: string): Promise<TestStep> {
		const held = this.#get(id);
		if (held.secret === undefined) return { ok: false, text: KEY_GONE };
		const answer = await callOnce(held.hook.url, this.#call("test", "This is a test.", 1, {}), held.secret);
		this.#note(held, answer.text);
		return answer;
	}

	stop(): void {
		this.#stopping.abort();
		for (const end of this.#ends) end();
		for (const { told } of this.#hooks.values()) for (const { timer } of told.values()) clearTimeout(timer);
	}

	#get(id: string): Held {
		const held = this.#hooks.get(id);
		if (held === undefined) throw new UserError("hook-unknown", "There is no such web-hook.");
		return held;
	}

	#hold(
		known: Pick<Hook, "id" | "url" | "events" | "offlineAfterMinutes">,
		secret: Secret | undefined,
	): Held {
		const lastAnswer = secret === undefined ? KEY_GONE : "";
		const held: Held = { hook: { ...known, lastTriedAt: null, lastAnswer }, secret, told: new Map() };
		this.#hooks.set(known.id, held);
		return held;
	}

	#watch(): void {
		const { events, paces, log } = this.#options;
		this.#ends.push(
			events.on("message-settled", ({ failed, queueId, device }) => {
				if (failed > 0) this.#tell("failed", "A message could not be delivered.", { queueId, device });
			}),
		);
		const look = () => {
			this.#look().catch((thrown: unknown) =>
				log.error("hook-look-fault", { error: asError(thrown).message }),
			);
		};
		const timer = setInterval(look, paces?.lookMs ?? LOOK_EVERY_MS);
		timer.unref();
		this.#ends.push(() => clearInterval(timer));
	}

	/** What is true of the box now, against the last look: only what is new is told. */
	async #look(): Promise<void> {
		if (this.#hooks.size === 0) {
			this.#seen = undefined;
			return;
		}
		const { appliance, devices } = this.#options.services;
		const [{ accounts, storage }, strangers] = await Promise.all([appliance.status(), devices.strangers()]);
		const before = this.#seen;
		const needsSignIn = new Set(
			accounts.filter(({ state }) => state === "needs-sign-in").map(({ address }) => address),
		);
		const now = {
			needsSignIn,
			strangers: new Set(strangers.map(({ address }) => address)),
			isFull: !storage.accepting,
		};
		this.#seen = now;
		for (const address of now.needsSignIn) {
			if (before?.needsSignIn.has(address) === true) continue;
			this.#tell("needs-sign-in", `${address} must sign in to Microsoft again.`, { account: address });
		}
		for (const address of now.strangers) {
			if (before === undefined || before.strangers.has(address)) continue;
			this.#tell("stranger", `An unknown device at ${address} wants to send.`, { address });
		}
		if (now.isFull && before?.isFull !== true) {
			this.#tell("storage", "The card is full: devices are asked to come back later.", {});
		}
		this.#lookOffline(accounts.length > 0 && accounts.every(({ circuit }) => circuit !== "closed"));
	}

	#lookOffline(isOffline: boolean): void {
		const nowMs = this.#options.clock.monotonicMs();
		if (!isOffline) {
			for (const id of this.#toldOffline) {
				const held = this.#hooks.get(id);
				if (held !== undefined) this.#tellOne(held, "offline", "Mail goes out again.", { isOver: true });
			}
			this.#toldOffline.clear();
			this.#offlineSinceMs = undefined;
			return;
		}
		this.#offlineSinceMs ??= nowMs;
		const minutes = (nowMs - this.#offlineSinceMs) / 60_000;
		for (const [id, held] of this.#hooks) {
			if (minutes < held.hook.offlineAfterMinutes || this.#toldOffline.has(id)) continue;
			this.#toldOffline.add(id);
			const text = `No mail has gone out for ${Math.floor(minutes)} minutes; it waits on the card.`;
			this.#tellOne(held, "offline", text, { isOver: false });
		}
	}

	#tell(event: HookEvent, text: string, data: HookCall["data"]): void {
		for (const held of this.#hooks.values()) this.#tellOne(held, event, text, data);
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
		if (held.secret === undefined || this.#underWay >= MOST_UNDER_WAY) {
			log.warning("hook-not-called", { id: held.hook.id, event: call.event });
			return;
		}
		this.#underWay += 1;
		try {
			const sleep = (ms: number) => clock.sleep(ms, this.#stopping.signal);
			const { ok, text } = await callAgain(held.hook.url, call, held.secret, sleep);
			this.#note(held, text);
			if (!ok) log.warning("hook-failed", { id: held.hook.id, event: call.event, answer: text });
		} finally {
			this.#underWay -= 1;
		}
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

const KEY_GONE = "Its secret cannot be read back, so it is not called. Remove it and add it again.";

function assertFits(
	{ url, events, offlineAfterMinutes }: Parameters<HookService["add"]>[0],
	present: number,
): void {
	const refuse = (text: string, hint: string) => new UserError("hook-invalid", text, hint);
	const fault = addressFault(url);
	if (fault !== undefined)
		throw refuse(`${JSON.stringify(url.slice(0, 200))} ${fault}.`, "Change the address.");
	if (events.length === 0) throw refuse("It would never be called.", "Choose at least one event.");
	const isTime = Number.isInteger(offlineAfterMinutes) && offlineAfterMinutes >= 1;
	if (!isTime || offlineAfterMinutes > LONGEST_OFFLINE_MINUTES) {
		throw refuse("The minutes are no whole number from 1 to 43200.", "Change them.");
	}
	if (present >= MOST_HOOKS) throw refuse(`There are ${MOST_HOOKS} already.`, "Remove one first.");
}
