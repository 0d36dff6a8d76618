/**
 * The simulated POP3 of Exchange Online: TLS from the first byte, AUTH XOAUTH2 in two lines and nothing else
 * (learn.microsoft.com: "Authenticate an IMAP, POP or SMTP connection using OAuth"). Deletes at QUIT, to Deleted Items.
 */
import { once } from "node:events";
import type { Socket } from "node:net";
import { createInterface } from "node:readline";
import { type SecureContext, TLSSocket } from "node:tls";
import type { Item, Mailbox } from "./mailbox.ts";
import { parseXOAuth2 } from "./smtp-commands.ts";
import { readAccessToken } from "./tokens.ts";
import type { World } from "./world.ts";

const GREETING = "+OK The Microsoft Exchange POP3 service is ready. [cwBhAG4AZABiAG8AeAA=]";
const REFUSED = "-ERR Authentication failure: unknown user name or bad password.";

export async function servePop3(world: World, raw: Socket, secureContext: SecureContext): Promise<void> {
	const socket = new TLSSocket(raw, { isServer: true, secureContext });
	socket.on("error", () => raw.destroy());
	await once(socket, "secure");
	const lines = createInterface({ input: socket })[Symbol.asyncIterator]();
	const say = (text: string) => void socket.write(`${text}\r\n`, "latin1");
	say(GREETING);
	const mailbox = await signIn(world, lines, say);
	if (mailbox !== undefined) await serve(world, new Session(mailbox), lines, say);
	socket.end();
}

type Lines = AsyncIterator<string>;
type Say = (text: string) => void;

async function signIn(world: World, lines: Lines, say: Say): Promise<Mailbox | undefined> {
	for (;;) {
		const { value, done } = await lines.next();
		if (done === true || /^quit$/i.test(value)) return undefined;
		if (!/^auth xoauth2$/i.test(value)) {
			say("-ERR Command is not valid in this state.");
			continue;
		}
		say("+ ");
		const answer = await lines.next();
		if (answer.done === true) return undefined;
		const credentials = parseXOAuth2(answer.value);
		const grant = credentials === undefined ? undefined : readAccessToken(credentials.token);
		const isGood =
			credentials !== undefined &&
			grant?.resource === "outlook" &&
			grant.scopes.includes("POP.AccessAsUser.All") &&
			world.now() < grant.expiresAtMs &&
			world.directory.mayOpen(
				world.directory.ensure(grant.address),
				world.directory.ensure(credentials.user),
			);
		if (!isGood) {
			say(REFUSED);
			continue;
		}
		say("+OK User successfully authenticated.");
		return world.mailboxOf(credentials.user);
	}
}

class Session {
	readonly items: readonly Item[];
	readonly deleted = new Set<number>();

	constructor(mailbox: Mailbox) {
		this.items = mailbox.all().filter(({ folder }) => folder === "inbox");
	}

	left(): [number, Item][] {
		return [...this.items.entries()].filter(([index]) => !this.deleted.has(index));
	}
}

async function serve(world: World, session: Session, lines: Lines, say: Say): Promise<void> {
	for (;;) {
		const { value, done } = await lines.next();
		if (done === true) return;
		const [keyword = "", number = ""] = value.trim().toUpperCase().split(" ");
		world.requests.add({
			...{ atMs: world.now(), kind: "smtp", method: keyword, path: number, status: 0 },
			...{ account: "", bodyBytes: 0, detail: "pop3" },
		});
		if (keyword === "QUIT") {
			for (const index of session.deleted) {
				const item = session.items[index];
				if (item !== undefined) item.folder = "deleteditems";
			}
			say("+OK Microsoft Exchange Server POP3 server signing off.");
			return;
		}
		answer(session, keyword, Number(number) - 1, say);
	}
}

function answer(session: Session, keyword: string, index: number, say: Say): void {
	const bytes = (item: Item) => item.message.bytes ?? Buffer.alloc(0);
	const item = session.items[index];
	switch (keyword) {
		case "STAT":
			say(
				`+OK ${session.left().length} ${session.left().reduce((sum, [, one]) => sum + bytes(one).length, 0)}`,
			);
			return;
		case "LIST":
			say("+OK");
			for (const [at, one] of session.left()) say(`${at + 1} ${bytes(one).length}`);
			say(".");
			return;
		case "UIDL":
			say("+OK");
			for (const [at, one] of session.left()) say(`${at + 1} sandbox-${one.number}`);
			say(".");
			return;
		case "RETR":
			if (item === undefined) {
				say("-ERR The specified message is out of range.");
				return;
			}
			say("+OK");
			say(`${bytes(item).toString("latin1").replace(/^\./gm, "..").replace(/\r\n$/, "")}`);
			say(".");
			return;
		case "DELE":
			session.deleted.add(index);
			say("+OK");
			return;
		default:
			say(keyword === "NOOP" ? "+OK" : "-ERR Protocol error.");
	}
}
