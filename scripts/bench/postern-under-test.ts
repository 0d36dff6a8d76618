/**
 * The contender "postern": what ships (dist/postern.cjs, built by scripts/postern), with a
 * configuration file, one device known by address, one by username and password, and one account
 * signed in to the sink. The sign-in is made once and its state folder copied for each installation.
 *
 * Throws with Postern's last words when it does not start or the sign-in is refused.
 */
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { cp, mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { GraphSink } from "./cloud.ts";
import {
	type Cloud,
	type Contender,
	type Installation,
	LOAD_FROM,
	type Running,
	SITE_FROM,
} from "./contender.ts";
import { processMemory } from "./memory.ts";
import { freePort, Program, type ProgramOptions } from "./program.ts";

const run = promisify(execFile);

const CHECKOUT = path.join(import.meta.dirname, "..", "..");
const POSTERN = path.join(CHECKOUT, "scripts", "postern");
/** What `scripts/postern` runs in the end; started directly so that no build falls into a measurement. */
const BUNDLE = path.join(CHECKOUT, "dist", "postern.cjs");
const NODE_FLAGS = readFileSync(path.join(CHECKOUT, "scripts", "node-flags"), "utf8")
	.split("\n")
	.filter(Boolean);
/** A variable a word, as the unit has them. */
const UNIT_ENVIRONMENT = Object.fromEntries(
	(
		/^Environment=(.*)$/m.exec(
			readFileSync(path.join(CHECKOUT, "systemd", "postern.service"), "utf8"),
		)?.[1] ?? ""
	)
		.split(" ")
		.map((variable) => variable.split("=", 2) as [string, string]),
);
const ACCOUNT = "bench@contoso.test";
const SIGN_IN_LIMIT_MS = 60_000;
/** Its hash is in the configuration: a password would be checked against one at each start. */
const LOGIN = { username: "device", password: "a password of the bench" } as const;

type Postern = Pick<ProgramOptions, "command" | "argv" | "environment">;

const BUILT: Postern = { command: process.execPath, argv: [...NODE_FLAGS, BUNDLE] };

const LOGIN_HASH =
	"$argon2id$v=19$m=19456,t=2,p=1$dGhlIHNhbHQgb2YgYmVuYw$28POqeTb1MRUMgQvWsnidh/na4oOwlH88rptTCGEsIw";

interface Site {
	readonly folder: string;
	readonly logFolder: string;
	readonly sink: GraphSink;
}

interface Ports {
	readonly smtp: number;
	readonly tls: number;
	readonly console: number;
	readonly pop3: number;
}

/** Every setting that is not a default of the product's is one the bench cannot do without. */
const configuration = (stateFolder: string, sinkUrl: string, ports: Ports) => `
name = "postern-bench"
state_dir = ${JSON.stringify(stateFolder)}

[console]
listen = ["127.0.0.1:${ports.console}"]
listen_tls = []

[smtp]
listen = ["127.0.0.1:${ports.smtp}"]
listen_submission = []
listen_tls = ["127.0.0.1:${ports.tls}"]
listen_auto = []

[pop3]
listen = ["127.0.0.1:${ports.pop3}"]
listen_tls = []

[microsoft]
cloud = "custom"
client_id = "99999999-8888-7777-6666-555555555555"
authority = "${sinkUrl}"
graph = "${sinkUrl}"

[[account]]
address = "${ACCOUNT}"
# Microsoft's limits are not what is measured.
recipients_per_day = 100000000
requests_per_10_minutes = 100000000
upload_per_5_minutes = "1000GB"

[[device]]
name = "Load"
addresses = ["${LOAD_FROM}"]
account = "${ACCOUNT}"

${SITE_FROM.map((address) => `[[device]]\nname = "${address}"\naddresses = ["${address}"]\n`).join("\n")}
[[device]]
name = "Session"
username = "${LOGIN.username}"
password_hash = "${LOGIN_HASH}"
account = "${ACCOUNT}"
auth_without_tls = true

[[mailbox]]
username = "${LOGIN.username}"
password_hash = "${LOGIN_HASH}"
mailbox = "${ACCOUNT}"
auth_without_tls = true
`;

/** `templateFolder` is on the disk under test, `logFolder` is not. */
export function posternContender(templateFolder: string, logFolder: string): PosternContender {
	return new PosternContender(templateFolder, logFolder);
}

class PosternContender implements Contender, AsyncDisposable {
	readonly name = "postern";
	readonly #templateFolder: string;
	readonly #logFolder: string;
	#template: Promise<GraphSink> | undefined;

	constructor(templateFolder: string, logFolder: string) {
		this.#templateFolder = templateFolder;
		this.#logFolder = logFolder;
	}

	async install(folder: string): Promise<Installation> {
		this.#template ??= this.#signIn();
		const sink = await this.#template;
		await cp(path.join(this.#templateFolder, "state"), path.join(folder, "state"), { recursive: true });
		const acceptedBefore = await sink.accepted();
		const cloud: Cloud = {
			accepted: async () => (await sink.accepted()) - acceptedBefore,
			goAway: () => sink.goAway(),
			comeBack: () => sink.comeBack(),
			drawLimits: () => sink.drawLimits(),
			counts: () => sink.counts(),
		};
		const site = { folder, logFolder: this.#logFolder, sink };
		return {
			cloud,
			stateFolder: path.join(folder, "state"),
			start: ({ environment }) => serve(site, { ...BUILT, environment }),
			startPackaged: (executable) =>
				serve(site, { command: executable, argv: [], environment: UNIT_ENVIRONMENT }),
			[Symbol.asyncDispose]: async () => {
				await sink.liftLimits();
				await sink.comeBack();
			},
		};
	}

	async [Symbol.asyncDispose](): Promise<void> {
		const sink = await this.#template?.catch(() => undefined);
		await sink?.[Symbol.asyncDispose]();
	}

	/** One sink for all installations: a sign-in is bound to the address it was made at. */
	async #signIn(): Promise<GraphSink> {
		await run("sh", [POSTERN, "version"]);
		const sink = await GraphSink.start();
		try {
			await mkdir(this.#templateFolder);
			const running = await serve({ folder: this.#templateFolder, logFolder: this.#logFolder, sink }, BUILT);
			try {
				const argv = [BUNDLE, "account", "add", ACCOUNT, "--config", configFile(this.#templateFolder)];
				await run(process.execPath, argv, { timeout: SIGN_IN_LIMIT_MS });
			} finally {
				await running.stop();
			}
			return sink;
		} catch (error) {
			await sink[Symbol.asyncDispose]();
			throw error;
		}
	}
}

const configFile = (folder: string) => path.join(folder, "postern.toml");

async function serve({ folder, logFolder, sink }: Site, postern: Postern): Promise<Running> {
	const [smtp, tls, console, pop3] = [await freePort(), await freePort(), await freePort(), await freePort()];
	const ports: Ports = { smtp, tls, console, pop3 };
	const text = configuration(path.join(folder, "state"), sink.url, ports);
	await writeFile(configFile(folder), text);
	const program = new Program({
		...postern,
		argv: [...postern.argv, "serve", "--config", configFile(folder)],
		logFile: path.join(logFolder, "postern.log"),
	});
	return {
		smtpPort: ports.smtp,
		tlsPort: ports.tls,
		pop3Port: ports.pop3,
		consolePort: ports.console,
		startupMs: await program.greeted(ports.smtp),
		login: LOGIN,
		memory: processMemory(program.pid),
		stop: () => program.stop(),
	};
}
