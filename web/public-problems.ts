/**
 * What anyone on the LAN may hear of what is wrong: how it is, never who. Mailbox addresses are taken out of the owner
 * texts here and nowhere else, so that no answer before a sign-in can forget to.
 */

/** Quoted local parts may hold spaces (RFC 5321 §4.1.2), so they are matched as a whole. */
const MAILBOX_ADDRESS = /(?:"[^"]*")?[^\s<>()[\],;:"]*@[^\s<>(),;"]*/gu;

export function publicProblems(problems: readonly string[]): readonly string[] {
	return problems.map(withoutAddresses);
}

/** The text with every mailbox address replaced; nothing holding an `@` is left. */
export function withoutAddresses(text: string): string {
	return text.replace(MAILBOX_ADDRESS, "[address]");
}
