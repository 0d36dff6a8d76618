/**
 * Builds what decides who may use the console: people with their sessions, and keys of programs. For
 * console-parts.ts. Rejects when what was saved cannot be read.
 */
import type { Clock } from "../clock.ts";
import type { Config } from "../config/schema.ts";
import type { Log } from "../log.ts";
import { RefusalLog } from "../refusal-log.ts";
import type { DocumentStore } from "../store/documents.ts";
import type { TrustedTime } from "../trusted-time.ts";
import { ApiKeys } from "./api-keys.ts";
import { ConsoleClaim } from "./console-claim.ts";
import { ConsoleSessions } from "./console-sessions.ts";
import { ConsoleSignIns } from "./console-sign-ins.ts";
import { OneTimeCodes } from "./one-time-codes.ts";
import type { Passwords } from "./passwords.ts";
import { holderOf, People } from "./people.ts";
import { PersonRegister } from "./person-register.ts";
import type { VaultKey } from "./recoverable-secrets.ts";
import {
	claimsByCodeAlone,
	forgetSetupCode,
	readSetupCode,
	renewSetupCode,
	type SetupCodePlace,
} from "./setup-code.ts";

export interface ConsoleAccessOptions {
	readonly documents: DocumentStore;
	/** As it is in force. */
	readonly config: () => Pick<Config, "name" | "console">;
	readonly passwords: Passwords;
	readonly vaultKey: VaultKey;
	readonly place: SetupCodePlace;
	readonly clock: Clock;
	readonly time: TrustedTime;
	readonly log: Log;
}

export interface ConsoleAccess {
	readonly people: People;
	readonly keys: ApiKeys;
	/** It has no owner, because somebody at the box wanted it so, and waits for the new setup code. */
	isReopened(): boolean;
	/** The box has no owner until somebody comes with the new setup code. Throws `person-locked`. */
	reopen(): Promise<void>;
	/** Resolves when what was begun is on the card. */
	stop(): Promise<void>;
}

export async function openConsoleAccess(options: ConsoleAccessOptions): Promise<ConsoleAccess> {
	const { documents, config, passwords, vaultKey, place, clock, time, log } = options;
	const nowMs = () => time.nowMs() ?? clock.now();
	const boxName = () => config().name;
	const refusals = new RefusalLog(clock, log, "console-refused-more");
	let forgotten = Promise.resolve();
	const register = await PersonRegister.open({
		documents,
		log,
		filePassword: () => config().console.password_hash,
		startedAt: new Date(nowMs()).toISOString(),
		onClaimed: () => {
			forgotten = forgotten.then(() => forgetSetupCode(place, log));
		},
	});
	const sessions = await ConsoleSessions.open({
		...{ documents, clock, nowMs },
		holder: (name) => {
			const person = register.find(name);
			return person && holderOf(person);
		},
	});
	const [code, byCodeAlone] = await Promise.all([readSetupCode(place, log), claimsByCodeAlone(place)]);
	const claim = new ConsoleClaim({ clock, code, byCodeAlone, log, refusals });
	const people = new People({
		...{ register, sessions, passwords, nowMs, log, boxName, claim },
		codes: new OneTimeCodes({ vaultKey, clock, nowMs, log, boxName }),
		signIns: new ConsoleSignIns(clock, passwords, log, refusals),
	});
	const keys = await ApiKeys.open({ documents, clock, nowMs, log, refusals });
	return {
		people,
		keys,
		isReopened: () => claim.isByCodeAlone && !register.isClaimed,
		reopen: () =>
			people.reopen(async () => {
				// What is still under way would take the new one.
				await forgotten;
				return renewSetupCode(place);
			}),
		async stop() {
			await people.idle();
			await keys.idle();
		},
	};
}
