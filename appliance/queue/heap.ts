/**
 * A binary heap out of which any entry can be taken, not only the first. For the scheduler: lanes by
 * their turn, deferred messages by their time. An entry's order must not change while it is in here.
 */
export class Heap<Entry> {
	readonly #isBefore: (a: Entry, b: Entry) => boolean;
	readonly #entries: Entry[] = [];
	readonly #places = new Map<Entry, number>();

	constructor(isBefore: (a: Entry, b: Entry) => boolean) {
		this.#isBefore = isBefore;
	}

	get size(): number {
		return this.#entries.length;
	}

	get first(): Entry | undefined {
		return this.#entries[0];
	}

	has(entry: Entry): boolean {
		return this.#places.has(entry);
	}

	/** In no order that means anything. */
	entries(): readonly Entry[] {
		return [...this.#entries];
	}

	/** An entry that is not in here yet. */
	add(entry: Entry): void {
		this.#entries.push(entry);
		this.#rise(entry, this.#entries.length - 1);
	}

	/** False when it was not in here. */
	remove(entry: Entry): boolean {
		const place = this.#places.get(entry);
		if (place === undefined) return false;
		this.#places.delete(entry);
		const last = this.#entries.pop();
		if (last === undefined || last === entry) return true;
		const above = this.#entries[parentOf(place)];
		if (place > 0 && above !== undefined && this.#isBefore(last, above)) this.#rise(last, place);
		else this.#sink(last, place);
		return true;
	}

	#rise(entry: Entry, from: number): void {
		let place = from;
		while (place > 0) {
			const above = this.#entries[parentOf(place)];
			if (above === undefined || !this.#isBefore(entry, above)) break;
			this.#put(above, place);
			place = parentOf(place);
		}
		this.#put(entry, place);
	}

	#sink(entry: Entry, from: number): void {
		let place = from;
		for (;;) {
			const below = this.#sooner(2 * place + 1, 2 * place + 2);
			const child = this.#entries[below];
			if (child === undefined || !this.#isBefore(child, entry)) break;
			this.#put(child, place);
			place = below;
		}
		this.#put(entry, place);
	}

	#sooner(left: number, right: number): number {
		const [a, b] = [this.#entries[left], this.#entries[right]];
		return a !== undefined && b !== undefined && this.#isBefore(b, a) ? right : left;
	}

	#put(entry: Entry, place: number): void {
		this.#entries[place] = entry;
		this.#places.set(entry, place);
	}
}

function parentOf(place: number): number {
	return (place - 1) >>> 1;
}
