/**
 * Reads what a client offers when it begins TLS (its ClientHello), so that a handshake that fails can
 * be explained: which protocol versions, which ciphers. For door.ts and handshake-failure.ts. Pure;
 * never throws, and makes the best of a hello that is cut off.
 *
 * Formats: RFC 8446 §4.1.2, RFC 5246 §7.4.1.2, and the one of SSL 2 (RFC 5246 appendix E.2), with which
 * firmware of before 2010 begins whatever it speaks then.
 */
import { CIPHER_NAMES } from "./cipher-names.ts";

export interface ClientHello {
	/** As on the wire: 0x0301 is TLS 1.0. The newest that the client offers. */
	readonly newest: number;
	/** All that it says it speaks, newest first. */
	readonly versions: readonly number[];
	/** Code points, in the client's order; pseudo-ciphers and GREASE (RFC 8701) left out. */
	readonly ciphers: readonly number[];
	/** The name it wants to reach, or empty. */
	readonly serverName: string;
}

const SSL_2 = 0x0002;
export const SSL_3 = 0x0300;
export const TLS_1_2 = 0x0303;

const HANDSHAKE_RECORD = 0x16;
const MAJOR_VERSION = 3;
const CLIENT_HELLO = 1;
const RECORD_HEADER_BYTES = 5;
const SERVER_NAME = 0;
const SUPPORTED_VERSIONS = 43;
/** TLS_FALLBACK_SCSV and TLS_EMPTY_RENEGOTIATION_INFO_SCSV: signals, no ciphers. */
const SIGNALS = new Set([0x00ff, 0x5600]);
const MOST_CIPHERS = 256;

/** Can this be the beginning of TLS or SSL, and no SMTP command? One byte is enough to tell. */
export function beginsTls(bytes: Buffer): boolean {
	const [first, second] = bytes;
	if (first === HANDSHAKE_RECORD) return second === undefined || second === MAJOR_VERSION;
	return isSsl2Hello(bytes);
}

/** Undefined when the bytes are no ClientHello, or are cut off before its ciphers. */
export function readClientHello(bytes: Buffer): ClientHello | undefined {
	if (isSsl2Hello(bytes)) return readSsl2Hello(new Reader(bytes.subarray(3)));
	if (bytes[0] !== HANDSHAKE_RECORD || bytes[RECORD_HEADER_BYTES] !== CLIENT_HELLO) return undefined;
	return readTlsHello(new Reader(bytes.subarray(RECORD_HEADER_BYTES + 4)));
}

/** `TLS 1.0`; an unknown one in hexadecimal. */
export function versionName(version: number): string {
	if (version === SSL_2) return "SSL 2";
	if (version === SSL_3) return "SSL 3";
	const minor = version - 0x0301;
	return minor >= 0 && minor <= 3 ? `TLS 1.${minor}` : `0x${version.toString(16).padStart(4, "0")}`;
}

/** OpenSSL's name where it is one of the old or the common ciphers, else the code point. */
export function cipherName(cipher: number): string {
	return CIPHER_NAMES.get(cipher) ?? `0x${cipher.toString(16).padStart(4, "0")}`;
}

function readTlsHello(reader: Reader): ClientHello | undefined {
	const legacyVersion = reader.number(2);
	reader.skip(32);
	reader.skip(reader.number(1) ?? 0);
	const ciphers = listOf(reader.bytes(reader.number(2) ?? 0), 2);
	if (legacyVersion === undefined || reader.isCut) return undefined;
	reader.skip(reader.number(1) ?? 0);
	let versions = [legacyVersion];
	let serverName = "";
	const extensions = new Reader(reader.bytes(reader.number(2) ?? 0));
	for (;;) {
		const type = extensions.number(2);
		const content = extensions.bytes(extensions.number(2) ?? 0);
		if (type === undefined || extensions.isCut) break;
		if (type === SUPPORTED_VERSIONS) versions = newestFirst(listOf(content.subarray(1), 2));
		if (type === SERVER_NAME) serverName = readServerName(content);
	}
	const [newest = legacyVersion] = versions;
	return { newest, versions, ciphers: withoutSignals(ciphers), serverName };
}

function readSsl2Hello(reader: Reader): ClientHello | undefined {
	const version = reader.number(2);
	const specBytes = reader.number(2) ?? 0;
	reader.skip(4);
	const specs = listOf(reader.bytes(specBytes), 3);
	if (version === undefined || reader.isCut) return undefined;
	// Those of SSL 2 alone have a first byte; the others are the ciphers of SSL 3 and TLS.
	const ciphers = withoutSignals(specs.filter((spec) => spec <= 0xffff));
	return { newest: version, versions: [version], ciphers, serverName: "" };
}

/** Two bytes of length with the top bit set, the message's type, and a version of 2.0 or 3.x. */
function isSsl2Hello(bytes: Buffer): boolean {
	const [first = 0, , type, major] = bytes;
	return first >= 0x80 && type === CLIENT_HELLO && (major === 0 || major === MAJOR_VERSION);
}

function readServerName(content: Buffer): string {
	const reader = new Reader(content);
	reader.skip(2);
	const isHostName = reader.number(1) === 0;
	const name = reader.bytes(reader.number(2) ?? 0).toString("latin1");
	return isHostName && !reader.isCut && /^[\w.-]{1,255}$/.test(name) ? name : "";
}

function newestFirst(versions: readonly number[]): number[] {
	return versions.filter((version) => !isGrease(version)).sort((a, b) => b - a);
}

function withoutSignals(ciphers: readonly number[]): number[] {
	return ciphers.filter((cipher) => !SIGNALS.has(cipher) && !isGrease(cipher));
}

/** RFC 8701: 0x0a0a, 0x1a1a, …, 0xfafa. */
function isGrease(value: number): boolean {
	return (value & 0x0f0f) === 0x0a0a && value >> 8 === (value & 0xff);
}

function listOf(bytes: Buffer, size: number): number[] {
	const length = Math.min(Math.floor(bytes.length / size), MOST_CIPHERS);
	return Array.from({ length }, (_, index) => bytes.readUIntBE(index * size, size));
}

/** Steps through bytes; what is not there reads as undefined or shorter, and is remembered. */
class Reader {
	readonly #bytes: Buffer;
	#at = 0;
	isCut = false;

	constructor(bytes: Buffer) {
		this.#bytes = bytes;
	}

	number(size: number): number | undefined {
		const bytes = this.bytes(size);
		return bytes.length < size ? undefined : bytes.readUIntBE(0, size);
	}

	bytes(size: number): Buffer {
		const found = this.#bytes.subarray(this.#at, this.#at + size);
		this.#at += size;
		if (found.length < size) this.isCut = true;
		return found;
	}

	skip(size: number): void {
		this.bytes(size);
	}
}
