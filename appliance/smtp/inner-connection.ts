/**
 * A connection from the appliance to itself, both ends in this process: over it a port can be tried as a
 * device whose address the box does not have. For listener.ts and `device test`.
 *
 * It runs over a loopback socket that accepts once, and only the very connection that was made here:
 * another program that comes first is turned away. Rejects with the system's error.
 */
import { once } from "node:events";
import net from "node:net";

export interface InnerConnection {
	/** Plays the device. */
	readonly client: net.Socket;
	/** To be given to the port. */
	readonly server: net.Socket;
}

const HOST = "127.0.0.1";

export async function openInnerConnection(): Promise<InnerConnection> {
	// As for the ports themselves: a device may close its side and still read.
	const acceptor = net.createServer({ allowHalfOpen: true, pauseOnConnect: true });
	try {
		acceptor.listen(0, HOST);
		await once(acceptor, "listening");
		const bound = acceptor.address();
		if (bound === null || typeof bound === "string") throw new Error("no port to connect to");
		const accepted: net.Socket[] = [];
		acceptor.on("connection", (socket) => accepted.push(socket));
		const client = net.connect({ host: HOST, port: bound.port });
		await once(client, "connect");
		const isOurs = (socket: net.Socket) => socket.remotePort === client.localPort;
		while (!accepted.some(isOurs)) await once(acceptor, "connection");
		const server = accepted.find(isOurs);
		for (const other of accepted) if (other !== server) other.destroy();
		if (server === undefined) throw new Error("the connection was not accepted");
		server.resume();
		return { client, server };
	} finally {
		acceptor.close();
	}
}
