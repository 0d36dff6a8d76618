/**
 * Every socket the appliance listens on: SMTP in its roles, POP3, the console, the control socket; opened,
 * reloaded and closed together. For appliance.ts.
 *
 * A port that cannot be had is a `UserError` at start. At a reload it is logged and told, and the other ports
 * go on; a listener whose place did not change is not touched, and no session is dropped.
 */
import { once } from "node:events";
import net from "node:net";
import { networkInterfaces } from "node:os";
import type { Surroundings } from "../web/environment.ts";
import {
	type App,
	type HttpListener,
	lazyApp,
	listenControl,
	listenHttp,
	type WebListener,
} from "../web/serve.ts";
import { BelievedProxies } from "./accounts/believed-proxies.ts";
import type { Config } from "./config/schema.ts";
import type { ConsoleServices } from "./console-services.ts";
import { asError, errorCode, UserError } from "./errors.ts";
import type { Log } from "./log.ts";
import type { Pop3Host } from "./pop3/host.ts";
import { Pop3Listener, type Pop3Role } from "./pop3/listener.ts";
import type { Authority, DeviceSettings, ListenerStatus, MailboxSettings } from "./services.ts";
import { SmtpListener } from "./smtp/listener.ts";
import type { ListenerRole, PolicyOptions } from "./smtp/session-policy.ts";
import { TlsContexts } from "./smtp/tls.ts";
import type { CertificateOptions, ServedCertificate } from "./system/certificate.ts";
import { CertificateKeeper } from "./system/certificate-keeper.ts";
import { OwnNames } from "./system/own-names.ts";
import type { PassedSocket, PassedSockets, Place } from "./system/passed-sockets.ts";
import { REFUSING } from "./words/refusing.ts";
import { say } from "./words/saying.ts";

export interface ListenersOptions {
	readonly log: Log;
	readonly config: () => Config;
	readonly stateDir: string;
	/** What systemd listens on for us. */
	readonly passed: PassedSockets;
	readonly policy: PolicyOptions;
	/** What POP3 sessions ask of the box. */
	readonly pop3: Omit<Pop3Host, "secureContext">;
}

/** Where to listen, or the socket that already does. */
interface ListenPlace extends Place {
	readonly fd?: number;
}

type Role = ListenerRole | Pop3Role | "console" | "console-tls";

interface Wanted {
	readonly role: Role;
	readonly place: Place;
}

interface Open {
	readonly role: Role;
	/** As configured, to find what a reload changed. */
	readonly wanted: Place;
	readonly bound: Place;
	/** Limits may have changed. */
	reload(): void;
	/** Only where it is not shared (`TlsContexts`). */
	renewCertificate?(certificate: ServedCertificate): void;
	close(graceMs: number): Promise<void>;
	/** Of SMTP ports: a connection inside the appliance that counts as coming from this address. */
	connectAs?(address: string): Promise<net.Socket>;
}

const SECURITY_OF = {
	submission: "STARTTLS",
	"implicit-tls": "TLS",
	relay: "STARTTLS",
	auto: "STARTTLS",
} as const;
/** Best first. */
const PORTS_FOR_DEVICES = ["submission", "implicit-tls", "relay", "auto"] as const;

export class Listeners {
	readonly #options: ListenersOptions;
	#open: Open[] = [];
	/** Wanted, and not to be had at the last reload. */
	#refused: readonly (Wanted & { readonly error: UserError })[] = [];
	#control: WebListener | undefined;
	#console: App | undefined;
	/** Both from `open` on. */
	#certificate: CertificateKeeper | undefined;
	#tls: TlsContexts | undefined;
	readonly #proxies: BelievedProxies;
	readonly #webProxies: BelievedProxies;
	readonly #names: OwnNames;

	constructor(options: ListenersOptions) {
		this.#options = options;
		const { config } = options;
		this.#proxies = new BelievedProxies(() => config().smtp.proxy_protocol_from);
		this.#webProxies = new BelievedProxies(() => config().console.trusted_proxies);
		this.#names = new OwnNames(
			() => ({ name: config().name, names: config().console.names }),
			() => options.policy.clock.monotonicMs(),
		);
	}

	/** What is listened on, as bound. */
	list(): readonly ListenerStatus[] {
		const places = this.#open.map(({ role, bound }) => ({ role, address: formatPlace(bound) }));
		if (this.#control !== undefined) places.push({ role: "control" as Role, address: this.#control.address });
		return places;
	}

	/** Roles whose ports are wanted and could not be had at the last reload. */
	missing(): readonly string[] {
		return this.#refused.map(({ role }) => role);
	}

	/** The first port bound for a role. */
	portOf(role: Role): number | undefined {
		return this.#open.find((open) => open.role === role)?.bound.port;
	}

	/** What the owner types into a device: server and ports, best first. */
	deviceSettings(): Pick<DeviceSettings, "server" | "ports"> {
		const ports = PORTS_FOR_DEVICES.flatMap((role) => {
			const port = this.portOf(role);
			return port === undefined ? [] : [{ role, port, security: SECURITY_OF[role] }];
		});
		return { server: this.#reachableAt(), ports };
	}

	/** The same for a program that fetches. */
	mailboxSettings(): Pick<MailboxSettings, "server" | "ports"> {
		const [clear, tls] = [this.portOf("pop3"), this.portOf("pop3-tls")];
		const ports: MailboxSettings["ports"] = [
			...(tls === undefined ? [] : [{ role: "pop3-tls", port: tls, security: "TLS" } as const]),
			...(clear === undefined
				? []
				: ([
						{ role: "pop3", port: clear, security: "STLS" },
						{ role: "pop3", port: clear, security: "none" },
					] as const)),
		];
		return { server: this.#reachableAt(), ports };
	}

	/** What a device may import to trust the box; null when the owner's own certificate is in use. */
	authority(): Authority | null {
		const pem = this.#certificate?.current.authority;
		return pem === undefined ? null : { name: this.#options.config().name, pem };
	}

	/** Owner texts. */
	problems(): readonly string[] {
		const problem = this.#certificate?.problem;
		return problem === undefined ? [] : [problem];
	}

	/** Owner texts: of ports that could not be had at the last reload. */
	portProblems(): readonly string[] {
		return this.#refused.map(({ error }) => `${error.message} ${error.hint}`);
	}

	/** What is shown to devices and browsers. */
	certificate(): Pick<ServedCertificate, "cert" | "authority"> {
		if (this.#certificate === undefined) throw new Error("the certificate is asked for before it is there");
		return this.#certificate.current;
	}

	/** PEM: what vouches for the certificate that is shown to devices. */
	trustedCertificates(): string {
		return this.#certificate?.current.cert ?? "";
	}

	/** To a port of a role, over this machine's own network. Rejects with the system's error. */
	async connect(role: ListenerRole): Promise<net.Socket> {
		// Where this machine is a proxy, a connection of ours without its header would be refused.
		if (this.#proxies.believes("127.0.0.1")) return this.connectAs(role, "127.0.0.1");
		const { host, port } = this.#ofRole(role).bound;
		const everywhere = host === "::" || host === "0.0.0.0";
		const socket = net.connect({ host: everywhere ? "127.0.0.1" : host, port });
		await once(socket, "connect");
		return socket;
	}

	/** The same, counting as from `address`; never over the network. */
	connectAs(role: ListenerRole, address: string): Promise<net.Socket> {
		const { connectAs } = this.#ofRole(role);
		if (connectAs === undefined) throw new Error(`${role} is no SMTP port`);
		return connectAs(address);
	}

	#ofRole(role: ListenerRole): Open {
		const open = this.#open.find((one) => one.role === role);
		if (open === undefined) throw new UserError("port-closed", `No port is open as ${role}.`);
		return open;
	}

	/** An address that a device can use as it is; nothing announces the box's name yet. */
	#reachableAt(): string {
		const places = this.#open.map(({ bound }) => bound.host);
		const named = places.find((host) => host !== "::" && host !== "0.0.0.0");
		const addresses = Object.values(networkInterfaces()).flatMap((ofOne) => ofOne ?? []);
		const onTheLan = addresses.find(({ family, internal }) => family === "IPv4" && !internal)?.address;
		return named ?? onTheLan ?? this.#options.config().name;
	}

	async open(services: ConsoleServices, controlPath: string): Promise<void> {
		const { log } = this.#options;
		this.#console = lazyApp(async () => {
			const { createConsole } = await import("../web/app.tsx");
			return createConsole(services, this.#surroundings(), log);
		});
		const control = lazyApp(async () => {
			const { createControlApi } = await import("../web/api.ts");
			return createControlApi(services, log);
		});
		this.#control = await listenControl(controlPath, control, { log });
		const certificate = await CertificateKeeper.open({
			wanted: () => this.#wantedCertificate(),
			log,
			onRenewed: (renewed) => this.#renewCertificate(renewed),
		});
		this.#certificate = certificate;
		this.#tls = new TlsContexts(certificate.current);
		for (const { role, place } of this.#wanted()) this.#open.push(await this.#openOne(role, place));
		for (const passed of this.#options.passed.left) this.#turnAway(passed);
	}

	/** Systemd takes connections there whatever we do: a peer is told at once, not left waiting. */
	#turnAway({ descriptor, ...place }: PassedSocket): void {
		const { log } = this.#options;
		const hint = "nothing is configured to listen there: disable its socket unit";
		log.warning("passed-socket-unused", { place: formatPlace(place), hint });
		net.createServer((socket) => socket.destroy()).listen({ fd: descriptor });
	}

	/** What the console asks of the box beside its services. */
	#surroundings(): Surroundings {
		const { config } = this.#options;
		return {
			boxName: () => config().name,
			believesProxy: (address) => this.#webProxies.believes(address),
			isOwnName: (host) => this.#names.has(host),
			tlsPort: () => this.portOf("console-tls"),
			requiresTls: () => config().console.require_tls,
		};
	}

	/**
	 * Opens what is new, closes what is gone, renews certificate and limits everywhere else. Gives what cannot be opened
	 * and was not refused at the reload before.
	 */
	async reload(): Promise<readonly UserError[]> {
		const { log } = this.#options;
		await this.#certificate?.look();
		const wanted = this.#wanted();
		const kept = this.#open.filter(({ role, wanted: place }) =>
			wanted.some((other) => other.role === role && samePlace(other.place, place)),
		);
		const gone = this.#open.filter((open) => !kept.includes(open));
		this.#open = kept;
		for (const open of kept) open.reload();
		for (const open of gone) {
			open.close(SESSIONS_END_THEMSELVES_MS).catch((thrown: unknown) => {
				log.error("listener-close-fault", { role: open.role, error: asError(thrown).message });
			});
		}
		const refused: (Wanted & { readonly error: UserError })[] = [];
		const news: UserError[] = [];
		for (const { role, place } of wanted) {
			if (kept.some((open) => open.role === role && samePlace(open.wanted, place))) continue;
			try {
				this.#open.push(await this.#openOne(role, place));
			} catch (thrown) {
				if (!(thrown instanceof UserError)) throw thrown;
				log.error("listen-refused", { role, place: formatPlace(place), error: thrown.message });
				refused.push({ role, place, error: thrown });
				const isKnown = this.#refused.some((other) => other.role === role && samePlace(other.place, place));
				if (!isKnown) news.push(thrown);
			}
		}
		this.#refused = refused;
		return news;
	}

	async close(graceMs: number): Promise<void> {
		const open = this.#open;
		this.#open = [];
		this.#certificate?.stop();
		await Promise.all([...open.map((one) => one.close(graceMs)), this.#control?.close(graceMs)]);
	}

	#wanted(): Wanted[] {
		const { smtp, pop3, console: pages } = this.#options.config();
		const of = (role: Role, places: readonly Place[]) => places.map((place) => ({ role, place }));
		return [
			...of("relay", smtp.listen),
			...of("submission", smtp.listen_submission),
			...of("implicit-tls", smtp.listen_tls),
			...of("auto", smtp.listen_auto),
			...of("pop3", pop3.listen),
			...of("pop3-tls", pop3.listen_tls),
			...of("console", pages.listen),
			...of("console-tls", pages.listen_tls),
		];
	}

	#wantedCertificate(): CertificateOptions {
		const { config, stateDir } = this.#options;
		const { tls, name } = config();
		return { certificateFile: tls.certificate_file, keyFile: tls.key_file, stateDir, name };
	}

	/** For handshakes from now on; sessions in progress keep what they have. */
	#renewCertificate(renewed: ServedCertificate): void {
		this.#tls?.renew(renewed);
		for (const open of this.#open) open.renewCertificate?.(renewed);
	}

	async #openOne(role: Role, wanted: Place): Promise<Open> {
		const { passed } = this.#options;
		if (passed.isGone(wanted)) throw keptBySystemd(role, wanted);
		const socket = passed.take(wanted);
		if (socket !== undefined) return this.#bind(role, wanted, { ...wanted, fd: socket.descriptor });
		try {
			return await this.#bind(role, wanted, wanted);
		} catch (thrown) {
			// A kernel without IPv6: "every address" is then every IPv4 address.
			const noIpv6 = errorCode(thrown) === "EAFNOSUPPORT" || errorCode(thrown) === "EADDRNOTAVAIL";
			if (wanted.host !== "::" || !noIpv6) throw portError(role, wanted, thrown);
			try {
				return await this.#bind(role, wanted, { ...wanted, host: "0.0.0.0" });
			} catch (again) {
				throw portError(role, wanted, again);
			}
		}
	}

	async #bind(role: Role, wanted: Place, place: ListenPlace): Promise<Open> {
		if (role === "console" || role === "console-tls") return this.#bindConsole(role, wanted, place);
		if (role === "pop3" || role === "pop3-tls") return this.#bindPop3(role, wanted, place);
		const { log, policy } = this.#options;
		if (this.#tls === undefined) throw new Error("a port is bound before there is a certificate");
		const listener = await SmtpListener.open({
			role,
			...place,
			tls: this.#tls,
			believesProxy: (address) => this.#proxies.believes(address),
			policy,
			log,
		});
		return {
			role,
			wanted,
			bound: listener.address,
			reload: () => listener.reload(),
			close: (graceMs) => listener.close(graceMs),
			connectAs: (address) => listener.connectAs(address),
		};
	}

	async #bindPop3(role: Pop3Role, wanted: Place, place: ListenPlace): Promise<Open> {
		const listener = await Pop3Listener.open({
			role,
			...place,
			secureContext: () => this.#tls?.of("modern").get("*"),
			box: this.#options.pop3,
		});
		return {
			role,
			wanted,
			bound: listener.address,
			reload: () => undefined,
			close: (graceMs) => listener.close(graceMs),
		};
	}

	async #bindConsole(role: "console" | "console-tls", wanted: Place, place: ListenPlace): Promise<Open> {
		const { log } = this.#options;
		const certificate = role === "console-tls" ? this.#certificate?.current : undefined;
		if (this.#console === undefined) throw new Error("the console is bound before it is made");
		const { host, port, ...socket } = place;
		const options = { log, ...socket, ...(certificate === undefined ? {} : { certificate }) };
		const listener: HttpListener = await listenHttp(host, port, this.#console, options);
		return {
			role,
			wanted,
			bound: { host, port: listener.port },
			reload: () => undefined,
			renewCertificate: (renewed) => listener.renewCertificate(renewed),
			close: (graceMs) => listener.close(graceMs),
		};
	}
}

/** A removed listener takes no more connections; sessions it has may go on for this long. */
const SESSIONS_END_THEMSELVES_MS = 10 * 60_000;

function samePlace(a: Place, b: Place): boolean {
	return a.host === b.host && a.port === b.port;
}

function formatPlace({ host, port }: Place): string {
	return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/** It was closed by a change of the configuration; systemd has it still. */
function keptBySystemd(role: Role, place: Place): UserError {
	return new UserError(
		"port-needs-restart",
		say(REFUSING.portGivenUp, { place: `${formatPlace(place)} (${role})` }),
		REFUSING.portGivenUpDo,
	);
}

function portError(role: Role, place: Place, thrown: unknown): UserError {
	if (thrown instanceof UserError) return thrown;
	const where = `${formatPlace(place)} (${role})`;
	switch (errorCode(thrown)) {
		case "EADDRINUSE":
			return new UserError("port-in-use", say(REFUSING.portInUse, { place: where }), REFUSING.portInUseDo, {
				cause: thrown,
			});
		case "EACCES":
			return new UserError(
				"port-forbidden",
				say(REFUSING.portForbidden, { place: where }),
				REFUSING.portForbiddenDo,
				{ cause: thrown },
			);
		default:
			return new UserError(
				"port-unusable",
				say(REFUSING.portUnusable, { place: where, why: asError(thrown).message }),
				REFUSING.portUnusableDo,
				{ cause: thrown },
			);
	}
}
