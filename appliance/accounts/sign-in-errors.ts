/** What a person at the console is told who is not let in. For people.ts and its neighbours. */
import { UserError } from "../errors.ts";

/** Never says what was wrong. */
export function wrongError(): UserError {
	return new UserError(
		"sign-in-wrong",
		"That is not right.",
		"Check the name, the password, and the code if you were asked for one.",
	);
}

export function lockedError(): UserError {
	return new UserError(
		"sign-in-locked",
		"Too many tries have failed.",
		"Wait a quarter of an hour, then try again. A lost password is replaced on the box: postern console password",
	);
}

export function busyError(): UserError {
	return new UserError(
		"sign-in-busy",
		"Too many people sign in at this moment.",
		"Try again in a few seconds.",
	);
}
