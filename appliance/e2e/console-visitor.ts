/** Somebody at the console over plain HTTP, as a browser without scripts: keeps cookies, sends forms with the token of their page. */
import type { House } from "./house.ts";

export class ConsoleVisitor {
	readonly #house: Pick<House, "port">;
	#cookies: ReadonlyMap<string, string> = new Map();

	constructor(house: Pick<House, "port">) {
		this.#house = house;
	}

	/** As a browser would send them now. */
	get cookies(): string {
		return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; ");
	}

	async ask(path: string, init: RequestInit = {}): Promise<Response> {
		const url = `http://127.0.0.1:${this.#house.port("console")}${path}`;
		const response = await fetch(url, {
			...init,
			redirect: "manual",
			headers: { ...init.headers, Cookie: this.cookies },
		});
		const set = response.headers.getSetCookie().map((one) => /^([^=]+)=([^;]*)/.exec(one) ?? []);
		const news = set.map(([, name = "", value = ""]) => [name, value] as const);
		this.#cookies = new Map([...this.#cookies, ...news]);
		return response;
	}

	async read(path: string): Promise<string> {
		return (await this.ask(path)).text();
	}

	/** @param from the page that the form stands on. */
	async post(
		path: string,
		fields: Readonly<Record<string, string | readonly string[]>>,
		from: string,
	): Promise<Response> {
		const [, token = ""] = /name="_token" value="([^"]+)"/.exec(await this.read(from)) ?? [];
		const body = new URLSearchParams({ _token: token });
		for (const [name, value] of Object.entries(fields))
			for (const one of [value].flat()) body.append(name, one);
		return this.ask(path, { method: "POST", body });
	}

	/** Makes the visitor the owner of a new box. */
	async claim(password: string): Promise<void> {
		await this.post("/setup/claim", { password, again: password }, "/setup");
	}

	/** Makes a key, and gives what is shown once. */
	async makeKey(label: string, scopes: readonly string[]): Promise<string> {
		await this.post("/people/keys", { label, scope: scopes }, "/people");
		const [key] = /pst_[\w-]+/.exec(await this.read("/people?made=")) ?? [];
		if (key === undefined) throw new Error(`no key was made for ${label}`);
		return key;
	}
}
