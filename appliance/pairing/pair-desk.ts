/**
 * Two boxes behind one address (`PairService`): the one that leads is exported, the other takes what was exported, over and
 * over. One leads, so nothing is ever merged: what the other has and that one has not goes. For console-parts.ts.
 *
 * Here is who leads; the work is in-step.ts's, which is loaded when there is some.
 */
import { randomUUID } from "node:crypto";
import * as z from "zod";
import { InTurn } from "../accounts/in-turn.ts";
import type { Mailbox } from "../accounts/model.ts";
import type { PairService, PairState, TakenExport } from "../console-services/pairing.ts";
import { UserError } from "../errors.ts";
import type { Log } from "../log.ts";
import type { OthersSignIn } from "../microsoft/sign-ins.ts";
import type { KeyPlace } from "../microsoft/vault-key.ts";
import type { Secret } from "../secret.ts";
import type { Storage } from "../store/storage.ts";
import type { SharedSettings } from "./settings-in-step.ts";

export interface PairDeskOptions {
	readonly storage: Pick<Storage, "list" | "read" | "put" | "change" | "remove">;
	readonly place: KeyPlace;
	/** Of the box. */
	readonly name: () => string;
	/** Addresses of all accounts, also of those in the file. */
	readonly accounts: () => readonly string[];
	readonly settings: SharedSettings;
	readonly signIns: {
		/** True when it took the place of what was here. */
		takeOver(theirs: OthersSignIn): Promise<boolean>;
		forget(address: string): Promise<void>;
	};
	readonly mailboxes: () => readonly Mailbox[];
	/** Erases what was kept of a login that is gone. */
	readonly forgetMailbox: (mailbox: Mailbox) => Promise<void>;
	/** Puts in force what the card holds. */
	readonly reload: () => Promise<void>;
	/** Wall clock. */
	readonly now: () => number;
	readonly log: Log;
}

const BOX = "box";
const FOLLOWING = "following";
const BOX_DOCUMENT = z.object({ id: z.uuid() });
const FOLLOWING_DOCUMENT = z.object({
	name: z.string().min(1).max(255),
	/** Of the box of that name, from its first export on; another box of the same name is not it. */
	id: z.uuid().nullable(),
});
export type Following = z.output<typeof FOLLOWING_DOCUMENT>;

const NAME = /^[^\p{Cc}]{1,255}$/u;

export class PairDesk implements PairService {
	readonly #options: PairDeskOptions;
	readonly #turns = new InTurn();
	#following: Following | undefined;
	#inStepAtMs: number | undefined;

	private constructor(options: PairDeskOptions, following: Following | undefined) {
		this.#options = options;
		this.#following = following;
	}

	static async open(options: PairDeskOptions): Promise<PairDesk> {
		const found = (await options.storage.list("pair")).find(({ key }) => key === FOLLOWING);
		return new PairDesk(options, FOLLOWING_DOCUMENT.safeParse(found?.value).data);
	}

	state(): PairState {
		const at = this.#inStepAtMs;
		return {
			follows: this.#following?.name ?? null,
			inStepAt: at === undefined ? null : new Date(at).toISOString(),
		};
	}

	follow(name: string): Promise<PairState> {
		return this.#turns.run(async () => {
			if (!NAME.test(name)) throw new UserError("name-invalid", "This is no name of a box.");
			await this.#save({ name, id: null });
			this.#inStepAtMs = undefined;
			this.#options.log.notice("pair-follows", { box: name });
			return this.state();
		});
	}

	lead(): Promise<PairState> {
		return this.#turns.run(async () => {
			if (this.#following === undefined) return this.state();
			await this.#options.storage.remove("pair", FOLLOWING);
			this.#following = undefined;
			this.#inStepAtMs = undefined;
			this.#options.log.notice("pair-leads");
			return this.state();
		});
	}

	async export(passphrase: Secret, parts: { readonly signIns: boolean }) {
		const { checkPassphrase, makeExport, onlyLeader } = await import("./in-step.ts");
		checkPassphrase(passphrase);
		if (this.#following !== undefined) throw onlyLeader(this.#following.name);
		return makeExport(this.#options, await this.#id(), passphrase, parts);
	}

	take(content: AsyncIterable<Uint8Array>, passphrase: Secret): Promise<TakenExport> {
		return this.#turns.run(async () => {
			const { assertLeader, openExport, takeExport } = await import("./in-step.ts");
			const theirs = await openExport(content, passphrase);
			assertLeader(this.#following, theirs.box);
			const taken = await takeExport(this.#options, theirs);
			const { name, id } = theirs.box;
			if (this.#following?.id !== id || this.#following.name !== name) await this.#save({ name, id });
			this.#inStepAtMs = this.#options.now();
			return taken;
		});
	}

	/** Made when it is first asked for; a box that was restored on another card has the one it had. */
	async #id(): Promise<string> {
		const { storage } = this.#options;
		const found = (await storage.list("pair")).find(({ key }) => key === BOX);
		const known = BOX_DOCUMENT.safeParse(found?.value).data;
		if (known !== undefined) return known.id;
		const id = randomUUID();
		await storage.put("pair", BOX, { id });
		return id;
	}

	async #save(following: Following): Promise<void> {
		await this.#options.storage.put("pair", FOLLOWING, following);
		this.#following = following;
	}
}
