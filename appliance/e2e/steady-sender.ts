/**
 * A device that sends one message after the other over one connection, in a process of its own, on a machine of site.ts. When
 * the connection breaks it makes a new one and sends again what nobody has answered for, and nothing else. Prints a
 * line of JSON for each message that was answered 250 and for each connection that broke.
 */
import { SmtpPeer } from "./smtp-peer.ts";

const [host = "", port = "", name = "", messages = "", pauseMs = ""] = process.argv.slice(2);
/** Of a reply: what old devices wait, or less. */
const PATIENCE_MS = 15_000;

const say = (event: Record<string, unknown>) => process.stdout.write(`${JSON.stringify(event)}\n`);

let peer: SmtpPeer | undefined;
for (let number = 0; number < Number(messages); number += 1) {
	const subject = `${name}-${number}`;
	for (let isSent = false; !isSent; ) {
		try {
			peer ??= await within(SmtpPeer.connect(Number(port), host));
			const reply = await within(send(peer, subject));
			if (!reply.startsWith("250")) throw new Error(reply);
			say({ answered: subject });
			isSent = true;
		} catch (thrown) {
			const isConnected = peer !== undefined;
			peer?.destroy();
			peer = undefined;
			say({ broken: subject, isConnected, why: String(thrown) });
			await new Promise((resolve) => setTimeout(resolve, 1_000));
		}
	}
	await new Promise((resolve) => setTimeout(resolve, Number(pauseMs)));
}
await peer?.quit();

async function send(to: SmtpPeer, subject: string): Promise<string> {
	await to.begin("press@contoso.example");
	const id = `Message-ID: <${subject}@press.test>`;
	to.write(
		`From: <press@contoso.example>\r\nTo: <you@example.com>\r\nSubject: ${subject}\r\n${id}\r\n\r\nA report.\r\n`,
	);
	return to.finish();
}

async function within<Result>(work: Promise<Result>): Promise<Result> {
	const over = new AbortController();
	const silence = new Promise<never>((_, reject) => {
		const timer = setTimeout(() => reject(new Error("no reply")), PATIENCE_MS);
		over.signal.addEventListener("abort", () => clearTimeout(timer));
	});
	try {
		return await Promise.race([work, silence]);
	} finally {
		over.abort();
		// Whoever lost the race has nobody who hears of its failure.
		work.catch(() => undefined);
	}
}
