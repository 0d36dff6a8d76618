/** What is refused: the right reply, nothing in the spool, and the box goes on. */
import { readdirSync } from "node:fs";
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
});
