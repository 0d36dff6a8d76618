/**
 * What SQLite's and the system's error codes say about the card: full, sick, or holding a file that is not whole. For the storage
 * threads and whoever words a refusal. Pure.
 */

/** No room: passes when messages leave, and says nothing against the card. */
export function isFull(code: string): boolean {
	return code === "SQLITE_FULL" || code === "ENOSPC" || code === "EDQUOT";
}

/** The card did not do what it was told: nothing that is not known to be on it may be believed. */
export function isSick(code: string): boolean {
	return SICK.test(code);
}

const SICK = /^(?:SQLITE_(?:IOERR|READONLY|CANTOPEN|PROTOCOL|NOLFS)|EIO|EROFS|ENXIO|ENODEV|EUCLEAN|ESTALE)/;

/** What is on the card is not what was written to it. */
export function isDamaged(code: string): boolean {
	return code.startsWith("SQLITE_CORRUPT") || code === "SQLITE_NOTADB";
}
