/**
 * Who may send what (design §5), as the engine's callbacks ask it: finds the device behind a
 * connection, checks sender, recipients and room, and begins messages. Default deny: without a
 * device nothing is taken. For listener.ts.
 */
import type {
	SMTPServerAddress,
	SMTPServerAuthentication,
	SMTPServerAuthenticationResponse,
	SMTPServerSession,
} from "smtp-server";
import type { Accounts } from "../accounts/accounts.ts";
import { mayBeReversePath, mayReceive } from "../accounts/device-policy.ts";
import type { Devices } from "../accounts/devices.ts";
import type { Compatibility, Device } from "../accounts/model.ts";
import type { Clock } from "../clock.ts";
import { asError } from "../errors.ts";
import type { Events } from "../events.ts";
import type { Log } from "../log.ts";
import type { DsnRequest, Envelope } from "../mail/envelope.ts";
import { formatReply, type Reply } from "../mail/reply.ts";
import type { MailLog } from "../maillog.ts";
import { INLINE_BYTES } from "../queue/body-writer.ts";
import type { Room } from "../queue/room.ts";
import type { Runner } from "../queue/runner.ts";
import type { AcceptFate, Incoming, Spool } from "../queue/spool.ts";
import { Secret } from "../secret.ts";
import type { ConnectionHost, DeviceConnection } from "./device-connection.ts";
import { IncomingHeader } from "./incoming-header.ts";
import { MessageIntake, type Verdict } from "./message-intake.ts";
import { RefusalLog } from "./refusal-log.ts";
import { REPLIES, ReplyError } from "./replies.ts";
import type { SessionRecord, SessionRecords } from "./session-record.ts";

/** What a port is for (design §7): `submission` wants a sign-in, over TLS; the others also know addresses. */
export type ListenerRole = "relay" | "submission" | "implicit-tls" | "auto";

export interface PolicyOptions {
	readonly devices: Devices;
	readonly accounts: Accounts;
	readonly spool: Spool;
	readonly runner: Runner;
	readonly room: Room;
	readonly clock: Clock;
	readonly events: Events;
	readonly log: Log;
	readonly mailLog: MailLog;
	readonly sessions: SessionRecords;
	readonly hostName: () => string;
	readonly maxSizeBytes: () => number;
}

/** A session without a device may be refused this often; then it is ended. */
const STRANGERS_REFUSALS = 20;

type Callback = (error?: Error | null) => void;

export class SessionPolicy implements ConnectionHost {
	readonly #options: PolicyOptions;
	readonly #role: ListenerRole;
	/** Under which username a session signed in; a session known by address needs no entry. */
	readonly #signedIn = new WeakMap<SMTPServerSession, string>();
	readonly #records = new WeakMap<SMTPServerSession, SessionRecord>();
	readonly #refusals = new WeakMap<SMTPServerSession, number>();
	readonly #refusalLog: RefusalLog;

	constructor(role: ListenerRole, options: PolicyOptions) {
		this.#role = role;
		this.#options = options;
		this.#refusalLog = new RefusalLog(options.clock, options.log);
	}

	opened({ session, remoteAddress, localPort }: DeviceConnection): SessionRecord {
		const record = this.#options.sessions.open({ address: remoteAddress, role: this.#role, port: localPort });
		this.#records.set(session, record);
		return record;
	}

	isKnown({ session }: DeviceConnection): boolean {
		return this.#deviceOf(session) !== undefined;
	}

	turnedAway({ remoteAddress }: DeviceConnection): void {
		const { log } = this.#options;
		this.#refusalLog.tell(remoteAddress, () => log.warning("connections-full", { client: remoteAddress }));
	}

	compatibility({ session, remoteAddress }: DeviceConnection): Compatibility | undefined {
		// Before the sign-in its address is all there is to go by, also on the submission port.
		return (this.#deviceOf(session) ?? this.#options.devices.byAddress(remoteAddress))?.compatibility;
	}

	domain({ session }: DeviceConnection): string {
		const { accounts, hostName } = this.#options;
		const device = this.#deviceOf(session);
		const account = device === undefined ? undefined : accounts.forDevice(device)?.address;
		return account?.slice(account.lastIndexOf("@") + 1) ?? hostName();
	}

	authMechanisms({ remoteAddress, secure }: DeviceConnection): readonly string[] {
		const { devices } = this.#options;
		const takesAny = devices.byAddress(remoteAddress)?.compatibility.acceptAnyCredentials === true;
		const inClear = takesAny || devices.list().some(({ compatibility }) => compatibility.authWithoutTls);
		// CRAM-MD5 does not show the password (RFC 2195), so it needs no TLS; it is asked for by name alone.
		const cram = devices.list().some(({ compatibility }) => compatibility.cramMd5);
		return [...(secure || inClear ? ["PLAIN", "LOGIN"] : []), ...(cram ? ["CRAM-MD5"] : [])];
	}

	async onAuth(
		auth: SMTPServerAuthentication,
		session: SMTPServerSession,
	): Promise<SMTPServerAuthenticationResponse> {
		const { devices } = this.#options;
		const known = devices.byAddress(session.remoteAddress);
		if (known?.compatibility.acceptAnyCredentials === true) return { user: known.name };
		const outcome = await devices.authenticate(
			auth.username ?? "",
			new Secret(auth.password ?? ""),
			session.remoteAddress,
		);
		if (!outcome.ok) throw this.#refusal(session, AUTH_REFUSALS[outcome.reason], `sign-in ${outcome.reason}`);
		if (!session.secure && !outcome.device.compatibility.authWithoutTls) {
			throw this.#refusal(session, REPLIES.encryptionRequired, "password in clear", outcome.device);
		}
		this.#signedIn.set(session, outcome.device.username);
		return { user: outcome.device.name };
	}

	async onMailFrom(address: SMTPServerAddress, session: SMTPServerSession): Promise<void> {
		const device = this.#deviceOf(session);
		if (device === undefined) {
			const needsTls = this.#role === "submission" && !session.secure;
			const refusal = needsTls ? REPLIES.startTlsRequired : REPLIES.authenticationRequired;
			throw this.#refusal(session, refusal, "no device matches");
		}
		if (!mayBeReversePath(device, address.address)) {
			throw this.#refusal(session, REPLIES.senderNotAllowed, `from <${address.address}>`, device);
		}
		const parameters = typeof address.args === "object" ? address.args : {};
		// The engine leaves what a refused MAIL had asked for.
		session.envelope.smtpUtf8 = "SMTPUTF8" in parameters;
		const declared = Number(parameters["SIZE"] ?? 0);
		if (!(await this.#options.room.has(declared))) {
			const ownerText = "The card is full: mail is refused until messages leave the queue or are deleted.";
			this.#options.events.emit("message-refused", { device: device.name, ownerText });
			throw this.#refusal(session, REPLIES.cardFull, "card full", device);
		}
	}

	onRcptTo(address: SMTPServerAddress, session: SMTPServerSession): void {
		const device = this.#deviceOf(session);
		if (device === undefined)
			throw this.#refusal(session, REPLIES.authenticationRequired, "no device matches");
		if (!mayReceive(device, address.address)) {
			throw this.#refusal(session, REPLIES.recipientNotAllowed, `to <${address.address}>`, device);
		}
	}

	beginMessage(connection: DeviceConnection, answer: (verdict: Verdict) => void): MessageIntake | Reply {
		const { session } = connection;
		const device = this.#deviceOf(session);
		if (device === undefined) return REPLIES.authenticationRequired;
		const { spool, clock, hostName, maxSizeBytes, room, log } = this.#options;
		const incoming = spool.receive();
		const envelope = envelopeOf(session);
		const header = new IncomingHeader({
			reversePath: envelope.reversePath,
			smtpUtf8: envelope.smtpUtf8,
			fallbackSender: this.#accountOf(device),
			trace: {
				helo: session.hostNameAppearsAs || "",
				clientAddress: session.remoteAddress,
				hostName: hostName(),
				protocol: session.transmissionType,
				queueId: incoming.queueId,
				recipients: envelope.recipients,
				date: new Date(clock.now()),
			},
		});
		return new MessageIntake({
			incoming,
			header,
			maxSizeBytes: maxSizeBytes(),
			room,
			accept: (message) => this.#accept(message, device, session.remoteAddress, envelope, header),
			answer: (verdict) => {
				if (!verdict.accepted) this.#told(session, verdict.reply, verdict.reason, device, incoming.queueId);
				answer(verdict);
			},
			log,
		});
	}

	async #accept(
		incoming: Incoming,
		device: Device,
		client: string,
		envelope: Envelope,
		{ repairs }: IncomingHeader,
	): Promise<AcceptFate> {
		const { runner, events, mailLog } = this.#options;
		const account = this.#accountOf(device);
		// A large body's flush would hold the slot for nothing.
		const small = incoming.body.sizeBytes <= INLINE_BYTES;
		const claim = small ? runner.claim(account, device.name) : undefined;
		let fate: AcceptFate;
		try {
			fate = await incoming.accept({
				...envelope,
				device: device.name,
				account,
				state: claim === undefined ? "incoming" : "active",
			});
		} catch (thrown) {
			fate = { accepted: false, why: "sick", reason: asError(thrown).message };
		}
		if (!fate.accepted) {
			if (claim !== undefined) runner.releaseClaim(claim);
			const ownerText =
				fate.why === "full"
					? "The card is full: mail is refused until messages leave the queue or are deleted."
					: "The card failed while a message was being saved: the device was asked to try again.";
			events.emit("message-refused", { device: device.name, ownerText });
			return fate;
		}
		// First, so that nothing that only tells of it can keep a committed message from being delivered.
		runner.accepted(incoming.number, account, device.name, claim);
		const { sizeBytes } = incoming.body;
		mailLog.accepted({
			qid: incoming.queueId,
			device: device.name,
			client,
			from: envelope.reversePath,
			recipients: envelope.recipients,
			sizeBytes,
			repairs,
		});
		events.emit("message-accepted", { queueId: incoming.queueId, device: device.name, sizeBytes });
		return fate;
	}

	#accountOf(device: Device): string {
		return this.#options.accounts.forDevice(device)?.address ?? device.account;
	}

	/** On the submission port an address is not enough (RFC 6409 §4.3). */
	#deviceOf(session: SMTPServerSession): Device | undefined {
		// The engine forgets the user on STARTTLS (RFC 3207 §4.2); so do we.
		const { devices } = this.#options;
		const username = session.user ? this.#signedIn.get(session) : undefined;
		// Looked up anew each time: a device that its owner removes stops at once.
		if (username !== undefined) return devices.byUsername(username);
		const known = devices.byAddress(session.remoteAddress);
		if (this.#role !== "submission") return known;
		return known?.compatibility.acceptAnyCredentials === true && session.user ? known : undefined;
	}

	#refusal(session: SMTPServerSession, refusal: Reply, reason: string, device?: Device): ReplyError {
		this.#told(session, refusal, reason, device);
		if (device !== undefined) return new ReplyError(refusal);
		const refusals = (this.#refusals.get(session) ?? 0) + 1;
		this.#refusals.set(session, refusals);
		return new ReplyError(refusals > STRANGERS_REFUSALS ? REPLIES.tooManyRefusals : refusal);
	}

	#told(session: SMTPServerSession, told: Reply, reason: string, device?: Device, qid?: string): void {
		const { mailLog } = this.#options;
		this.#refusalLog.tell(session.remoteAddress, () =>
			mailLog.refused({
				...(qid === undefined ? {} : { qid }),
				client: session.remoteAddress,
				...(device === undefined ? {} : { device: device.name }),
				reply: formatReply(told),
				reason,
			}),
		);
	}
}

function envelopeOf({ envelope }: SMTPServerSession): Envelope {
	return {
		reversePath: envelope.mailFrom === false ? "" : envelope.mailFrom.address,
		recipients: envelope.rcptTo.map(({ address }) => address),
		smtpUtf8: envelope.smtpUtf8 === true,
		...dsnOf(envelope),
	};
}

/** RFC 3461: nothing at all for a device that asked for nothing, as nearly all do. */
function dsnOf({ dsn, rcptTo }: SMTPServerSession["envelope"]): { readonly dsn?: DsnRequest } {
	const asked = rcptTo.flatMap(({ address, dsn: of }) =>
		of?.notify === undefined && of?.orcpt === undefined
			? []
			: [[address, { notify: of.notify ?? [], orcpt: of.orcpt ?? "" }] as const],
	);
	const envid = dsn?.envid ?? null;
	const ret = dsn?.ret === "FULL" || dsn?.ret === "HDRS" ? dsn.ret : null;
	if (asked.length === 0 && ret === null && envid === null) return {};
	return { dsn: { ret, envid, recipients: Object.fromEntries(asked) } };
}

const AUTH_REFUSALS = {
	wrong: REPLIES.credentialsInvalid,
	locked: REPLIES.authenticationLocked,
	busy: REPLIES.authenticationBusy,
} as const;

/** An async check as the engine's callback wants it. */
export function answered(check: Promise<void>, callback: Callback, log: Log): void {
	check.then(
		() => callback(),
		(thrown: unknown) => callback(asReply(thrown, REPLIES.cardSick, log)),
	);
}

/** What a peer is told: our refusal, or, for a fault of ours, to try again later and nothing more. */
export function asReply(thrown: unknown, otherwise: Reply, log: Log): ReplyError {
	if (thrown instanceof ReplyError) return thrown;
	const error = asError(thrown);
	log.error("session-fault", { error: error.stack ?? error.message });
	return new ReplyError(otherwise);
}
