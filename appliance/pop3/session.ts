/**
 * One POP3 session (RFC 1939, CAPA: RFC 2449): greeting, AUTHORIZATION, TRANSACTION, UPDATE. For listener.ts. Commands are
 * answered one after the other, in the order in which they came. A connection that ends without QUIT removes nothing.
 */
import { randomBytes } from "node:crypto";
import type net from "node:net";
import { asError } from "../errors.ts";
import { Authorization, type Step } from "./authorization.ts";
import { type CommandLine, readCommandLine } from "./command-line.ts";
import type { Pop3Host } from "./host.ts";
import type { Maildrop, MaildropOwner } from "./maildrop.ts";
import { err, ok } from "./replies.ts";
import { CutOff, Transaction } from "./transaction.ts";
import { Wire, WireClosed } from "./wire.ts";

export interface SessionOptions {
	readonly socket: net.Socket;
	readonly isSecure: boolean;
	/** Of the client, canonical. */
	readonly address: string;
	readonly host: Pop3Host;
}

/** RFC 1939 §3: an autologout timer must be of at least ten minutes. */
const AUTOLOGOUT_MS = 10 * 60_000;
/** Commands in a row that are none. */
const MOST_NONSENSE = 20;

const OF_AUTHORIZATION = ["USER", "PASS", "APOP", "AUTH", "STLS"];
const OF_TRANSACTION = ["STAT", "LIST", "UIDL", "RETR", "TOP", "DELE", "RSET", "NOOP"];

interface Open {
	readonly owner: MaildropOwner;
	readonly maildrop: Maildrop;
	readonly transaction: Transaction;
	readonly release: () => void;
}

export class Pop3Session {
	readonly #options: SessionOptions;
	readonly #wire: Wire;
	readonly #authorization: Authorization;
	readonly #stamp: string;
	readonly #over = new AbortController();
	#open: Open | undefined;
	#nonsense = 0;
	#isLeaving = false;
	/** A command is under way. */
	#isWorking = false;

	constructor(options: SessionOptions) {
		const { socket, isSecure, host, address } = options;
		this.#options = options;
		this.#wire = new Wire(socket, isSecure, host.clock);
		this.#stamp = `<${randomBytes(12).toString("hex")}@${host.name()}>`;
		this.#authorization = new Authorization({ wire: this.#wire, host, address, stamp: this.#stamp });
		socket.once("close", () => this.#over.abort());
	}

	get isSignedIn(): boolean {
		return this.#open !== undefined;
	}

	/** Since its client said something or took something. */
	silentMs(): number {
		return this.#wire.silentMs();
	}

	/** Resolves when it is over. Never rejects. */
	async run(): Promise<void> {
		const { host, address } = this.#options;
		try {
			await this.#wire.say(ok(`${host.name()} POP3 ready${host.takesApop() ? ` ${this.#stamp}` : ""}`));
			while (!this.#isLeaving && (await this.#next()));
			this.#wire.end();
		} catch (thrown) {
			this.#wire.breakOff();
			if (thrown instanceof CutOff) {
				host.log.warning("pop3-cut-off", { client: address, reason: thrown.message });
			} else if (!(thrown instanceof WireClosed)) {
				const error = asError(thrown);
				host.log.error("pop3-fault", { client: address, error: error.stack ?? error.message });
			}
		} finally {
			await this.#close();
		}
	}

	/** The box stops: a command under way is finished, and nothing more is heard. */
	leave(): void {
		this.#isLeaving = true;
		if (!this.#isWorking) this.#wire.breakOff();
	}

	breakOff(): void {
		this.#wire.breakOff();
	}

	/** One command. False: the session is over. */
	async #next(): Promise<boolean> {
		const line = await this.#wire.line(AUTOLOGOUT_MS);
		if (line.kind === "gone") return false;
		if (line.kind === "silence") {
			await this.#wire.say(err("nothing was said for ten minutes", "SYS/TEMP"));
			return false;
		}
		if (line.kind === "too-long") {
			await this.#wire.say(err("the line is too long"));
			return false;
		}
		this.#isWorking = true;
		try {
			return await this.#obey(readCommandLine(line.text));
		} finally {
			this.#isWorking = false;
		}
	}

	async #obey({ keyword, argument }: CommandLine): Promise<boolean> {
		if (keyword === "QUIT") {
			if (this.#open === undefined) await this.#wire.say(ok("bye"));
			else await this.#open.transaction.quit();
			return false;
		}
		if (keyword === "CAPA") {
			await this.#wire.sayAll(ok("capabilities follow"), this.#capabilities());
			return true;
		}
		const known = OF_AUTHORIZATION.includes(keyword) || OF_TRANSACTION.includes(keyword);
		if (!known) return await this.#misunderstood();
		this.#nonsense = 0;
		if (this.#open === undefined) return await this.#authorize(keyword, argument);
		return await this.#transact(this.#open.transaction, keyword, argument);
	}

	async #authorize(keyword: string, argument: string): Promise<boolean> {
		if (OF_TRANSACTION.includes(keyword)) {
			await this.#wire.say(err("sign in first: USER and PASS"));
			return true;
		}
		const step = await this.#authorizationStep(keyword, argument);
		if (step === "stay" || step === "leave") return step === "stay";
		return await this.#signedIn(step.owner);
	}

	#authorizationStep(keyword: string, argument: string): Promise<Step> {
		const authorization = this.#authorization;
		switch (keyword) {
			case "USER":
				return authorization.user(argument);
			case "PASS":
				return authorization.pass(argument);
			case "APOP":
				return authorization.apop(argument);
			case "STLS":
				return authorization.stls(argument.trim());
			default:
				return authorization.auth(argument.trim());
		}
	}

	async #transact(transaction: Transaction, keyword: string, argument: string): Promise<boolean> {
		switch (keyword) {
			case "STAT":
				await transaction.stat(argument);
				break;
			case "LIST":
				await transaction.list(argument);
				break;
			case "UIDL":
				await transaction.uidl(argument);
				break;
			case "RETR":
				await transaction.retr(argument);
				break;
			case "TOP":
				await transaction.top(argument);
				break;
			case "DELE":
				await transaction.dele(argument);
				break;
			case "RSET":
				await transaction.rset();
				break;
			case "NOOP":
				await this.#wire.say(ok());
				break;
			default:
				await this.#wire.say(err("you are signed in already"));
		}
		return true;
	}

	/** Opens the maildrop. A failure is told; the client may try again in the same session (RFC 1939 §4 allows it). */
	async #signedIn(owner: MaildropOwner): Promise<boolean> {
		const { host, address } = this.#options;
		const release = host.locks.take(`${owner.mailbox}/${owner.folder}`, {
			silentMs: () => this.#wire.silentMs(),
			evict: () => this.#wire.breakOff(),
		});
		if (release === undefined) {
			await this.#wire.say(err("another session has this mailbox open; try again in a minute", "IN-USE"));
			return true;
		}
		let opened: Awaited<ReturnType<Pop3Host["open"]>>;
		try {
			opened = await host.open(owner, this.#over.signal);
		} catch (error) {
			release();
			throw error;
		}
		if (!opened.ok) {
			release();
			host.troubles.failed(owner.username, address, opened.failure);
			await this.#wire.say(err(opened.failure.text, opened.failure.code));
			return true;
		}
		const maildrop = opened.value;
		const transaction = new Transaction({
			wire: this.#wire,
			maildrop,
			signal: this.#over.signal,
			told: ({ reason }) =>
				host.refusals.tell(address, () =>
					host.log.warning("pop3-trouble", { client: address, user: owner.username, reason }),
				),
		});
		host.troubles.well(owner.username);
		this.#open = { owner, maildrop, transaction, release };
		await this.#wire.say(ok(`${maildrop.messages.length} messages`));
		return true;
	}

	#capabilities(): readonly string[] {
		return [
			"TOP",
			"UIDL",
			"RESP-CODES",
			"AUTH-RESP-CODE",
			"PIPELINING",
			"EXPIRE NEVER",
			...(this.#open === undefined ? this.#authorization.capabilities() : ["IMPLEMENTATION Postern"]),
		];
	}

	async #misunderstood(): Promise<boolean> {
		this.#nonsense += 1;
		await this.#wire.say(err("there is no such command"));
		return this.#nonsense < MOST_NONSENSE;
	}

	/** A PLC that asks every minute and finds nothing is no news. */
	#tell({ owner: { username: user }, transaction: { fetched, removed } }: Open): void {
		const { host, address: client } = this.#options;
		if (fetched > 0 || removed > 0) host.log.info("mail-fetched", { client, user, fetched, removed });
	}

	async #close(): Promise<void> {
		this.#over.abort();
		const open = this.#open;
		if (open === undefined) return;
		this.#open = undefined;
		open.release();
		this.#tell(open);
		await open.maildrop.close();
	}
}
