/**
 * What its owner has seen: the light is quiet about it until something is new. In memory, for light-desk.ts; after a restart
 * the light says again what is still so. Pure.
 */
interface Known {
	readonly kind: string;
	/** An account, or empty. */
	readonly about: string;
	/** Of messages; more of them is news. */
	readonly count: number;
}

export class Acknowledged {
	#seen = new Map<string, number>();

	/** All of this has been seen. */
	see(matters: readonly Known[]): void {
		this.#seen = new Map(matters.map((matter) => [keyOf(matter), matter.count]));
	}

	/** What is new. What is over is forgotten, so that it is news when it comes again; fewer of them are the new measure. */
	unseen<Matter extends Known>(matters: readonly Matter[]): readonly Matter[] {
		const still = new Map<string, number>();
		const fresh: Matter[] = [];
		for (const matter of matters) {
			const seen = this.#seen.get(keyOf(matter));
			if (seen === undefined || matter.count > seen) fresh.push(matter);
			else still.set(keyOf(matter), matter.count);
		}
		// One of which there are more is news until it is seen again.
		this.#seen = still;
		return fresh;
	}
}

function keyOf({ kind, about }: Known): string {
	return `${kind}\0${about}`;
}
