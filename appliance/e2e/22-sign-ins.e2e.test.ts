/** Signing in by browser and by certificate with the real program, and the mail that then leaves. */
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { signInByBrowser } from "../sandbox/browser.ts";
import type { AppCertificate, SignInNews } from "../services.ts";
import { ACCOUNT, eventually, House, type HouseOptions } from "./house.ts";
import { SmtpPeer } from "./smtp-peer.ts";

let house: House | undefined;
afterEach(async () => {
	await house?.close();
	house = undefined;
});

async function build(options: HouseOptions): Promise<House> {
	house = await House.build({ signedIn: false, ...options });
	return house;
}

async function arrives(box: House, subject: string, attachmentBytes = 0): Promise<string> {
	const peer = await SmtpPeer.connect(box.port("relay"));
	const file = Buffer.alloc(attachmentBytes, "scan").toString("base64").replaceAll(/.{76}/g, "$&\r\n");
	const parts = `--b\r\nContent-Type: text/plain\r\n\r\nHello\r\n--b\r\nContent-Type: application/pdf; name="a.pdf"\r\nContent-Transfer-Encoding: base64\r\n\r\n${file}\r\n--b--\r\n`;
	await peer.send(
		`From: <scan@contoso.example>\r\nTo: <you@example.com>\r\nSubject: ${subject}\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n${parts}`,
	);
	await peer.quit();
	const found = () => box.cloud.control.arrived().find(({ message }) => message.summary.subject === subject);
	await eventually(`${subject} arrives`, () => found() !== undefined);
	return found()?.via ?? "";
}

/** `postern account add …`, which reads its news as they come and answers on its standard input. */
async function signIn(
	box: House,
	args: readonly string[],
	on: (news: SignInNews, answer: (line: string) => void) => Promise<void> | void,
): Promise<SignInNews | undefined> {
	const [address = ACCOUNT] = args.filter((arg) => arg.includes("@"));
	const options = args.filter((arg) => arg !== address);
	const child = box.spawnCli(["account", "add", address, ...options, "--json"]);
	let rest = "";
	let last: SignInNews | undefined;
	for await (const chunk of child.stdout) {
		const lines = (rest + String(chunk)).split("\n");
		rest = lines.pop() ?? "";
		for (const line of lines) {
			last = JSON.parse(line) as SignInNews;
			await on(last, (answer) => child.stdin.write(`${answer}\n`));
		}
	}
	return last;
}

describe("signing in with a browser", () => {
	it.each(["graph", "smtp"] as const)(
		"over %s: by paste, and mail goes, also after a restart",
		async (way) => {
			const box = await build({ transport: way, account: 'method = "browser"' });
			const end = await signIn(box, [], async (news, answer) => {
				if (news.type !== "open") return;
				answer("https://www.example.com/not-it");
				answer(await signInByBrowser(news.url, ACCOUNT));
			});
			expect(end).toEqual({ type: "signed-in", who: ACCOUNT });
			expect(await arrives(box, "by browser")).toBe(way);
			await box.end("SIGKILL");
			await box.start();
			expect(await arrives(box, "after a restart")).toBe(way);
		},
	);

	it("by the console's own address: nothing is pasted", async () => {
		const box = await build({});
		const redirect = `http://localhost:${box.port("console")}/sign-in/return`;
		box.cloud.control.addRedirect(redirect);
		box.configure({ account: 'method = "browser"', microsoft: `redirect = "${redirect}"` });
		await box.cli("reload");
		// Its standard input stays open, as a terminal's does.
		const end = await signIn(box, [], async (news) => {
			if (news.type !== "open") return;
			const page = await fetch(await signInByBrowser(news.url, ACCOUNT));
			expect(await page.text()).toContain(`The sign-in of ${ACCOUNT} goes on where it was begun`);
		});
		expect(end).toEqual({ type: "signed-in", who: ACCOUNT });
	});

	it("as a person reads it: the link, what to paste, and a refusal in words", async () => {
		const box = await build({ account: 'method = "browser"' });
		const child = box.spawnCli(["account", "add", ACCOUNT]);
		let out = "";
		child.stdout.on("data", (chunk) => {
			out += String(chunk);
		});
		let told = "";
		child.stderr.on("data", (chunk) => {
			told += String(chunk);
		});
		await eventually("the link is shown", () => out.includes("paste it here"));
		const link = /^http\S+authorize\S+$/m.exec(out)?.[0] ?? "";
		child.stdin.end(`${await signInByBrowser(link, "decline")}\n`);
		const [exitCode] = (await once(child, "close")) as [number];
		expect(exitCode).toBe(1);
		expect(told).toMatch(/permissions asked for were refused[\s\S]*Sign in again and accept/);
	});
});

describe("signing in by certificate", () => {
	const GRANTS = {
		graph: ["Mail.Send", "Mail.ReadWrite"],
		outlook: ["SMTP.SendAsApp"],
		mailboxes: [ACCOUNT],
	};

	it.each(["graph", "smtp"] as const)(
		"over %s: shown, uploaded, and mail small and large goes",
		async (way) => {
			const box = await build({ transport: way, account: 'method = "certificate"' });
			box.cloud.control.grantApp(GRANTS);
			let shown: AppCertificate | undefined;
			const end = await signIn(box, [], (news) => {
				if (news.type !== "certificate") return;
				shown = news.certificate;
				box.cloud.control.grantApp({ certificatePem: shown.pem });
			});
			expect(end).toMatchObject({ type: "signed-in", who: expect.stringMatching(/^the app /) });
			expect(await arrives(box, "small")).toBe(way);
			expect(await arrives(box, "large", 4_000_000)).toBe(way);
			await box.end("SIGKILL");
			await box.start();
			expect(await arrives(box, "after a restart")).toBe(way);
			const graph = box.cloud.control.requests({ kind: "graph" });
			expect(graph.filter(({ path: asked }) => asked.includes("/me/"))).toEqual([]);
			const tested = await box.cli("account", "test", ACCOUNT);
			expect(tested.stdout).toMatch(/accepted it/);
			expect(tested.exitCode).toBe(0);
			const [account] = await box.json<{ signedInAs: string; lapsesAt: string }[]>("account", "list");
			expect(account?.lapsesAt).toBe(shown?.expiresAt);
		},
	);

	it("renewed while mail flows: nothing waits, and the old certificate may go", async () => {
		const box = await build({ account: 'method = "certificate"' });
		box.cloud.control.grantApp(GRANTS);
		await signIn(box, [], (news) => {
			if (news.type === "certificate") box.cloud.control.grantApp({ certificatePem: news.certificate.pem });
		});
		const folder = mkdtempSync(path.join(tmpdir(), "postern-renew-"));
		const file = path.join(folder, "new.pem");
		const renewed = await box.cli("account", "certificate", ACCOUNT, "--renew", "--out", file);
		expect(renewed.stderr).toMatch(/The older one serves until this one is accepted/);
		await box.end("SIGTERM");
		await box.start();
		expect(await arrives(box, "before the upload")).toBe("graph");
		box.cloud.control.forgetCertificates();
		box.cloud.control.grantApp({ certificatePem: readFileSync(file, "utf8") });
		rmSync(folder, { recursive: true });
		await box.end("SIGTERM");
		await box.start();
		expect(await arrives(box, "after the upload")).toBe("graph");
		const now = await box.json<AppCertificate>("account", "certificate", ACCOUNT);
		expect(now).toMatchObject({ acceptedAt: expect.any(String), olderServesUntil: null });
	});

	it("says what the administrator has to grant when nothing was granted", async () => {
		const box = await build({ account: 'method = "certificate"' });
		box.cloud.control.grantApp({ mailboxes: [ACCOUNT] });
		await signIn(box, [], (news) => {
			if (news.type === "certificate") box.cloud.control.grantApp({ certificatePem: news.certificate.pem });
		});
		const { exitCode, stdout, stderr } = await box.cli("account", "test", ACCOUNT);
		expect(exitCode).toBe(1);
		expect(`${stdout}${stderr}`).toMatch(/application permission Mail\.ReadWrite with admin consent/);
	});

	it("lets two accounts use two app registrations, set from the command line", async () => {
		const box = await build({});
		const other = "11111111-2222-3333-4444-555555555555";
		box.cloud.control.addClient(other);
		box.cloud.control.grantApp({ clientId: other, graph: GRANTS.graph, mailboxes: ["two@contoso.example"] });
		await box.signIn();
		const registration = ["--client-id", other, "--tenant", box.cloud.tenant];
		await signIn(box, ["two@contoso.example", "--method", "certificate", ...registration], (news) => {
			if (news.type === "certificate")
				box.cloud.control.grantApp({ clientId: other, certificatePem: news.certificate.pem });
		});
		const accounts = await box.json<{ account: { clientId: string }; state: string }[]>("account", "list");
		expect(accounts.map(({ account, state }) => [account.clientId, state])).toEqual([
			[box.cloud.clientId, "signed-in"],
			[other, "signed-in"],
		]);
	});
});
