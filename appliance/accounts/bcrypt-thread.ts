/** A thread's program: checks one password against one bcrypt hash, says so, and ends. For bcrypt.ts. */
import { parentPort, workerData } from "node:worker_threads";
import bcrypt from "bcryptjs";

export interface BcryptCheck {
	readonly password: string;
	readonly hash: string;
}

const { password, hash } = workerData as BcryptCheck;
parentPort?.postMessage(bcrypt.compareSync(password, hash));
