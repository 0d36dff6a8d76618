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
import { mayBeReversePath, mayReceive, senderRuleOf } from "../accounts/device-policy.ts";
import type { DeviceUsage } from "../accounts/device-usage.ts";
import type { Authentication, Devices } from "../accounts/devices.ts";
import type { Compatibility, Device } from "../accounts/model.ts";
import type { Clock } from "../clock.ts";
import type { Events } from "../events.ts";
import type { Log } from "../log.ts";
import { formatReply, type Reply } from "../mail/reply.ts";
import type { MailLog } from "../maillog.ts";
import type { Coalescing } from "../queue/coalescing.ts";
import type { Room } from "../queue/room.ts";
import type { Runner } from "../queue/runner.ts";
import type { SenderPool } from "../queue/sender-pool.ts";
import type { Spool } from "../queue/spool.ts";
import { RefusalLog } from "../refusal-log.ts";
import { Secret } from "../secret.ts";
import type { TrustedTime } from "../trusted-time.ts";
import { acceptOnce, type Count, envelopeOf } from "./acceptance.ts";
import type { ConnectionLimits } from "./connection-limits.ts";
import type { ConnectionHost, DeviceConnection } from "./device-connection.ts";
import { guestOf } from "./guest.ts";
import { IncomingHeader } from "./incoming-header.ts";
import { MessageIntake, type Verdict } from "./message-intake.ts";
import { POLICY } from "./policy-refusals.ts";
import type { Repeats } from "./repeats.ts";
import { REPLIES, ReplyError } from "./replies.ts";
import { NO_RECORD, type Refusal, type SessionRecord, type SessionRecords } from "./session-record.ts";
import type { Strangers } from "./strangers.ts";

/** What a port is for (design §7): `submission` wants a sign-in, over TLS; the others also know addresses. */
export type ListenerRole = "relay" | "submission" | "implicit-tls" | "auto";

export interface PolicyOptions {
	readonly devices: Devices;
	readonly accounts: Accounts;
	readonly spool: Spool;
	readonly runner: Runner;
	readonly room: Room;
	readonly clock: Clock;
	readonly time: TrustedTime;
	readonly pool: Pick<SenderPool, "choose">;
	readonly repeats: Repeats;
	readonly coalescing: Coalescing;
	readonly events: Events;
	readonly log: Log;
	readonly mailLog: MailLog;
	readonly sessions: SessionRecords;
	readonly strangers: Strangers;
	readonly usage: DeviceUsage;
	/** Over all ports together. */
	readonly limits: ConnectionLimits;
	readonly hostName: () => string;
	readonly maxSizeBytes: () => number;
	readonly keepsSubjects: () => boolean;
}

/** A session without a device may be refused this often; then it is ended. */
const STRANGERS_REFUSALS = 20;

interface SignedIn {
	readonly username: string;
	/** What it was checked against. */
	readonly login: Secret | undefined;
}

interface Sender {
	readonly device: Device;
	/** A stranger whose mail is kept for the owner. */
	readonly guest: boolean;
}

export class SessionPolicy implements ConnectionHost {
	readonly #options: PolicyOptions;
	readonly #role: ListenerRole;
	/** Under which username a session signed in; a session known by address needs no entry. */
	readonly #signedIn = new WeakMap<SMTPServerSession, SignedIn>();
	readonly #records = new WeakMap<SMTPServerSession, SessionRecord>();
	readonly #refusals = new WeakMap<SMTPServerSession, number>();
	/** Of a transaction's MAIL that was accepted. */
	readonly #senders = new WeakMap<SMTPServerSession, Sender>();
	readonly #failedSignIn = new WeakSet<SMTPServerSession>();
	readonly #refusalLog: RefusalLog;

	constructor(role: ListenerRole, options: PolicyOptions) {
		this.#role = role;
		this.#options = options;
		this.#refusalLog = new RefusalLog(options.clock, options.log);
	}

	opened({ session, remoteAddress, localPort }: DeviceConnection): SessionRecord {
		const { sessions, devices } = this.#options;
		const record = sessions.open({ address: remoteAddress, role: this.#role, port: localPort });
		const known = devices.byAddress(remoteAddress);
		if (known !== undefined) record.isDevice(known.name);
		this.#records.set(session, record);
		return record;
	}

	isKnown({ session }: DeviceConnection): boolean {
		return this.#deviceOf(session) !== undefined;
	}

	admission({ session, remoteAddress }: DeviceConnection): Reply | undefined {
		const { limits, devices, log } = this.#options;
		const isKnown = devices.byAddress(remoteAddress) !== undefined;
		if (limits.admits(remoteAddress, isKnown)) return undefined;
		const refusal = POLICY.tooManyConnections(remoteAddress);
		this.#recordOf(session).refused(refusal);
		this.#refusalLog.tell(remoteAddress, () => log.warning("connections-full", { client: remoteAddress }));
		return refusal.reply;
	}

	left({ remoteAddress }: DeviceConnection): void {
		this.#options.limits.left(remoteAddress);
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
		// Offered where it is wanted alone: curl and Python choose it over PLAIN, and fail for everybody else. It
		// does not show the password (RFC 2195), so it needs no TLS.
		const cram = devices.byAddress(remoteAddress)?.compatibility.cramMd5 === true;
		return [...(secure || inClear ? ["PLAIN", "LOGIN"] : []), ...(cram ? ["CRAM-MD5"] : [])];
	}

	takesMechanism(connection: DeviceConnection, mechanism: string): boolean {
		if (this.authMechanisms(connection).includes(mechanism)) return true;
		// A device without an address may still ask for it.
		const { devices } = this.#options;
		return mechanism === "CRAM-MD5" && devices.list().some(({ compatibility }) => compatibility.cramMd5);
	}

	async onAuth(
		auth: SMTPServerAuthentication,
		session: SMTPServerSession,
	): Promise<SMTPServerAuthenticationResponse> {
		const { devices } = this.#options;
		const known = devices.byAddress(session.remoteAddress);
		if (known?.compatibility.acceptAnyCredentials === true) return { user: known.name };
		const username = auth.username ?? "";
		const outcome = await this.#check(auth, username, session.remoteAddress);
		if (!outcome.ok) {
			this.#failedSignIn.add(session);
			const meant = devices.byUsername(username);
			// Else the log of a device without an address would say nothing of its failures.
			if (known === undefined && meant !== undefined) this.#recordOf(session).isDevice(meant.name);
			throw this.#refuse(session, SIGN_IN_REFUSALS[outcome.reason](meant), known);
		}
		const { device } = outcome;
		const showsPassword = auth.method !== "CRAM-MD5";
		if (showsPassword && !session.secure && !device.compatibility.authWithoutTls) {
			this.#recordOf(session).isDevice(device.name);
			throw this.#refuse(session, POLICY.passwordInClear(device), device);
		}
		this.#signedIn.set(session, { username: device.username, login: devices.loginOf(device.username) });
		this.#recordOf(session).isDevice(device.name);
		return { user: device.name };
	}

	async onMailFrom(address: SMTPServerAddress, session: SMTPServerSession): Promise<void> {
		const declaredBytes = Number((typeof address.args === "object" ? address.args["SIZE"] : undefined) ?? 0);
		const sender = this.#senderOf(session, address.address, declaredBytes);
		const { device } = sender;
		if (!mayBeReversePath(device, address.address)) {
			throw this.#refuse(session, POLICY.sender(device, address.address), device);
		}
		// What the device says of itself is replaced here, and in the header as that comes.
		if (device.from === "force") {
			const account = this.#accountOf(device, [address.address]);
			if (account === "") throw this.#refuse(session, POLICY.noAccount(device), device);
			// A bounce stays one: else its answer would bounce again, without end (RFC 5321 §4.5.5).
			if (address.address !== "") address.address = account;
		}
		const excess = this.#options.usage.excess(device, declaredBytes);
		if (excess !== undefined) throw this.#refuse(session, POLICY[excess.kind](device, excess.waitMs), device);
		const isSick = this.#options.spool.isCardSick;
		if (isSick || !(await this.#options.room.has(declaredBytes, device))) {
			const refusal = isSick ? POLICY.cardSick("the card does not save") : POLICY.cardFull();
			this.#options.events.emit("message-refused", { device: device.name, ownerText: refusal.ownerText });
			throw this.#refuse(session, refusal, device);
		}
		this.#senders.set(session, sender);
	}

	onRcptTo(address: SMTPServerAddress, session: SMTPServerSession): void {
		const { device } = this.#senderOf(session, "", 0);
		if (!mayReceive(device, address.address)) {
			throw this.#refuse(session, POLICY.recipient(device, address.address), device);
		}
	}

	beginMessage(connection: DeviceConnection, answer: (verdict: Verdict) => void): MessageIntake | Reply {
		const { session } = connection;
		const sender = this.#senders.get(session);
		// Looked up anew: a device that its owner removes stops at once.
		const isStill = sender?.guest === true || this.#deviceOf(session)?.name === sender?.device.name;
		if (sender === undefined || !isStill) return REPLIES.authenticationRequired;
		const { device, guest } = sender;
		const { spool, clock, time, hostName, maxSizeBytes, room, log, accounts, pool } = this.#options;
		const knownMs = time.nowMs();
		const { reversePath } = envelopeOf(session);
		const account = this.#accountOf(device, [reversePath]);
		const received = spool.receive();
		const count = this.#countOf(sender, session, received.number);
		if ("reply" in count) {
			// Nothing of it is on the card yet, so this cannot fail.
			void received.abandon();
			return this.#refuse(session, count, device).reply;
		}
		const incoming = {
			...received,
			abandon: () => {
				count.end(undefined);
				return received.abandon();
			},
		};
		const envelope = envelopeOf(session);
		const header = new IncomingHeader({
			reversePath: envelope.reversePath,
			smtpUtf8: envelope.smtpUtf8,
			fallbackSender: account,
			senderRule: senderRuleOf(device, account),
			wantsFrom: accounts.dependsOnSender(device),
			wantsSubject: this.#options.keepsSubjects(),
			trace: {
				helo: session.hostNameAppearsAs || "",
				clientAddress: session.remoteAddress,
				hostName: hostName(),
				protocol: session.transmissionType,
				queueId: incoming.queueId,
				recipients: envelope.recipients,
				date: new Date(knownMs ?? clock.now()),
				dateIsGuess: knownMs === undefined,
			},
		});
		return new MessageIntake({
			incoming,
			header,
			mayGrow: (chunkBytes, messageBytes) => {
				if (messageBytes > maxSizeBytes()) return POLICY.tooLarge(maxSizeBytes());
				if (!count.grow(chunkBytes)) return POLICY.strangersFull(session.remoteAddress);
				return room.take(chunkBytes, messageBytes, device) ? undefined : POLICY.cardFull();
			},
			senderRefusal: (claimed) => POLICY.headerSender(device, claimed),
			wantsDigest: device.dropRepeats && !guest,
			accept: (message, digest) =>
				acceptOnce(
					this.#options,
					{
						...{ incoming: message, device, guest, envelope, count },
						// What the message itself says goes before the envelope.
						account: pool.choose(
							header.from === "" ? account : this.#accountOf(device, [header.from, reversePath]),
						),
						client: session.remoteAddress,
						helo: session.hostNameAppearsAs || "",
						repairs: header.repairs,
						subject: header.subject,
					},
					digest,
				),
			concluded: ({ refusal }) => {
				if (refusal === undefined) this.#recordOf(session).accepted(incoming.queueId);
				else this.#tell(session, refusal, device, incoming.queueId);
			},
			answer,
			log,
		});
	}

	/** What the message is counted against from its beginning, looked at anew; or why it is not taken. */
	#countOf(sender: Sender, { remoteAddress }: SMTPServerSession, number: number): Count | Refusal {
		const { usage, strangers } = this.#options;
		if (sender.guest) {
			const hold = strangers.begin(remoteAddress, number);
			if (hold === undefined) return POLICY.strangersFull(remoteAddress);
			return { grow: hold.grow, end: (sizeBytes) => hold.end(sizeBytes !== undefined) };
		}
		const excess = usage.excess(sender.device, 0);
		if (excess !== undefined) return POLICY[excess.kind](sender.device, excess.waitMs);
		return { grow: () => true, ...usage.begin(sender.device) };
	}

	async #check(auth: SMTPServerAuthentication, username: string, address: string): Promise<Authentication> {
		const { devices } = this.#options;
		const { method, validatePassword } = auth;
		if (method !== "CRAM-MD5") {
			return await devices.authenticate(username, new Secret(auth.password ?? ""), address);
		}
		return devices.authenticateByAnswer(
			username,
			(password) => validatePassword?.(password) === true,
			address,
		);
	}

	#accountOf(device: Device, senders: readonly string[]): string {
		return this.#options.accounts.forMessage(device, senders)?.address ?? device.account;
	}

	/** On the submission port an address is not enough (RFC 6409 §4.3). */
	#deviceOf(session: SMTPServerSession): Device | undefined {
		// The engine forgets the user on STARTTLS (RFC 3207 §4.2); so do we.
		const { devices } = this.#options;
		const signedIn = session.user ? this.#signedIn.get(session) : undefined;
		if (signedIn !== undefined) {
			// Looked up anew each time: a device that its owner removes, or gives another password, stops at once.
			const isSame = devices.loginOf(signedIn.username)?.reveal() === signedIn.login?.reveal();
			return isSame ? devices.byUsername(signedIn.username) : undefined;
		}
		const known = devices.byAddress(session.remoteAddress);
		if (this.#role !== "submission") return known;
		return known?.compatibility.acceptAnyCredentials === true && session.user ? known : undefined;
	}

	/** Who sends: a device, or a stranger whose mail may be kept for the owner. Throws for anybody else. */
	#senderOf(session: SMTPServerSession, reversePath: string, sizeBytes: number): Sender {
		const device = this.#deviceOf(session);
		if (device !== undefined) return { device, guest: false };
		const { remoteAddress } = session;
		const may = this.#mayAsk(session, sizeBytes);
		if (may === "yes") return { device: guestOf(remoteAddress), guest: true };
		const refusal = this.#strangersRefusal(session, may);
		this.#options.strangers.knocked(remoteAddress, session.hostNameAppearsAs || "", reversePath, true);
		throw this.#refuse(session, refusal);
	}

	/** Not where a sign-in is the rule, and not for somebody who guesses at passwords. */
	#mayAsk(session: SMTPServerSession, sizeBytes: number): "yes" | "no" | "full" {
		if (this.#role === "submission" || this.#failedSignIn.has(session)) return "no";
		return this.#options.strangers.mayAsk(session.remoteAddress, sizeBytes);
	}

	#strangersRefusal(session: SMTPServerSession, may: "no" | "full"): Refusal {
		const { remoteAddress, secure } = session;
		if (may === "full") return POLICY.strangersFull(remoteAddress);
		if (this.#role === "submission") return secure ? POLICY.submissionUnsigned() : POLICY.submissionInClear();
		return this.#failedSignIn.has(session)
			? POLICY.strangerSignedIn(remoteAddress)
			: POLICY.stranger(remoteAddress);
	}

	#recordOf(session: SMTPServerSession): SessionRecord {
		return this.#records.get(session) ?? NO_RECORD;
	}

	/** Tells record and log; gives what the engine hands to the peer. */
	#refuse(session: SMTPServerSession, refusal: Refusal, device?: Device): ReplyError {
		this.#tell(session, refusal, device);
		if (device !== undefined) return new ReplyError(refusal.reply);
		const refusals = (this.#refusals.get(session) ?? 0) + 1;
		this.#refusals.set(session, refusals);
		return new ReplyError(refusals > STRANGERS_REFUSALS ? REPLIES.tooManyRefusals : refusal.reply);
	}

	#tell(session: SMTPServerSession, refusal: Refusal, device?: Device, qid?: string): void {
		const { mailLog } = this.#options;
		this.#recordOf(session).refused(refusal);
		this.#refusalLog.tell(session.remoteAddress, () =>
			mailLog.refused({
				...(qid === undefined ? {} : { qid }),
				client: session.remoteAddress,
				...(device === undefined ? {} : { device: device.name }),
				reply: formatReply(refusal.reply),
				reason: refusal.reason,
			}),
		);
	}
}

const SIGN_IN_REFUSALS = {
	wrong: (meant: Device | undefined) => POLICY.wrongPassword(meant),
	locked: () => POLICY.signInLocked(),
	busy: () => POLICY.signInBusy(),
} as const;
