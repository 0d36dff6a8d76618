/**
 * Checks passwords against bcrypt hashes, in a thread of its own for each: Node has no bcrypt, and one in
 * JavaScript would hold up the event loop for a quarter of a second and more. For passwords.ts, which bounds how
 * many run at once and how dear they are. Such hashes come from other programs and are gone after a sign-in each.
 *
 * Rejects only when a thread cannot be had.
 */
import { Worker } from "node:worker_threads";
import { threadProgram } from "../embedded.ts";
import { isBuilt } from "../version.ts";
import type { BcryptCheck } from "./bcrypt-thread.ts";

const THREAD_LIMITS = { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 4, stackSizeMb: 1 };

/** What fits no known password. */
const SALT_AND_HASH = ".".repeat(53);

/** As the library has it, a password counts up to its 72nd byte (UTF-8). */
export async function fitsBcrypt(password: string, hash: string): Promise<boolean> {
	// A C library ends a password there; whoever made the hash may have meant less than was typed.
	if (password.includes("\0")) return fitsBcrypt("", wrongBcrypt(costOf(hash)));
	const check: BcryptCheck = { password, hash };
	const options = { name: "bcrypt", workerData: check, resourceLimits: THREAD_LIMITS };
	const thread = isBuilt
		? new Worker(threadProgram("bcrypt-thread.js"), { ...options, eval: true })
		: new Worker(new URL("./bcrypt-thread.ts", import.meta.url), options);
	const { promise, resolve, reject } = Promise.withResolvers<boolean>();
	thread.once("message", resolve).once("error", reject);
	thread.once("exit", () => reject(new Error("the thread that checks a password has ended")));
	return promise;
}

/** For the time that it takes. */
export function wrongBcrypt(cost: number): string {
	return `$2b$${String(cost).padStart(2, "0")}$${SALT_AND_HASH}`;
}

function costOf(hash: string): number {
	return Number(hash.slice(4, 6));
}
