import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DataStream } from "./data-stream.ts";

/** Feeds `wire` in packets cut at `cuts`; says what was received and what commands followed. */
async function receive(wire: Buffer, cuts: readonly number[], mayEndInLf = false) {
	const stream = new DataStream();
	const received: Buffer[] = [];
	const commands: string[] = [];
	let ended = false;
	stream.oncommand = (line, next) => {
		commands.push(line.toString("latin1"));
		next?.();
	};
	stream.receive(
		{
			write: (chunk) => {
				received.push(Buffer.from(chunk));
				return undefined;
			},
			end: () => {
				ended = true;
				setImmediate(() => stream.continue());
			},
		},
		{ mayEndInLf },
	);
	const places = [...new Set(cuts.map((cut) => cut % (wire.length + 1)))].sort((a, b) => a - b);
	let from = 0;
	for (const place of [...places, wire.length]) {
		stream.write(wire.subarray(from, place));
		from = place;
	}
	await new Promise<void>((resolve) => stream.end(resolve));
	return { message: Buffer.concat(received).toString("latin1"), commands, ended };
}

/** The sender's side of RFC 5321 §4.5.2. */
function stuffed(message: string): Buffer {
	const dots = message.replaceAll(/(^|\r\n)\./g, "$1..");
	return Buffer.from(`${dots}${message === "" || message.endsWith("\r\n") ? "" : "\r\n"}.\r\n`, "latin1");
}

describe("the end of DATA", () => {
	it("gives back any message, whatever its dots and however its packets are cut", async () => {
		const piece = fc.constantFrom(".", "..", "\r\n", "\r", "\n", "x", "\r\n.", "\n.\n", "\r.\r", "é", "abc");
		await fc.assert(
			fc.asyncProperty(fc.array(piece, { maxLength: 40 }), fc.array(fc.nat(200)), async (pieces, cuts) => {
				const message = pieces.join("");
				const {
					message: received,
					commands,
					ended,
				} = await receive(Buffer.concat([stuffed(message), Buffer.from("QUIT\r\n")]), cuts);
				expect(ended).toBe(true);
				expect(received).toBe(message === "" || message.endsWith("\r\n") ? message : `${message}\r\n`);
				expect(commands).toEqual(["QUIT"]);
			}),
			{ numRuns: 500 },
		);
	});

	it.each(["\n.\n", "\n.\r\n", "\r.\r", "\r.\r\n", "\r\n.\n", "\r\n.\r", "\n.\r"])(
		"is not %j: nothing is smuggled behind it",
		async (ending) => {
			const wire = Buffer.from(`a${ending}MAIL FROM:<evil@example.com>\r\n.\r\n`, "latin1");
			for (let cut = 0; cut < wire.length; cut += 1) {
				const { commands, ended, message } = await receive(wire, [cut]);
				expect(ended).toBe(true);
				expect(commands).toEqual([]);
				expect(message).toContain("MAIL FROM:<evil@example.com>\r\n");
			}
		},
	);

	it("removes the dot of a line that a careless sender did not stuff", async () => {
		expect((await receive(Buffer.from(".hidden\r\n.\r\n"), [])).message).toBe("hidden\r\n");
	});
});

describe("the end of DATA of a device that may use LF", () => {
	it("is LF.LF when its first line ends in LF, however the packets are cut", async () => {
		const wire = Buffer.from("Subject: x\n\nbody\n..dot\n.\nQUIT\n");
		for (let cut = 0; cut < wire.length; cut += 1) {
			const { message, commands, ended } = await receive(wire, [cut], true);
			expect(ended).toBe(true);
			expect(message).toBe("Subject: x\n\nbody\n.dot\n");
			expect(commands).toEqual(["QUIT"]);
		}
	});

	it("is CRLF.CRLF when its first line ends in CRLF", async () => {
		const wire = Buffer.from("Subject: x\r\n\r\nbody\n.\nstill body\r\n.\r\nQUIT\r\n");
		for (let cut = 0; cut < wire.length; cut += 1) {
			const { message, commands } = await receive(wire, [cut], true);
			expect(message).toBe("Subject: x\r\n\r\nbody\n.\nstill body\r\n");
			expect(commands).toEqual(["QUIT"]);
		}
	});

	it.each(["\r\n.\n", "\n.\r\n", "\r\n.\r\n", "\r.\r"])(
		"is never of the other kind: %j ends no message of LF lines",
		async (ending) => {
			const wire = Buffer.from(`Subject: x\n\na${ending}MAIL FROM:<evil@example.com>\n.\nQUIT\n`);
			for (let cut = 0; cut < wire.length; cut += 1) {
				const { message, commands } = await receive(wire, [cut], true);
				expect(message).toContain("MAIL FROM:<evil@example.com>");
				expect(commands).toEqual(["QUIT"]);
			}
		},
	);

	it("may come at once: a message of nothing", async () => {
		expect(await receive(Buffer.from(".\nQUIT\n"), [1], true)).toMatchObject({
			message: "",
			commands: ["QUIT"],
		});
	});
});
