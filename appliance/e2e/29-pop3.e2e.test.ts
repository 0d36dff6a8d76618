/** Programs that nobody here wrote fetch mail from the real box: list, fetch, leave, come again, delete. */
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import Pop3Command from "node-pop3";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { itWith, run } from "./clients.ts";
import { corpus } from "./corpus.ts";
import { ACCOUNT, eventually, House } from "./house.ts";

const SHARED = "orders@contoso.example";
const USER = "plc-7";
const PASSWORD = "open sesame 7";

let house: House;
let home: string;
let clear: number;
let tls: number;

beforeAll(async () => {
	house = await House.build({
		pop3: true,
		sandbox: { deviceCodeIntervalSeconds: 0.05 },
		account: `shared_mailboxes = ["${SHARED}"]`,
		more: `
[[mailbox]]
username = "${USER}"
password = "${PASSWORD}"
mailbox = "${ACCOUNT}"
account = "${ACCOUNT}"
auth_without_tls = true
apop = true
`,
	});
	clear = house.port("pop3");
	tls = house.port("pop3-tls");
	home = mkdtempSync(path.join(tmpdir(), "postern-pop3-"));
});
afterAll(async () => {
	await house?.close();
	if (home !== undefined) rmSync(home, { recursive: true });
});
afterEach(async () => {
	await house.cloud.control.reset();
});

function mail(subject: string, body = "Hello\r\n"): Buffer {
	return Buffer.from(
		`From: <boss@fabrikam.example>\r\nTo: <${ACCOUNT}>\r\nSubject: ${subject}\r\nDate: Wed, 25 Nov 2026 08:00:00 +0000\r\nMessage-ID: <${subject.replaceAll(" ", "-")}@fabrikam.example>\r\n\r\n${body}`,
		"latin1",
	);
}

const deposit = (...subjects: string[]) => {
	for (const subject of subjects) house.cloud.control.deposit(ACCOUNT, mail(subject));
};
const inbox = () => house.cloud.control.contents(ACCOUNT);
const trash = () => house.cloud.control.contents(ACCOUNT, "deleteditems");

/** Python's own client, told what to do. */
async function poplib(script: string): Promise<string> {
	const program = `
import poplib, sys, json
def connect(port=${clear}):
    p = poplib.POP3("127.0.0.1", port, timeout=30)
    p.user("${USER}"); p.pass_("${PASSWORD}")
    return p
${script}
`;
	const { exitCode, output } = await run("python3", ["-c", program]);
	if (exitCode !== 0) throw new Error(output);
	return output.trim();
}

describe("Python's poplib", () => {
	itWith("python3", "lists, fetches, deletes; a session that is lost deletes nothing", async () => {
		deposit("one", "two", "three");
		const seen = await poplib(`
p = connect()
out = {"stat": p.stat(), "capa": sorted(p.capa()), "uids": [l.decode().split()[1] for l in p.uidl()[1]]}
out["two"] = b"\\n".join(p.retr(2)[1]).decode()
out["top"] = [l.decode() for l in p.top(3, 0)[1]]
p.dele(1)
p.sock.shutdown(2)
q = None
import time
for i in range(100):
    try:
        q = connect(); break
    except poplib.error_proto as e: time.sleep(0.1)
out["again"] = q.stat()[0]
q.dele(1); q.quit()
print(json.dumps(out))
`);
		const out = JSON.parse(seen) as {
			stat: [number, number];
			uids: string[];
			two: string;
			top: string[];
			capa: string[];
			again: number;
		};
		expect(out.stat[0]).toBe(3);
		expect(out.capa).toEqual(expect.arrayContaining(["PIPELINING", "RESP-CODES", "TOP", "UIDL"]));
		expect(out.uids.every((uid) => /^[!-~]{1,70}$/.test(uid))).toBe(true);
		expect(out.two).toContain("Subject: two");
		expect(out.top).toContain("Subject: three");
		expect(out.again).toBe(3);
		await eventually("one is in Deleted Items", () => trash().includes("one"));
		expect(inbox()).toEqual(["two", "three"]);
	});

	itWith("python3", "signs in by APOP, and over TLS and STLS by the box's certificate", async () => {
		deposit("one");
		const out = await poplib(`
import ssl
ctx = ssl.create_default_context(); ctx.check_hostname = False; ctx.verify_mode = ssl.CERT_NONE
a = poplib.POP3("127.0.0.1", ${clear}); a.apop("${USER}", "${PASSWORD}"); n = [a.stat()[0]]; a.quit()
b = poplib.POP3_SSL("127.0.0.1", ${tls}, context=ctx); b.user("${USER}"); b.pass_("${PASSWORD}"); n.append(b.stat()[0]); b.quit()
c = poplib.POP3("127.0.0.1", ${clear}); c.stls(context=ctx); c.user("${USER}"); c.pass_("${PASSWORD}"); n.append(c.stat()[0]); c.quit()
print(n)
`);
		expect(out).toBe("[1, 1, 1]");
	});
});

describe("curl", () => {
	itWith("curl", "lists and fetches, in clear and over TLS", async () => {
		deposit("by curl");
		const login = `${USER}:${PASSWORD}`;
		const listed = await run("curl", ["-sS", "-u", login, `pop3://127.0.0.1:${clear}/`]);
		expect(listed.output).toMatch(/^1 \d+/);
		const fetched = await run("curl", ["-sSk", "-u", login, `pop3s://127.0.0.1:${tls}/1`]);
		expect(fetched.output).toContain("Subject: by curl");
		const upgraded = await run("curl", ["-sSk", "--ssl-reqd", "-u", login, `pop3://127.0.0.1:${clear}/1`]);
		expect(upgraded.output).toBe(fetched.output);
		const refused = await run("curl", ["-sS", "-u", `${USER}:wrong`, `pop3://127.0.0.1:${clear}/`]);
		expect(refused.exitCode).toBe(67);
	});
});

describe("fetchmail", () => {
	/** Delivers into one file by a small program; gives the subjects it has delivered so far. */
	async function fetchmail(...options: string[]): Promise<string[]> {
		const folder = path.join(home, "fetchmail");
		mkdirSync(folder, { recursive: true });
		const [rc, inboxFile] = [path.join(folder, "rc"), path.join(folder, "mbox")];
		writeFileSync(
			rc,
			`set idfile "${folder}/ids"\npoll 127.0.0.1 service ${clear} protocol pop3 uidl no dns\nuser "${USER}" password "${PASSWORD}" sslproto "" mda "cat >> ${inboxFile}" ${options.includes("keep") ? "keep" : "no keep"}\n`,
		);
		chmodSync(rc, 0o600);
		const args = ["-f", rc, "--pidfile", path.join(folder, "pid"), "--nosyslog", "-v"];
		const { exitCode, output } = await run("fetchmail", args);
		if (exitCode !== 0 && exitCode !== 1) throw new Error(output);
		return (
			readFileSync(inboxFile, "utf8")
				.match(/^Subject: .*$/gm)
				?.map((line) => line.slice(9)) ?? []
		);
	}

	itWith("fetchmail", "leaves mail on the server and fetches none twice; then takes it away", async () => {
		deposit("first", "second");
		expect(await fetchmail("keep")).toEqual(["first", "second"]);
		deposit("third");
		expect(await fetchmail("keep")).toEqual(["first", "second", "third"]);
		expect(inbox()).toEqual(["first", "second", "third"]);
		deposit("fourth");
		expect(await fetchmail()).toEqual(["first", "second", "third", "fourth"]);
		await eventually("it was deleted", () => inbox().length === 0 || trash().includes("fourth"));
	});
});

describe("mpop", () => {
	itWith("mpop", "fetches what is new by UIDL, over TLS", async () => {
		deposit("first");
		const box = path.join(home, "mpop");
		for (const sub of ["cur", "new", "tmp"]) mkdirSync(path.join(box, sub), { recursive: true });
		const rc = path.join(home, "mpoprc");
		writeFileSync(
			rc,
			`account a\nhost 127.0.0.1\nport ${tls}\ntls on\ntls_starttls off\ntls_certcheck off\nuser ${USER}\npassword "${PASSWORD}"\nauth plain\nkeep on\nuidls_file ${home}/uidls\ndelivery maildir ${box}\naccount default : a\n`,
		);
		chmodSync(rc, 0o600);
		const fetch = async () => {
			const { exitCode, output } = await run("mpop", ["-C", rc]);
			expect([exitCode, output]).toEqual([0, expect.anything()]);
			return readdirSync(path.join(box, "new")).length;
		};
		expect(await fetch()).toBe(1);
		expect(await fetch()).toBe(1);
		deposit("second");
		expect(await fetch()).toBe(2);
		expect(inbox()).toEqual(["first", "second"]);
	});
});

describe("getmail6", () => {
	itWith("getmail", "fetches and deletes", async () => {
		deposit("by getmail");
		const folder = path.join(home, "getmail");
		mkdirSync(folder, { recursive: true });
		const file = path.join(folder, "mail");
		// It refuses to deliver as root, which a test may be, but by a program.
		const destination = `type = MDA_external\npath = /usr/bin/tee\narguments = ("-a", "${file}")\nallow_root_commands = true`;
		writeFileSync(
			path.join(folder, "rc"),
			`[retriever]\ntype = SimplePOP3Retriever\nserver = 127.0.0.1\nport = ${clear}\nusername = ${USER}\npassword = ${PASSWORD}\n[destination]\n${destination}\n[options]\ndelete = true\n`,
		);
		const { exitCode, output } = await run("getmail", ["--getmaildir", folder, "--rcfile", "rc"]);
		expect([exitCode, output]).toEqual([0, expect.anything()]);
		expect(readFileSync(file, "utf8")).toContain("Subject: by getmail");
		await eventually("it was deleted", () => trash().includes("by getmail"));
	});
});

describe("node-pop3", () => {
	it("lists by UIDL, fetches, reads the top, and deletes", async () => {
		deposit("by node", "another");
		const client = new Pop3Command({ host: "127.0.0.1", port: clear, user: USER, password: PASSWORD });
		const listed = await client.UIDL();
		expect(listed).toHaveLength(2);
		expect(await client.RETR(1)).toContain("Subject: by node");
		expect(await client.TOP(2, 0)).toContain("Subject: another");
		await client.command("DELE", "1");
		await client.QUIT();
		await eventually("it was deleted", () => trash().includes("by node"));
	});
});

/** For a program that wants a terminal, with nobody at it. */
const IN_TERMINAL = `
import os, pty, sys
os.environ["TERM"] = "xterm"
pid, terminal = pty.fork()
if pid == 0: os.execvp(sys.argv[1], sys.argv[1:])
while True:
    try: shown = os.read(terminal, 4096)
    except OSError: break
    sys.stdout.buffer.write(shown)
`;

describe("neomutt", () => {
	itWith("neomutt", "opens the mailbox and copies a message from it", async () => {
		deposit("by mutt");
		const rc = path.join(home, "muttrc");
		const copy = path.join(home, "mutt-copy");
		writeFileSync(
			rc,
			`set pop_user="${USER}"\nset pop_pass="${PASSWORD}"\nset ssl_force_tls=no\nset ssl_starttls=no\nset pop_checkinterval=1\nset pop_delete=no\nset confirmappend=no\nset confirmcreate=no\nset copy=no\nset quit=yes\nset wait_key=no\nset mbox_type=mbox\nset header_cache=""\nset folder="${home}"\n`,
		);
		const keys = `push "<copy-message>${copy}<enter><exit><exit>"`;
		const mutt = ["neomutt", "-n", "-F", rc, "-f", `pop://127.0.0.1:${clear}/`, "-e", keys];
		await run("python3", ["-c", IN_TERMINAL, ...mutt]);
		expect(readFileSync(copy, "utf8")).toContain("Subject: by mutt");
	});
});

describe("every message of the corpus", () => {
	itWith(
		"python3",
		"comes byte for byte as Graph holds it, TOP too, and LIST agrees once it was read",
		async () => {
			const all = [
				...corpus().map(({ bytes }) => bytes),
				mail("dots", ".\r\n..\r\n.x\r\n"),
				mail("bare line feeds", "a\nb\n\n.c\n"),
				mail("no line end", "the end"),
				mail("nothing", ""),
				mail("30 MB", "x".repeat(74).concat("\r\n").repeat(400_000)),
			];
			for (const bytes of all) house.cloud.control.deposit(ACCOUNT, bytes);
			const out = path.join(home, "corpus");
			mkdirSync(out, { recursive: true });
			const listed = await poplib(`
poplib._MAXLINE = 1000000
p = connect()
n = p.stat()[0]
for i in range(1, n + 1):
    open("${out}/%d" % i, "wb").write(b"".join(l + b"\\r\\n" for l in p.retr(i)[1]))
    open("${out}/%d.top" % i, "wb").write(b"".join(l + b"\\r\\n" for l in p.top(i, 3)[1]))
print(json.dumps([int(l.split()[1]) for l in p.list()[1]]))
p.quit()
`);
			const sizes = JSON.parse(listed) as number[];
			expect(sizes).toHaveLength(all.length);
			for (const [index, bytes] of all.entries()) {
				const text = bytes.toString("latin1").replaceAll(/\r?\n/g, "\r\n");
				const whole = text.endsWith("\r\n") ? text : `${text}\r\n`;
				const got = readFileSync(path.join(out, String(index + 1))).toString("latin1");
				expect(got === whole, `message ${index + 1}`).toBe(true);
				expect(sizes[index]).toBe(whole.length);
				const top = readFileSync(path.join(out, `${index + 1}.top`)).toString("latin1");
				expect(whole.startsWith(top.replace(/\r\n$/, "")), `top of ${index + 1}`).toBe(true);
			}
		},
		240_000,
	);
});

describe("when the cloud is not well", () => {
	const login = `${USER}:${PASSWORD}`;
	const curl = (what: string, ...more: string[]) =>
		run("curl", ["-sSv", "-u", login, `pop3://127.0.0.1:${clear}/${what}`, ...more]);

	itWith("curl", "without internet nobody sees an empty mailbox, but [SYS/TEMP] and why", async () => {
		deposit("one");
		await house.cloud.control.offline();
		const { output, exitCode } = await curl("");
		expect(output).toMatch(/-ERR \[SYS\/TEMP\] Microsoft 365 cannot be reached/);
		expect(exitCode).not.toBe(0);
		await house.cloud.control.online();
		await eventually("it is back", async () => (await curl("")).output.includes("\n1 "), 60_000);
	});

	itWith("curl", "a dead sign-in is [SYS/PERM], for its owner to mend", async () => {
		house.cloud.control.revoke(ACCOUNT, { accessTokensToo: true });
		expect((await curl("")).output).toMatch(/-ERR \[SYS\/PERM\] the account needs its owner/);
		await new Promise((resolve) => setTimeout(resolve, 5));
		await house.signIn();
	});

	itWith("curl", "throttled or disturbed is [SYS/TEMP]", async () => {
		for (const status of [429, 503, 500]) {
			house.cloud.control.fail({ where: "graph", action: "answer", status, retryAfterSeconds: 1, times: 5 });
			expect((await curl("")).output).toMatch(/-ERR \[SYS\/TEMP\]/);
			house.cloud.control.clearFaults();
		}
	});

	itWith("curl", "a message that breaks off on its way is never taken for whole", async () => {
		house.cloud.control.deposit(ACCOUNT, mail("broken", "x".repeat(74).concat("\r\n").repeat(20_000)));
		house.cloud.control.fail({ where: "graph", path: "$value", action: "cut" });
		const { exitCode, output } = await curl("1");
		expect(exitCode).not.toBe(0);
		expect(output).not.toMatch(/\r\n\.\r\n/);
		expect((await curl("1")).exitCode).toBe(0);
	});

	itWith("curl", "slow is only slow: everything comes, and nothing twice", async () => {
		deposit("one", "two");
		house.cloud.control.change({ latencyMs: 3_000 });
		const { exitCode, output } = await curl("2");
		expect([exitCode, output]).toEqual([0, expect.stringContaining("Subject: two")]);
		expect(house.cloud.control.requests({ path: "$value" })).toHaveLength(1);
	});

	itWith("python3", "a message that was removed meanwhile is refused, and the others go on", async () => {
		deposit("one", "two");
		house.cloud.control.fail({ where: "graph", path: "$value", action: "answer", status: 404 });
		const out = await poplib(`
p = connect()
try: p.retr(1)
except poplib.error_proto as e: print(e)
print(p.retr(2)[0].decode()[:3])
p.quit()
`);
		expect(out).toMatch(/removed meanwhile[\s\S]*\+OK/);
	});

	itWith("python3", "a deletion that fails is -ERR at QUIT, and the message stays", async () => {
		deposit("one", "two");
		house.cloud.control.fail({ where: "graph", path: "/move", action: "answer", status: 500 });
		const out = await poplib(`
p = connect()
p.dele(1); p.dele(2)
try: p.quit()
except poplib.error_proto as e: print(e)
`);
		expect(out).toMatch(/-ERR \[SYS\/TEMP\] some deleted messages not removed/);
		expect(inbox()).toHaveLength(1);
	});
});

describe("what the owner sets and sees", () => {
	itWith(
		"curl",
		"mailbox add prints what to type, test shows what would be seen, remove ends it",
		async () => {
			deposit("for the test");
			const added = await house.cli(
				"mailbox",
				"add",
				ACCOUNT,
				"--username",
				"robot",
				"--turn-on",
				"auth_without_tls",
			);
			const password = /Password +(\S+)/.exec(added.stdout)?.[1] ?? "";
			expect(added.stdout).toMatch(/"robot" may fetch alerts@contoso\.example[\s\S]*Port +\d+ \(TLS\)/);
			const tested = await house.cliReading(`${password}\n`, "mailbox", "test", "robot");
			expect(tested.stdout).toMatch(/would see 1 messages[\s\S]*for the test/);
			expect(tested.exitCode).toBe(0);
			expect((await house.cliReading("wrong\n", "mailbox", "test", "robot")).exitCode).toBe(1);
			expect((await house.cli("mailbox", "list")).stdout).toMatch(/robot +alerts@contoso\.example +inbox/);
			expect((await house.cli("mailbox", "remove", USER)).stderr).toMatch(/stands in the configuration file/);
			await house.cli("mailbox", "remove", "robot");
			const gone = await run("curl", ["-sS", "-u", `robot:${password}`, `pop3://127.0.0.1:${clear}/`]);
			expect(gone.exitCode).toBe(67);
			expect(inbox()).toEqual(["for the test"]);
		},
	);

	itWith(
		"python3",
		"only the unread, the newest, those of the last days; marked as read, deleted for good",
		async () => {
			const now = Date.now();
			const days = 24 * 60 * 60_000;
			house.cloud.control.deposit(ACCOUNT, mail("old"), { receivedAtMs: now - 40 * days });
			house.cloud.control.deposit(ACCOUNT, mail("read"), { isRead: true, receivedAtMs: now - 3 * days });
			for (const subject of ["a", "b", "c"]) house.cloud.control.deposit(ACCOUNT, mail(subject));
			const options = ["--newer-than", "30d", "--most", "2", "--on-delete", "delete"];
			const switches = ["only_unread", "mark_read", "auth_without_tls", "exact_sizes"].flatMap((name) => [
				"--turn-on",
				name,
			]);
			const added = await house.json<{ password: string }>(
				...["mailbox", "add", ACCOUNT, "--username", "small", ...options, ...switches],
			);
			const out = await poplib(`
p = poplib.POP3("127.0.0.1", ${clear}); p.user("small"); p.pass_("${added.password}")
sizes = [int(l.split()[1]) for l in p.list()[1]]
got = [b"\\r\\n".join(p.retr(i + 1)[1]) + b"\\r\\n" for i in range(len(sizes))]
print([len(g) for g in got] == sizes, [g.split(b"Subject: ")[1][:1].decode() for g in got])
p.dele(2); p.quit()
`);
			expect(out).toBe("True ['b', 'c']");
			await eventually("b is marked as read", () => inbox().includes("b*"));
			expect(inbox()).toEqual(["old", "read*", "a", "b*"]);
			expect(trash()).toEqual([]);
			await house.cli("mailbox", "remove", "small");
		},
	);

	itWith("curl", "a shared mailbox, by the account that it is shared with", async () => {
		house.cloud.control.share(SHARED, ACCOUNT);
		house.cloud.control.deposit(SHARED, mail("an order"));
		const added = await house.json<{ password: string }>(
			...["mailbox", "add", SHARED, "--turn-on", "auth_without_tls"],
		);
		const login = `orders:${added.password}`;
		const { output } = await run("curl", ["-sS", "-u", login, `pop3://127.0.0.1:${clear}/1`]);
		expect(output).toContain("Subject: an order");
		await house.cli("mailbox", "remove", "orders");
	});

	itWith("python3", "the same UIDLs after a restart", async () => {
		deposit("one", "two");
		const uids = () => poplib(`p = connect(); print([l.decode() for l in p.uidl()[1]]); p.quit()`);
		const before = await uids();
		await house.end("SIGTERM");
		await house.start();
		clear = house.port("pop3");
		tls = house.port("pop3-tls");
		expect(await uids()).toBe(before);
	});
});

describe("with a cache, without internet", () => {
	itWith(
		"python3",
		"what is kept can be fetched and deleted, and what was deleted goes once the link is back, each once",
		async () => {
			const added = await house.json<{ password: string }>(
				...[
					"mailbox",
					"add",
					ACCOUNT,
					"--username",
					"cached",
					"--cache",
					"5MB",
					"--turn-on",
					"auth_without_tls",
				],
			);
			const connect = `p = poplib.POP3("127.0.0.1", ${clear}); p.user("cached"); p.pass_("${added.password}")`;
			house.cloud.control.deposit(ACCOUNT, mail("too large", "x".repeat(74).concat("\r\n").repeat(100_000)));
			deposit("one", "two", "three");
			const uids = await poplib(`${connect}; print([l.decode() for l in p.uidl()[1]]); p.quit()`);
			const kept = () =>
				readdirSync(path.join(house.folder, "state", "maildrops"), { recursive: true }).filter((name) =>
					String(name).endsWith(".eml"),
				);
			await eventually("the small ones are kept", () => kept().length === 3);
			await house.cloud.control.offline();
			const offline = await poplib(`
${connect}
print([l.decode() for l in p.uidl()[1]])
print(b"Subject: two" in p.retr(3)[1])
try: p.retr(1)
except poplib.error_proto as e: print(e)
p.dele(2); p.dele(3); p.quit()
${connect}
print(p.stat()[0]); p.quit()
`);
			const [seen, isTwo, refused, left] = offline.split("\n");
			expect(seen).toBe(uids);
			expect(isTwo).toBe("True");
			expect(refused).toMatch(/\[SYS\/TEMP\] there is no internet/);
			expect(left).toBe("2");
			// What was deleted outlives a power cut.
			await house.end("SIGKILL");
			await house.start();
			clear = house.port("pop3");
			tls = house.port("pop3-tls");
			house.cloud.control.forgetTraffic();
			await house.cloud.control.online();
			await eventually("both are in Deleted Items", () => trash().length === 2, 60_000);
			expect(inbox()).toEqual(["too large", "three"]);
			expect(house.cloud.control.requests({ kind: "graph", path: "/move" })).toHaveLength(2);
			const after = await poplib(`${connect.replace(/\d+\)/, `${clear})`)}; print(p.stat()[0]); p.quit()`);
			expect(after).toBe("2");
			await house.cli("mailbox", "remove", "cached");
			expect(kept()).toEqual([]);
		},
		120_000,
	);

	itWith("python3", "what was never seen is not made up", async () => {
		const added = await house.json<{ password: string }>(
			...["mailbox", "add", ACCOUNT, "--username", "new", "--cache", "5MB", "--turn-on", "auth_without_tls"],
		);
		await house.cloud.control.offline();
		const { output } = await run("curl", [
			"-sSv",
			"-u",
			`new:${added.password}`,
			`pop3://127.0.0.1:${clear}/`,
		]);
		expect(output).toMatch(/-ERR \[SYS\/TEMP\]/);
		await house.cloud.control.online();
		await house.cli("mailbox", "remove", "new");
	});
});

describe("2,000 messages", () => {
	itWith("python3", "are listed with two requests", async () => {
		for (let number = 0; number < 2_000; number += 1)
			house.cloud.control.deposit(ACCOUNT, mail(`m${number}`));
		house.cloud.control.forgetTraffic();
		const out = await poplib(
			`p = connect(); print(p.stat()[0], len(p.uidl()[1]), len(p.list()[1])); p.quit()`,
		);
		expect(out).toBe("2000 2000 2000");
		const asked = house.cloud.control.requests({ kind: "graph", path: "/mailFolders/" });
		expect(asked).toHaveLength(2);
	});
});

// The last, because the address that guesses is locked for a while.
describe("a guesser", () => {
	itWith("curl", "is slowed and locked, as over SMTP", async () => {
		const guess = () => run("curl", ["-sSv", "-u", "nobody:x", `pop3://127.0.0.1:${clear}/`]);
		const answers: string[] = [];
		for (let tries = 0; tries < 8; tries += 1) answers.push((await guess()).output);
		expect(answers.at(-1)).toMatch(/-ERR \[SYS\/TEMP\] too many failures/);
	});
});
