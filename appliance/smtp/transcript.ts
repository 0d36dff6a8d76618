/**
 * The last sessions of each address, in memory: what a device said, what it was told, and why it was
 * refused. For the connections, which tell (session-record.ts), and for the device desk, which shows.
 *
 * Bounded in sessions, addresses and bytes. What goes first is what its owner would miss least: probes
 * before refusals, strangers before devices, the long ago before the late. Of each address the last
 * failed and the last successful session stay as long as the address does, however much it probes.
 */
import type { Clock } from "../clock.ts";
import { canonicalAddress } from "../config/network.ts";
import type { SessionLog } from "../services.ts";
import type { SessionOpening, SessionRecord, SessionRecords } from "./session-record.ts";
import { SessionTranscript, type TranscriptKeeper } from "./session-transcript.ts";

export interface TranscriptLimits {
	readonly sessionsPerAddress: number;
	readonly addresses: number;
	readonly totalBytes: number;
}

const LIMITS: TranscriptLimits = { sessionsPerAddress: 10, addresses: 200, totalBytes: 4 * 1024 * 1024 };

/** A session was refused something; the device is empty for a stranger. */
export type RefusalListener = (session: { readonly address: string; readonly device: string }) => void;

export class Transcripts implements SessionRecords, TranscriptKeeper {
	readonly #clock: Clock;
	readonly #onRefused: RefusalListener;
	readonly #limits: TranscriptLimits;
	/** Sessions that have ended, oldest first, of addresses, the least recently heard of first. */
	readonly #ended = new Map<string, SessionTranscript[]>();
	readonly #open = new Set<SessionTranscript>();
	#totalBytes = 0;

	constructor(clock: Clock, onRefused: RefusalListener, limits: TranscriptLimits = LIMITS) {
		this.#clock = clock;
		this.#onRefused = onRefused;
		this.#limits = limits;
	}

	/** For measuring and for tests. */
	get totalBytes(): number {
		return this.#totalBytes;
	}

	open(opening: SessionOpening): SessionRecord {
		const address = canonicalAddress(opening.address) ?? opening.address;
		const transcript = new SessionTranscript({ ...opening, address }, this.#clock, this);
		this.#open.add(transcript);
		this.#count(transcript);
		return transcript;
	}

	/** The sessions that are wanted, the latest first. */
	read(isWanted: (session: { readonly address: string; readonly device: string }) => boolean): SessionLog[] {
		const all = [...[...this.#ended.values()].flat(), ...this.#open];
		const logs = all.filter(isWanted).map((transcript) => transcript.log());
		return logs.sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1));
	}

	grew(transcript: SessionTranscript): void {
		this.#count(transcript);
	}

	refused({ address, device }: SessionTranscript): void {
		this.#onRefused({ address, device });
	}

	ended(transcript: SessionTranscript): void {
		const { address } = transcript;
		this.#open.delete(transcript);
		this.#count(transcript);
		const sessions = this.#ended.get(address) ?? [];
		// To the end: it has been heard of just now.
		this.#ended.delete(address);
		this.#ended.set(address, sessions);
		const alike =
			transcript.outcome === "probe"
				? sessions.findIndex((other) => other.outcome === "probe" && other.saysTheSameAs(transcript))
				: -1;
		const [before] = alike === -1 ? [] : sessions.splice(alike, 1);
		if (before !== undefined) {
			transcript.times += before.times;
			this.#forget(before);
		}
		sessions.push(transcript);
		while (sessions.length > this.#limits.sessionsPerAddress) this.#dropOne(sessions);
		while (this.#ended.size > this.#limits.addresses) this.#dropAddress(this.#leastMissed());
	}

	#count(transcript: SessionTranscript): void {
		this.#recount(transcript);
		while (this.#totalBytes > this.#limits.totalBytes && this.#ended.size > 0) {
			const [address, sessions] = this.#leastMissed();
			if (sessions.some((session) => session !== keptOf(sessions, session))) this.#dropOne(sessions);
			else this.#dropAddress([address, sessions]);
		}
		const excess = this.#totalBytes - this.#limits.totalBytes;
		if (excess <= 0 || !transcript.isOpen) return;
		transcript.shrink(excess);
		this.#recount(transcript);
	}

	#recount(transcript: SessionTranscript): void {
		const { sizeBytes } = transcript;
		this.#totalBytes += sizeBytes - transcript.countedBytes;
		transcript.countedBytes = sizeBytes;
	}

	/** The oldest that is not the last of its kind. */
	#dropOne(sessions: SessionTranscript[]): void {
		const at = sessions.findIndex((session) => session !== keptOf(sessions, session));
		const [dropped] = sessions.splice(Math.max(at, 0), 1);
		if (dropped !== undefined) this.#forget(dropped);
	}

	#dropAddress([address, sessions]: readonly [string, readonly SessionTranscript[]]): void {
		this.#ended.delete(address);
		for (const session of sessions) this.#forget(session);
	}

	#forget(transcript: SessionTranscript): void {
		this.#totalBytes -= transcript.countedBytes;
		transcript.countedBytes = 0;
	}

	/** Only probes, else only strangers, else the least recently heard of. Called when there is one. */
	#leastMissed(): readonly [string, SessionTranscript[]] {
		let least: readonly [string, SessionTranscript[]] = ["", []];
		let leastWorth = Number.POSITIVE_INFINITY;
		for (const entry of this.#ended) {
			const worth = worthOf(entry[1]);
			if (worth < leastWorth) [least, leastWorth] = [entry, worth];
			if (worth === 0) break;
		}
		return least;
	}
}

function worthOf(sessions: readonly SessionTranscript[]): number {
	if (sessions.some(({ device }) => device !== "")) return 2;
	return sessions.every(({ outcome }) => outcome === "probe") ? 0 : 1;
}

/** The last one of the session's kind (failed, or accepted), which stays; undefined for probes. */
function keptOf(
	sessions: readonly SessionTranscript[],
	{ outcome }: SessionTranscript,
): SessionTranscript | undefined {
	if (outcome === "probe") return undefined;
	return sessions.findLast(
		(other) => (outcome === "accepted") === (other.outcome === "accepted") && other.outcome !== "probe",
	);
}
