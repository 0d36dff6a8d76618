/**
 * What happens at the door of one port, for the log and for the records that its owner reads; and which
 * TLS a client is met with. For listener.ts. Log lines are bounded for each address.
 */
import { asError } from "../errors.ts";
import type { Log } from "../log.ts";
import { RefusalLog } from "../refusal-log.ts";
import { readClientHello } from "./client-hello.ts";
import type { DeviceConnection } from "./device-connection.ts";
import type { DoorHost, Entrant } from "./door.ts";
import { explainHandshake } from "./handshake-failure.ts";
import type { ProxiedClient } from "./proxy-header.ts";
import type { ListenerRole, PolicyOptions } from "./session-policy.ts";
import type { Refusal } from "./session-record.ts";
import type { ContextMap, HandshakeError, TlsContexts } from "./tls.ts";

export interface ReceptionOptions {
	readonly role: ListenerRole;
	readonly believesProxy: (address: string) => boolean;
	readonly tls: TlsContexts;
	readonly policy: PolicyOptions;
	readonly log: Log;
	/** Makes the session's connection, not yet begun; `contexts` are for its STARTTLS. */
	readonly begin: (entrant: Entrant, contexts: () => ContextMap) => DeviceConnection;
	readonly boundPort: () => number;
}

export class Reception implements DoorHost {
	readonly role: ListenerRole;
	readonly believesProxy: (address: string) => boolean;
	readonly #options: ReceptionOptions;
	readonly #refusals: RefusalLog;

	constructor(options: ReceptionOptions) {
		this.role = options.role;
		this.believesProxy = options.believesProxy;
		this.#options = options;
		this.#refusals = new RefusalLog(options.policy.clock, options.log);
	}

	contextsFor(address: string): ContextMap {
		return this.#options.tls.of(this.#isLegacy(address) ? "legacy" : "modern");
	}

	isKnown(address: string): boolean {
		return this.#options.policy.devices.byAddress(address) !== undefined;
	}

	admit(entrant: Entrant): { endUnheard(refusal: Refusal): void } {
		const { client } = entrant;
		const connection = this.#options.begin(entrant, () => this.contextsFor(client.address));
		const endUnheard = (refusal: Refusal) => {
			connection.endUnheard(refusal);
			this.#tell(client, refusal);
		};
		connection.on("handshake-failed", (first: Buffer | undefined, failure: HandshakeError) => {
			endUnheard(this.#explain(client, first, failure));
		});
		connection.init();
		return { endUnheard };
	}

	refused(client: ProxiedClient, refusal: Refusal): void {
		const { policy, boundPort } = this.#options;
		const { sessions, devices } = policy;
		const record = sessions.open({ address: client.address, role: this.role, port: boundPort() });
		const device = devices.byAddress(client.address);
		if (device !== undefined) record.isDevice(device.name);
		record.note(refusal.reason);
		record.refused(refusal);
		record.ended();
		this.#tell(client, refusal);
	}

	handshakeFailed(client: ProxiedClient, first: Buffer, failure: HandshakeError): void {
		this.refused(client, this.#explain(client, first, failure));
	}

	turnedAway(address: string): void {
		const { log } = this.#options;
		this.#refusals.tell(address, () => log.warning("connections-full", { client: address, role: this.role }));
	}

	fault(error: unknown): void {
		const { stack, message } = asError(error);
		this.#options.log.error("session-fault", { error: stack ?? message });
	}

	#explain(client: ProxiedClient, first: Buffer | undefined, { code }: HandshakeError): Refusal {
		return explainHandshake({
			hello: first === undefined ? undefined : readClientHello(first),
			code,
			isLegacy: this.#isLegacy(client.address),
			hostName: this.#options.policy.hostName(),
		});
	}

	#isLegacy(address: string): boolean {
		return this.#options.policy.devices.byAddress(address)?.compatibility.legacyTls === true;
	}

	#tell({ address }: ProxiedClient, { reason, ownerText }: Refusal): void {
		const { log, policy } = this.#options;
		this.#refusals.tell(address, () =>
			log.notice("connection-refused", {
				client: address,
				role: this.role,
				device: policy.devices.byAddress(address)?.name,
				reason,
				advice: ownerText,
			}),
		);
	}
}
