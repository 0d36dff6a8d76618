/** Being somebody else: made-up, fixed, stolen and outlived sessions, guessed passwords and codes. */
import { TOTP } from "otpauth";
import { type BesiegedConsole, type Insider, sessionIn } from "../besieged-console.ts";
import type { RawAnswer } from "../raw-http.ts";
import { type Attack, TO_SIGN_IN } from "./attack.ts";

const GOAL = "/mail";
/** As many wrong ones as lock an address. */
const GUESSES = 6;
const WRONG = { refused: [403], says: /Name, password or code is wrong/ } as const;
const LOCKED = { refused: [403], says: /too many wrong tries/ } as const;

const withCookie = (name: string, cookie: (siege: BesiegedConsole) => string): Attack => ({
	...{ name, ...TO_SIGN_IN },
	attack: (siege) => siege.open(GOAL, cookie(siege)),
});

const tokenOf = (cookie: string) => cookie.slice(cookie.indexOf("=") + 1);

/** A session that was somebody's until `end`, then used. */
const outlived = (
	name: string,
	end: (siege: BesiegedConsole, person: Insider) => Promise<unknown>,
	rest: Partial<Attack> = TO_SIGN_IN,
): Attack => ({
	...{ name, refused: [303], ...rest },
	async prepare(siege) {
		const person = await siege.newPerson("operator");
		await end(siege, person);
		return person.cookie;
	},
	attack: (siege, cookie) => siege.open(GOAL, cookie),
});

async function guess(siege: BesiegedConsole, name: string, from: string, headers: readonly string[] = []) {
	for (let guessed = 0; guessed < GUESSES; guessed += 1) {
		const more = headers.map((header) => `${header}${guessed + 1}`);
		await siege.postAsNobody("/sign-in", { name, password: `guess ${guessed}` }, { from, headers: more });
	}
}

/** The right password after too many wrong ones, which is how guessing would end. */
const guessed = (name: string, headers: readonly string[] = [], last: readonly string[] = []): Attack => ({
	...{ name, ...LOCKED },
	async attack(siege) {
		const from = siege.newAddress();
		const { viewer: who } = siege.names;
		await guess(siege, who, from, headers);
		const fields = { name: who, password: siege.passwords.viewer };
		return siege.postAsNobody("/sign-in", fields, { from, headers: last });
	},
});

/** Somebody with an authenticator app; gives its secret. */
async function withCodes(siege: BesiegedConsole) {
	const person = await siege.newPerson("operator");
	const { body } = await siege.postWith(person, "/me/codes", {});
	const [, typed = ""] = /<code>([^<]+)<\/code>/.exec(body) ?? [];
	const code = new TOTP({ secret: typed.replaceAll(" ", "") }).generate();
	const confirmed = await siege.postWith(person, "/me/codes/confirm", { code });
	const [, recovery = ""] = /<li><code>([^<]+)<\/code>/.exec(confirmed.body) ?? [];
	return { person, code, recovery };
}

const signInWithCode = (siege: BesiegedConsole, { name, password }: Insider, code: string) =>
	siege.postAsNobody("/sign-in", { name, password, code });

export const SESSION_ATTACKS: readonly Attack[] = [
	withCookie("with a session that nobody began", () => `postern=${"A".repeat(43)}`),
	withCookie("with an empty session", () => "postern="),
	withCookie("with the beginning of the owner's session", ({ cookies }) => cookies.owner.slice(0, -1)),
	withCookie("with the owner's session and more", ({ cookies }) => `${cookies.owner}A`),
	withCookie("with the owner's session in small letters", ({ cookies }) => cookies.owner.toLowerCase()),
	withCookie("with the owner's session in quotes", ({ cookies }) => {
		return `postern="${tokenOf(cookies.owner)} "`;
	}),
	withCookie(
		"with the owner's session in another cookie",
		({ cookies }) => `Postern${cookies.owner.slice(7)}`,
	),
	withCookie("with the owner's name for a session", () => "postern=owner"),
	withCookie("with a session that is a property of all objects", () => "postern=__proto__"),
	withCookie("with a session of 10,000 letters", () => `postern=${"A".repeat(10_000)}`),
	withCookie("with a session that is an object", () => `postern=${encodeURIComponent('{"role":"owner"}')}`),
	withCookie("with a session that says its role", () => "postern=x; role=owner; isAdmin=true"),
	withCookie("with the name by which /me calls the session", ({ cookies }) => {
		return `postern-visit=${tokenOf(cookies.owner).slice(0, 24)}`;
	}),
	withCookie("with the owner's session as one over https", ({ cookies }) => `__Host-${cookies.owner}`),
	{
		...{ name: "with a session of http over https, where a page of http could have set it", ...TO_SIGN_IN },
		attack: (siege) => siege.open(GOAL, siege.cookies.owner, { isTls: true }),
	},
	{
		...{ name: "with the owner's session in the address", ...TO_SIGN_IN },
		attack: (siege) => siege.ask({ path: `${GOAL}?${siege.cookies.owner}` }),
	},
	{
		...{ name: "with the owner's session for a key", ...TO_SIGN_IN },
		attack: (siege) =>
			siege.ask({
				path: GOAL,
				headers: [`Authorization: Bearer ${tokenOf(siege.cookies.owner)}`],
			}),
	},
	{
		...{ name: "with the owner's name and password in the header", ...TO_SIGN_IN },
		attack: (siege) => {
			const basic = Buffer.from(`owner:${siege.passwords.owner}`).toString("base64");
			return siege.ask({ path: GOAL, headers: [`Authorization: Basic ${basic}`] });
		},
	},
	{
		...{
			name: "with a session that the attacker had chosen before the victim signed in (fixation)",
			...TO_SIGN_IN,
		},
		async prepare(siege) {
			const chosen = `postern=${"F".repeat(43)}`;
			const page = await siege.open("/sign-in", chosen);
			const [, token = ""] = /name="_token" value="([^"]+)"/.exec(page.body) ?? [];
			const visit = page.headers.get("set-cookie")?.[0]?.split(";", 1)[0] ?? "";
			const { viewer } = siege.names;
			const fields = new URLSearchParams({ name: viewer, password: siege.passwords.viewer, _token: token });
			const answer = await siege.ask({
				...{ method: "POST", path: "/sign-in", body: fields.toString() },
				headers: ["Content-Type: application/x-www-form-urlencoded", `Cookie: ${visit}; ${chosen}`],
			});
			if (["", chosen].includes(sessionIn(answer))) throw new Error(`not signed in anew: ${answer.text}`);
			return chosen;
		},
		attack: (siege, chosen) => siege.open(GOAL, chosen),
	},
	outlived("after its person has signed out", (siege, person) => siege.postWith(person, "/sign-out", {})),
	outlived("after its person has changed the password elsewhere", async (siege, person) => {
		const { name, password } = person;
		const cookie = await siege.signIn(name, password);
		const other = { ...person, cookie, token: await siege.tokenOf(cookie) };
		const next = "quite another four words";
		await siege.postWith(other, "/me/password", { current: password, next, again: next });
	}),
	outlived("after an owner has given its person a new password", (siege, { name }) =>
		siege.post(`/people/${name}/password`, {}, "owner"),
	),
	outlived("after its person has been removed", (siege, { name }) =>
		siege.post(`/people/${name}/remove`, { confirmed: "yes" }, "owner"),
	),
	outlived("after its person's role has been lowered", (siege, { name }) =>
		siege.post(`/people/${name}/role`, { role: "viewer" }, "owner"),
	),
	outlived("after its person has ended it from elsewhere", async (siege, person) => {
		const cookie = await siege.signIn(person.name, person.password);
		const other = { ...person, cookie, token: await siege.tokenOf(cookie) };
		const { body } = await siege.open("/me", cookie);
		const [, end = ""] = /action="(\/me\/sessions\/[^"]+\/end)"/.exec(body) ?? [];
		await siege.postWith(other, end, {});
	}),
	guessed("guessing until the right password comes"),
	guessed(
		"guessing from ever new addresses, by a header of proxies",
		["X-Forwarded-For: 203.0.113."],
		["X-Forwarded-For: 203.0.113.99"],
	),
	guessed(
		"guessing from ever new addresses, by other headers of proxies",
		["X-Real-IP: 203.0.113.", "Forwarded: for=203.0.113.", "X-Client-IP: 203.0.113."],
		["X-Real-IP: 203.0.113.99"],
	),
	guessed("guessing from ever new browsers", ["User-Agent: browser "], ["User-Agent: another"]),
	{
		...{ name: "guessing through a trusted proxy, with a list that the attacker began", ...LOCKED },
		async attack(siege) {
			const from = "127.77.0.2";
			const list = (number: number) => [`X-Forwarded-For: 203.0.113.${number}, 198.51.100.7`];
			const { viewer: name } = siege.names;
			for (let guessed = 1; guessed <= GUESSES; guessed += 1) {
				const ask = { from, headers: list(guessed) };
				await siege.postAsNobody("/sign-in", { name, password: "a guess" }, ask);
			}
			const fields = { name, password: siege.passwords.viewer };
			return siege.postAsNobody("/sign-in", fields, { from, headers: list(99) });
		},
	},
	{
		...{
			name: "guessing many passwords at once",
			refused: [403],
			says: /too many wrong tries|busy checking|is wrong/,
		},
		async attack(siege) {
			const from = siege.newAddress();
			const { viewer: name } = siege.names;
			const guesses = Array.from({ length: 20 }, (_, number) =>
				siege.postAsNobody("/sign-in", { name, password: `guess ${number}` }, { from }),
			);
			const answers = await Promise.all(guesses);
			return answers.find(({ status }) => status !== 403) ?? (answers[0] as RawAnswer);
		},
	},
	...[
		"",
		"x".repeat(5_000),
		"\0",
		"owner\0",
		"__proto__",
		"constructor",
		"owner' OR '1'='1",
		"*",
		"ＯＷＮＥＲ",
	].map(
		(name): Attack => ({
			...{ name: `signing in as ${JSON.stringify(name.slice(0, 20))}`, ...WRONG },
			attack: (siege) => siege.postAsNobody("/sign-in", { name, password: "a guess" }),
		}),
	),
	...["", " ", "\0", "x".repeat(200_000), "undefined", "null", "[object Object]"].map(
		(password): Attack => ({
			...{ name: `signing in with the password ${JSON.stringify(password.slice(0, 20))}`, ...WRONG },
			attack: (siege) => siege.postAsNobody("/sign-in", { name: "owner", password }),
		}),
	),
	{
		...{ name: "with the right password in other letters", ...WRONG },
		attack: (siege) =>
			siege.postAsNobody("/sign-in", { name: "owner", password: siege.passwords.owner.toUpperCase() }),
	},
	{
		...{
			name: "without the code of somebody who has an authenticator app",
			refused: [200],
			says: /name="code"/,
		},
		async prepare(siege) {
			const { person } = await withCodes(siege);
			return `${person.name} ${person.password}`;
		},
		attack(siege, got) {
			const [name = "", password = ""] = got.split(" ");
			return siege.postAsNobody("/sign-in", { name, password });
		},
	},
	{
		...{ name: "with a code that has been used already", ...WRONG },
		async prepare(siege) {
			const { person, code } = await withCodes(siege);
			return JSON.stringify([person, code]);
		},
		attack: (siege, got) => signInWithCode(siege, ...(JSON.parse(got) as [Insider, string])),
	},
	{
		...{ name: "with a recovery code that has been used already", ...WRONG },
		async prepare(siege) {
			const { person, recovery } = await withCodes(siege);
			const first = await signInWithCode(siege, person, recovery);
			if (sessionIn(first) === "") throw new Error(`the code is none: ${first.body}`);
			return JSON.stringify([person, recovery]);
		},
		attack: (siege, got) => signInWithCode(siege, ...(JSON.parse(got) as [Insider, string])),
	},
	{
		...{
			name: "taking the authenticator app away with a stolen session and no password",
			refused: [400],
			says: /wrong/,
		},
		isInside: true,
		prepare: async (siege) => JSON.stringify((await withCodes(siege)).person),
		attack: (siege, got) =>
			siege.postWith(JSON.parse(got) as Insider, "/me/codes/off", { password: "a guess" }),
	},
	{
		...{
			name: "changing the password with a stolen session and without the old one",
			refused: [400],
			says: /wrong/,
		},
		isInside: true,
		attack: (siege) => {
			const next = "the attacker knows this";
			return siege.post("/me/password", { current: "a guess", next, again: next }, "viewer");
		},
	},
	{
		...{ name: "claiming a box that has an owner", refused: [400], says: /has an owner already/ },
		attack: (siege) => {
			const password = "the attacker knows this";
			return siege.postAsNobody("/setup/claim", { password, again: password, code: "" });
		},
	},
];
