/**
 * All rows that can be read of a database that SQLite cannot read any more: page by page, whether or not anything still leads to a page.
 * For salvage.ts. Pages that the log has in a newer form are taken from there.
 *
 * A row belongs to the table whose tree leads to its page; where no tree does, because what led there is damaged, to the one whose form it has.
 * Such a page may also be one that was given up, with rows from before: `isSure` tells them apart. What is on the list of free pages is left out.
 */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import type { LoggedPage } from "./log-look.ts";
import { type Cell, cellsOf, childrenOf, kindOf, PAGE_KINDS, type PageReader, type Value } from "./record.ts";

export type SavedTable =
	| "message"
	| "recipient"
	| "body"
	| "event"
	| "history"
	| "document"
	| "dsn"
	| "progress"
	| "notice";

export interface SavedRow {
	readonly table: SavedTable;
	/** In the order of the table's columns, the row id in its place. */
	readonly values: readonly Value[];
	readonly isWhole: boolean;
	/** A tree leads to it. */
	readonly isSure: boolean;
}

export interface DamagedPagesOptions {
	readonly file: string;
	readonly pageBytes: number;
	readonly logged: readonly LoggedPage[];
	/** After what the log has committed; 0 when it says nothing. */
	readonly filePages: number;
}

type Letter = "i" | "t" | "b" | "n";

/** Letters of the values' types, the row id first where there is one; older rows have fewer. */
const FORMS: readonly { readonly table: SavedTable; readonly hasRowId: boolean; readonly form: RegExp }[] = [
	{ table: "message", hasRowId: true, form: /^ittti{8}t([nb](t[in]{0,2})?)?$/ },
	{ table: "body", hasRowId: true, form: /^ib$/ },
	{ table: "history", hasRowId: true, form: /^iitt$/ },
	{ table: "recipient", hasRowId: false, form: /^iititt$/ },
	{ table: "event", hasRowId: false, form: /^iiitt$/ },
	{ table: "document", hasRowId: false, form: /^ttt$/ },
];
/** These are all alike; only a tree tells them apart. */
const ALIKE = { dsn: /^it$/, progress: /^it$/, notice: /^it$/ } as const;
const TABLES = new Set<string>([...FORMS.map(({ table }) => table), ...Object.keys(ALIKE)]);

export class DamagedPages {
	readonly #descriptor: number;
	readonly #pageBytes: number;
	readonly #logged = new Map<number, Buffer>();
	readonly #pages: number;

	constructor({ file, pageBytes, logged, filePages }: DamagedPagesOptions) {
		this.#descriptor = openSync(file, "r");
		this.#pageBytes = pageBytes;
		const ofFile = Math.ceil(fstatSync(this.#descriptor).size / pageBytes);
		this.#pages = Math.max(ofFile, filePages);
		for (const { pageNumber, content } of logged) {
			if (pageNumber > 0 && pageNumber <= this.#pages) this.#logged.set(pageNumber, content);
		}
	}

	close(): void {
		closeSync(this.#descriptor);
	}

	*rows(): Iterable<SavedRow> {
		const owners = this.#owners();
		const free = this.#freePages();
		for (let pageNumber = 1; pageNumber <= this.#pages; pageNumber += 1) {
			const page = this.#read(pageNumber);
			if (page === null) continue;
			const owner = owners.get(pageNumber);
			if (owner === undefined && free.has(pageNumber)) continue;
			const kind = kindOf(page, pageNumber);
			const isTable = kind === PAGE_KINDS.tableLeaf;
			if (!isTable && kind !== PAGE_KINDS.indexLeaf && kind !== PAGE_KINDS.indexInterior) continue;
			for (const cell of cellsOf(page, pageNumber, this.#read)) {
				const row = rowOf(cell, owner);
				if (row !== undefined) yield row;
			}
		}
	}

	readonly #read: PageReader = (pageNumber) => {
		const logged = this.#logged.get(pageNumber);
		if (logged !== undefined) return logged;
		if (pageNumber < 1 || pageNumber > this.#pages) return null;
		const page = Buffer.alloc(this.#pageBytes);
		try {
			const got = readSync(this.#descriptor, page, 0, page.length, (pageNumber - 1) * page.length);
			return got === 0 ? null : page;
		} catch {
			// The card does not give it; the next one perhaps.
			return null;
		}
	};

	/** Which table's tree leads to which page. */
	#owners(): Map<number, string> {
		const owners = new Map<number, string>();
		for (const { values } of this.#leavesBelow(1, "", new Map()).flatMap((leaf) => this.#cells(leaf))) {
			const [, kind, name, , root] = values;
			if (kind !== "table" || typeof name !== "string" || typeof root !== "number") continue;
			this.#leavesBelow(root, name, owners);
		}
		return owners;
	}

	#cells(pageNumber: number): readonly { readonly values: readonly Value[] }[] {
		const page = this.#read(pageNumber);
		if (page === null || kindOf(page, pageNumber) !== PAGE_KINDS.tableLeaf) return [];
		return cellsOf(page, pageNumber, this.#read).map(({ rowId, values }) => ({ values: [rowId, ...values] }));
	}

	/** Marks each page of the tree, and gives its leaves. The first to lead to a page has it. */
	#leavesBelow(root: number, owner: string, owners: Map<number, string>): number[] {
		const leaves: number[] = [];
		const open = [root];
		for (let pageNumber = open.pop(); pageNumber !== undefined; pageNumber = open.pop()) {
			const page = this.#read(pageNumber);
			if (page === null || owners.has(pageNumber)) continue;
			owners.set(pageNumber, owner);
			const kind = kindOf(page, pageNumber);
			if (kind === PAGE_KINDS.tableInterior || kind === PAGE_KINDS.indexInterior) {
				open.push(...childrenOf(page, pageNumber));
			} else if (kind === PAGE_KINDS.tableLeaf || kind === PAGE_KINDS.indexLeaf) leaves.push(pageNumber);
		}
		return leaves;
	}

	#freePages(): Set<number> {
		const free = new Set<number>();
		let trunk = this.#read(1)?.readUInt32BE(32) ?? 0;
		while (trunk > 0 && !free.has(trunk)) {
			const page = this.#read(trunk);
			if (page === null) break;
			free.add(trunk);
			const count = Math.min(page.readUInt32BE(4), Math.floor(page.length / 4) - 2);
			for (let index = 0; index < count; index += 1) free.add(page.readUInt32BE(8 + 4 * index));
			trunk = page.readUInt32BE(0);
		}
		return free;
	}
}

function rowOf({ rowId, values, isWhole }: Cell, owner: string | undefined): SavedRow | undefined {
	// A table's own id is kept as the row id, and in its column as nothing.
	const row = rowId === null ? values : [rowId, ...values.slice(1)];
	const letters = row.map(letterOf).join("");
	const isOwned = owner !== undefined && TABLES.has(owner);
	if (isOwned && owner in ALIKE && ALIKE[owner as keyof typeof ALIKE].test(letters)) {
		return { table: owner as SavedTable, values: row, isWhole, isSure: true };
	}
	const fits = FORMS.find(
		({ table, hasRowId, form }) =>
			(!isOwned || table === owner) && hasRowId === (rowId !== null) && form.test(letters),
	);
	// A tree of a table that is not saved, or built anew.
	if (fits === undefined || (owner !== undefined && !isOwned)) return undefined;
	return { table: fits.table, values: row, isWhole, isSure: isOwned };
}

function letterOf(value: Value): Letter {
	if (value === null) return "n";
	if (typeof value === "number") return "i";
	return typeof value === "string" ? "t" : "b";
}
