/**
 * Self-service (design §5): people sign in to their own Microsoft account and get a user name and a password of their own,
 * or give them up again. For the console.
 *
 * Nothing is kept before Microsoft has said who somebody is and the rules have passed that very address; then the
 * account, its sign-in and the login are made, or none of them stays. What the owner has set up is never touched.
 * Throws `UserError`. Every coming, coming again and going leaves a line in the log.
 */
import type { Accounts } from "./accounts/accounts.ts";
import type { Devices } from "./accounts/devices.ts";
import { InTurn } from "./accounts/in-turn.ts";
import type { Account, Device } from "./accounts/model.ts";
import type { Entered, SignUpGate } from "./accounts/sign-up-gate.ts";
import type {
	JoinDraft,
	JoinedPerson,
	JoinNews,
	JoinService,
	SignUpJudgement,
	TrafficService,
} from "./console-services.ts";
import { asError, UserError } from "./errors.ts";
import type { Log } from "./log.ts";
import { addressKey } from "./mail/address.ts";
import type { SignIns } from "./microsoft/sign-ins.ts";
import type { Secret } from "./secret.ts";
import type { DeviceService } from "./services.ts";

export interface JoinDeskOptions {
	readonly gate: SignUpGate;
	readonly accounts: Accounts;
	readonly devices: Devices;
	/** What to type in. */
	readonly settingsOf: DeviceService["show"];
	/** Where to fetch; null: the owner does not want that, or no port is open. */
	readonly fetchingAt: () => Extract<JoinNews, { type: "joined" }>["fetching"];
	readonly signIns: Pick<SignIns, "visit" | "paste" | "forget" | "status">;
	readonly traffic: Pick<TrafficService, "series">;
	readonly nowMs: () => number;
	readonly log: Log;
}

/** What came of a visit. */
type Outcome = Extract<JoinNews, { type: "joined" | "left" }>;
type Keep = (account: Account) => Promise<void>;

export class JoinDesk implements JoinService {
	readonly #options: JoinDeskOptions;
	readonly #changes = new InTurn();

	constructor(options: JoinDeskOptions) {
		this.#options = options;
	}

	isOpen(): boolean {
		return this.#options.gate.isOpen;
	}

	judge(address: string): SignUpJudgement {
		return this.#options.gate.judge(address);
	}

	begin(draft: JoinDraft, signal: AbortSignal): AsyncIterable<JoinNews> {
		const { wish, peer } = draft;
		const address = addressKey(draft.address);
		const isLeaving = wish === "leave" && this.#addresses().includes(address);
		const entered = this.#options.gate.enter({ address, peer, isLeaving });
		return this.#visit({ ...draft, address }, entered, signal);
	}

	async *#visit(draft: JoinDraft, entered: Entered, signal: AbortSignal): AsyncGenerator<JoinNews> {
		const { accounts, signIns } = this.#options;
		const { address, method, wish } = draft;
		let outcome: Outcome | undefined;
		try {
			if (wish === "join") this.#assertRoom(address);
			const visit = {
				key: keyOf(draft.visit),
				candidate: accounts.candidate({ address, method }),
				onArrived: async (who: string, keep: Keep) => {
					outcome = await this.#changes.run(() => this.#arrived(draft, who, keep, signal));
				},
			};
			for await (const news of signIns.visit(visit, signal)) {
				if (news.type !== "signed-in" && news.type !== "certificate") yield news;
			}
			if (outcome !== undefined) yield outcome;
		} finally {
			entered.end(outcome === undefined ? "wrong" : "right");
		}
	}

	paste(visit: string, pasted: string): void {
		this.#options.signIns.paste(keyOf(visit), pasted);
	}

	list(): Promise<readonly JoinedPerson[]> {
		const { accounts, signIns } = this.#options;
		return Promise.all(
			this.#addresses().map(async (address) => {
				const device = this.#deviceOf(address);
				const { state } = await signIns.status(address);
				return {
					...{ address, state },
					isDenied: this.judge(address).by === "deny",
					joinedAt: accounts.find(address)?.joinedAt ?? null,
					username: device?.username ?? "",
					device: device?.name ?? "",
					lastMailAt: device === undefined ? null : this.#lastMailAt(device.name),
				};
			}),
		);
	}

	remove(address: string): Promise<void> {
		return this.#changes.run(async () => {
			await this.#remove(address);
			this.#options.log.notice("person-sign-up-removed", { who: address });
		});
	}

	/** Resolves when what was begun is on the card. For an orderly stop. */
	idle(): Promise<void> {
		return this.#changes.idle();
	}

	/** Microsoft has said who it is. */
	async #arrived(draft: JoinDraft, who: string, keep: Keep, signal: AbortSignal): Promise<Outcome> {
		const { gate, log } = this.#options;
		const { address, peer, wish } = draft;
		// Whoever has gone gets nothing, and would not see it.
		if (signal.aborted) throw new UserError("sign-up-cancelled", "The sign-up was cancelled.");
		if (addressKey(who) !== address) throw gate.refuse(otherError(address, who), peer, who);
		if (wish === "leave") {
			await this.#remove(address);
			log.notice("person-left", { who: address, address: peer.address });
			return { type: "left" };
		}
		gate.assertMay(who, peer);
		this.#assertRoom(address);
		return this.#join(draft, keep);
	}

	async #join({ address, method, peer }: JoinDraft, keep: Keep): Promise<Outcome> {
		const { accounts, settingsOf, fetchingAt, nowMs, log } = this.#options;
		const isNew = !this.#addresses().includes(address);
		const account = await accounts.join({ address, method }, nowMs());
		try {
			await keep(account);
			const { device, password } = await this.#login(address);
			log.notice(isNew ? "person-joined" : "person-joined-again", { who: address, address: peer.address });
			const settings = await settingsOf(device);
			return { type: "joined", isNew, password, settings, fetching: fetchingAt() };
		} catch (thrown) {
			log.error("sign-up-failed", { who: address, error: asError(thrown).message });
			if (isNew) await this.#remove(address);
			throw thrown;
		}
	}

	/** A login of this address alone, or a new password for the one it has. */
	async #login(address: string): Promise<{ readonly device: string; readonly password: Secret }> {
		const { devices } = this.#options;
		const present = this.#deviceOf(address);
		if (present !== undefined && present.username !== "") {
			return { device: present.name, password: await devices.renewPassword(present.name) };
		}
		const { device, password } = await devices.add({
			...{ name: this.#freeName(address), addresses: [], account: address, person: address, from: "force" },
			...(devices.byUsername(address) === undefined ? { username: address } : {}),
		});
		if (password === null) throw new Error("a login without a password");
		return { device: device.name, password };
	}

	/** Whichever of it there is; the login first, so that nothing more is taken. Throws `joined-unknown`. */
	async #remove(address: string): Promise<void> {
		const { accounts, devices, signIns } = this.#options;
		const account = accounts.find(address);
		const isJoined = account?.joinedAt !== undefined;
		const logins = devices.list().filter(({ person }) => person === address);
		if (!isJoined && logins.length === 0) throw unknownError(address);
		for (const { name } of logins) await devices.remove(name);
		if (!isJoined) return;
		await signIns.forget(address);
		await accounts.remove(address);
	}

	/** Throws `sign-up-full`. */
	#assertRoom(address: string): void {
		const { gate } = this.#options;
		const joined = this.#addresses();
		if (joined.includes(address) || joined.length < gate.mostPeople) return;
		throw new UserError(
			"sign-up-full",
			"As many people have signed up as may.",
			"Ask whoever looks after this box to make room.",
		);
	}

	/** Of all who have come: by their account, or by their login where the account is gone. */
	#addresses(): readonly string[] {
		const { accounts, devices } = this.#options;
		const own = accounts.list().flatMap(({ address, joinedAt }) => (joinedAt === undefined ? [] : [address]));
		const logins = devices.list().flatMap(({ person }) => (person === undefined ? [] : [person]));
		return [...new Set([...own, ...logins])].sort();
	}

	#deviceOf(address: string): Device | undefined {
		return this.#options.devices.list().find(({ person }) => person === address);
	}

	/** Devices are known by name to queue and log; the owner may have used this one. */
	#freeName(address: string): string {
		const base = address.slice(0, LONGEST_NAME);
		for (let number = 1; ; number += 1) {
			const name = number === 1 ? base : `${base} (${number})`;
			if (this.#options.devices.find(name) === undefined) return name;
		}
	}

	/** To the minute, the hour or the day; null: not in a month. */
	#lastMailAt(device: string): string | null {
		for (const span of ["hour", "day", "month"] as const) {
			const last = this.#options.traffic.series(span, device).findLast(({ accepted }) => accepted > 0);
			if (last !== undefined) return last.startsAt;
		}
		return null;
	}
}

/** A name may have a hundred characters, a number included. */
const LONGEST_NAME = 90;

/** No address has a blank in it. */
function keyOf(visit: string): string {
	return `visit ${visit}`;
}

/**
 * Aliases are not looked up: what a directory says of them is whatever its administrator wrote there, and who signs in
 * with another organisation's account could call themselves anybody.
 */
function otherError(address: string, who: string): UserError {
	return new UserError(
		"sign-up-other",
		`You typed ${address}, and ${who} signed in.`,
		"If both are yours, start again with the address with which you sign in to Microsoft.",
	);
}

function unknownError(address: string): UserError {
	return new UserError("joined-unknown", `${address} has not signed up here.`);
}
