/** `postern account …` as an owner types it, against a real control socket. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { afterEach, describe, expect, it } from "vitest";
import { accountStatus, CERTIFICATE, OPEN, PROMPT } from "../../web/testing/samples.ts";
import type { SignInNews } from "../services.ts";
import { postern, start, stop } from "./testing/postern.ts";

afterEach(stop);

describe("account", () => {
	it("add: prints the address and the code, waits, says who signed in", async () => {
		const { state } = await start();
		const { stdout, stderr, exitCode } = await postern([
			"account",
			"add",
			"alerts@contoso.com",
			"--transport",
			"smtp",
		]);
		expect(exitCode).toBe(0);
		expect(stdout).toBe(
			[
				"To sign in alerts@contoso.com, open this address on any phone or computer:",
				"",
				"    https://microsoft.com/devicelogin",
				"",
				"and enter this code there:",
				"",
				"    ┌─────────────┐",
				"    │  ABCD-EFGH  │",
				"    └─────────────┘",
				"",
				"Signed in as alerts@contoso.com.",
				"",
			].join("\n"),
		);
		expect(stderr).toContain("Ctrl-C cancels");
		expect(state.calls).toEqual(['sign-in {"address":"alerts@contoso.com","transport":"smtp"}']);
	});

	it("add: a QR on a terminal, one JSON line for each news for programs", async () => {
		await start();
		expect((await postern(["account", "add", "a@b.c"], { columns: 80 })).stdout).toMatch(/[▀▄█]{10}/);
		const { stdout } = await postern(["account", "add", "a@b.c", "--json"]);
		const lines = stdout
			.trimEnd()
			.split("\n")
			.map((line) => JSON.parse(line) as unknown);
		expect(lines).toEqual([PROMPT, { type: "signed-in", who: "alerts@contoso.com" }]);
	});

	it("add: a refusal is told and fails", async () => {
		await start({
			signInNews: [
				PROMPT,
				{ type: "refused", ownerText: "The code has expired.", hint: "Ask for a new one." },
			],
		});
		const { stderr, exitCode } = await postern(["account", "add", "a@b.c"]);
		expect(exitCode).toBe(1);
		expect(stderr).toContain("postern: The code has expired.\nAsk for a new one.\n");
	});

	it("add: Ctrl-C cancels the sign-in here and on the appliance", async () => {
		const { state } = await start({ signInNews: [PROMPT], signInHangs: true });
		const ctrlC = new AbortController();
		const call = postern(["account", "add", "a@b.c"], { interrupt: ctrlC.signal });
		await expect.poll(() => state.calls).toHaveLength(1);
		ctrlC.abort();
		const { stderr, exitCode } = await call;
		expect(exitCode).toBe(1);
		expect(stderr).toContain("Cancelled; nobody was signed in.");
		await expect.poll(() => state.calls.at(-1)).toBe("sign-in cancelled");
	});

	it("add: Ctrl-C before Microsoft has given a code cancels too", async () => {
		const { state } = await start({ signInNews: [], signInHangs: true });
		const ctrlC = new AbortController();
		const call = postern(["account", "add", "a@b.c"], { interrupt: ctrlC.signal });
		await expect.poll(() => state.calls).toHaveLength(1);
		ctrlC.abort();
		expect((await call).stderr).toBe("Cancelled; nobody was signed in.\n");
		await expect.poll(() => state.calls.at(-1)).toBe("sign-in cancelled");
	});

	it("add: an appliance that stops meanwhile is told", async () => {
		const { state, close } = await start({ signInNews: [PROMPT], signInHangs: true });
		const call = postern(["account", "add", "a@b.c"]);
		await expect.poll(() => state.calls).toHaveLength(1);
		await close();
		const { stderr, exitCode } = await call;
		expect(exitCode).toBe(1);
		expect(stderr).toContain("Postern is being stopped.");
	});

	it("add: what is no mailbox address is refused before anything happens", async () => {
		const { state } = await start();
		const { stderr, exitCode } = await postern(["account", "add", "alerts"]);
		expect(exitCode).toBe(1);
		expect(stderr).toContain("such as alerts@contoso.com");
		expect(state.calls).toEqual([]);
	});

	it("list, test, remove", async () => {
		await start({
			accounts: [accountStatus()],
			testSteps: [
				{ ok: true, text: "Microsoft took the message." },
				{ ok: false, text: "It did not arrive." },
			],
		});
		expect((await postern(["account", "list"])).stdout).toMatch(
			/^alerts@contoso\.com {2}signed-in {2}alerts@contoso\.com {2}graph {2}2027-02-18 \d\d:\d\d$/m,
		);
		const tested = await postern(["account", "test", "alerts@contoso.com"]);
		expect(tested.stdout).toBe("ok    Microsoft took the message.\nFAIL  It did not arrive.\n");
		expect(tested.exitCode).toBe(1);
		expect((await postern(["account", "remove", "alerts@contoso.com"])).exitCode).toBe(0);
		expect((await postern(["account", "list"])).stdout).toContain("No account yet");
		expect((await postern(["account", "remove", "alerts@contoso.com"])).exitCode).toBe(1);
	});

	it("add: its own app registration is handed on", async () => {
		const { state } = await start();
		await postern(["account", "add", "a@b.c", "--client-id", "11-22", "--tenant", "contoso.com"]);
		expect(state.calls).toEqual(['sign-in {"address":"a@b.c","clientId":"11-22","tenant":"contoso.com"}']);
	});
});

describe("account add --method browser", () => {
	const add = (input: string | Readable, interrupt?: AbortSignal) =>
		postern(["account", "add", "alerts@contoso.com", "--method", "browser"], {
			input,
			...(interrupt === undefined ? {} : { interrupt }),
		});
	const news: SignInNews[] = [OPEN, { type: "signed-in", who: "alerts@contoso.com" }];

	it("shows the link, takes what is pasted, and asks again after a paste of no use", async () => {
		const { state } = await start({ signInNews: news });
		const { exitCode, stdout, stderr } = await add("\nhello\nhttps://x/?code=1&state=2\nnot read\n");
		expect(exitCode).toBe(0);
		expect(stdout).toContain(`${OPEN.type === "open" ? OPEN.url : ""}\n`);
		expect(stdout).toContain("begins with https://login.example/common/oauth2/nativeclient");
		expect(stdout).toContain("Signed in as alerts@contoso.com.");
		expect(stderr).toContain("That address holds no code.");
		expect(state.calls.slice(1)).toEqual([
			"paste alerts@contoso.com hello",
			"paste alerts@contoso.com https://x/?code=1&state=2",
		]);
	});

	it("takes an address longer than a terminal's line", async () => {
		const { state } = await start({ signInNews: news });
		const long = `https://x/?code=${"a".repeat(9_000)}`;
		expect((await add(`${long}\n`)).exitCode).toBe(0);
		expect(state.calls[1]).toBe(`paste alerts@contoso.com ${long}`);
	});

	it("cancels when the input ends, and says so", async () => {
		const { state } = await start({ signInNews: news });
		const { exitCode, stderr } = await add("");
		expect(exitCode).toBe(1);
		expect(stderr).toContain("The input ended before an address was pasted; nobody was signed in.");
		await expect.poll(() => state.calls.at(-1)).toBe("sign-in cancelled");
	});

	it("ends at Ctrl-C although nothing was pasted, and when somebody else finishes the sign-in", async () => {
		const { state } = await start({ signInNews: news });
		const ctrlC = new AbortController();
		const open = new Readable({ read: () => undefined });
		const cancelled = add(open, ctrlC.signal);
		await expect.poll(() => state.calls).toHaveLength(1);
		ctrlC.abort();
		expect((await cancelled).stderr).toContain("Cancelled; nobody was signed in.");
		const finished = add(new Readable({ read: () => undefined }));
		await expect.poll(() => state.calls.filter((call) => call.startsWith("sign-in {"))).toHaveLength(2);
		state.pasted.resolve();
		expect((await finished).exitCode).toBe(0);
	});
});

describe("account add --method certificate", () => {
	it("shows the certificate and what to do; Ctrl-C says that it is kept", async () => {
		await start({
			signInNews: [{ type: "certificate", certificate: CERTIFICATE, isNew: true }],
			signInHangs: true,
		});
		const { stdout, stderr, exitCode } = await postern(
			["account", "add", "alerts@contoso.com", "--method", "certificate"],
			{ interruptAt: "END CERTIFICATE" },
		);
		expect(exitCode).toBe(1);
		expect(stdout).toBe(CERTIFICATE.pem);
		expect(stderr).toMatch(/Upload[\s\S]*Cancelled\. The certificate is kept: run the same command again/);
	});
});

describe("account certificate", () => {
	it("prints the public half alone to standard output, and beside it what to do", async () => {
		const { state } = await start();
		const { stdout, stderr, exitCode } = await postern(["account", "certificate", "alerts@contoso.com"]);
		expect(exitCode).toBe(0);
		expect(stdout).toBe(CERTIFICATE.pem);
		expect(stderr).toContain(CERTIFICATE.thumbprintSha256);
		expect(stderr).toMatch(/Certificates & secrets[\s\S]*Mail\.Send and Mail\.ReadWrite[\s\S]*account test/);
		expect(state.calls).toEqual(["certificate alerts@contoso.com false"]);
		const json = await postern(["account", "certificate", "alerts@contoso.com", "--renew", "--json"]);
		expect(JSON.parse(json.stdout)).toEqual(CERTIFICATE);
		expect(state.calls[1]).toBe("certificate alerts@contoso.com true");
	});

	it("writes it to a new file, and over no old one", async () => {
		await start();
		const folder = await mkdtemp(path.join(tmpdir(), "postern-certificate-"));
		const file = path.join(folder, "app.pem");
		const write = () => postern(["account", "certificate", "alerts@contoso.com", "--out", file]);
		expect(await write()).toMatchObject({ exitCode: 0, stdout: `Written to ${file}.\n` });
		expect(await readFile(file, "utf8")).toBe(CERTIFICATE.pem);
		expect(await write()).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/exists already/) });
		await rm(folder, { recursive: true });
	});
});
