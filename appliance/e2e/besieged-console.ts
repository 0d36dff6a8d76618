/**
 * A console under attack: the real program with an owner, an operator, a viewer, keys of programs and a life worth
 * stealing, and what an attacker needs to be told apart from them. For 39-console-attacks.e2e.test.ts and its tables.
 *
 * `state` is everything that an attack could have changed, as text: it is compared before and after.
 */
import { KEY_SCOPES, type KeyScope, type Role } from "../console-services.ts";
import { OWNER_PASSWORD, submit } from "./console-tour.ts";
import { House } from "./house.ts";
import { exchange, type RawAnswer } from "./raw-http.ts";

/** Stands on pages that need a sign-in and nowhere else. */
export const SECRETS = /alerts@contoso|Private matters|Treasury copier|plc-login|mail-counter/i;
const TREASURE = "Treasury copier";
const SUBJECT = "Private matters";

/** Passed as it is: a header is a line, and an attacker writes what they like. */
export interface Ask {
	readonly method?: string;
	readonly path: string;
	/** The session of whom; absent: nobody's. */
	readonly as?: Role;
	/** False: without the line that says which host is meant. */
	readonly host?: string | false;
	readonly headers?: readonly string[];
	/** Its length is stated, unless the headers say how long it is. */
	readonly body?: string | Buffer;
	/** Else an address that nobody else uses. */
	readonly from?: string;
	readonly isTls?: boolean;
	/** For forms whose body is read as it comes: the token stands in the address as well. */
	readonly isTokenInPath?: boolean;
}

/** Somebody who is signed in. */
export interface Insider {
	readonly name: string;
	readonly password: string;
	readonly cookie: string;
	/** For forms. */
	readonly token: string;
}

/** Pairs where a name comes more than once. */
type Fields = Readonly<Record<string, string>> | readonly (readonly [string, string])[];

const FORM = "Content-Type: application/x-www-form-urlencoded";

export class BesiegedConsole {
	readonly house: House;
	readonly names: Record<Role, string> = { owner: "owner", operator: "", viewer: "" };
	readonly passwords: Record<Role, string> = { owner: OWNER_PASSWORD, operator: "", viewer: "" };
	readonly cookies: Record<Role, string> = { owner: "", operator: "", viewer: "" };
	/** For forms, by whose session. */
	readonly tokens: Record<Role, string> = { owner: "", operator: "", viewer: "" };
	readonly keys: Partial<Record<KeyScope | "all", string>> = {};
	#serial = 0;

	private constructor(house: House) {
		this.house = house;
	}

	static async build(): Promise<BesiegedConsole> {
		const siege = await BesiegedConsole.unclaimed();
		await siege.#settle();
		return siege;
	}

	/** Before anybody owns it. */
	static async unclaimed(): Promise<BesiegedConsole> {
		const house = await House.build({
			pop3: true,
			console: `listen = ["127.0.0.1:0"]\nlisten_tls = ["127.0.0.1:0"]\ntrusted_proxies = ["127.77.0.0/16"]`,
			queue: 'retry = "1h"\nkeep_subjects = true',
			more: MORE,
		});
		return new BesiegedConsole(house);
	}

	/** Where the console is, over http. */
	get port(): number {
		return this.house.port("console");
	}

	get host(): string {
		return `127.0.0.1:${this.port}`;
	}

	/** An address that has not asked for anything yet. */
	newAddress(): string {
		this.#serial += 1;
		return `127.66.${this.#serial >> 7}.${(this.#serial & 127) + 1}`;
	}

	ask(ask: Ask): Promise<RawAnswer> {
		const { from = this.newAddress(), isTls = false } = ask;
		const port = isTls ? this.house.port("console-tls") : this.port;
		return exchange({ port, from, isTls, parts: [this.write(ask)] });
	}

	/** The same without its head being put together: bytes as they are. */
	send(...parts: readonly (string | Buffer)[]): Promise<RawAnswer> {
		return exchange({ port: this.port, from: this.newAddress(), parts });
	}

	/** A form as a page of the console sends it, with a good token. */
	post(path: string, fields: Fields, as: Role, ask: Partial<Ask> = {}) {
		const body = formOf(fields, this.tokens[as]);
		return this.ask({
			method: "POST",
			path: withToken(path, this.tokens[as], ask),
			as,
			body,
			...ask,
			headers: [FORM, ...(ask.headers ?? [])],
		});
	}

	/** A form of a visitor who is not signed in, with a good token of a visit of its own: of the page `from`. */
	async postAsNobody(
		path: string,
		fields: Readonly<Record<string, string>>,
		ask: Partial<Ask> = {},
		from = "/sign-in",
	) {
		const page = await this.ask({ path: from, ...ask });
		const cookie = cookiesOf(page);
		const token = tokenIn(page.body);
		const body = formOf(fields, token);
		const headers = [FORM, `Cookie: ${cookie}`, ...(ask.headers ?? [])];
		return this.ask({ method: "POST", path: withToken(path, token, ask), body, ...ask, headers });
	}

	write({ method = "GET", path, as, host = this.host, headers = [], body = "" }: Ask): Buffer {
		const isStated = headers.some((line) => /^(?:content-length|transfer-encoding):/i.test(line));
		const lines = [
			`${method} ${path} HTTP/1.1`,
			...(host === false ? [] : [`Host: ${host}`]),
			...(as === undefined ? [] : [`Cookie: ${this.cookies[as]}`]),
			...headers,
			...(isStated || (body.length === 0 && method === "GET")
				? []
				: [`Content-Length: ${Buffer.byteLength(body)}`]),
			"Connection: close",
		];
		return Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1"), Buffer.from(body)]);
	}

	/** Signs somebody in from an address of their own; gives the cookie. */
	async signIn(name: string, password: string, ask: Partial<Ask> = {}): Promise<string> {
		const answer = await this.postAsNobody("/sign-in", { name, password }, ask);
		return sessionIn(answer);
	}

	/** A new person, signed in; who is let go of again is nobody's concern. */
	async newPerson(role: Role): Promise<Insider> {
		this.#serial += 1;
		const name = `person-${this.#serial}`;
		const password = await this.#made("/people", { name, role }, name);
		const cookie = await this.signIn(name, password);
		return { name, password, cookie, token: await this.tokenOf(cookie) };
	}

	/** A form of somebody's own session. */
	postWith({ cookie, token }: Insider, path: string, fields: Readonly<Record<string, string>>) {
		const body = formOf(fields, token);
		return this.ask({ method: "POST", path, headers: [FORM, `Cookie: ${cookie}`], body });
	}

	/** A page, with cookies as they are given. */
	open(path: string, cookie: string, ask: Partial<Ask> = {}): Promise<RawAnswer> {
		return this.ask({ path, ...ask, headers: [`Cookie: ${cookie}`, ...(ask.headers ?? [])] });
	}

	/** What an attack could have changed. */
	async state(): Promise<string> {
		const parts = await Promise.all([
			...["queue", "devices", "strangers", "accounts", "mailboxes", "config/origins"].map((what) =>
				this.ask({
					path: `/api/v1/${what}`,
					headers: [`Authorization: Bearer ${this.keys.all}`],
					from: "127.0.0.1",
				}),
			),
			...["/people", "/system/settings", "/mail"].map((path) =>
				this.ask({ path, as: "owner", from: "127.0.0.1" }),
			),
			this.ask({ path: "/system", as: "owner", from: "127.0.0.1" }),
		]);
		for (const { status, body } of parts) if (status !== 200) throw new Error(`${status}: ${body}`);
		const texts = parts.map(({ body }) => body);
		// Looking after the web-hooks alone: the rest of that page is how warm the box is.
		const hooks = (texts.pop() ?? "").replace(/^[\s\S]*id="hooks"/, "");
		return [...texts, hooks].map(steady).join("\n\n");
	}

	async #settle(): Promise<void> {
		const { house } = this;
		const claimed = await this.#claim();
		this.cookies.owner = claimed;
		this.tokens.owner = await this.tokenOf(claimed);
		for (const role of ["operator", "viewer"] as const) {
			const { name, password, cookie, token } = await this.newPerson(role);
			this.names[role] = name;
			this.passwords[role] = password;
			this.cookies[role] = cookie;
			this.tokens[role] = token;
		}
		for (const scope of ["read", "mail", "metrics"] as const) this.keys[scope] = await this.#key([scope]);
		this.keys.all = await this.#key(KEY_SCOPES);
		for (const key of Object.values(this.keys)) {
			await this.ask({ path: "/metrics", headers: [`Authorization: Bearer ${key}`] });
		}
		await submit(house.port("relay"), "senddenied@example.com", SUBJECT);
		await submit(house.port("relay"), "servererror@example.com", SUBJECT);
		let rows: readonly { lastError: string }[] = [];
		// The state is known before its reason is on the card.
		const isSettled = () => rows.length === 2 && rows.every(({ lastError }) => lastError !== "");
		while (!isSettled()) {
			await new Promise((resolve) => setTimeout(resolve, 100));
			rows = await house.json("queue", "list");
		}
	}

	async #claim(): Promise<string> {
		const page = await this.ask({ path: "/setup", from: "127.0.0.1" });
		const password = OWNER_PASSWORD;
		const body = formOf({ password, again: password }, tokenIn(page.body));
		const headers = [FORM, `Cookie: ${cookiesOf(page)}`];
		return sessionIn(
			await this.ask({ method: "POST", path: "/setup/claim", headers, body, from: "127.0.0.1" }),
		);
	}

	#key(scopes: readonly KeyScope[]): Promise<string> {
		const fields = scopes.map((scope) => ["scope", scope] as const);
		return this.#made(
			"/people/keys",
			[["label", `mail-counter ${scopes.length} ${scopes[0]}`], ...fields],
			"",
		);
	}

	/** What is shown once of what was made. */
	async #made(path: string, fields: Fields, made: string): Promise<string> {
		await this.post(path, fields, "owner");
		const { body } = await this.ask({ path: `/people?made=${made}`, as: "owner" });
		const [, shown = ""] = /<code[^>]*>([^<]+)<\/code>/.exec(body) ?? [];
		if (shown === "") throw new Error(`nothing was made: ${body}`);
		return shown;
	}

	async tokenOf(cookie: string): Promise<string> {
		const { body } = await this.ask({ path: "/me", headers: [`Cookie: ${cookie}`] });
		return tokenIn(body);
	}
}

function withToken(path: string, token: string, { isTokenInPath = false }: Partial<Ask>): string {
	return isTokenInPath ? `${path}?_token=${token}` : path;
}

function formOf(fields: Fields, token: string): string {
	const form = new URLSearchParams(Array.isArray(fields) ? fields : Object.entries(fields));
	form.append("_token", token);
	return form.toString();
}

/** `name=value` of each cookie that an answer sets. */
function cookiesOf({ headers }: RawAnswer): string {
	return (headers.get("set-cookie") ?? []).map((line) => line.split(";", 1)[0] ?? "").join("; ");
}

/** The session that an answer begins; empty when it begins none. */
export function sessionIn(answer: RawAnswer): string {
	return /(?:^|; )((?:__Host-)?postern=[\w-]{20,})/.exec(cookiesOf(answer))?.[1] ?? "";
}

function tokenIn(page: string): string {
	return /name="_token" value="([^"]+)"/.exec(page)?.[1] ?? "";
}

/** Where a state is another than before; undefined when it is the same. */
export function changeIn(before: string, after: string): string | undefined {
	if (before === after) return undefined;
	let at = 0;
	while (before[at] === after[at]) at += 1;
	const around = (text: string) => text.slice(Math.max(0, at - 100), at + 200);
	return `${around(before)}\n   is now\n${around(after)}`;
}

/** Without what is new in every page, and how long ago something was. */
function steady(page: string): string {
	return (
		page
			.replaceAll(/name="_token" value="[^"]*"/g, "")
			.replaceAll(/<time[\s\S]*?<\/time>/g, "")
			.replaceAll(/"(?:lastRenewedAt|lapsesAt|lastUsedAt|lastSignInAt|now)":(?:"[^"]*"|null)/g, "")
			// By the wall clock, from a time that is not of that clock: a millisecond more or less.
			.replaceAll(/"nextAttemptAt":"[^"]*"/g, '"nextAttemptAt":"some time"')
			.replaceAll(/, next[^<]*</g, "<")
	);
}

const MORE = `
[[device]]
name = "${TREASURE}"
username = "treasury"
password = "a long password"

[[mailbox]]
username = "plc-login"
password = "correct horse"
mailbox = "alerts@contoso.example"
`;
