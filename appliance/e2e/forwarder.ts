/** Passes connections on, from `host:port` to another one or to a socket's path: the way out of a machine of site.ts. */
import net from "node:net";

const [from = "", to = ""] = process.argv.slice(2);
const onwardTo = to.startsWith("/") ? { path: to } : placeOf(to);

function placeOf(text: string) {
	const [host = "", port = ""] = text.split(":");
	return { host, port: Number(port) };
}

net
	.createServer((socket) => {
		const onward = net.connect(onwardTo);
		for (const [one, other] of [
			[socket, onward],
			[onward, socket],
		] as const) {
			one.on("error", () => other.destroy());
			one.pipe(other);
		}
	})
	.listen(placeOf(from), () => console.log("ready"));
