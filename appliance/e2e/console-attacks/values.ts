/** Values in good forms that would do harm elsewhere: in a header, as an address to go to or to call, as a name. */
import type { Role } from "../../console-services.ts";
import type { Attack } from "./attack.ts";

/** Not to be led away to, by a link to the box that looks good. */
const ELSEWHERE = [
	"//evil.example",
	"///evil.example",
	"/\\evil.example",
	"\\\\evil.example",
	"https://evil.example",
	"javascript:alert(1)",
	"/\t/evil.example",
	"/mail\r\nSet-Cookie: postern=taken",
	"/mail\r\n\r\n<script>alert(1)</script>",
	"/mail\0",
	"/\x01",
	"/mail\u2028evil",
	"evil.example",
	"@evil.example",
];

/** Addresses to call that are not to be called. */
const NO_HOOKS = [
	"file:///etc/passwd",
	"gopher://127.0.0.1:25/_MAIL",
	"ftp://evil.example/",
	"javascript:alert(1)",
	"data:text/html,x",
	"http://169.254.169.254/latest/meta-data/",
	"http://2852039166/latest/meta-data/",
	"http://0xa9fea9fe/",
	"http://0251.0376.0251.0376/",
	"http://169.254.43518/",
	"http://[::ffff:169.254.169.254]/",
	"http://[::ffff:a9fe:a9fe]/",
	"http://[fe80::1]/",
	"http://[fd00:ec2::254]/",
	"http://user:password@example.com/",
	"http://",
	"//example.com",
	"http://exa mple.com/",
	"http://example.com\r\nX-Injected: 1/",
	`http://example.com/${"a".repeat(3_000)}`,
];

const NO_DEVICE_NAMES = ["", ".", "..", "a\r\nb", "a\0b", "\u202eevil", "x".repeat(101)];

/** A form that is refused with its page. */
const refusedForm = (
	name: string,
	as: Role,
	path: string,
	fields: Readonly<Record<string, string>>,
): Attack => ({
	...{ name, refused: [400, 404, 409], isInside: true },
	attack: (siege) => siege.post(path, fields, as),
});

export const VALUE_ATTACKS: readonly Attack[] = [
	...ELSEWHERE.map(
		(next): Attack => ({
			...{
				name: `being led to ${JSON.stringify(next)} by who is signed in`,
				refused: [303],
				location: /^\/$/,
			},
			isInside: true,
			attack: (siege) => siege.ask({ path: `/sign-in?next=${encodeURIComponent(next)}`, as: "operator" }),
		}),
	),
	...ELSEWHERE.map(
		(back): Attack => ({
			...{
				name: `being led to ${JSON.stringify(back)} after a deed`,
				refused: [303],
				location: /^\/(?:mail)?$/,
			},
			isInside: true,
			attack: (siege) => siege.post("/mail/actions", { back, do: "nothing" }, "operator"),
		}),
	),
	...[
		"http://evil.example/mail",
		"HOST@evil.example/",
		"HOST.evil.example/",
		"HOST//evil.example",
		"HOST/\\evil",
	].map(
		(referrer): Attack => ({
			...{
				name: `being led back to ${referrer} after choosing a language`,
				refused: [303],
				location: /^\/$/,
			},
			isInside: true,
			attack: (siege) =>
				siege.post("/language", { language: "en" }, "operator", {
					headers: [`Referer: ${referrer.replace("HOST", `http://${siege.host}`)}`],
				}),
		}),
	),
	...NO_HOOKS.map((url) =>
		refusedForm(`having the box call ${JSON.stringify(url.slice(0, 50))}`, "owner", "/system/hooks", {
			...{ url, event: "failed", minutes: "30" },
		}),
	),
	refusedForm("having the box call after no time at all", "owner", "/system/hooks", {
		...{ url: "http://127.0.0.1:9/", event: "failed", minutes: "-1" },
	}),
	...NO_DEVICE_NAMES.map((name) =>
		refusedForm(`a device called ${JSON.stringify(name.slice(0, 20))}`, "operator", "/devices/new/other", {
			...{ name, signs_in: "on" },
		}),
	),
	refusedForm("a device at everybody's address", "operator", "/devices/new/other", {
		...{ name: "Everybody", address: "0.0.0.0/0" },
	}),
	refusedForm("a device whose address is a command", "operator", "/devices/new/other", {
		...{ name: "Shell", address: "$(reboot)" },
	}),
	refusedForm("another name for a device, with a line end", "operator", `/devices/Treasury%20copier/rename`, {
		name: "a\r\nSet-Cookie: postern=taken",
	}),
	...["", "a/b", "a\r\nb", "a:b", "\0", "<script>", "x".repeat(65), "Owner", "ＯＷＮＥＲ"].map((name) =>
		refusedForm(`a person called ${JSON.stringify(name.slice(0, 20))}`, "owner", "/people", {
			...{ name, role: "owner" },
		}),
	),
	...["", "a\r\nb", "\0", "x".repeat(65)].map((label) =>
		refusedForm(`a key called ${JSON.stringify(label.slice(0, 20))}`, "owner", "/people/keys", {
			...{ label, scope: "read" },
		}),
	),
	refusedForm("a key for nothing", "owner", "/people/keys", { label: "nothing", scope: "root" }),
	...["", "a b@c", "a@b\r\nX: y", "<script>@c.example", "a@b@c.example"].map((address) =>
		refusedForm(`an account called ${JSON.stringify(address)}`, "owner", "/microsoft/new", {
			...{ address, method: "device-code" },
		}),
	),
	...["a\r\nb", "\0"].map((username) =>
		refusedForm(`a mailbox login called ${JSON.stringify(username)}`, "owner", "/mailboxes/new", {
			...{ username, mailbox: "alerts@contoso.example" },
		}),
	),
	refusedForm("the lowering of the last owner", "owner", "/people/owner/role", { role: "viewer" }),
	refusedForm("the removal of the last owner", "owner", "/people/owner/remove", { confirmed: "yes" }),
	refusedForm("a role for somebody who is a property of all objects", "owner", "/people/__proto__/role", {
		role: "owner",
	}),
	refusedForm("a weak password", "viewer", "/me/password", {
		...{ current: "x", next: "password12", again: "password12" },
	}),
	refusedForm("allowing a stranger who never knocked", "operator", "/strangers/203.0.113.9/allow", {
		name: "Nobody",
	}),
	refusedForm("allowing a stranger whose address has a line end", "operator", "/strangers/a%0d%0aX:y/allow", {
		name: "Nobody",
	}),
	refusedForm("a name of the box that has a line end", "owner", "/system/settings", {
		...{ table: "console", "console.names": "evil.example\r\nX: y z" },
	}),
];
