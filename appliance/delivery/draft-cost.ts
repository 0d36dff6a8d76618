/** What a message sent by draft costs of Microsoft's limits, known before the code that makes drafts is loaded. For route.ts. */
import type { Cost } from "../queue/limits.ts";

/** Graph takes 4 MB at most; a multiple of 320 KiB, as OneDrive wants and Outlook does not mind. */
export const CHUNK_BYTES = 12 * 320 * 1024;

/** About: the draft, the chunks of its files, which base64 had made a third larger, and the order to send it. */
export function draftCost({ sizeBytes }: { readonly sizeBytes: number }): Cost {
	const uploadBytes = Math.ceil((sizeBytes * 3) / 4);
	return { requests: 3 + Math.ceil(uploadBytes / CHUNK_BYTES), uploadBytes };
}
