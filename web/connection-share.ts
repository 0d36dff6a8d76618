/**
 * How many of a web listener's connections one address may hold, so that a scanner of ports, or a monitor that never hangs up, does not
 * shut the owner out. For serve.ts. What is too much is closed at once, without an answer: its sender has others open.
 */
import type { Server, Socket } from "node:net";

/** A phone and a monitor need few; a scanner of ports must not take the memory of a small box. */
const MOST_CONNECTIONS = 64;
/** A browser opens six, a relay before several owners a few more. */
const MOST_OF_ADDRESS = 24;
/** From so many in all on, an address gets only its first few: there is room for one more browser. */
const RESERVED_FROM = 48;
const FEW = 6;

/** To be called before the server listens. */
export function shareConnections(server: Server): void {
	const held = new Map<string, number>();
	let inAll = 0;
	server.maxConnections = MOST_CONNECTIONS;
	server.on("connection", (socket: Socket) => {
		// Undefined once the peer has gone: then it is at its end anyway.
		const { remoteAddress = "" } = socket;
		const ofOne = held.get(remoteAddress) ?? 0;
		if (ofOne >= MOST_OF_ADDRESS || (inAll >= RESERVED_FROM && ofOne >= FEW)) {
			socket.destroy();
			return;
		}
		held.set(remoteAddress, ofOne + 1);
		inAll += 1;
		socket.once("close", () => {
			const left = (held.get(remoteAddress) ?? 1) - 1;
			if (left === 0) held.delete(remoteAddress);
			else held.set(remoteAddress, left);
			inAll -= 1;
		});
	});
}
