/** What is refused: the right reply, nothing in the spool, and the box goes on. */
import { readdirSync, statSync } from "node:fs";
import net from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { itWith, run } from "./clients.ts";
import { eventually, House, PASSWORD, USERNAME } from "./house.ts";
import { SmtpPeer } from "./smtp-peer.ts";

let house: House;
beforeAll(async () => {
	house = await House.build({
		// No device is known by its address here, and no password may cross the wire in clear.
		smtp: `listen = ["127.0.0.1:0"]
listen_submission = ["127.0.0.1:0"]
listen_tls = ["127.0.0.1:0"]
listen_auto = []
max_message_size = "100kB"`,
		more: `
[[device]]
name = "Camera"
username = "camera"
password = "camera's own"
recipients = ["*@contoso.example"]
from = ["cam@contoso.example"]
`,
		onlyByPassword: true,
	});
});
afterAll(async () => {
	// Nothing of all this was a bug of ours.
	expect(house.log).not.toMatch(/fault|unhandled|uncaught/);
	await house.close();
});

/** Says each line after the reply to the one before; gives all replies. */
async function dialogue(port: number, lines: readonly string[]): Promise<string[]> {
	const socket = net.connect(port, "127.0.0.1");
	const replies: string[] = [];
	const waiting = [...lines];
	await new Promise<void>((resolve, reject) => {
		let buffer = "";
		socket.on("data", (chunk) => {
			buffer += chunk.toString();
			for (;;) {
				const reply = /^(?:\d{3}-.*\r\n)*\d{3} .*\r\n/.exec(buffer)?.[0];
				if (reply === undefined) return;
				buffer = buffer.slice(reply.length);
				replies.push(reply.trim());
				const next = waiting.shift();
				if (next === undefined) socket.end();
				else socket.write(`${next}\r\n`);
			}
		});
		socket.on("close", () => resolve());
		socket.on("error", reject);
	});
	return replies;
}

async function queueIsEmpty(): Promise<void> {
	expect(await house.json("queue", "list")).toEqual([]);
}

const plain = (user: string, password: string) => Buffer.from(`\0${user}\0${password}`).toString("base64");

describe("a stranger", () => {
	it("is refused at MAIL, on every port, and cannot go on to RCPT or DATA", async () => {
		for (const role of ["relay", "submission"]) {
			const replies = await dialogue(house.port(role), [
				"EHLO stranger.test",
				"MAIL FROM:<a@contoso.example>",
				"RCPT TO:<b@contoso.example>",
				"DATA",
				"QUIT",
			]);
			expect(replies[2]).toMatch(/^530 5\.7\.0 /);
			expect(replies[3]).toMatch(/^503 /);
			expect(replies[4]).toMatch(/^503 /);
		}
		await queueIsEmpty();
	});

	it("is not offered AUTH in clear, and a password that it sends anyway is not looked at", async () => {
		const replies = await dialogue(house.port("relay"), [
			"EHLO stranger.test",
			`AUTH PLAIN ${plain("camera", "camera's own")}`,
			"QUIT",
		]);
		expect(replies[1]).not.toMatch(/AUTH/);
		expect(replies[1]).toMatch(/250[ -]STARTTLS/);
		expect(replies[2]).toMatch(/^538 5\.7\.11 /);
	});
});

describe("a device", () => {
	const tls = (role: string) => [
		"--server",
		`127.0.0.1:${house.port(role)}`,
		...(role === "implicit-tls" ? ["--tls-on-connect"] : ["--tls"]),
		"--from",
		"cam@contoso.example",
	];

	itWith("swaks", "with a wrong password is told so", async () => {
		for (const method of ["PLAIN", "LOGIN"]) {
			const sent = await run("swaks", [
				...tls("submission"),
				"--to",
				"you@contoso.example",
				"--auth",
				method,
				"--auth-user",
				"camera",
				"--auth-password",
				"wrong",
			]);
			expect(sent.exitCode).toBe(28);
			expect(sent.output).toMatch(/535 5\.7\.8 /);
		}
		await queueIsEmpty();
	});

	const signedIn = ["--auth", "PLAIN", "--auth-user", "camera", "--auth-password", "camera's own"];

	itWith("swaks", "may not send as somebody else, nor to whom it may not", async () => {
		const asOther = ["--from", "boss@contoso.example", "--to", "you@contoso.example"];
		const sender = await run("swaks", [...tls("submission"), ...signedIn, ...asOther]);
		expect(sender.output).toMatch(/550 5\.7\.1 /);
		const recipient = await run("swaks", [
			...tls("submission"),
			...signedIn,
			"--to",
			"you@elsewhere.example",
		]);
		expect(recipient.output).toMatch(/550 5\.7\.1 /);
		await queueIsEmpty();
	});

	it("is told before it sends how large a message may be, and refused one that it declares larger", async () => {
		const greeting = await dialogue(house.port("relay"), ["EHLO camera.test", "QUIT"]);
		expect(greeting[1]).toMatch(/250[ -]SIZE 100000/);
		const loud = await House.build();
		try {
			const replies = await dialogue(loud.port("relay"), [
				"EHLO scanner.test",
				"MAIL FROM:<a@contoso.example> SIZE=25000001",
				"QUIT",
			]);
			expect(replies[2]).toMatch(/^552 5\.3\.4 /);
		} finally {
			await loud.close();
		}
	});

	itWith("curl", "is refused a message that turns out too large, declared or not", async () => {
		const large = `Subject: large\r\n\r\n${"0123456789\r\n".repeat(20_000)}`;
		const url = `smtps://127.0.0.1:${house.port("implicit-tls")}`;
		const args = ["-sSvk", url, "--mail-from", "cam@contoso.example", "--mail-rcpt", "you@contoso.example"];
		const sent = await run("curl", [...args, "--user", "camera:camera's own", "-T", "-"], large);
		expect(sent.output).toMatch(/552 5\.3\.4 /);
		await queueIsEmpty();
	});
});

describe("odd clients", () => {
	it("that malform AUTH are told so and may go on", async () => {
		const loud = await House.build();
		try {
			const replies = await dialogue(loud.port("relay"), [
				"EHLO odd.test",
				"AUTH",
				"AUTH NONSENSE",
				"AUTH PLAIN !!!!",
				`AUTH PLAIN ${Buffer.from("no separators").toString("base64")}`,
				"AUTH LOGIN",
				"*",
				"AUTH LOGIN",
				Buffer.from(USERNAME).toString("base64"),
				Buffer.from(PASSWORD).toString("base64"),
				"QUIT",
			]);
			expect(replies.slice(2).map((reply) => reply.slice(0, 3))).toEqual([
				"504",
				"504",
				"501",
				"501",
				"334",
				"501",
				"334",
				"334",
				"235",
				"221",
			]);
		} finally {
			await loud.close();
		}
	});

	it("that vanish in mid-message leave nothing behind", async () => {
		const loud = await House.build();
		try {
			for (const body of ["Subject: half", `Subject: half\r\n\r\n${"x".repeat(200_000)}`]) {
				const peer = await SmtpPeer.connect(loud.port("relay"));
				await peer.begin();
				peer.write(body);
				await new Promise((resolve) => setTimeout(resolve, 50));
				peer.destroy();
			}
			expect(await loud.json("queue", "list")).toEqual([]);
			await eventually("no body is left", async () => {
				return readdirSync(`${loud.folder}/state/spool`).length === 0;
			});
			expect(loud.log).not.toMatch(/fault|unhandled|uncaught/);
		} finally {
			await loud.close();
		}
	});

	it("that sign in within a transaction do not send one device's mail as another's", async () => {
		const loud = await House.build();
		try {
			const replies = await dialogue(loud.port("relay"), [
				"EHLO odd.test",
				"MAIL FROM:<a@contoso.example>",
				"RCPT TO:<b@contoso.example>",
				`AUTH PLAIN ${plain(USERNAME, PASSWORD)}`,
				"QUIT",
			]);
			expect(replies[4]).toMatch(/^503 5\.5\.1 /);
		} finally {
			await loud.close();
		}
	});

	it("that name a recipient in no known character set are told so", async () => {
		const loud = await House.build();
		try {
			const peer = await SmtpPeer.connect(loud.port("relay"));
			expect(await peer.command("MAIL FROM:<a@contoso.example>")).toMatch(/^250 /);
			peer.writeBytes(Buffer.from("RCPT TO:<jos\xe9@contoso.example>\r\n", "latin1"));
			expect(await peer.unasked()).toMatch(/^501 /);
			await peer.quit();
		} finally {
			await loud.close();
		}
	});

	it("that close their side after the final dot still read the 250", async () => {
		const loud = await House.build();
		try {
			const answer = await new Promise<string>((resolve, reject) => {
				let text = "";
				const socket = net.connect({ port: loud.port("relay"), host: "127.0.0.1", allowHalfOpen: true });
				socket.on("data", (chunk) => {
					text += chunk.toString();
				});
				socket.on("end", () => {
					socket.end();
					resolve(text);
				});
				socket.on("error", reject);
				socket.end(
					"EHLO a\r\nMAIL FROM:<a@contoso.example>\r\nRCPT TO:<b@contoso.example>\r\nDATA\r\nSubject: x\r\n\r\nhalf\r\n.\r\n",
				);
			});
			expect(answer).toMatch(/\r\n250 2\.0\.0 Ok: queued as \w+\r\n$/);
		} finally {
			await loud.close();
		}
	});

	it("that knock without end are sent away, and do not fill the log", async () => {
		const peer = await SmtpPeer.connect(house.port("relay"));
		let reply = "";
		for (let knock = 0; knock < 30 && !reply.startsWith("421"); knock += 1) {
			reply = await peer.command("MAIL FROM:<a@contoso.example>");
		}
		expect(reply).toMatch(/^421 4\.7\.0 /);
		expect(house.log.match(/mail-refused /g)?.length ?? 0).toBeLessThan(30);
	});

	it("that are removed while they are connected stop at once", async () => {
		const more = `
[[device]]
name = "Stolen"
username = "stolen"
password = "stolen"
auth_without_tls = true
`;
		const loud = await House.build({ onlyByPassword: true, more });
		try {
			const peer = await SmtpPeer.connect(loud.port("relay"));
			await peer.signIn("stolen", "stolen");
			expect(await peer.command("MAIL FROM:<a@contoso.example>")).toMatch(/^250 /);
			expect(await peer.command("RSET")).toMatch(/^250 /);
			loud.configure({ onlyByPassword: true });
			expect((await loud.cli("reload")).exitCode).toBe(0);
			expect(await peer.command("MAIL FROM:<a@contoso.example>")).toMatch(/^530 /);
		} finally {
			await loud.close();
		}
	});
});

describe("the state folder", () => {
	it("is nobody else's to read", () => {
		const state = `${house.folder}/state`;
		for (const name of readdirSync(state)) expect(statSync(`${state}/${name}`).mode & 0o077, name).toBe(0);
	});
});
