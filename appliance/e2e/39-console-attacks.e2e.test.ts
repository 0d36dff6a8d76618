/**
 * Attacks on the console of a lived-in box, each refused: nothing has changed afterwards, nobody is signed in who was not,
 * nothing was told, and the console still answers.
 */
import net from "node:net";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ROLE_SCOPES } from "../../web/scopes.ts";
import { BesiegedConsole, changeIn, SECRETS, sessionIn } from "./besieged-console.ts";
import type { Attack } from "./console-attacks/attack.ts";
import { BODY_ATTACKS } from "./console-attacks/bodies.ts";
import {
	API_DOORS,
	CONSOLE_DOORS,
	CONTROL_DOORS,
	MAY,
	SELF_SERVICE_DOORS,
	throughDoor,
} from "./console-attacks/doors.ts";
import { FORM_ATTACKS } from "./console-attacks/forms.ts";
import { KEY_ATTACKS } from "./console-attacks/keys.ts";
import { NAME_ATTACKS } from "./console-attacks/names.ts";
import { PATH_ATTACKS } from "./console-attacks/paths.ts";
import { SESSION_ATTACKS } from "./console-attacks/sessions.ts";
import { VALUE_ATTACKS } from "./console-attacks/values.ts";
import { WIRE_ATTACKS } from "./console-attacks/wire.ts";
import { pagesOf } from "./console-tour.ts";
import { ACCOUNT, eventually } from "./house.ts";

const TABLES: Readonly<Record<string, readonly Attack[]>> = {
	"names that are not the box's": NAME_ATTACKS,
	"forms that no page of the box sent, to pause all mail": FORM_ATTACKS,
	"being somebody else": SESSION_ATTACKS,
	"ways to what is not meant for one": PATH_ATTACKS,
	"the API for programs": KEY_ATTACKS,
	"HTTP that is none": WIRE_ATTACKS,
	"bodies that are none": BODY_ATTACKS,
	"values that would do harm elsewhere": VALUE_ATTACKS,
};

let siege: BesiegedConsole;
let stateBefore: string;
beforeAll(async () => {
	siege = await BesiegedConsole.build();
	stateBefore = await siege.state();
}, 120_000);
afterAll(async () => {
	await siege?.house.close();
});

async function carryOut({ prepare, attack, refused, location, says, isInside }: Attack): Promise<void> {
	const got = (await prepare?.(siege)) ?? "";
	// What is told once is told now, not to the attacker's victim.
	await siege.state();
	const [before, logLength] = [await siege.state(), siege.house.log.length];
	const answer = await attack(siege, got);
	expect(refused, `${answer.text.slice(0, 300)}\n${textOf(answer.body)}`).toContain(answer.status);
	expect(answer.statuses.filter((status) => status === 200 && !refused.includes(200))).toEqual([]);
	if (location !== undefined) expect(answer.headers.get("location")?.join()).toMatch(location);
	if (says !== undefined) expect(answer.body.replace(/^[\s\S]*<main[^>]*>/, "")).toMatch(says);
	expect(sessionIn(answer)).toBe("");
	expect([...answer.headers.keys()].filter((name) => name.startsWith("access-control-"))).toEqual([]);
	expect(answer.headers.get("set-cookie")?.join() ?? "").not.toMatch(/stolen|taken/);
	expect(answer.text).not.toMatch(/stolen|root:x:0|node:internal|\.ts:\d|^Error:/m);
	if (isInside !== true) expect(answer.text + answer.body).not.toMatch(SECRETS);
	expect(changeIn(before, await siege.state())).toBeUndefined();
	expect(siege.house.log.slice(logLength)).not.toMatch(/fault|unhandled|uncaught|four words in a row|pst_/);
}

function textOf(page: string): string {
	return page
		.replace(/^[\s\S]*<main[^>]*>/, "")
		.replaceAll(/<[^>]+>|\s+/g, " ")
		.slice(0, 500);
}

describe("an attack on the console", () => {
	it("is made in more ways than forty", () => {
		const names = Object.entries(TABLES).flatMap(([theme, rows]) =>
			rows.map(({ name }) => `${theme}: ${name}`),
		);
		expect(names.length).toBeGreaterThanOrEqual(200);
		expect(new Set(names).size).toBe(names.length);
	});
});

describe("a door of the console", () => {
	let known: Readonly<Record<string, string>>;
	beforeAll(async () => {
		const [row] = await siege.house.json<readonly { id: string }[]>("queue", "list");
		known = {
			...{
				mail: row?.id ?? "",
				devices: "Copier",
				people: "owner",
				microsoft: ACCOUNT,
				mailboxes: "plc-login",
			},
			...{ strangers: "127.0.0.9" },
		};
	});

	it("is known, all of them, and who may use which", () => {
		expect(CONSOLE_DOORS.length).toBeGreaterThan(70);
		const written = [...MAY.nobody, ...MAY.viewer, ...MAY.operator];
		expect(written.filter((door) => !CONSOLE_DOORS.includes(door))).toEqual([]);
	});

	it.each(CONSOLE_DOORS.filter((door) => !MAY.nobody.has(door)))(
		"%s is closed to nobody's visit",
		async (door) => {
			const { method, path } = throughDoor(door, known);
			const answer =
				method === "GET"
					? await siege.ask({ path })
					: await siege.postAsNobody(path, {}, { method, isTokenInPath: true });
			expect([answer.status, answer.headers.get("location")?.join()]).toEqual([
				303,
				expect.stringMatching(/^\/sign-in(?:\?|$)/),
			]);
			expect(answer.body).not.toMatch(SECRETS);
		},
	);

	it.each(SELF_SERVICE_DOORS)("%s leads nowhere while nobody may sign up by themselves", async (door) => {
		const { method, path } = throughDoor(door, known);
		const visits =
			method === "GET" ? siege.ask({ path }) : siege.postAsNobody(path, { wish: "join" }, { method });
		expect((await visits).status).toBe(404);
	});

	const closedTo = (role: "viewer" | "operator") =>
		CONSOLE_DOORS.filter(
			(door) =>
				!MAY.nobody.has(door) && !MAY.viewer.has(door) && !(role === "operator" && MAY.operator.has(door)),
		);
	it.each([
		...closedTo("viewer").map((door) => ["viewer", door] as const),
		...closedTo("operator").map((door) => ["operator", door] as const),
	])("to a %s, %s is closed, token and all", async (role, door) => {
		const { method, path } = throughDoor(door, known);
		const answer =
			method === "GET"
				? await siege.ask({ path, as: role })
				: await siege.post(path, {}, role, { method, isTokenInPath: true });
		expect(answer.status, textOf(answer.body)).toBe(403);
		expect(answer.body).toContain("Not for your role");
	});

	const keyed = API_DOORS.filter(({ scope }) => scope !== "open");
	it.each(keyed)(
		"of programs, $door is closed without a key, and to a key for less",
		async ({ door, scope }) => {
			const { method, path } = throughDoor(door, {});
			expect((await siege.ask({ method, path })).status).toBe(401);
			for (const less of ["read", "mail", "metrics"] as const) {
				if (less === scope) continue;
				const headers = [`Authorization: Bearer ${siege.keys[less]}`];
				expect((await siege.ask({ method, path, headers })).status, less).toBe(403);
			}
		},
	);

	it.each(keyed)("of programs, $door is closed to people whose role is for less", async ({ door, scope }) => {
		const { method, path } = throughDoor(door, {});
		const headers = [`Origin: http://${siege.host}`];
		for (const role of ["viewer", "operator"] as const) {
			if ((ROLE_SCOPES[role] as readonly string[]).includes(scope)) continue;
			expect((await siege.ask({ method, path, headers, as: role })).status, role).toBe(403);
		}
	});

	const changing = API_DOORS.filter(({ door }) => !door.startsWith("GET"));
	it.each(changing)(
		"of programs, $door is closed to an owner's browser on a page elsewhere",
		async ({ door }) => {
			const { method, path } = throughDoor(door, {});
			for (const origin of [
				[],
				["Origin: null"],
				["Origin: http://evil.example"],
				["Origin: https://127.0.0.1"],
			]) {
				const { status, body } = await siege.ask({ method, path, headers: origin, as: "owner" });
				expect([status, body], origin.join()).toEqual([403, expect.stringContaining("form-elsewhere")]);
			}
		},
	);

	it("of programs is open to who may only read nowhere that something changes", () => {
		expect(changing.filter(({ scope }) => ["read", "metrics", "open"].includes(scope))).toEqual([]);
	});

	it.each(CONTROL_DOORS)("of the control socket, %s is closed to every key", async (door) => {
		const { method, path } = throughDoor(door, {});
		const headers = [`Authorization: Bearer ${siege.keys.all}`];
		// What may be read under that name is there, and this is not a way to ask for it.
		const isReadable = API_DOORS.some((one) => one.door === `GET ${door.split(" ")[1]}`);
		expect((await siege.ask({ method, path, headers })).status).toBe(isReadable ? 405 : 404);
	});

	it("has led nobody anywhere: nothing has changed", async () => {
		expect(changeIn(stateBefore, await siege.state())).toBeUndefined();
	});

	it.each(CONSOLE_DOORS.filter((door) => door.startsWith("GET") && door !== "GET /live"))(
		"%s stands whatever is asked behind the question mark",
		async (door) => {
			const logLength = siege.house.log.length;
			const { path } = throughDoor(door, known);
			for (const value of ODD_VALUES) {
				const query = ODD_FIELDS.map((field) => `${field}=${value}`).join("&");
				const { status } = await siege.ask({ path: `${path}?${query}`, as: "owner", from: "127.0.0.1" });
				expect(status, value).toBeLessThan(500);
			}
			expect(siege.house.log.slice(logLength)).not.toMatch(/fault|unhandled|uncaught/);
		},
	);
});

/** All that pages read from their addresses, and some that they do not. */
const ODD_FIELDS = [
	...[
		"q",
		"state",
		"device",
		"account",
		"from",
		"until",
		"before",
		"after",
		"page",
		"span",
		"level",
		"event",
	],
	...[
		"follow",
		"next",
		"out",
		"made",
		"hook",
		"address",
		"method",
		"transport",
		"pasted",
		"code",
		"x[y]",
		"__proto__",
	],
];
const ODD_VALUES = [
	...[
		"",
		"-1",
		"0",
		"1e999",
		"NaN",
		"9007199254740993",
		"2026-99-99",
		"9999-12-31",
		"0000-00-00",
		"%",
		"%ff%fe",
	],
	...[
		"%00",
		"%0d%0aX:y",
		"%e2%80%ae",
		"'",
		"%22",
		"%5c",
		"*",
		"%25",
		"_",
		"(",
		"[",
		"a:b:c",
		"..%2f..%2fetc",
	],
	...[
		"__proto__",
		"constructor",
		"toString",
		"null",
		"undefined",
		"true",
		"x".repeat(600),
		"AAAA.AAAA",
		"1.1",
	],
];

describe("every page", () => {
	it("may stand in no frame, loads nothing from elsewhere, is kept by no cache, and does not say who serves it", async () => {
		const found: string[] = [];
		for (const path of [...(await pagesOf(siege.house)), "/log.txt", "/system/support.txt", "/healthz"]) {
			const { status, headers, body } = await siege.ask({ path, as: "owner", from: "127.0.0.1" });
			const one = (name: string) => headers.get(name)?.join() ?? "";
			const rules: Readonly<Record<string, boolean>> = {
				frames:
					one("x-frame-options") === "DENY" &&
					one("content-security-policy").includes("frame-ancestors 'none'"),
				scripts:
					/script-src 'self';/.test(one("content-security-policy")) &&
					!/unsafe/.test(one("content-security-policy")),
				sniffing: one("x-content-type-options") === "nosniff",
				cache: status >= 300 || one("cache-control") === "no-store",
				referrer: ["same-origin", "no-referrer"].includes(one("referrer-policy")),
				opener: one("cross-origin-opener-policy") === "same-origin",
				banner: !["server", "x-powered-by", "via"].some((name) => headers.has(name)),
				sharing: ![...headers.keys()].some((name) => name.startsWith("access-control-")),
				inline: !/<script(?![^>]* src=)|<style|\sstyle=|\son\w+=|javascript:/i.test(body),
				elsewhere: !/(?:src|href|action)="(?:https?:)?\/\/(?!127\.0\.0\.1|localhost)/.test(
					body.replaceAll(/<a [^>]*>/g, ""),
				),
			};
			for (const [rule, holds] of Object.entries(rules)) if (!holds) found.push(`${path}: ${rule}`);
		}
		expect(found).toEqual([]);
	});
});

describe("a box without an owner", () => {
	const PASSWORD = "another four words here";
	let open: BesiegedConsole;
	beforeEach(async () => {
		open = await BesiegedConsole.unclaimed();
	});
	afterEach(async () => {
		await open.house.close();
	});
	const claim = (from: string, headers: readonly string[] = []) =>
		open.postAsNobody("/setup/claim", { password: PASSWORD, again: PASSWORD }, { from, headers }, "/setup");

	it("shows nothing but that, whatever is asked for", async () => {
		const asked = CONSOLE_DOORS.filter(
			(door) => door.startsWith("GET") && !MAY.nobody.has(door) && door !== "GET /setup",
		);
		for (const door of asked) {
			const { path } = throughDoor(door, {});
			const { headers, status } = await open.ask({ path });
			expect([status, headers.get("location")?.join()], path).toEqual([303, "/setup"]);
		}
		expect((await open.ask({ path: "/api/v1/status" })).status).toBe(401);
	});

	it("is not to be had from beyond its network", async () => {
		const answer = await claim("127.77.0.1", ["X-Forwarded-For: 203.0.113.5"]);
		expect(answer.status).toBe(400);
		expect(answer.body).toContain("from its local network");
		const lied = await claim("127.77.0.1", ["X-Forwarded-For: 192.168.1.5, 203.0.113.5"]);
		expect([lied.status, sessionIn(lied)]).toEqual([400, ""]);
	});

	it("gets one owner, however many come at once", async () => {
		const claims = await Promise.all(Array.from({ length: 12 }, () => claim(open.newAddress())));
		expect(claims.filter((answer) => sessionIn(answer) !== "")).toHaveLength(1);
		expect(claims.filter(({ status }) => status === 400)).toHaveLength(11);
		expect(open.house.log).not.toMatch(/fault|unhandled|uncaught/);
	});
});

describe("the places of the console", () => {
	it("are not taken for long by who opens them all and says half a request", {
		timeout: 120_000,
	}, async () => {
		const held = Array.from({ length: 100 }, () => {
			const socket = net.connect(siege.port, "127.0.0.1");
			socket.on("error", () => undefined);
			socket.write(`GET /sign-in HTTP/1.1\r\nHost: ${siege.host}\r\nX-Slow: `);
			return socket;
		});
		await eventually(
			"the console answers again",
			async () => {
				const answer = await siege.ask({ path: "/sign-in" }).catch(() => undefined);
				return answer?.status === 200;
			},
			90_000,
		);
		for (const socket of held) socket.destroy();
	});

	it("are not taken by one viewer who listens a hundred times", async () => {
		const listening = Array.from({ length: 60 }, () => {
			const socket = net.connect({ port: siege.port, host: "127.0.0.1", localAddress: siege.newAddress() });
			socket.on("error", () => undefined);
			socket.resume();
			socket.write(siege.write({ path: "/live", as: "viewer" }));
			return socket;
		});
		const open = () => listening.filter((socket) => !socket.closed).length;
		await eventually("most of them are shut again", () => open() <= 8);
		expect((await siege.ask({ path: "/mail", as: "owner" })).status).toBe(200);
		for (const socket of listening) socket.destroy();
	});
});

describe("a session", () => {
	const setCookie = async (isTls: boolean) => {
		const { viewer: name } = siege.names;
		const fields = { name, password: siege.passwords.viewer };
		const answer = await siege.postAsNobody("/sign-in", fields, { isTls });
		return answer.headers.get("set-cookie")?.join("\n") ?? "";
	};

	it("is closed to scripts and to other sites over http", async () => {
		expect(await setCookie(false)).toMatch(
			/^postern=[\w-]{43}; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Strict$/,
		);
	});

	it("is also closed to http over https, and bound to this very host", async () => {
		expect(await setCookie(true)).toMatch(
			/^__Host-postern=[\w-]{43}; Max-Age=2592000; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
		);
	});

	it("is not begun by a name that somebody has any sooner than by one that nobody has", async () => {
		const said = async (name: string) => {
			const { status, body } = await siege.postAsNobody("/sign-in", { name, password: "a guess" });
			return `${status} ${body.replaceAll(/name="_token" value="[^"]*"/g, "").replaceAll(name, "NAME")}`;
		};
		expect(await said("nobody-has-it")).toBe(await said(siege.names.viewer));
	});
});

for (const [theme, rows] of Object.entries(TABLES)) {
	describe(`${theme}: refused`, () => {
		for (const row of rows) it(row.name, () => carryOut(row));
	});
}
