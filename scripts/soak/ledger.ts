/**
 * What is owed: each message that was answered 250 must arrive, once, and how long it was on its way from there. For run.ts; keeps a
 * number and not the mail. A subject is `device-N`.
 */

interface Journey {
	answeredMs?: number;
	arrivedMs?: number;
	times: number;
}

export class SoakLedger {
	readonly #journeys = new Map<string, Journey>();

	answered(subject: string): void {
		this.#journey(subject).answeredMs = performance.now();
	}

	arrived(subject: string): void {
		const journey = this.#journey(subject);
		journey.arrivedMs ??= performance.now();
		journey.times += 1;
	}

	get promised(): number {
		return this.#count(({ answeredMs }) => answeredMs !== undefined);
	}

	/** Answered, and not arrived so far. */
	get owed(): number {
		return this.#count(({ answeredMs, times }) => answeredMs !== undefined && times === 0);
	}

	get twice(): readonly string[] {
		return [...this.#journeys].filter(([, { times }]) => times > 1).map(([subject]) => subject);
	}

	/** Of a device: how many have arrived. */
	arrivedOf(device: string): number {
		return this.#of(device).filter(({ times }) => times > 0).length;
	}

	/** Of these devices: from 250 to Microsoft, milliseconds; what is still waiting has waited until now. */
	waitsMs(devices: readonly string[]): readonly number[] {
		const nowMs = performance.now();
		return devices
			.flatMap((device) => this.#of(device))
			.flatMap(({ answeredMs, arrivedMs }) =>
				// Microsoft may have it before its 250 is read here.
				answeredMs === undefined ? [] : [Math.max(0, (arrivedMs ?? nowMs) - answeredMs)],
			);
	}

	#of(device: string): readonly Journey[] {
		return [...this.#journeys]
			.filter(([subject]) => subject.slice(0, subject.lastIndexOf("-")) === device)
			.map(([, journey]) => journey);
	}

	#count(which: (journey: Journey) => boolean): number {
		let count = 0;
		for (const journey of this.#journeys.values()) if (which(journey)) count += 1;
		return count;
	}

	#journey(subject: string): Journey {
		const known = this.#journeys.get(subject);
		if (known !== undefined) return known;
		const journey: Journey = { times: 0 };
		this.#journeys.set(subject, journey);
		return journey;
	}
}
