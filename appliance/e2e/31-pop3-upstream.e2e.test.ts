/** Mail fetched over Microsoft's own POP3, for an account that was granted nothing else. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { itWith, run } from "./clients.ts";
import { corpus } from "./corpus.ts";
import { ACCOUNT, eventually, House } from "./house.ts";

let house: House;

beforeAll(async () => {
	house = await House.build({
		pop3: true,
		transport: "smtp",
		account: 'fetch_over = "pop3"',
		more: `
[[mailbox]]
username = "plc"
password = "sesame"
mailbox = "${ACCOUNT}"
auth_without_tls = true
`,
	});
});
afterAll(() => house?.close());
afterEach(() => house.cloud.control.reset());

const contents = (folder?: string) => house.cloud.control.contents(ACCOUNT, folder);

async function poplib(script: string): Promise<string> {
	const program = `
import poplib, hashlib, json
poplib._MAXLINE = 1000000
def connect():
    p = poplib.POP3("127.0.0.1", ${house.port("pop3")}, timeout=60); p.user("plc"); p.pass_("sesame"); return p
${script}
`;
	const { exitCode, output } = await run("python3", ["-c", program]);
	if (exitCode !== 0) throw new Error(output);
	return output.trim();
}

describe("over Microsoft's POP3", () => {
	itWith("python3", "asks for POP.AccessAsUser.All, and for nothing of Graph", async () => {
		const asked = house.cloud.control.requests({ kind: "sign-in", path: "/devicecode" });
		expect(asked.at(-1)?.detail).toMatch(/SMTP\.Send https:\/\/outlook\.office\.com\/POP\.AccessAsUser\.All/);
		expect(asked.at(-1)?.detail).not.toContain("graph");
	});

	itWith(
		"python3",
		"every message of the corpus comes byte for byte, and the sizes are right from the start",
		async () => {
			const all = [
				...corpus().map(({ bytes }) => bytes),
				Buffer.from("Subject: dots\r\n\r\n.\r\n..\r\n.x\r\n"),
				Buffer.from(
					`Subject: long\r\n\r\n${"y".repeat(200_000)}\r\n${"x".repeat(74).concat("\r\n").repeat(50_000)}`,
				),
			].map((bytes) => Buffer.from(bytes.toString("latin1").replaceAll(/\r?\n/g, "\r\n"), "latin1"));
			for (const bytes of all) house.cloud.control.deposit(ACCOUNT, bytes);
			const got = await poplib(`
p = connect()
out = []
for i in range(1, p.stat()[0] + 1):
    size = int(p.list(i).split()[2])
    body = b"".join(l + b"\\r\\n" for l in p.retr(i)[1])
    out.append([size == len(body), hashlib.sha256(body).hexdigest()])
    p.top(i, 1)
print(json.dumps(out))
p.quit()
`);
			const { createHash } = await import("node:crypto");
			const whole = (bytes: Buffer) =>
				bytes.toString("latin1").endsWith("\r\n") ? bytes : Buffer.concat([bytes, Buffer.from("\r\n")]);
			const sums = all.map((bytes) => createHash("sha256").update(whole(bytes)).digest("hex"));
			const read = JSON.parse(got) as [boolean, string][];
			expect(read.map(([, sum]) => sum)).toEqual(sums);
			expect(house.cloud.control.requests({ kind: "graph" })).toEqual([]);
		},
		120_000,
	);

	itWith(
		"python3",
		"deletes at QUIT and not before, also after a connection that was lost meanwhile",
		async () => {
			for (const subject of ["one", "two", "three"])
				house.cloud.control.deposit(ACCOUNT, Buffer.from(`Subject: ${subject}\r\n\r\nx\r\n`));
			const uids = await poplib(`p = connect(); print(p.uidl()[1]); p.dele(1); p.sock.shutdown(2)`);
			expect(contents()).toEqual(["one", "two", "three"]);
			const gone = house.cloud.control;
			const deleting = poplib(`
import time
p = connect(); print(p.uidl()[1]); p.dele(2)
open("${house.folder}/marked", "w").close()
while not __import__("os").path.exists("${house.folder}/go"): time.sleep(0.01)
p.quit()
`);
			const { existsSync, writeFileSync } = await import("node:fs");
			await eventually("it is marked", () => existsSync(`${house.folder}/marked`));
			await gone.offline("reset", ["pop"]);
			await gone.online();
			writeFileSync(`${house.folder}/go`, "");
			expect(await deleting).toBe(uids);
			expect(contents()).toEqual(["one", "three"]);
			expect(contents("deleteditems")).toEqual(["two"]);
		},
	);

	itWith(
		"curl",
		"without internet is [SYS/TEMP]; refused by Microsoft is [SYS/PERM] and says what is missing",
		async () => {
			const curl = () => run("curl", ["-sSv", "-u", "plc:sesame", `pop3://127.0.0.1:${house.port("pop3")}/`]);
			await house.cloud.control.offline("refuse", ["pop"]);
			expect((await curl()).output).toMatch(/-ERR \[SYS\/TEMP\] Microsoft 365 cannot be reached/);
			await house.cloud.control.online();
			expect((await curl()).exitCode).toBe(0);
			house.cloud.control.revoke(ACCOUNT, { accessTokensToo: true });
			house.cloud.control.change({ clockOffsetMs: 100 * 24 * 60 * 60_000 });
			expect((await curl()).output).toMatch(/-ERR \[SYS\/PERM\]/);
			await house.logged(/mail-not-fetched/, 2);
			const { problems } = await house.json<{ problems: string[] }>("status");
			expect(problems.join()).toMatch(/Mail fetched as "plc": /);
		},
	);
});

it("leaves no error in the log", () => {
	expect(house.log).not.toContain("error");
});
