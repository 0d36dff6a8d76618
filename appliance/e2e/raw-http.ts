/**
 * HTTP as bytes: sends whatever it is given over a connection of its own and gives what came back, so that nothing is
 * put right on the way. For the attacks on the console, which no proper client would make.
 */
import { once } from "node:events";
import net from "node:net";
import tls from "node:tls";
import { gunzipSync } from "node:zlib";

export interface RawAnswer {
	/** Of the first answer; 0 when the box hung up, or said nothing. */
	readonly status: number;
	/** Of each answer that came on the connection. */
	readonly statuses: readonly number[];
	/** Names in lower case. */
	readonly headers: ReadonlyMap<string, readonly string[]>;
	readonly body: string;
	/** All that came, a character a byte. */
	readonly text: string;
	readonly hasHungUp: boolean;
}

export interface RawRequest {
	readonly port: number;
	/** Where it comes from; Linux lets a client have any address of 127/8. */
	readonly from?: string;
	readonly isTls?: boolean;
	/** Each sent when the one before has left, some time apart. */
	readonly parts: readonly (string | Buffer)[];
	/** How long the box may stay silent before this gives up. */
	readonly patienceMs?: number;
}

const PATIENCE_MS = 1_500;
const BETWEEN_PARTS_MS = 60;

export async function exchange(request: RawRequest): Promise<RawAnswer> {
	const socket = await connect(request);
	const chunks: Buffer[] = [];
	const ended = new Promise<boolean>((resolve) => {
		const patienceMs = request.patienceMs ?? PATIENCE_MS;
		let timer = setTimeout(() => resolve(false), patienceMs);
		socket.on("data", (chunk: Buffer) => {
			chunks.push(chunk);
			clearTimeout(timer);
			timer = setTimeout(() => resolve(false), patienceMs);
		});
		// One that resets the connection has hung up, too.
		for (const event of ["end", "close", "error"]) socket.on(event, () => resolve(true));
	});
	for (const part of request.parts) {
		if (socket.writable) socket.write(part);
		if (request.parts.length > 1) await new Promise((resolve) => setTimeout(resolve, BETWEEN_PARTS_MS));
	}
	const hasHungUp = await ended;
	socket.destroy();
	return read(Buffer.concat(chunks), hasHungUp);
}

async function connect({ port, from, isTls = false }: RawRequest): Promise<net.Socket> {
	const socket = net.connect({
		...{ port, host: "127.0.0.1" },
		...(from === undefined ? {} : { localAddress: from }),
	});
	await once(socket, "connect");
	socket.setNoDelay(true);
	if (!isTls) return socket;
	// A fault of the handshake ends the connection, which is what is looked at.
	const secured = tls.connect({ socket, rejectUnauthorized: false });
	await once(secured, "secureConnect");
	return secured;
}

function read(bytes: Buffer, hasHungUp: boolean): RawAnswer {
	const text = bytes.toString("latin1");
	const [first = ""] = text.split("\r\n\r\n", 1);
	const [, ...lines] = first.split("\r\n");
	const headers = new Map<string, string[]>();
	for (const line of lines) {
		const [, name = "", value = ""] = /^([^:]+):\s*(.*)$/.exec(line) ?? [];
		headers.set(name.toLowerCase(), [...(headers.get(name.toLowerCase()) ?? []), value]);
	}
	const statuses = [...text.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map(([, status]) => Number(status));
	const body = bytes.subarray(first.length + 4);
	const isPacked = headers.get("content-encoding")?.includes("gzip") === true;
	return {
		...{ status: statuses[0] ?? 0, statuses, headers, text, hasHungUp },
		body: (isPacked ? unpacked(body, headers) : body).toString("utf8"),
	};
}

/** A whole chunked body without its chunks' lengths; one that was broken off is given as it is. */
function unpacked(body: Buffer, headers: ReadonlyMap<string, readonly string[]>): Buffer {
	return gunzipSync(headers.has("transfer-encoding") ? unchunked(body) : body);
}

function unchunked(body: Buffer): Buffer {
	const pieces: Buffer[] = [];
	let at = 0;
	for (;;) {
		const end = body.indexOf("\r\n", at);
		const length = Number.parseInt(body.subarray(at, end).toString("latin1"), 16);
		if (end === -1 || !(length > 0)) return Buffer.concat(pieces);
		pieces.push(body.subarray(end + 2, end + 2 + length));
		at = end + 2 + length + 2;
	}
}
