/** The files of the state folder that a backup carries: the box's own authority and certificate, once made. */
export const STATE_FILES = [
	"tls/authority.pem",
	"tls/authority.key",
	"tls/certificate.pem",
	"tls/certificate.key",
] as const;

/** Larger than any of them. */
export const MOST_FILE_BYTES = 256 * 1024;

/** Documents that mean nothing elsewhere or later: who is signed in to the console just now, sizes that can be counted again. */
export const KINDS_LEFT_OUT: ReadonlySet<string> = new Set(["format", "session", "sizes"]);
