/** Damaged messages of old devices arrive over both ways out so that a mail program shows them right. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasLongLine } from "../mail/line-length.ts";
import { itWith, run } from "./clients.ts";
import { eventually, House } from "./house.ts";
import { SmtpPeer } from "./smtp-peer.ts";

const houses = new Map<"graph" | "smtp", House>();
beforeAll(async () => {
	for (const transport of ["graph", "smtp"] as const) houses.set(transport, await House.build({ transport }));
});
afterAll(async () => {
	await Promise.all([...houses.values()].map((house) => house.close()));
});

/** Sends as a device that knows no better, and gives what arrived. */
async function arrivedOf(house: House, message: Buffer): Promise<Buffer> {
	const before = house.cloud.control.arrived().length;
	const peer = await SmtpPeer.connect(house.port("relay"));
	await peer.begin();
	peer.writeBytes(message);
	expect(await peer.finish()).toMatch(/^250 /);
	await peer.quit();
	await eventually("the message arrives", () => house.cloud.control.arrived().length > before);
	const bytes = house.cloud.control.arrived().at(-1)?.message.bytes;
	if (bytes === undefined) throw new Error("its bytes were not kept");
	expect(hasLongLine(bytes)).toBe(false);
	return bytes;
}

/** Reads a message as Python's standard library does, and tells its header and leaves. */
const READER = `
import email, email.policy, json, sys
message = email.message_from_bytes(sys.stdin.buffer.read(), policy=email.policy.default)
leaves = [part for part in message.walk() if not part.is_multipart()]
print(json.dumps({
    "subject": message["Subject"], "from": message["From"], "to": message["To"], "date": message["Date"],
    "id": message["Message-ID"], "leaves": [part.get_payload(decode=True).hex() for part in leaves],
}))
`;

interface Read {
	readonly subject: string | null;
	readonly from: string | null;
	readonly to: string | null;
	readonly date: string | null;
	readonly id: string | null;
	/** Decoded contents, in hex. */
	readonly leaves: readonly string[];
}

async function read(message: Buffer): Promise<Read> {
	const { output, exitCode } = await run("python3", ["-c", READER], message);
	expect(exitCode, output).toBe(0);
	return JSON.parse(output) as Read;
}

const HEADER =
	"From: Copier <scan@contoso.example>\r\nTo: you@example.com\r\nDate: Fri, 20 Nov 2026 08:00:00 +0000\r\n";

for (const transport of ["graph", "smtp"] as const) {
	describe(`over ${transport}`, () => {
		const house = () => {
			const built = houses.get(transport);
			if (built === undefined) throw new Error("the house was not built");
			return built;
		};

		itWith("python3", "an attachment of 50 kB in one line arrives whole", async () => {
			const pdf = Buffer.alloc(37_500, "%PDF-1.4 scan of a page\n");
			const sent = Buffer.from(
				`${HEADER}Subject: Scan\r\nContent-Type: Multipart/Mixed; boundary=b\r\n\r\n--b\r\nContent-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n${pdf.toString("base64")}\r\n--b--\r\n`,
			);
			const { leaves } = await read(await arrivedOf(house(), sent));
			expect(leaves).toEqual([pdf.toString("hex")]);
		});

		itWith("python3", "a scan of 1 MB in one line, from a file of the spool, does too", async () => {
			const pdf = Buffer.alloc(750_000, "%PDF-1.4 scan of many pages\n");
			const sent = Buffer.from(
				`${HEADER}Subject: Scan\r\nMIME-Version: 1.0\r\nContent-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n${pdf.toString("base64")}\r\n`,
			);
			const { leaves } = await read(await arrivedOf(house(), sent));
			expect(leaves).toEqual([pdf.toString("hex")]);
		});

		itWith("python3", "lines of 5,000 octets in Latin-1 are read as they were meant", async () => {
			const line = "Störung Kühlung 93 °C; ".repeat(220).slice(0, 5000);
			const text = `${line}\r\n${line}\r\n`;
			const header = `${HEADER}Subject: Log\r\nContent-Type: text/plain; charset=iso-8859-1\r\n\r\n`;
			const got = await arrivedOf(house(), Buffer.from(header + text, "latin1"));
			const { leaves } = await read(got);
			expect(Buffer.from(leaves[0] ?? "", "hex").toString("latin1")).toBe(text);
		});

		itWith("python3", "a subject in raw Latin-1 is shown", async () => {
			const sent = Buffer.from(`${HEADER}Subject: Gerät: Störung\r\n\r\nHello\r\n`, "latin1");
			expect(await read(await arrivedOf(house(), sent))).toMatchObject({ subject: "Gerät: Störung" });
		});

		itWith("python3", "a text without any header becomes a message", async () => {
			const got = await read(
				await arrivedOf(house(), Buffer.from("Pump 3 over temperature\r\n93 degrees\r\n")),
			);
			expect(got.from).toBe("scan@contoso.example");
			expect(got.id).toMatch(/^<.+@.+>$/);
			expect(Date.parse(got.date ?? "")).toBeGreaterThan(Date.UTC(2020, 0));
			const text = Buffer.from(got.leaves[0] ?? "", "hex").toString();
			expect(text).toBe("Pump 3 over temperature\r\n93 degrees\r\n");
		});

		it("a message that is well formed arrives with its bytes, and nothing is said of repairs", async () => {
			const sent = `${HEADER}Message-ID: <${transport}@device.test>\r\nSubject: Fine\r\n\r\n${"x".repeat(998)}\r\n`;
			const got = (await arrivedOf(house(), Buffer.from(sent))).toString("latin1");
			expect(got.endsWith(sent)).toBe(true);
			expect(
				house()
					.log.split("\n")
					.findLast((line) => line.includes("mail-accepted")),
			).not.toContain("repaired=");
		});

		it("what was mended is in the mail log", async () => {
			await arrivedOf(house(), Buffer.from("From: scan@contoso.example\r\nTo: you@example.com\r\n\r\nx\r\n"));
			await house().logged(/mail-accepted .*repaired="added Date, added Message-ID"/);
		});
	});
}
