/**
 * Errors that reach a person, and the one place that turns `unknown` into an `Error`.
 *
 * Expected refusals are data where they are decided; a `UserError` is thrown only where a command
 * or a start-up step cannot go on and its owner has to do something. Everything else is a bug.
 */

/** Something the owner can mend: says what is wrong and what to do next, in their words. */
export class UserError extends Error {
	override readonly name = "UserError";
	/** Stable, machine-readable: `config-unknown-key`, `account-unknown`, … */
	readonly code: string;
	/** What to do next; one sentence, or empty. */
	readonly hint: string;

	constructor(code: string, ownerText: string, hint = "", options?: ErrorOptions) {
		super(ownerText, options);
		this.code = code;
		this.hint = hint;
	}
}

/** Narrows what a `catch` received. Anything not an Error is wrapped, nothing is lost. */
export function asError(thrown: unknown): Error {
	if (thrown instanceof Error) return thrown;
	return new Error(typeof thrown === "string" ? thrown : `non-error thrown: ${JSON.stringify(thrown)}`);
}

/** The operating system's or Node's error code (`ENOENT`, `ERR_…`), if there is one. */
export function errorCode(thrown: unknown): string | undefined {
	if (typeof thrown !== "object" || thrown === null || !("code" in thrown)) return undefined;
	return typeof thrown.code === "string" ? thrown.code : undefined;
}
