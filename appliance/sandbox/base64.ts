/** Base64 (RFC 4648 §4) as strictly as Graph reads MIME content: line breaks are allowed, nothing else is. */

/** `undefined`: not base64. */
export function decodeBase64Strictly(body: Buffer): Buffer | undefined {
	const raw = body.toString("latin1");
	const text = raw.includes("\n") || raw.includes("\r") ? raw.replaceAll(/[\r\n]+/g, "") : raw;
	if (text.length === 0 || text.length % 4 !== 0 || text.includes("-") || text.includes("_"))
		return undefined;
	const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
	const decoded = Buffer.from(text, "base64");
	// Node skips what it does not know and stops at padding: then the length does not add up.
	return decoded.length === (text.length / 4) * 3 - padding ? decoded : undefined;
}
