/**
 * A house for end-to-end tests: the built program as its own process with a state folder, a cloud
 * (the sandbox, in the test's process) and the command line. What a test leaves running, `close` ends.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Sandbox, startSandbox } from "../sandbox/sandbox.ts";
import type { SandboxSettingsPatch } from "../sandbox/settings.ts";
import type { ListenerStatus } from "../services.ts";
import { innermostChild, PROGRAM, type Program } from "./program.ts";

export const ACCOUNT = "alerts@contoso.example";
export const USERNAME = "copier";
export const PASSWORD = "correct horse";

export interface HouseOptions {
	/** Of the box. */
	readonly name?: string;
	/** The account's transport. */
	readonly transport?: "graph" | "smtp";
	/** TOML put in place of the sections of the same name, or added. */
	readonly queue?: string;
	readonly smtp?: string;
	readonly console?: string;
	/** Ports for programs that fetch are open. */
	readonly pop3?: true;
	/** More keys of the account. */
	readonly account?: string;
	/** More keys of [microsoft]. */
	readonly microsoft?: string;
	/** The account's own limits; wide by default, because most tests are not about them. */
	readonly limits?: string;
	/** More tables at the end. */
	readonly more?: string;
	/** No device is known by address, and none may send its password in clear. */
	readonly onlyByPassword?: boolean;
	/** As it comes out of its box: no account, no device. */
	readonly isNew?: true;
	/** False: nobody signs in. */
	readonly signedIn?: boolean;
	readonly sandbox?: SandboxSettingsPatch;
	/** One that other houses use too, and that whoever started it closes. */
	readonly cloud?: Sandbox;
	/** Where the cloud answers to HTTP, for a state folder that knows it: sign-ins are with an address. */
	readonly cloudPlace?: { readonly host: string; readonly httpPort: number };
	readonly environment?: NodeJS.ProcessEnv;
	/** May depend on the house's folder. */
	readonly program?: Program | ((folder: string) => Program);
	/** Puts something into the house's folder before the program first starts. */
	readonly furnish?: (folder: string) => void;
	/** Where the program sees its state folder; `state` in the house's folder unless set. */
	readonly stateDir?: string;
}

export interface CliResult {
	readonly exitCode: number;
	readonly stdout: string;
	readonly stderr: string;
}

/** Microsoft's five seconds between two looks whether a code was given would be most of many a test. */
const PROMPT: SandboxSettingsPatch = { deviceCodeIntervalSeconds: 0.25 };

export class House {
	readonly folder: string;
	readonly configFile: string;
	readonly cloud: Sandbox;
	readonly #environment: NodeJS.ProcessEnv;
	readonly #program: Program;
	readonly #isOwnCloud: boolean;
	#process: ChildProcess | undefined;
	#log = "";
	#listeners: readonly ListenerStatus[] = [];

	private constructor(folder: string, cloud: Sandbox, { environment, program, cloud: shared }: HouseOptions) {
		this.folder = folder;
		this.configFile = path.join(folder, "postern.toml");
		this.cloud = cloud;
		this.#isOwnCloud = shared === undefined;
		this.#environment = { ...withoutPostern(process.env), ...environment };
		this.#program = typeof program === "function" ? program(folder) : (program ?? PROGRAM);
	}

	static async build(options: HouseOptions = {}): Promise<House> {
		const folder = mkdtempSync(path.join(tmpdir(), "postern-house-"));
		const cloud =
			options.cloud ??
			(await startSandbox({ ...options.cloudPlace, settings: { ...PROMPT, ...options.sandbox } }));
		const house = new House(folder, cloud, options);
		cloud.control.allowSendAs(ACCOUNT, "*");
		writeFileSync(path.join(folder, "ca.pem"), cloud.caPem);
		house.configure(options);
		options.furnish?.(folder);
		await house.start();
		if (options.signedIn !== false && options.isNew !== true) await house.signIn();
		return house;
	}

	/** Writes the configuration anew; `reload` or a restart puts it in force. */
	configure(options: HouseOptions): void {
		writeFileSync(this.configFile, configuration(this.folder, this.cloud, options));
	}

	get log(): string {
		return this.#log;
	}

	/** Waits until the log has said it so many times: what a client was told may be read before the log's line. */
	async logged(line: RegExp, times = 1): Promise<void> {
		const pattern = new RegExp(line, "gm");
		await eventually(
			`the log says it ${times} times: ${line.source}`,
			() => (this.#log.match(pattern)?.length ?? 0) >= times,
		);
	}

	get pid(): number {
		const pid = this.#process?.pid;
		if (pid === undefined) throw new Error("the program is not running");
		return this.#program.isWrapped === true ? innermostChild(pid) : pid;
	}

	port(role: string): number {
		const address = this.#listeners.find((listener) => listener.role === role)?.address;
		if (address === undefined) throw new Error(`nothing listens as ${role}`);
		return Number(address.slice(address.lastIndexOf(":") + 1));
	}

	/** Starts the program and waits until it says that it is ready. */
	async start(): Promise<void> {
		const { command, argv } = this.#program;
		const child = spawn(command, [...argv, "serve", "--config", this.configFile], {
			env: this.#environment,
			stdio: ["ignore", "ignore", "pipe"],
		});
		this.#process = child;
		const startedAt = this.#log.length;
		let isReady = false;
		await new Promise<void>((resolve, reject) => {
			child.stderr.on("data", (chunk: Buffer) => {
				this.#log += chunk.toString();
				// Once: to look through all that was ever said at each line makes a long test slow, and the box look slow.
				if (isReady || !/^\S* ?ready$/m.test(this.#log.slice(startedAt))) return;
				isReady = true;
				resolve();
			});
			child.once("exit", (code) => {
				reject(new Error(`the program ended with ${code}:\n${this.#log.slice(startedAt)}`));
			});
		});
		const status = JSON.parse((await this.cli("status", "--json")).stdout) as { listeners: ListenerStatus[] };
		this.#listeners = status.listeners;
	}

	async signIn(address = ACCOUNT): Promise<void> {
		const child = this.spawnCli(["account", "add", address, "--json"]);
		let out = "";
		for await (const chunk of child.stdout) {
			out += String(chunk);
			for (const code of this.cloud.control.pendingUserCodes()) this.cloud.control.approve(code, address);
		}
		if (!out.includes('"signed-in"')) throw new Error(`nobody signed in: ${out}`);
	}

	cli(...args: readonly string[]): Promise<CliResult> {
		return this.cliReading("", ...args);
	}

	/** The same, with something on its standard input. */
	async cliReading(input: string, ...args: readonly string[]): Promise<CliResult> {
		const child = this.spawnCli(args);
		// A command that reads nothing may have ended.
		child.stdin.on("error", () => undefined);
		child.stdin.end(input);
		let stdout = "";
		let stderr = "";
		child.stdout.on("data", (chunk) => {
			stdout += String(chunk);
		});
		child.stderr.on("data", (chunk) => {
			stderr += String(chunk);
		});
		const [exitCode] = (await once(child, "close")) as [number];
		return { exitCode, stdout, stderr };
	}

	async json<Answer>(...args: readonly string[]): Promise<Answer> {
		const { stdout, stderr, exitCode } = await this.cli(...args, "--json");
		if (exitCode !== 0) throw new Error(`postern ${args.join(" ")} ended with ${exitCode}: ${stderr}`);
		return JSON.parse(stdout) as Answer;
	}

	/** Sends a signal and waits for the end; gives the exit code, or the signal's name. */
	async end(signal: NodeJS.Signals): Promise<number | string> {
		const child = this.#process;
		if (child === undefined || child.exitCode !== null || child.signalCode !== null) return "not running";
		const exited = once(child, "exit") as Promise<[number | null, NodeJS.Signals | null]>;
		this.signal(signal);
		const [code, name] = await exited;
		return code ?? name ?? "";
	}

	/** Waits for an end that something else brings about; as `end`. */
	async ended(): Promise<number | string> {
		const child = this.#process;
		if (child === undefined) return "not running";
		if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
		return child.exitCode ?? child.signalCode ?? "";
	}

	/**
	 * Who sends over SMTP signs in for SMTP alone, and where nobody may look what was sent a doubtful message goes twice
	 * (delivery/verify.ts). This organisation lets Postern look.
	 */
	allowLooking(): void {
		this.cloud.control.consent(ACCOUNT, LOOKING);
	}

	signal(signal: NodeJS.Signals): void {
		if (this.#process?.pid !== undefined) process.kill(this.pid, signal);
	}

	async close(): Promise<void> {
		await this.end("SIGKILL");
		if (this.#isOwnCloud) await this.cloud.close();
		rmSync(this.folder, { recursive: true, force: true });
	}

	/** A command under way, for one that takes input or its time. */
	spawnCli(args: readonly string[]) {
		const { command, argv } = this.#program;
		return spawn(command, [...argv, ...args, "--config", this.configFile], {
			env: this.#environment,
			stdio: ["pipe", "pipe", "pipe"],
		});
	}
}

function configuration(folder: string, cloud: Sandbox, options: HouseOptions): string {
	const q = JSON.stringify;
	return `
name = ${q(options.name ?? "postern-test")}
state_dir = ${q(options.stateDir ?? path.join(folder, "state"))}

[console]
${options.console ?? 'listen = ["127.0.0.1:0"]\nlisten_tls = []'}

[smtp]
${
	options.smtp ??
	`listen = ["127.0.0.1:0"]
listen_submission = ["127.0.0.1:0"]
listen_tls = ["127.0.0.1:0"]
listen_auto = []
max_message_size = "25MB"`
}

[pop3]
listen = [${options.pop3 === true ? '"127.0.0.1:0"' : ""}]
listen_tls = [${options.pop3 === true ? '"127.0.0.1:0"' : ""}]

[queue]
${options.queue ?? 'retry = "1s, 2s, 5s"'}

[microsoft]
cloud = "custom"
authority = ${q(cloud.authorityUrl)}
graph = ${q(cloud.graphUrl)}
smtp = ${q(cloud.smtpAddress)}
pop = ${q(cloud.popAddress)}
ca_file = ${q(path.join(folder, "ca.pem"))}
client_id = ${q(cloud.clientId)}
tenant = ${q(cloud.tenant)}
${options.microsoft ?? ""}

${options.isNew === true ? "" : inhabitants(options)}
${options.more ?? ""}
`;
}

function inhabitants(options: HouseOptions): string {
	return `
[[account]]
address = "${ACCOUNT}"
transport = "${options.transport ?? "graph"}"
${options.account ?? ""}
${options.limits ?? WIDE_LIMITS}

${options.onlyByPassword === true ? "" : KNOWN_DEVICES}`;
}

/** What an organisation consents to that lets Postern see in Sent Items whether a message went. */
export const LOOKING = ["Mail.Send", "Mail.ReadWrite", "User.Read"]
	.map((name) => `https://graph.microsoft.com/${name}`)
	.join(" ");

const WIDE_LIMITS = `
messages_per_minute = 100000
recipients_per_day = 1000000
requests_per_10_minutes = 1000000
upload_per_5_minutes = "100GB"`;

const KNOWN_DEVICES = `
[[device]]
name = "Scanner"
addresses = ["127.0.0.1"]

[[device]]
name = "Copier"
username = "${USERNAME}"
password = "${PASSWORD}"
auth_without_tls = true
`;

/** The developer's own settings must not reach the program under test. */
function withoutPostern(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
	return Object.fromEntries(
		Object.entries(environment).filter(
			([name]) => !/^(POSTERN_|NOTIFY_SOCKET|JOURNAL_STREAM|HTTPS?_PROXY)/i.test(name),
		),
	);
}

/** Waits for something that other processes bring about; fails after `withinMs` with what was awaited. */
export async function eventually(
	what: string,
	check: () => boolean | Promise<boolean>,
	withinMs = 30_000,
): Promise<void> {
	const deadline = performance.now() + withinMs;
	while (!(await check())) {
		if (performance.now() > deadline) throw new Error(`it did not come to pass: ${what}`);
		await new Promise((resolve) => setTimeout(resolve, 25));
	}
}
