/**
 * Who uses the box while the devices ask too much of it: an owner at the console, and a program that fetches mail over POP3. For
 * run.ts. An answer that is none is counted, with its words, and never thrown.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { ConsoleVisitor } from "../../appliance/e2e/console-visitor.ts";
import { ACCOUNT, type House } from "../../appliance/e2e/house.ts";
import { Pop3Client } from "../bench/pop3-client.ts";

const OWNER_PASSWORD = "four words in a row";
const FETCHER = { username: "plc", password: "a password for fetching" } as const;
const PAGES = ["/", "/mail", "/devices"] as const;
const PAUSE_MS = 3_000;
const LETTER = `From: <boss@fabrikam.example>\r\nTo: <${ACCOUNT}>\r\nSubject: a letter\r\n\r\nHello\r\n`;

/** Of the configuration. */
export const FETCHERS_MAILBOX = `[[mailbox]]
username = "${FETCHER.username}"
password = "${FETCHER.password}"
mailbox = "${ACCOUNT}"
account = "${ACCOUNT}"
auth_without_tls = true
`;

export interface Service {
	answered: number;
	readonly failures: string[];
}

export class Bystanders {
	readonly console: Service = { answered: 0, failures: [] };
	readonly fetching: Service = { answered: 0, failures: [] };
	readonly #house: House;
	readonly #owner: ConsoleVisitor;

	constructor(house: House) {
		this.#house = house;
		this.#owner = new ConsoleVisitor(house);
	}

	/** The owner takes the box. */
	async settleIn(): Promise<void> {
		await this.#owner.claim(OWNER_PASSWORD);
	}

	async work(signal: AbortSignal): Promise<void> {
		await Promise.all([
			this.#again(signal, this.console, () => this.#look()),
			this.#again(signal, this.fetching, () => this.#fetch()),
		]);
	}

	async #again(signal: AbortSignal, service: Service, use: () => Promise<void>): Promise<void> {
		while (!signal.aborted) {
			try {
				await use();
				service.answered += 1;
			} catch (thrown) {
				service.failures.push(thrown instanceof Error ? thrown.message : String(thrown));
			}
			await sleep(PAUSE_MS, undefined, { signal }).catch(() => undefined);
		}
	}

	async #look(): Promise<void> {
		for (const page of PAGES) {
			const answer = await this.#owner.ask(page);
			await answer.text();
			if (answer.status !== 200) throw new Error(`${page} answers ${answer.status}`);
		}
	}

	/** Somebody writes to the mailbox, and the program takes it. */
	async #fetch(): Promise<void> {
		this.#house.cloud.control.deposit(ACCOUNT, Buffer.from(LETTER));
		const { username, password } = FETCHER;
		const client = await Pop3Client.signIn(this.#house.port("pop3"), username, password);
		await client.command("STAT");
		await client.many("RETR 1");
		await client.command("DELE 1");
		await client.quit();
	}
}
