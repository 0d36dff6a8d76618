/**
 * Looks at what a peer sends first, without taking it from whoever reads next: a PROXY header, the
 * beginning of TLS. For door.ts and device-connection.ts. Never rejects; leaves no listener behind.
 */
import type net from "node:net";

/** What a reader makes of the bytes so far; undefined: it wants more. */
export interface Found<Value> {
	readonly value: Value;
	/** From the front; the rest is put back. */
	readonly consumedBytes: number;
}

export type FirstBytes<Value> =
	| { readonly outcome: "found"; readonly value: Value }
	/** `timeoutMs` have passed. What came is put back. */
	| { readonly outcome: "silence" }
	/** The peer has closed, or the connection broke. */
	| { readonly outcome: "gone" };

/**
 * The reader must bound what it asks for: it sees everything from the first byte, each time more comes.
 * A `timeoutMs` of 0 looks only at what is here.
 */
export function firstBytes<Value>(
	socket: net.Socket,
	timeoutMs: number,
	read: (bytes: Buffer) => Found<Value> | undefined,
): Promise<FirstBytes<Value>> {
	return new Promise((resolve) => {
		let bytes: Buffer = Buffer.alloc(0);
		const settle = (result: FirstBytes<Value>, putBack: Buffer) => {
			clearTimeout(timer);
			socket.off("readable", look);
			socket.off("end", leave);
			socket.off("close", leave);
			if (putBack.length > 0 && !socket.destroyed && !socket.readableEnded) socket.unshift(putBack);
			resolve(result);
		};
		const leave = () => settle({ outcome: "gone" }, bytes);
		const look = () => {
			const chunk = socket.read() as Buffer | null;
			if (chunk === null) return;
			bytes = bytes.length === 0 ? chunk : Buffer.concat([bytes, chunk]);
			const found = read(bytes);
			if (found === undefined) return;
			settle({ outcome: "found", value: found.value }, bytes.subarray(found.consumedBytes));
		};
		const timer = setTimeout(() => settle({ outcome: "silence" }, bytes), timeoutMs);
		socket.on("readable", look);
		socket.on("end", leave);
		socket.on("close", leave);
		if (socket.destroyed) leave();
	});
}

/** Whatever comes first, all of it put back. Of a long ClientHello it may be the beginning alone. */
export function peek(socket: net.Socket, timeoutMs: number): Promise<FirstBytes<Buffer>> {
	return firstBytes(socket, timeoutMs, (bytes) => ({ value: Buffer.from(bytes), consumedBytes: 0 }));
}
