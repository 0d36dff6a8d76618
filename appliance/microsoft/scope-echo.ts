/**
 * MSAL finds a cached token by comparing scope strings, and Microsoft may answer `Mail.Send` to a
 * request for `https://graph.microsoft.com/Mail.Send`; then every silent call would be a refresh.
 * This gives the answer's scopes the spelling in which they were asked.
 */

/**
 * `granted` as the answer has it; undefined means "as requested" (RFC 6749 §5.1). A scope that was
 * not asked for keeps its own spelling; one that was not granted is not made up.
 */
export function asRequested(requested: string, granted: string | undefined): string {
	if (granted === undefined || granted.trim() === "") return requested;
	const spelling = new Map(words(requested).map((scope) => [permission(scope), scope]));
	return words(granted)
		.map((scope) => spelling.get(permission(scope)) ?? scope)
		.join(" ");
}

/** The name after the resource: `https://graph.microsoft.com/Mail.Send` and `Mail.Send` are one. */
export function permission(scope: string): string {
	return scope.slice(scope.lastIndexOf("/") + 1).toLowerCase();
}

function words(scopes: string): string[] {
	return scopes.split(/\s+/).filter((scope) => scope !== "");
}
