/**
 * What happens in the appliance, for those who only listen: lights, console, metrics. One
 * interface, one sentence per event. A listener that throws is a bug of the listener's; it is
 * reported and never reaches the part that told the news.
 */
import { EventEmitter } from "node:events";

export interface EventMap {
	/** A message was committed and answered 250. */
	"message-accepted": [{ readonly queueId: string; readonly device: string; readonly sizeBytes: number }];
	/** Every recipient of a message has a final outcome. */
	"message-settled": [
		{
			readonly queueId: string;
			readonly device: string;
			readonly delivered: number;
			readonly failed: number;
		},
	];
	/** SMTP refused somebody something, or the whole connection; `device` is empty for a stranger. */
	"peer-refused": [{ readonly address: string; readonly device: string }];
	/** A message could not be taken although its sender was allowed to: card full or storage sick. */
	"message-refused": [{ readonly device: string; readonly ownerText: string }];
	/** The card fails, or is well again. */
	"card-changed": [{ readonly sick: boolean }];
	/** Nothing goes through an account until further notice, and why. */
	"account-trouble": [{ readonly account: string; readonly kind: string; readonly ownerText: string }];
	/** An account that had trouble delivers again. */
	"account-recovered": [{ readonly account: string }];
	/** Someone completed a sign-in. */
	"account-signed-in": [{ readonly account: string; readonly who: string }];
	/** A new version is being put in place, or no longer is. */
	"update-under-way": [{ readonly isUnderWay: boolean }];
	/** The configuration was read again and is in force. */
	"configuration-reloaded": [{ readonly changes: number }];
}

export class Events {
	readonly #emitter = new EventEmitter<EventMap>();
	readonly #onListenerError: (error: unknown) => void;

	constructor(onListenerError: (error: unknown) => void) {
		this.#onListenerError = onListenerError;
	}

	on<Name extends keyof EventMap>(name: Name, listener: (news: EventMap[Name][0]) => void): () => void {
		const guarded = (news: EventMap[Name][0]) => {
			try {
				listener(news);
			} catch (error) {
				this.#onListenerError(error);
			}
		};
		this.#emitter.on(name, guarded as never);
		return () => void this.#emitter.off(name, guarded as never);
	}

	emit<Name extends keyof EventMap>(name: Name, news: EventMap[Name][0]): void {
		this.#emitter.emit(name, ...([news] as never));
	}
}
