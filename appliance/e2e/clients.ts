/**
 * SMTP clients that nobody here wrote: swaks, curl, Python's smtplib. A test that needs one that is
 * not installed is skipped, and says in its name which and why.
 */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { it } from "vitest";

export function isInstalled(program: string): boolean {
	return spawnSync("sh", ["-c", `PATH="$PATH:/usr/sbin:/sbin" command -v ${program}`]).status === 0;
}

/** `it`, for a test that drives `program`. */
export function itWith(program: string, name: string, test: () => Promise<void>, timeoutMs?: number): void {
	if (isInstalled(program)) it(name, test, timeoutMs);
	else it.skip(`${name} (skipped: ${program} is not installed)`, test);
}

/** `it`, for a test that drives a program which only root may start. */
export function itWithAsRoot(
	program: string,
	name: string,
	test: () => Promise<void>,
	timeoutMs: number,
): void {
	if (process.getuid?.() === 0) itWith(program, name, test, timeoutMs);
	else it.skip(`${name} (skipped: ${program} has to be started by root)`, test);
}

export interface ClientResult {
	readonly exitCode: number;
	readonly output: string;
}

export async function run(
	program: string,
	args: readonly string[],
	input: string | Buffer = "",
): Promise<ClientResult> {
	const child = spawn(program, args, { stdio: ["pipe", "pipe", "pipe"] });
	let output = "";
	child.stdout.on("data", (chunk) => {
		output += String(chunk);
	});
	child.stderr.on("data", (chunk) => {
		output += String(chunk);
	});
	// A client that refuses early does not read the rest; that is its business.
	child.stdin.on("error", () => undefined);
	child.stdin.end(input);
	const [exitCode] = (await once(child, "close")) as [number];
	return { exitCode, output };
}

/** The Python program gets the message on stdin and its settings as arguments. */
const SMTPLIB = `
import smtplib, ssl, sys
host, port, mode, user, password, sender, *recipients = sys.argv[1:]
message = sys.stdin.buffer.read()
context = ssl._create_unverified_context()
if mode == "tls":
    client = smtplib.SMTP_SSL(host, int(port), context=context)
else:
    client = smtplib.SMTP(host, int(port))
client.ehlo("python.test")
if mode == "starttls":
    client.starttls(context=context)
    client.ehlo("python.test")
if user:
    client.login(user, password)
refused = client.sendmail(sender, recipients, message)
print("refused:", sorted(refused))
client.quit()
`;

export function smtplib(args: readonly string[], message: Buffer): Promise<ClientResult> {
	return run("python3", ["-c", SMTPLIB, ...args], message);
}
