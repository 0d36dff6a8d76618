/** Who is told, and of what, when mail cannot be delivered: the real process, reports read by Python. */
import { spawnSync } from "node:child_process";
import { afterEach, describe, expect, it } from "vitest";
import { eventually, House, type HouseOptions } from "./house.ts";
import { SmtpPeer } from "./smtp-peer.ts";

const SENDER = "scan@contoso.com";
const ACCOUNT_OWNER = "office@contoso.com";

let house: House;
afterEach(() => house.close());

async function build(options: HouseOptions = {}): Promise<House> {
	house = await House.build({ transport: "smtp", account: `owner = "${ACCOUNT_OWNER}"`, ...options });
	return house;
}

interface Sending {
	readonly from?: string;
	readonly mailArguments?: string;
	readonly to: readonly string[];
	readonly rcptArguments?: string;
	readonly subject?: string;
}

async function send({
	from = SENDER,
	mailArguments = "",
	to,
	rcptArguments = "",
	subject = "Alarm",
}: Sending) {
	const peer = await SmtpPeer.connect(house.port("relay"));
	await peer.command("EHLO plc");
	expect(await peer.command(`MAIL FROM:<${from}>${mailArguments}`)).toMatch(/^250/);
	for (const address of to)
		expect(await peer.command(`RCPT TO:<${address}>${rcptArguments}`)).toMatch(/^250/);
	await peer.command("DATA");
	peer.write(
		`From: <scan@contoso.com>\r\nTo: <you@fabrikam.com>\r\nSubject: ${subject}\r\n\r\nDoor open.\r\n`,
	);
	expect(await peer.finish()).toMatch(/^250/);
	await peer.quit();
}

/** Reports that arrived, by whom they reached. */
function reports(): { readonly to: readonly string[]; readonly bytes: Buffer }[] {
	return house.cloud.control
		.arrived()
		.filter(({ message }) => message.bytes?.includes("multipart/report") === true)
		.map(({ recipients, message }) => ({ to: recipients, bytes: message.bytes ?? Buffer.alloc(0) }));
}

async function failed(count: number): Promise<void> {
	await eventually(
		`${count} have failed`,
		async () =>
			(await house.json<{ state: string }[]>("queue", "list")).filter(({ state }) => state === "failed")
				.length === count,
	);
}

/** As long as a report would take to come, had there been one. */
async function quiet(): Promise<void> {
	await send({ to: ["last@fabrikam.com"], subject: "the last" });
	await eventually("the last one arrives", () =>
		house.cloud.control.arrived().some(({ message }) => message.summary.subject === "the last"),
	);
}

const READER = `
import email, email.policy, json, sys
message = email.message_from_bytes(sys.stdin.buffer.read(), policy=email.policy.default)
parts = list(message.iter_parts())
status = parts[1].get_payload()
json.dump({
    "type": message.get_content_type(), "reportType": message.get_param("report-type"), "auto": message["Auto-Submitted"],
    "subject": message["Subject"], "text": parts[0].get_content(), "types": [part.get_content_type() for part in parts],
    "message": dict(status[0].items()), "recipients": [dict(block.items()) for block in status[1:] if block.items()],
    "original": parts[2].as_string(), "defects": [str(defect) for part in [message, *parts] for defect in part.defects],
}, sys.stdout)
`;

interface Read {
	readonly type: string;
	readonly reportType: string;
	readonly auto: string;
	readonly subject: string;
	readonly text: string;
	readonly types: readonly string[];
	readonly message: Record<string, string>;
	readonly recipients: readonly Record<string, string>[];
	readonly original: string;
	readonly defects: readonly string[];
}

function read(bytes: Buffer | undefined): Read {
	const { stdout, stderr } = spawnSync("python3", ["-c", READER], { input: bytes ?? "" });
	if (stdout.length === 0) throw new Error(stderr.toString());
	return JSON.parse(stdout.toString()) as Read;
}

describe("a recipient that does not exist", () => {
	it("is reported to the sender: in words, for programs, and with what the message was", async () => {
		await build();
		await send({
			to: ["invalid@fabrikam.com", "you@fabrikam.com"],
			mailArguments: " RET=HDRS ENVID=QQ314159",
			rcptArguments: " NOTIFY=FAILURE ORCPT=rfc822;Invalid@fabrikam.com",
		});
		await eventually("a report arrives", () => reports().length === 1);
		expect(reports()[0]?.to).toEqual([SENDER]);
		const report = read(reports()[0]?.bytes);
		expect(report).toMatchObject({
			type: "multipart/report",
			reportType: "delivery-status",
			auto: "auto-replied",
			subject: "Not delivered: Alarm",
			types: ["text/plain", "message/delivery-status", "text/rfc822-headers"],
			defects: [],
		});
		expect(report.text).toMatch(
			/invalid@fabrikam\.com[\s\S]*recipient's address[\s\S]*Microsoft 365 said: 550/,
		);
		expect(report.message).toMatchObject({ "Original-Envelope-Id": "QQ314159" });
		expect(report.recipients).toMatchObject([
			{
				"Original-Recipient": "rfc822;Invalid@fabrikam.com",
				"Final-Recipient": "rfc822; invalid@fabrikam.com",
				Action: "failed",
				Status: "5.1.1",
				"Diagnostic-Code": expect.stringMatching(/^smtp; 550 5\.1\.1/),
			},
		]);
		expect(report.original).toContain("Subject: Alarm");
		expect(report.original).not.toContain("Door open");
	});

	it("and one that does: success is told to who asked for it", async () => {
		await build();
		await send({ to: ["you@fabrikam.com"], rcptArguments: " NOTIFY=SUCCESS,FAILURE" });
		await eventually("a report arrives", () => reports().length === 1);
		expect(read(reports()[0]?.bytes).recipients).toMatchObject([
			{
				"Final-Recipient": "rfc822; you@fabrikam.com",
				Action: "relayed",
				Status: expect.stringMatching(/^2\./),
			},
		]);
	});

	it("is told to the account's owner when the sender is no mailbox", async () => {
		await build();
		await send({ from: "scanner@copier.local", to: ["invalid@fabrikam.com"] });
		await eventually("a report arrives", () => reports().length === 1);
		expect(reports()[0]?.to).toEqual([ACCOUNT_OWNER]);
	});

	it("is told to nobody who sent with the null reverse-path or asked not to be told", async () => {
		await build();
		await send({ from: "", to: ["invalid@fabrikam.com"] });
		await send({ to: ["invalid@fabrikam.com"], rcptArguments: " NOTIFY=NEVER" });
		await failed(2);
		await quiet();
		expect(reports()).toEqual([]);
	});

	it("is told to nobody where the owner wants no reports, and stays in the queue", async () => {
		await build({ queue: 'retry = "1s"\nreports_to = "nobody"' });
		await send({ to: ["invalid@fabrikam.com"] });
		await failed(1);
		await quiet();
		expect(reports()).toEqual([]);
	});
});

describe("reports", () => {
	it("that fail themselves are not reported in turn", async () => {
		await build({ account: 'owner = "invalid@contoso.com"' });
		await send({ from: "invalid@fabrikam.com", to: ["invalid@elsewhere.com"] });
		await failed(2);
		await quiet();
		expect(reports()).toEqual([]);
		expect(await house.json<unknown[]>("queue", "list")).toHaveLength(2);
	});

	it("do not flood a mailbox: ten an hour, and the next says how many there were", async () => {
		await build();
		for (let number = 0; number < 30; number += 1) await send({ to: ["invalid@fabrikam.com"] });
		await failed(30);
		await quiet();
		await eventually("reports arrive", () => reports().length >= 10);
		expect(reports()).toHaveLength(10);
	});

	it("are made up for after a crash between the failure and its report", async () => {
		await build({ queue: 'retry = "1s"\nreports_to = "nobody"' });
		await house.end("SIGKILL");
		house.configure({ transport: "smtp", account: `owner = "${ACCOUNT_OWNER}"` });
		// The crash may come while the report is on its way already.
		house.allowLooking();
		await house.start();
		// As a crash leaves it: failed on the card, and nobody told.
		await send({ to: ["senddenied@fabrikam.com"] });
		await failed(1);
		await house.end("SIGKILL");
		await house.start();
		// As long as a copy may take to be seen, and then some.
		await eventually("a report arrives", () => reports().length >= 1, 60_000);
		await quiet();
		expect(reports()).toHaveLength(1);
	}, 120_000);
});

describe("a message that waits", () => {
	it("is told of once, when the sender may want to know, and again if it fails", async () => {
		await build({ queue: 'retry = "1s"\ndelay_warning_after = "2s"' });
		house.cloud.control.fail({
			where: "smtp",
			stage: "end",
			action: "answer",
			reply: "451 4.3.0 Later",
			times: 5,
		});
		await send({ to: ["you@fabrikam.com"] });
		await eventually("a warning arrives", () => reports().length === 1, 60_000);
		const warning = read(reports()[0]?.bytes);
		expect(warning.subject).toBe("Still waiting: Alarm");
		expect(warning.recipients).toMatchObject([{ Action: "delayed", Status: expect.stringMatching(/^4\./) }]);
		await eventually(
			"the message arrives",
			() => house.cloud.control.arrived().some(({ recipients }) => recipients.includes("you@fabrikam.com")),
			60_000,
		);
		expect(reports()).toHaveLength(1);
	}, 120_000);
});
