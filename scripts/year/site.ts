/**
 * The site around the box: its folder with configuration and certificate, Microsoft (the sandbox, in this process), the owner, and
 * the devices at work. For life.ts.
 */

import { X509Certificate } from "node:crypto";
import diagnostics from "node:diagnostics_channel";
import { once } from "node:events";
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import path from "node:path";
import { connect as connectTls } from "node:tls";
import { ConsoleVisitor } from "../../appliance/e2e/console-visitor.ts";
import { LOOKING } from "../../appliance/e2e/house.ts";
import { makeServerCertificate } from "../../appliance/sandbox/certificate.ts";
import { type Sandbox, startSandbox } from "../../appliance/sandbox/sandbox.ts";
import { freePort } from "../bench/program.ts";
import { SmtpClient } from "../bench/smtp-client.ts";
import type { Random } from "../powercut/random.ts";
import { Box } from "./box.ts";
import { ACCOUNTS, DENIED, DEVICES, type PlannedMail, type SiteDevice } from "./devices.ts";
import { YearLedger } from "./ledger.ts";
import type { TimeMachine } from "./time-machine.ts";

const OWNER = { name: "owner", password: "four words in a row" } as const;
const LOGIN = { username: "clock", password: "a password of the year" } as const;
/** Of a domain that reports may go to; nothing leaves the sandbox. */
const SENDER = "scan@contoso.com";
/** Of the sandbox: enough for a look into Sent Items. */
const KEPT = {
	keptBytes: 24_000_000,
	keptMessages: 2_000,
	keptRequests: 100,
	deviceCodeIntervalSeconds: 0.2,
} as const;
const LINE_BYTES = 78;
const POOL_LINES = 60_000;
const PORTS = ["smtp", "tls", "submission", "console"] as const;
type Port = (typeof PORTS)[number];

export class Site implements AsyncDisposable {
	readonly stateDir: string;
	readonly ledger = new YearLedger();
	readonly box: Box;
	readonly cloud: Sandbox;
	readonly owner: ConsoleVisitor;
	/** Devices that were not served, with the reply; a cut connection is none. */
	readonly refusals: string[] = [];
	readonly #folder: string;
	readonly #ports: Readonly<Record<Port, number>>;
	readonly #random: Random;
	readonly #pool: Buffer;
	#certificate = "";
	#tokensFetched = 0;

	private constructor(
		folder: string,
		{
			cloud,
			ports,
			random,
			time,
		}: { cloud: Sandbox; ports: Readonly<Record<Port, number>>; random: Random; time: TimeMachine },
	) {
		this.#folder = folder;
		this.stateDir = path.join(folder, "state");
		this.cloud = cloud;
		this.#ports = ports;
		this.#random = random;
		this.#pool = Buffer.from(
			Array.from({ length: POOL_LINES }, (_, line) => `${poolLine(random, line)}\r\n`).join(""),
		);
		this.box = new Box(time, path.join(folder, "postern.toml"));
		this.owner = new ConsoleVisitor({ port: () => ports.console });
		diagnostics.subscribe("http.server.request.start", (event) => {
			if ((event as { request: IncomingMessage }).request.url?.includes("/token")) this.#tokensFetched += 1;
		});
	}

	/** With nothing running but Microsoft. */
	static async build(folder: string, random: Random, time: TimeMachine): Promise<Site> {
		const cloud = await startSandbox({ settings: KEPT });
		const found = await Promise.all(PORTS.map(async (name) => [name, await freePort()] as const));
		const ports = Object.fromEntries(found) as Record<Port, number>;
		const site = new Site(folder, { cloud, ports, random, time });
		mkdirSync(site.stateDir, { mode: 0o700 });
		writeFileSync(path.join(folder, "ca.pem"), cloud.caPem);
		site.renewCertificate();
		writeFileSync(path.join(folder, "postern.toml"), configuration(folder, cloud, ports));
		cloud.control.onArrival((arrived) => site.ledger.arrived(arrived));
		for (const address of Object.values(ACCOUNTS)) cloud.control.allowSendAs(address, "*");
		// Else what is in doubt over SMTP goes twice (delivery/verify.ts).
		cloud.control.consent(ACCOUNTS.old, LOOKING);
		return site;
	}

	/** Sign-ins and refreshments at Microsoft. */
	get tokensFetched(): number {
		return this.#tokensFetched;
	}

	/** The first day: the owner takes the box, and three people sign in. */
	async settleIn(): Promise<void> {
		await this.owner.claim(OWNER.password);
		for (const address of Object.values(ACCOUNTS)) {
			const child = this.box.command("account", "add", address, "--json");
			let out = "";
			for await (const chunk of child.stdout ?? []) {
				out += String(chunk);
				for (const code of this.cloud.control.pendingUserCodes()) this.cloud.control.approve(code, address);
			}
			if (!out.includes('"signed-in"')) throw new Error(`${address} did not sign in: ${out}`);
		}
	}

	async ownerSignsIn(): Promise<void> {
		await this.owner.post("/sign-in", OWNER, "/sign-in");
	}

	/** As a program for certificates does it: a new one under the same name, good for a year. */
	renewCertificate(): void {
		const made = makeServerCertificate(["postern-year.test"], Date.now());
		for (const [name, text] of [
			["key.pem", made.privateKeyPem],
			["cert.pem", made.certificatePem],
		] as const) {
			writeFileSync(path.join(this.#folder, `${name}.new`), text, { mode: 0o600 });
			renameSync(path.join(this.#folder, `${name}.new`), path.join(this.#folder, name));
		}
		this.#certificate = new X509Certificate(made.certificatePem).fingerprint256;
	}

	/** The box shows the newest certificate, and it is good today. */
	async showsNewCertificate(): Promise<boolean> {
		const socket = connectTls({ host: "127.0.0.1", port: this.#ports.tls, rejectUnauthorized: false });
		try {
			await once(socket, "secureConnect");
			const { fingerprint256, valid_to: until } = socket.getPeerCertificate();
			return fingerprint256 === this.#certificate && Date.parse(until) > Date.now();
		} finally {
			socket.destroy();
		}
	}

	/** Each device hands in what it has, over one connection of its own, all side by side. */
	async send(mail: readonly PlannedMail[]): Promise<void> {
		const byDevice = Map.groupBy(mail, ({ device }) => device);
		await Promise.all([...byDevice].map(([device, messages]) => this.#sendAll(device, messages)));
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await this.box.end("SIGKILL");
		await this.cloud.close();
	}

	async #sendAll(device: SiteDevice, mail: readonly PlannedMail[]): Promise<void> {
		try {
			const client = await SmtpClient.connect({
				port: device.signsIn === true ? this.#ports.submission : this.#ports.smtp,
				from: device.address,
			});
			await client.command("EHLO device.test");
			if (device.signsIn === true) {
				await client.startTls();
				await client.command("EHLO device.test");
				await client.login(LOGIN.username, LOGIN.password);
			}
			for (const one of mail) await this.#sendOne(client, one);
			await client.quit();
		} catch (error) {
			const text = error instanceof Error ? error.message : String(error);
			if (text.startsWith("expected")) this.refusals.push(`${device.name}: ${text}`);
		}
	}

	async #sendOne(client: SmtpClient, { bytes, recipient }: PlannedMail): Promise<void> {
		const body = this.#bodyOf(bytes);
		const { number, subject } = this.ledger.sent(body);
		const header = [
			`From: <${SENDER}>`,
			`To: <${recipient}>`,
			`Subject: ${subject}`,
			`Message-ID: <${subject}@device.test>`,
			"Content-Type: text/plain",
			"",
			"",
		];
		await client.send(SENDER, recipient, [Buffer.from(header.join("\r\n")), body]);
		this.ledger.answered(number, recipient === DENIED);
	}

	#bodyOf(bytes: number): Buffer {
		const lines = Math.max(1, Math.round(bytes / LINE_BYTES));
		const first = this.#random.between(0, POOL_LINES - 1);
		const parts: Buffer[] = [];
		for (let [line, left] = [first, lines]; left > 0; ) {
			const taken = Math.min(left, POOL_LINES - line);
			parts.push(this.#pool.subarray(line * LINE_BYTES, (line + taken) * LINE_BYTES));
			left -= taken;
			line = 0;
		}
		return Buffer.concat(parts);
	}
}

function poolLine(random: Random, line: number): string {
	const text = `${line} ${random.between(0, 2 ** 31).toString(36)} `;
	return text.repeat(LINE_BYTES).slice(0, LINE_BYTES - 2);
}

/** All that is not said is as it comes: waits, limits, how long mail is kept. */
function configuration(folder: string, cloud: Sandbox, ports: Readonly<Record<Port, number>>): string {
	const q = JSON.stringify;
	const accounts = Object.entries(ACCOUNTS).map(
		([name, address]) =>
			`[[account]]\naddress = ${q(address)}\ntransport = "${name === "old" ? "smtp" : "graph"}"\n`,
	);
	const devices = DEVICES.map(
		({ name, address, account, signsIn, urgent }) => `[[device]]
name = ${q(name)}
account = ${q(ACCOUNTS[account])}
${signsIn === true ? `username = ${q(LOGIN.username)}\npassword = ${q(LOGIN.password)}` : `addresses = [${q(address)}]`}
${urgent === true ? "urgent = true" : ""}
`,
	);
	return `
name = "postern-year"
state_dir = ${q(path.join(folder, "state"))}

[console]
listen = ["127.0.0.1:${ports.console}"]
listen_tls = []

[smtp]
listen = ["127.0.0.1:${ports.smtp}"]
listen_submission = ["127.0.0.1:${ports.submission}"]
listen_tls = ["127.0.0.1:${ports.tls}"]
listen_auto = []

[pop3]
listen = []
listen_tls = []

[tls]
certificate_file = ${q(path.join(folder, "cert.pem"))}
key_file = ${q(path.join(folder, "key.pem"))}

[microsoft]
cloud = "custom"
authority = ${q(cloud.authorityUrl)}
graph = ${q(cloud.graphUrl)}
smtp = ${q(cloud.smtpAddress)}
ca_file = ${q(path.join(folder, "ca.pem"))}
client_id = ${q(cloud.clientId)}
tenant = ${q(cloud.tenant)}

${accounts.join("\n")}
${devices.join("\n")}
`;
}
