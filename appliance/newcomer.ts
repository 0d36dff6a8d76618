/**
 * `postern sandbox`: the whole appliance on a laptop, for somebody who sees it for the first time.
 * Starts the simulated Microsoft 365, writes a configuration into a throw-away folder, signs one
 * account in, and says what to do next. Everything ends, and the folder goes, on Ctrl-C.
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Passwords } from "./accounts/passwords.ts";
import type { Appliance } from "./appliance.ts";
import { SystemClock } from "./clock.ts";
import { errorCode, UserError } from "./errors.ts";
import { type Sandbox, startSandbox } from "./sandbox/sandbox.ts";
import { Secret } from "./secret.ts";

interface Options {
	readonly configFile?: string;
	readonly environment: NodeJS.ProcessEnv;
	readonly json: boolean;
}

type Run = (
	options: { configFile: string; environment: NodeJS.ProcessEnv },
	onReady: (appliance: Appliance) => Promise<void>,
) => Promise<number>;

const ACCOUNT = "alerts@contoso.example";
const USERNAME = "copier";
const READER = "plc";
/** Good for nothing but this sandbox, which lasts until Ctrl-C and listens on this machine alone. */
const PASSWORD = "sandbox";
/** Above 1024, so that no privilege is needed; another free port is taken where one is in use. */
const PORTS = {
	relay: 2525,
	submission: 2587,
	tls: 2465,
	auto: 2526,
	pop3: 2110,
	console: 8080,
	cloud: 8025,
} as const;

export async function runInSandbox(options: Options, run: Run): Promise<number> {
	if (options.configFile !== undefined) {
		throw new UserError(
			"sandbox-config",
			"The sandbox makes its own configuration.",
			"Run `postern sandbox` without --config, or `postern serve --config FILE`.",
		);
	}
	const folder = await mkdtemp(path.join(tmpdir(), "postern-sandbox-"));
	const sandbox = await startSandbox({ httpPort: await freePort(PORTS.cloud) });
	try {
		const configFile = path.join(folder, "postern.toml");
		await writeFile(path.join(folder, "sandbox-ca.pem"), sandbox.caPem);
		await writeFile(configFile, await configuration(folder, sandbox));
		return await run({ configFile, environment: options.environment }, async (appliance) => {
			await signIn(appliance, sandbox);
			const text = options.json
				? welcomeJson(appliance, sandbox, configFile)
				: welcome(appliance, sandbox, configFile);
			process.stdout.write(`${text}\n`);
		});
	} finally {
		await sandbox.close();
		await rm(folder, { recursive: true, force: true });
	}
}

async function configuration(folder: string, sandbox: Sandbox): Promise<string> {
	const here = async (port: number) => JSON.stringify([`127.0.0.1:${await freePort(port)}`]);
	const hash = await new Passwords(new SystemClock()).hash(new Secret(PASSWORD));
	return `# Made by \`postern sandbox\`; goes with it.
name = "postern"
state_dir = ${JSON.stringify(path.join(folder, "state"))}

[console]
listen = ${await here(PORTS.console)}
listen_tls = []

[smtp]
listen = ${await here(PORTS.relay)}
listen_submission = ${await here(PORTS.submission)}
listen_tls = ${await here(PORTS.tls)}
listen_auto = ${await here(PORTS.auto)}

[pop3]
listen = ${await here(PORTS.pop3)}
listen_tls = []

[queue]
retry = "5s, 10s, 30s, 1m"

[microsoft]
cloud = "custom"
authority = ${JSON.stringify(sandbox.authorityUrl)}
graph = ${JSON.stringify(sandbox.graphUrl)}
smtp = ${JSON.stringify(sandbox.smtpAddress)}
pop = ${JSON.stringify(sandbox.popAddress)}
ca_file = ${JSON.stringify(path.join(folder, "sandbox-ca.pem"))}
client_id = ${JSON.stringify(sandbox.clientId)}
tenant = ${JSON.stringify(sandbox.tenant)}

[[account]]
address = "${ACCOUNT}"

[[device]]
name = "This computer"
addresses = ["127.0.0.1", "::1"]

[[device]]
name = "Copier"
username = "${USERNAME}"
password_hash = ${JSON.stringify(hash.reveal())}
auth_without_tls = true

[[mailbox]]
username = "${READER}"
password_hash = ${JSON.stringify(hash.reveal())}
mailbox = "${ACCOUNT}"
auth_without_tls = true
`;
}

/** The newcomer's account is signed in as a person would: a code, entered on the sandbox's page. */
async function signIn(appliance: Appliance, sandbox: Sandbox): Promise<void> {
	// Devices send under many names; a real tenant grants "Send As" for them.
	sandbox.control.allowSendAs(ACCOUNT, "*");
	const { accounts } = appliance.services;
	for await (const news of accounts.add({ address: ACCOUNT }, new AbortController().signal)) {
		if (news.type === "prompt") sandbox.control.approve(news.userCode, ACCOUNT);
		if (news.type === "refused") throw new UserError("sandbox-sign-in", news.ownerText, news.hint);
	}
}

function welcome(appliance: Appliance, sandbox: Sandbox, configFile: string): string {
	const port = (role: Parameters<Appliance["listeners"]["portOf"]>[0]) => appliance.listeners.portOf(role);
	const mail =
		"From: scan@contoso.example\\r\\nTo: you@example.com\\r\\nSubject: My first scan\\r\\n\\r\\nIt works.\\r\\n";
	return `
Postern is running, with a simulated Microsoft 365. Nothing leaves this computer.

  Console        http://127.0.0.1:${port("console")}/   (health: /healthz)
  Mail arrives   ${sandbox.mailboxPage}
  SMTP           127.0.0.1:${port("relay")}   plain, STARTTLS offered; this computer may send without a password
                 127.0.0.1:${port("submission")}   submission: STARTTLS, then user "${USERNAME}", password "${PASSWORD}"
                 127.0.0.1:${port("implicit-tls")}   TLS from the first byte
                 127.0.0.1:${port("auto")}   any of the three, detected
  POP3           127.0.0.1:${port("pop3")}   mail of ${ACCOUNT}: user "${READER}", password "${PASSWORD}"

Send a mail, in another terminal:

  printf '${mail}' |
    curl -sS smtp://127.0.0.1:${port("relay")} --mail-from scan@contoso.example --mail-rcpt you@example.com -T -

  swaks --server 127.0.0.1:${port("submission")} --tls --auth-user ${USERNAME} --auth-password ${PASSWORD} \\
    --from scan@contoso.example --to you@example.com

and see it arrive at ${sandbox.mailboxPage}
What is sent to ${ACCOUNT} can be fetched as an old program would:

  curl -sS pop3://127.0.0.1:${port("pop3")}/1 -u ${READER}:${PASSWORD}

Look around:

  scripts/postern status     --config ${configFile}
  scripts/postern queue list --config ${configFile}

Ctrl-C ends everything and removes the folder.
`;
}

function welcomeJson(appliance: Appliance, sandbox: Sandbox, configFile: string): string {
	const { authorityUrl, graphUrl, smtpAddress, mailboxPage, controlUrl } = sandbox;
	return JSON.stringify({
		configFile,
		listeners: appliance.listeners.list(),
		account: ACCOUNT,
		username: USERNAME,
		password: PASSWORD,
		cloud: { authorityUrl, graphUrl, smtpAddress, mailboxPage, controlUrl },
	});
}

/** The port itself where it is free, else 0: any free one. */
async function freePort(port: number): Promise<number> {
	const { createServer } = await import("node:net");
	return new Promise((resolve, reject) => {
		const probe = createServer();
		probe.once("error", (error) => {
			if (errorCode(error) === "EADDRINUSE") resolve(0);
			else reject(error);
		});
		probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(port)));
	});
}
