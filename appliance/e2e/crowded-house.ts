/** A box as full as boxes get: 10,000 messages that wait, 120 devices with long names, two accounts, unknown devices that ask. For `npm run screens`. */
import net from "node:net";
import { talk } from "./console-tour.ts";
import { ACCOUNT, House } from "./house.ts";

const MESSAGES = 10_000;
const CONNECTIONS = 8;
const DEVICES = 120;
const STRANGERS = Array.from({ length: 14 }, (_, index) => `127.0.1.${index + 1}`);
/** German, because it has the longest words, and a device's name may have a hundred letters. */
export const LONG_NAME =
	"Multifunktionskopierer der Grundstücksverkehrsgenehmigungszuständigkeitsstelle, Erdgeschoss links";

/** Nobody is signed in yet at its console; what it takes waits, because its account's sign-in is gone. */
export async function crowdedHouse(): Promise<House> {
	const house = await House.build({
		signedIn: false,
		pop3: true,
		queue: 'retry = "1h"\nkeep_subjects = true',
		smtp: `listen = ["127.0.0.1:0"]
listen_submission = ["127.0.0.1:0"]
listen_tls = []
listen_auto = []
strangers = "ask"`,
		account: 'shared_mailboxes = ["rechnungseingang-und-zahlungsverkehr@niederlassung-sued.contoso.example"]',
		more: `
[[account]]
address = "zentrale-scanner-und-faxgeraete@niederlassung-sued.contoso.example"

${Array.from({ length: DEVICES }, (_, index) => device(index)).join("\n")}`,
	});
	const port = house.port("relay");
	const share = MESSAGES / CONNECTIONS;
	await Promise.all(Array.from({ length: CONNECTIONS }, (_, index) => pour(port, index * share, share)));
	for (const address of STRANGERS) await askFor(port, address);
	return house;
}

/** Held until its owner has decided. */
function askFor(port: number, localAddress: string): Promise<void> {
	const sender = "wareneingangskontrolle-waage@niederlassung-sued.contoso.example";
	return talk(
		port,
		[
			"EHLO etikettendrucker-wareneingangskontrolle.niederlassung-sued.local\r\n",
			`MAIL FROM:<${sender}>\r\n`,
			"RCPT TO:<boss@example.com>\r\n",
			"DATA\r\n",
			content(1),
			"QUIT\r\n",
		],
		localAddress,
	);
}

function device(index: number): string {
	const name = index === 0 ? LONG_NAME : `Etagendrucker ${String(index).padStart(3, "0")}`;
	return `[[device]]\nname = "${name}"\naddresses = ["10.0.${Math.floor(index / 200)}.${(index % 200) + 1}"]\naccount = "${ACCOUNT}"\n`;
}

/** What is sent at once, and how many replies it gets: pipelined (RFC 2920), so that it takes seconds. */
function* dialogue(from: number, count: number): Generator<readonly [text: string, replies: number]> {
	yield ["EHLO scanner\r\n", 1];
	for (let index = from; index < from + count; index += 1) {
		yield [`MAIL FROM:<${ACCOUNT}>\r\nRCPT TO:<${recipient(index)}>\r\nDATA\r\n`, 3];
		yield [content(index), 1];
	}
	yield ["QUIT\r\n", 1];
}

function pour(port: number, from: number, count: number): Promise<void> {
	return new Promise((resolve, reject) => {
		const socket = net.connect(port, "127.0.0.1");
		const turns = dialogue(from, count);
		let awaited = 1;
		socket.on("data", (chunk: Buffer) => {
			awaited -= chunk.toString().match(/^\d{3} /gm)?.length ?? 0;
			if (awaited > 0) return;
			const next = turns.next();
			if (next.done === true) return;
			awaited = next.value[1];
			socket.write(next.value[0]);
		});
		socket.on("error", reject);
		socket.on("close", () => resolve());
	});
}

function recipient(index: number): string {
	return index % 7 === 0
		? `sachbearbeitung.eingangsrechnungen.${index}@verwaltungsgemeinschaft-oberland.example`
		: `person-${index % 40}@example.com`;
}

function content(index: number): string {
	const subject =
		index % 5 === 0
			? `Rechtsschutzversicherungsgesellschaften und Kraftfahrzeughaftpflichtversicherung, Scan vom Gerät im Erdgeschoss, Seite ${index} von 10000`
			: `Scan ${index}`;
	return `From: ${ACCOUNT}\r\nTo: ${recipient(index)}\r\nSubject: ${subject}\r\n\r\nHello\r\n.\r\n`;
}
