/** What the routes about devices take alike, bounded. */
import * as z from "zod";

/** Names stand in addresses, lists and logs: no control characters, and not `.` or `..`, which a path loses. */
export const NAME = z
	.string()
	.trim()
	.min(1, "a device needs a name")
	.max(100, "at most 100 characters")
	.regex(/^(?!\.{1,2}$)\P{C}+$/u, "a name holds no control characters and is not . or ..");

export const SWITCHES = z.strictObject({
	legacy_tls: z.boolean().optional(),
	lf_line_ends: z.boolean().optional(),
	auth_without_tls: z.boolean().optional(),
	accept_any_credentials: z.boolean().optional(),
	cram_md5: z.boolean().optional(),
	hide_ehlo: z.array(z.string().min(1).max(32)).max(32).optional(),
});

/** It will stand in the header of a message and in the envelope. */
export const MAIL_ADDRESS = z
	.string()
	.trim()
	.max(320, "at most 320 characters")
	.regex(/^[^\s@<>\p{C}]+@[^\s@<>\p{C}]+$/u, "a mail address is such as scan@contoso.com");
