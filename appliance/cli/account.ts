/**
 * `postern account …`: the Microsoft accounts mail goes through. `add` shows the address to open and
 * the code to enter, waits, and says who signed in; Ctrl-C cancels the sign-in on the appliance too.
 */
import { UserError } from "../errors.ts";
import type { AccountDraft, AccountService, SignInNews } from "../services.ts";
import { accountCertificate, certificateText } from "./account-certificate.ts";
import { type Command, DONE, FAILED, type Invocation } from "./command.ts";
import { renderTable } from "./table.ts";
import type { Terminal } from "./terminal.ts";
import { followTest } from "./test-steps.ts";
import { localTime, waitsText } from "./words.ts";

const METHODS = ["device-code", "browser", "certificate"] as const;
const TRANSPORTS = ["graph", "smtp"] as const;

export const accountCommands: readonly Command[] = [
	{
		name: "account add",
		summary: "sign a mailbox in to Microsoft 365",
		operands: { text: "ADDRESS", least: 1, most: 1 },
		options: {
			method: {
				type: "string",
				choices: METHODS,
				help: "how to sign in; device-code unless the configuration says otherwise",
			},
			transport: {
				type: "string",
				choices: TRANSPORTS,
				help: "which way its mail goes; graph unless the configuration says otherwise",
			},
			"client-id": {
				type: "string",
				value: "ID",
				help: "its own app registration, instead of the one in [microsoft]",
			},
			tenant: {
				type: "string",
				value: "TENANT",
				help: "the organisation of that: its domain or id",
			},
		},
		details:
			"device-code prints an address to open on any phone or computer and a code to enter there, then waits.\nbrowser prints a link to open, and waits for the address at which the browser ends to be pasted.\ncertificate prints the certificate to upload to the app registration, and waits until Microsoft accepts it.\nSigning in again replaces the old sign-in. Ctrl-C cancels.",
		run: add,
	},
	accountCertificate,
	{ name: "account list", summary: "every account, whether it is signed in, and until when", run: list },
	{
		name: "account test",
		summary: "send a message from the account to itself and follow it",
		operands: { text: "ADDRESS", least: 1, most: 1 },
		run: test,
	},
	{
		name: "account remove",
		summary: "forget the sign-in, and the account unless it stands in the configuration file",
		operands: { text: "ADDRESS", least: 1, most: 1 },
		async run({ operands: [address = ""], terminal, json, services }) {
			const { accounts } = await services();
			await accounts.remove(address);
			if (json) terminal.json({ removed: address });
			else terminal.print(`The sign-in of ${address} is forgotten.`);
			return DONE;
		},
	},
];

async function add(invocation: Invocation): Promise<number> {
	const { terminal, json } = invocation;
	const draft = draftOf(invocation);
	const { address } = draft;
	const interrupted = invocation.interrupted();
	const { accounts } = await invocation.services();
	const over = new AbortController();
	const called = AbortSignal.any([interrupted, over.signal]);
	let pasting: Promise<"taken" | "over" | "no more input"> | undefined;
	let end: "signed-in" | "refused" | undefined;
	let cancelled = CANCELLED;
	for await (const news of accounts.add(draft, called)) {
		if (json) terminal.jsonLine(news);
		else await tellNews(news, address, terminal);
		if (news.type === "certificate") cancelled = CERTIFICATE_WAITS;
		if (news.type === "open") pasting ??= paste(invocation, accounts, address, over);
		if (news.type === "signed-in" || news.type === "refused") end = news.type;
	}
	over.abort();
	const ranOut = (await pasting) === "no more input";
	if (end === "signed-in") return DONE;
	if (end === undefined) terminal.tell(ranOut ? NO_PASTE : interrupted.aborted ? cancelled : NO_END);
	return FAILED;
}

function draftOf({ operands, options }: Invocation): AccountDraft {
	const [address = ""] = operands;
	const method = METHODS.find((name) => name === options.text("method"));
	const transport = TRANSPORTS.find((name) => name === options.text("transport"));
	const [clientId, tenant] = [options.text("client-id"), options.text("tenant")];
	return {
		address,
		...(method === undefined ? {} : { method }),
		...(transport === undefined ? {} : { transport }),
		...(clientId === undefined ? {} : { clientId }),
		...(tenant === undefined ? {} : { tenant }),
	};
}

/** Hands over what is pasted, until it is taken. Without any more input nobody can paste: the sign-in is cancelled. */
async function paste(
	{ terminal, json, inputLines }: Invocation,
	accounts: AccountService,
	address: string,
	over: AbortController,
): Promise<"taken" | "over" | "no more input"> {
	for await (const line of inputLines(over.signal)) {
		if (line.trim() === "") continue;
		try {
			await accounts.paste(address, line);
			return "taken";
		} catch (thrown) {
			if (!(thrown instanceof UserError)) throw thrown;
			const { code, message, hint } = thrown;
			if (json) terminal.tellJson({ error: { code, message, hint } });
			else terminal.tell([message, hint].filter((text) => text !== "").join(" "));
		}
	}
	if (over.signal.aborted) return "over";
	over.abort();
	return "no more input";
}

const CANCELLED = "Cancelled; nobody was signed in.";
const CERTIFICATE_WAITS =
	"Cancelled. The certificate is kept: run the same command again once it has been uploaded.";
const NO_PASTE = "The input ended before an address was pasted; nobody was signed in.";

const NO_END = "The sign-in ended without a result. Try again.";

async function tellNews(news: SignInNews, address: string, terminal: Terminal): Promise<void> {
	switch (news.type) {
		case "prompt":
			terminal.print(`To sign in ${address}, open this address on any phone or computer:\n`);
			terminal.printStrong(`    ${news.verificationUri}\n`.trimEnd());
			terminal.print("\nand enter this code there:\n");
			for (const line of framed(news.userCode)) terminal.printStrong(`    ${line}`);
			terminal.print();
			if (terminal.isInteractive) terminal.print(await qrCode(news.verificationUri));
			terminal.tell(`Waiting until ${localTime(news.expiresAt)} for you to do so. Ctrl-C cancels.`);
			return;
		case "open":
			terminal.print(`To sign in ${address}, open this link in a browser on any phone or computer:\n`);
			terminal.print(news.url);
			terminal.print(
				`\nSign in there. The browser ends at an address that begins with ${news.endsAt}, on an empty page or one that cannot be reached. Copy that whole address from the address bar, and paste it here:`,
			);
			terminal.tell(`Waiting until ${localTime(news.expiresAt)}. Ctrl-C cancels.`);
			return;
		case "certificate":
			terminal.print(news.certificate.pem.trimEnd());
			terminal.tell(certificateText(news.certificate));
			return;
		case "waiting":
			terminal.tell(news.text);
			return;
		case "signed-in":
			terminal.print(`Signed in as ${news.who}.`);
			return;
		case "refused":
			terminal.tell(`postern: ${news.ownerText}`);
			if (news.hint !== "") terminal.tell(news.hint);
	}
}

/** The code stands alone in a frame: large enough to find, and still copied in one piece. */
function framed(code: string): string[] {
	const line = "─".repeat(code.length + 4);
	return [`┌${line}┐`, `│  ${code}  │`, `└${line}┘`];
}

async function qrCode(text: string): Promise<string> {
	const { renderUnicodeCompact } = await import("uqr");
	return renderUnicodeCompact(text, { border: 2 });
}

async function list({ terminal, json, services }: Invocation): Promise<number> {
	const { accounts } = await services();
	const all = await accounts.list();
	if (json) {
		terminal.json(all);
		return DONE;
	}
	if (all.length === 0) {
		terminal.print("No account yet: postern account add ADDRESS signs one in.");
		return DONE;
	}
	terminal.print(
		renderTable(
			[
				{ title: "ACCOUNT" },
				{ title: "STATE" },
				{ title: "SIGNED IN AS", flexible: true },
				{ title: "VIA" },
				{ title: "LAPSES" },
				{ title: "TROUBLE", flexible: true },
			],
			all.map(({ account, state, signedInAs, lapsesAt, trouble, waits }) => [
				account.address,
				state,
				signedInAs || "-",
				account.transport,
				localTime(lapsesAt),
				trouble || waitsText(waits),
			]),
			terminal.columns,
		),
	);
	return DONE;
}

async function test(invocation: Invocation): Promise<number> {
	const [address = ""] = invocation.operands;
	const interrupted = invocation.interrupted();
	const { accounts } = await invocation.services();
	return await followTest(invocation, accounts.test(address, interrupted), interrupted);
}
