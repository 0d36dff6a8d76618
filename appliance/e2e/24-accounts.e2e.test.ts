/** Several accounts: whose mail goes through which, shared mailboxes, and a test that says what is missing. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ACCOUNT, eventually, House } from "./house.ts";
import { SmtpPeer } from "./smtp-peer.ts";

const OTHER = "boss@fabrikam.example";
const SHARED = "scans@contoso.example";

let house: House;
beforeAll(async () => {
	house = await House.build({
		more: `
[[account]]
address = "${OTHER}"
senders = ["*@fabrikam.example"]
`,
		account: `shared_mailboxes = ["${SHARED}"]`,
	});
	await house.signIn(OTHER);
	house.cloud.control.allowSendAs(OTHER, "*");
});
afterAll(() => house.close());

async function sendFrom(from: string, envelopeFrom: string, subject: string): Promise<void> {
	const peer = await SmtpPeer.connect(house.port("relay"));
	await peer.begin(envelopeFrom);
	peer.write(`From: <${from}>\r\nTo: <you@example.com>\r\nSubject: ${subject}\r\n\r\nHello\r\n`);
	expect(await peer.finish()).toMatch(/^250 /);
	await peer.quit();
}

async function accountThatSent(subject: string): Promise<string> {
	const find = () => house.cloud.control.arrived().find(({ message }) => message.summary.subject === subject);
	await eventually(`${subject} arrives`, () => find() !== undefined);
	return find()?.account ?? "";
}

describe("a device that names none of several accounts", () => {
	it.each([
		["an account's own address", ACCOUNT, ACCOUNT, ACCOUNT],
		["a shared mailbox", SHARED, SHARED, ACCOUNT],
		["a pattern", "copier@fabrikam.example", "copier@fabrikam.example", OTHER],
		["From, when the reverse-path says something else", "copier@fabrikam.example", SHARED, OTHER],
		["the reverse-path, when From says nothing", "scan@device.local", "boss@fabrikam.example", OTHER],
	])("sends through the account of %s", async (what, from, reversePath, account) => {
		await sendFrom(from, reversePath, what);
		expect(await accountThatSent(what)).toBe(account);
	});

	it("keeps mail of whom no account sends for, and says what to set", async () => {
		await sendFrom("nobody@elsewhere.example", "nobody@elsewhere.example", "lost sheep");
		await eventually("status says so", async () =>
			(await house.json<{ problems: string[] }>("status")).problems.join().includes("senders"),
		);
		expect(
			house.cloud.control.arrived().some(({ message }) => message.summary.subject === "lost sheep"),
		).toBe(false);
	});
});

describe("account test", () => {
	it("sends as the account and as each shared mailbox, and finds both in Sent Items", async () => {
		const { exitCode, stdout } = await house.cli("account", "test", ACCOUNT);
		expect(stdout).toContain(`from the shared mailbox ${SHARED}`);
		expect(stdout.match(/It is in Sent Items/g)).toHaveLength(2);
		expect(exitCode).toBe(0);
	});

	it("says who has to allow what when a shared mailbox refuses", async () => {
		house.cloud.control.denySendAs(ACCOUNT, "*");
		const { exitCode, stdout, stderr } = await house.cli("account", "test", ACCOUNT);
		expect(`${stdout}${stderr}`).toMatch(new RegExp(`${SHARED}, Delegation, give ${ACCOUNT} "Send as"`));
		expect(exitCode).toBe(1);
	});
});
