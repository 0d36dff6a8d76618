/**
 * A listening port that can be shut and opened again at the same address, so that tests can take the
 * cloud away. Its connections are known, so that closing leaves none behind.
 */
import { once } from "node:events";
import type { AddressInfo, Server, Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { errorCode } from "../errors.ts";

/**
 * `open`: as usual. `refuse`: nobody listens (ECONNREFUSED). `reset`: connections are cut as they come.
 * `silent`: connections are taken and nothing is ever answered.
 */
export type DoorState = "open" | "refuse" | "reset" | "silent";

const REOPEN_ATTEMPTS = 100;
const REOPEN_PAUSE_MS = 50;

export class Door {
	readonly #server: Server;
	readonly #host: string;
	readonly #sockets = new Set<Socket>();
	#port: number;
	#state: DoorState = "refuse";

	/** `port` 0: any free one, kept from then on. */
	constructor(server: Server, host: string, port: number) {
		this.#server = server;
		this.#host = host;
		this.#port = port;
		server.on("connection", (socket) => {
			this.#admit(socket);
		});
	}

	get state(): DoorState {
		return this.#state;
	}

	get port(): number {
		return this.#port;
	}

	/** Rejects when the port is taken, after some attempts if it was ours before. */
	async set(state: DoorState): Promise<void> {
		const before = this.#state;
		this.#state = state;
		if (state !== "open") this.#cut();
		if (state === "refuse" && before !== "refuse") await this.#stopListening();
		if (state !== "refuse" && before === "refuse") await this.#listen().catch(this.#notOpened);
	}

	async close(): Promise<void> {
		await this.set("refuse");
	}

	readonly #notOpened = (error: unknown): never => {
		this.#state = "refuse";
		throw error;
	};

	#admit(socket: Socket): void {
		if (this.#state === "reset" || this.#state === "refuse") {
			socket.resetAndDestroy();
			return;
		}
		this.#sockets.add(socket);
		socket.once("close", () => this.#sockets.delete(socket));
	}

	#cut(): void {
		for (const socket of this.#sockets) socket.resetAndDestroy();
		this.#sockets.clear();
	}

	async #stopListening(): Promise<void> {
		if (!this.#server.listening) return;
		const closed = once(this.#server, "close");
		this.#server.close();
		await closed;
	}

	async #listen(): Promise<void> {
		const attempts = this.#port === 0 ? 1 : REOPEN_ATTEMPTS;
		for (let attempt = 1; ; attempt += 1) {
			try {
				await this.#listenOnce();
				return;
			} catch (error) {
				// Another program may have been given our port while it was free.
				if (errorCode(error) !== "EADDRINUSE" || attempt >= attempts) throw error;
				await delay(REOPEN_PAUSE_MS);
			}
		}
	}

	async #listenOnce(): Promise<void> {
		const listening = once(this.#server, "listening");
		this.#server.listen(this.#port, this.#host);
		await listening;
		this.#port = (this.#server.address() as AddressInfo).port;
	}
}
