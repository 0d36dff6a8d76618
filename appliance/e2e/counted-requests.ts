/**
 * Requests to the console one after the other over a kept connection, with the bytes that come over the wire and the time it
 * takes. For the test of what pages weigh, and the bench. Throws what the connection throws.
 */
import { once } from "node:events";
import http, { type IncomingMessage } from "node:http";
import { gunzipSync } from "node:zlib";

export interface Answer {
	readonly status: number;
	readonly headers: IncomingMessage["headers"];
	/** Head and body as they came, compressed. */
	readonly wireBytes: number;
	/** From asking to the last byte. */
	readonly tookMs: number;
	/** The body, not compressed any more. */
	text(): string;
}

/** What a page makes a browser load with it, and what a style sheet does. */
const IN_PAGE = /<(?:link|script|img|source|image|use)\b[^>]*?\s(?:href|src)="([^"#]+)"/g;
const IN_STYLE = /(?:url\(|@import )["']?([^"')]+)/g;

export class CountedRequests implements Disposable {
	readonly #port: number;
	readonly #cookies: string;
	readonly #agent = new http.Agent({ keepAlive: true, maxSockets: 1 });

	/** Cookies as a browser sends them; what is set meanwhile is not kept. */
	constructor(port: number, cookies = "") {
		this.#port = port;
		this.#cookies = cookies;
	}

	async ask(path: string): Promise<Answer> {
		const startedMs = performance.now();
		const request = http.get({
			...{ agent: this.#agent, host: "127.0.0.1", port: this.#port, path },
			headers: { "Accept-Encoding": "gzip", Cookie: this.#cookies },
		});
		const [socket] = (await once(request, "socket")) as [NonNullable<typeof request.socket>];
		const bytesBefore = socket.bytesRead;
		const [response] = (await once(request, "response")) as [IncomingMessage];
		const chunks: Buffer[] = [];
		for await (const chunk of response) chunks.push(chunk as Buffer);
		const tookMs = performance.now() - startedMs;
		const content = Buffer.concat(chunks);
		return {
			...{ status: response.statusCode ?? 0, headers: response.headers, tookMs },
			wireBytes: socket.bytesRead - bytesBefore,
			text: () => (isPacked(response) ? gunzipSync(content) : content).toString(),
		};
	}

	/** The page and everything it refers to, for a browser that has nothing of it yet. */
	async firstVisitBytes(path: string): Promise<number> {
		const seen = new Set<string>();
		const weigh = async (at: string): Promise<number> => {
			if (seen.has(at)) return 0;
			seen.add(at);
			const answer = await this.ask(at);
			if (at !== path && answer.status !== 200) throw new Error(`${path} refers to ${at}: ${answer.status}`);
			let bytes = answer.wireBytes;
			for (const reference of referencesOf(answer)) bytes += await weigh(resolved(reference, at));
			return bytes;
		};
		return await weigh(path);
	}

	[Symbol.dispose](): void {
		this.#agent.destroy();
	}
}

function isPacked({ headers }: IncomingMessage): boolean {
	return headers["content-encoding"] === "gzip";
}

function referencesOf(answer: Answer): readonly string[] {
	const type = answer.headers["content-type"] ?? "";
	if (!/^text\/(?:html|css)/.test(type)) return [];
	const found = answer.text().matchAll(type.startsWith("text/html") ? IN_PAGE : IN_STYLE);
	// Pictures that stand in the text itself come with it.
	return [...found].map(([, reference = ""]) => reference).filter((one) => !one.startsWith("data:"));
}

function resolved(reference: string, at: string): string {
	const { pathname, search } = new URL(reference, `http://console${at}`);
	return pathname + search;
}
