/**
 * How long the body of a request may take: a request that dawdles holds one of few connections. Node's own limit
 * (`requestTimeout`) is one for all requests of a server; here a route may give its own request more time, once it knows
 * who asks (`lift`). Then the body may take hours, but has to keep coming.
 *
 * What is too slow hears 408 where nothing was answered yet, and its connection ends. For serve.ts.
 */
import type { IncomingMessage, ServerResponse } from "node:http";

export interface BodyLimits {
	/** Until all of it is here; once lifted, between two looks at how much has come. */
	readonly timeoutMs: number;
	/** Must come between two looks. */
	readonly leastBytes: number;
}

const TOO_SLOW = "HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n";

export class BodyDeadlines {
	readonly #limits: BodyLimits;
	readonly #lifts = new WeakMap<object, () => void>();

	constructor(limits: BodyLimits) {
		this.#limits = limits;
	}

	/** To be called before anybody reads of it. */
	watch(request: IncomingMessage, response: ServerResponse): void {
		const { timeoutMs, leastBytes } = this.#limits;
		let isLifted = false;
		let seenBytes = 0;
		const look = () => {
			if (request.complete) return clearInterval(timer);
			const { bytesRead } = request.socket;
			// What lies here unread waits for us, not we for it.
			const isComing = bytesRead - seenBytes >= leastBytes || request.readableLength > 0;
			seenBytes = bytesRead;
			if (isLifted && isComing) return;
			clearInterval(timer);
			if (!response.headersSent) request.socket.write(TOO_SLOW);
			request.socket.destroySoon();
		};
		const timer = setInterval(look, timeoutMs).unref();
		request.once("close", () => clearInterval(timer));
		this.#lifts.set(request, () => {
			isLifted = true;
			seenBytes = request.socket.bytesRead;
			timer.refresh();
		});
	}

	/** As the server gave it to `watch`. */
	lift(request: object): void {
		this.#lifts.get(request)?.();
	}
}
