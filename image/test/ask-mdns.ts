/**
 * `node ask-mdns.ts NAME`: asks the local network who is called NAME, as a phone does (RFC 6762 §5.1, by multicast), and prints
 * the IPv4 addresses of the first answer that has any. Ends with 1 when nobody answers within ten seconds.
 */
import { createSocket } from "node:dgram";

const GROUP = "224.0.0.251";
const PORT = 5353;
const TYPE_A = 1;
const CLASS_IN = 1;
const HEADER_BYTES = 12;
const ASK_AGAIN_MS = 1_000;
const PATIENCE_MS = 10_000;

const name = process.argv[2] ?? "";
const labels = name.split(".").map((label) => Buffer.from([label.length, ...Buffer.from(label)]));
const question = Buffer.concat([...labels, Buffer.from([0, 0, TYPE_A, 0, CLASS_IN])]);
const query = Buffer.concat([Buffer.from([0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0]), question]);

/** Record of type A: 4 octets of data behind type, class (its first bit says that others' are old), time and length. */
function addressesIn(message: Buffer): readonly string[] {
	const found: string[] = [];
	for (let at = HEADER_BYTES; at + 14 <= message.length; at += 1) {
		const isRecord =
			message.readUInt16BE(at) === TYPE_A &&
			(message.readUInt16BE(at + 2) & 0x7fff) === CLASS_IN &&
			message.readUInt16BE(at + 8) === 4;
		if (isRecord) found.push([...message.subarray(at + 10, at + 14)].join("."));
	}
	return found;
}

const socket = createSocket({ type: "udp4", reuseAddr: true });
socket.on("message", (message) => {
	const isAnswer = (message.readUInt16BE(2) & 0x8000) !== 0;
	const addresses = isAnswer ? addressesIn(message) : [];
	if (addresses.length === 0) return;
	console.log(addresses.join("\n"));
	process.exit(0);
});
socket.bind(PORT, () => {
	socket.addMembership(GROUP);
	const ask = () => socket.send(query, PORT, GROUP);
	ask();
	setInterval(ask, ASK_AGAIN_MS);
});
setTimeout(() => process.exit(1), PATIENCE_MS);
