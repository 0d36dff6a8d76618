/**
 * The AUTHORIZATION state (RFC 1939 §4, §7; SASL: RFC 5034; STLS: RFC 2595): who fetches? For session.ts. Every way ends in one
 * check, which is slowed and locked as SMTP's is.
 */
import { Secret } from "../secret.ts";
import type { Pop3Host, SignedIn } from "./host.ts";
import type { MaildropOwner } from "./maildrop.ts";
import { err, ok } from "./replies.ts";
import type { Wire } from "./wire.ts";

/** What came of a command: nothing, somebody signed in, or the end. */
export type Step = { readonly owner: MaildropOwner } | "stay" | "leave";

/** Wrong passwords in one session. */
const MOST_FAILURES = 5;
/** For the answer to a challenge. */
const ANSWER_MS = 60_000;

export interface AuthorizationParts {
	readonly wire: Wire;
	readonly host: Pop3Host;
	readonly address: string;
	/** The greeting's `<…>`, for APOP. */
	readonly stamp: string;
}

export class Authorization {
	readonly #parts: AuthorizationParts;
	#username = "";
	#failures = 0;

	constructor(parts: AuthorizationParts) {
		this.#parts = parts;
	}

	async user(argument: string): Promise<Step> {
		if (argument.trim() === "") return await this.#say(err("USER needs a name"));
		if (!this.#mayShowPassword()) return await this.#say(ENCRYPT_FIRST);
		this.#username = argument.trim();
		return await this.#say(ok("now PASS"));
	}

	/** RFC 1939 §7: the argument may hold spaces, and is the password to its last one. */
	async pass(argument: string): Promise<Step> {
		const username = this.#username;
		if (username === "") return await this.#say(err("USER comes first"));
		this.#username = "";
		return await this.#check(username, argument);
	}

	async apop(argument: string): Promise<Step> {
		const { host, stamp } = this.#parts;
		if (!host.takesApop()) return await this.#say(err("APOP is not offered here"));
		const [username = "", digest = "", ...rest] = argument.trim().split(/ +/);
		if (username === "" || !/^[0-9a-f]{32}$/i.test(digest) || rest.length > 0)
			return await this.#say(err("APOP needs a name and a digest"));
		return await this.#judge(
			username,
			host.authenticateByApop(username, stamp, digest.toLowerCase(), this.#peer()),
		);
	}

	/** `AUTH` alone asks what there is (RFC 1734, as Outlook still does). */
	async auth(argument: string): Promise<Step> {
		const [mechanism = "", initial, ...rest] = argument.split(/ +/);
		const { wire } = this.#parts;
		if (mechanism === "") {
			await wire.sayAll(ok("mechanisms follow"), this.mechanisms());
			return "stay";
		}
		if (rest.length > 0) return await this.#say(err("AUTH takes a mechanism and an initial response"));
		if (!MECHANISMS.includes(mechanism.toUpperCase()))
			return await this.#say(err("this mechanism is not offered"));
		if (!this.#mayShowPassword()) return await this.#say(ENCRYPT_FIRST);
		return mechanism.toUpperCase() === "PLAIN" ? await this.#plain(initial) : await this.#login(initial);
	}

	async stls(argument: string): Promise<Step> {
		const { wire, host } = this.#parts;
		const context = host.secureContext();
		if (argument !== "") return await this.#say(err("STLS takes no argument"));
		if (wire.isSecure) return await this.#say(err("TLS is in use already"));
		if (context === undefined) return await this.#say(err("STLS is not offered here"));
		// Commands sent in clear behind STLS would count as sent under TLS (RFC 2595 §4; the "STARTTLS injection" of 2011).
		if (wire.hasMore) {
			await wire.say(err("nothing may follow STLS before TLS"));
			return "leave";
		}
		await wire.say(ok("begin TLS"));
		this.#username = "";
		return (await wire.secure(context)) ? "stay" : "leave";
	}

	/** SASL mechanisms to offer just now. */
	mechanisms(): readonly string[] {
		return this.#mayShowPassword() ? MECHANISMS : [];
	}

	/** RFC 2449 §6. */
	capabilities(): readonly string[] {
		const { wire, host } = this.#parts;
		const mechanisms = this.mechanisms();
		return [
			...(this.#mayShowPassword() ? ["USER"] : []),
			...(mechanisms.length > 0 ? [`SASL ${mechanisms.join(" ")}`] : []),
			...(!wire.isSecure && host.secureContext() !== undefined ? ["STLS"] : []),
		];
	}

	async #plain(initial: string | undefined): Promise<Step> {
		const answer = initial ?? (await this.#challenge(""));
		if (answer === undefined) return "leave";
		if (answer === "*") return await this.#say(err("cancelled", "AUTH"));
		// RFC 5034 §4: `=` stands for an empty response.
		const fields = decoded(answer === "=" ? "" : answer)?.split("\0");
		const [authorizeAs = "", username = "", password = "", ...rest] = fields ?? [];
		if (fields === undefined || fields.length < 3 || rest.length > 0)
			return await this.#say(err("that is no PLAIN response", "AUTH"));
		if (authorizeAs !== "" && authorizeAs !== username)
			return await this.#say(err("nobody may act for another here", "AUTH"));
		return await this.#check(username, password);
	}

	/** As Outlook and many libraries do it; there is no RFC. */
	async #login(initial: string | undefined): Promise<Step> {
		const name = initial ?? (await this.#challenge("Username:"));
		if (name === undefined) return "leave";
		if (name === "*") return await this.#say(err("cancelled", "AUTH"));
		const word = await this.#challenge("Password:");
		if (word === undefined) return "leave";
		if (word === "*") return await this.#say(err("cancelled", "AUTH"));
		const [username, password] = [decoded(name), decoded(word)];
		if (username === undefined || password === undefined)
			return await this.#say(err("that is no base64", "AUTH"));
		return await this.#check(username, password);
	}

	/** Undefined: the client has gone. */
	async #challenge(text: string): Promise<string | undefined> {
		const { wire } = this.#parts;
		await wire.say(`+ ${Buffer.from(text).toString("base64")}`);
		const line = await wire.line(ANSWER_MS);
		return line.kind === "line" ? line.text.trim() : undefined;
	}

	async #check(username: string, password: string): Promise<Step> {
		const { host } = this.#parts;
		return await this.#judge(username, await host.authenticate(username, new Secret(password), this.#peer()));
	}

	async #judge(username: string, result: SignedIn): Promise<Step> {
		if (result.ok) return { owner: result.owner };
		const { host, address } = this.#parts;
		const { reason } = result;
		host.refusals.tell(address, () =>
			host.log.notice("pop3-sign-in-refused", { client: address, user: username, reason }),
		);
		if (result.reason === "clear") return await this.#say(ENCRYPT_FIRST);
		if (result.reason !== "wrong") return await this.#say(NOT_NOW);
		this.#failures += 1;
		await this.#say(err("name or password is wrong", "AUTH"));
		return this.#failures >= MOST_FAILURES ? "leave" : "stay";
	}

	#peer() {
		const { address, wire } = this.#parts;
		return { address, isSecure: wire.isSecure };
	}

	#mayShowPassword(): boolean {
		const { wire, host } = this.#parts;
		return wire.isSecure || host.takesPasswordsInClear();
	}

	async #say(line: string): Promise<"stay"> {
		await this.#parts.wire.say(line);
		return "stay";
	}
}

const MECHANISMS = ["PLAIN", "LOGIN"];
const ENCRYPT_FIRST = err("encrypt first: STLS, or the port for SSL/TLS", "AUTH");
const NOT_NOW = err("too many failures, try again later", "SYS/TEMP");

function decoded(base64: string): string | undefined {
	if (!/^[A-Za-z0-9+/]*={0,2}$/.test(base64)) return undefined;
	return Buffer.from(base64, "base64").toString("utf8");
}
