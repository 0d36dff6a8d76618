/**
 * How many connections a web listener holds, and who gives way when there is no room: one on which nothing is asked just then, of
 * the address that holds most, the longest quiet first. So a scanner of ports, or a monitor that never hangs up, shuts nobody out.
 * While every connection is being answered, the newcomer is closed. For serve.ts.
 */
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";

/** A phone and a monitor need few; what opens them by the hundred must not take the memory of a small box. */
export const MOST_CONNECTIONS = 64;

interface Held {
	readonly socket: Socket;
	readonly address: string;
	/** Not answered yet. */
	requests: number;
}

/** Beside its address, since a TLS connection shows itself as another object than the one it came as. */
type Key = string;

/** To be called before the server listens, on TCP. */
export function keepRoom(server: Server): void {
	/** The longest quiet first. */
	const held = new Map<Key, Held>();
	server.on("connection", (socket: Socket) => {
		const { remoteAddress: address } = socket;
		// Without an address: the peer has gone already.
		if (address === undefined || (held.size >= MOST_CONNECTIONS && !giveWay(held))) {
			socket.destroy();
			return;
		}
		const key = keyOf(socket);
		const one: Held = { socket, address, requests: 0 };
		held.set(key, one);
		socket.once("close", () => {
			if (held.get(key) === one) held.delete(key);
		});
	});
	server.prependListener("request", (request: IncomingMessage, response: ServerResponse) => {
		const key = keyOf(request.socket);
		const one = held.get(key);
		if (one === undefined) return;
		one.requests += 1;
		response.once("close", () => {
			one.requests -= 1;
			if (held.get(key) !== one) return;
			held.delete(key);
			held.set(key, one);
		});
	});
}

function keyOf({ remoteAddress, remotePort }: Socket): Key {
	return `${remoteAddress} ${remotePort}`;
}

/** False when all are being answered. */
function giveWay(held: Map<Key, Held>): boolean {
	const counts = new Map<string, number>();
	const countOf = (address: string) => counts.get(address) ?? 0;
	for (const { address } of held.values()) counts.set(address, countOf(address) + 1);
	let leaving: [Key, Held] | undefined;
	for (const entry of held) {
		const [, { requests, address }] = entry;
		if (requests > 0) continue;
		if (leaving === undefined || countOf(address) > countOf(leaving[1].address)) leaving = entry;
	}
	if (leaving === undefined) return false;
	const [key, { socket }] = leaving;
	held.delete(key);
	socket.destroy();
	return true;
}
