/**
 * As much of an HTTP/1.1 server as the sink needs, at a third of node:http's price: requests one after
 * the other on a connection, bodies with Content-Length. A chunked or unreadable request ends the
 * connection and is said on standard error: the sink would miscount it.
 */
import { createServer, type Server, type Socket } from "node:net";

export interface LightRequest {
	readonly method: string;
	/** As it stands in the request line. */
	readonly target: string;
	/** Content-Range, or empty. */
	readonly range: string;
	/** Empty for targets whose bodies are not kept. */
	readonly body: string;
}

export interface LightAnswer {
	readonly status: string;
	readonly body?: object;
	/** Instead of JSON. */
	readonly text?: string;
	readonly retryAfterSeconds?: number;
}

interface LightOptions {
	/** Bodies of other targets are counted and dropped. */
	readonly keepsBody: (target: string) => boolean;
	readonly answer: (request: LightRequest) => LightAnswer | Promise<LightAnswer>;
}

const HEADER_END = "\r\n\r\n";
const LONGEST_HEADER = 65_536;

export function createLightServer(options: LightOptions): Server & { readonly sockets: Set<Socket> } {
	const sockets = new Set<Socket>();
	const server = createServer({ noDelay: true }, (socket) => {
		sockets.add(socket);
		socket.on("close", () => sockets.delete(socket));
		// A client that vanishes is its own affair.
		socket.on("error", () => socket.destroy());
		const exchange = new Exchange(socket, options);
		socket.on("data", (chunk) => {
			exchange.take(chunk);
		});
	});
	return Object.assign(server, { sockets });
}

interface RequestLine {
	readonly method: string;
	readonly target: string;
	readonly range: string;
}

class Exchange {
	readonly #socket: Socket;
	readonly #options: LightOptions;
	#head = "";
	#request: RequestLine | undefined;
	#bodyLeft = 0;
	#kept: Buffer[] = [];

	constructor(socket: Socket, options: LightOptions) {
		this.#socket = socket;
		this.#options = options;
	}

	take(chunk: Buffer): void {
		let rest: Buffer | undefined = chunk;
		while (rest !== undefined && rest.length > 0) {
			rest = this.#request === undefined ? this.#takeHead(rest) : this.#takeBody(rest, this.#request);
		}
	}

	/** Gives what lies behind the header, or undefined when there is nothing more to read. */
	#takeHead(chunk: Buffer): Buffer | undefined {
		const before = this.#head.length;
		this.#head += chunk.toString("latin1");
		const end = this.#head.indexOf(HEADER_END);
		if (end < 0) return this.#head.length > LONGEST_HEADER ? this.#giveUp("endless header") : undefined;
		const head = this.#head.slice(0, end + 2);
		this.#head = "";
		const [, method, target] = /^(\S+) (\S+) HTTP\/1\.1\r\n/.exec(head) ?? [];
		if (method === undefined || target === undefined) return this.#giveUp("unreadable request");
		if (/\r\ntransfer-encoding:/i.test(head)) return this.#giveUp("chunked body");
		if (/\r\nexpect: *100-continue/i.test(head)) this.#socket.write("HTTP/1.1 100 Continue\r\n\r\n");
		const range = /\r\ncontent-range: *([^\r]*)\r\n/i.exec(head)?.[1] ?? "";
		this.#request = { method, target, range };
		this.#bodyLeft = Number(/\r\ncontent-length: *(\d+)\r\n/i.exec(head)?.[1] ?? 0);
		if (this.#bodyLeft === 0) void this.#answer(this.#request);
		return chunk.subarray(end + HEADER_END.length - before);
	}

	#takeBody(chunk: Buffer, request: RequestLine): Buffer {
		const part = chunk.subarray(0, this.#bodyLeft);
		if (this.#options.keepsBody(request.target)) this.#kept.push(part);
		this.#bodyLeft -= part.length;
		if (this.#bodyLeft === 0) void this.#answer(request);
		return chunk.subarray(part.length);
	}

	async #answer(request: RequestLine): Promise<void> {
		const kept = Buffer.concat(this.#kept).toString();
		this.#request = undefined;
		this.#kept = [];
		const answer = await this.#options.answer({ ...request, body: kept });
		const { status, body, retryAfterSeconds } = answer;
		const text = answer.text ?? (body === undefined ? "" : JSON.stringify(body));
		const type = body === undefined ? "" : "content-type: application/json; charset=utf-8\r\n";
		const wait = retryAfterSeconds === undefined ? "" : `retry-after: ${retryAfterSeconds}\r\n`;
		this.#socket.write(
			`HTTP/1.1 ${status}\r\n${type}${wait}content-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`,
		);
	}

	#giveUp(why: string): undefined {
		console.error(`cloud sink: ${why}`);
		this.#socket.destroy();
	}
}
