/**
 * Rows as they lie on SQLite's pages (sqlite.org/fileformat2.html), read without SQLite: of a page that is not whole what can still be
 * read is read, cell by cell. For damaged-pages.ts. Never throws for what it finds; what makes no sense is left out.
 */

/** Null for a page that the file does not have. */
export type PageReader = (pageNumber: number) => Buffer | null;

export type Value = null | number | string | Buffer;

export interface Cell {
	/** Null for a row of a table without row ids. */
	readonly rowId: number | null;
	readonly values: readonly Value[];
	/** False: pages of it could not be read, and the last value is shorter than it was. */
	readonly isWhole: boolean;
}

export const PAGE_KINDS = { indexInterior: 2, tableInterior: 5, indexLeaf: 10, tableLeaf: 13 } as const;

/** The first page begins with the header of the file. */
function headerAt(pageNumber: number): number {
	return pageNumber === 1 ? 100 : 0;
}

export function kindOf(page: Buffer, pageNumber: number): number {
	return page[headerAt(pageNumber)] ?? 0;
}

/** Pages below an interior one, as far as they are named. */
export function childrenOf(page: Buffer, pageNumber: number): number[] {
	const header = headerAt(pageNumber);
	const children = cellPlaces(page, pageNumber, 12).map((at) =>
		at + 4 <= page.length ? page.readUInt32BE(at) : 0,
	);
	return [...children, page.readUInt32BE(header + 8)].filter((child) => child > 0);
}

/** Rows of a leaf, or of an interior page of a table without row ids. */
export function cellsOf(page: Buffer, pageNumber: number, read: PageReader): Cell[] {
	const kind = kindOf(page, pageNumber);
	const isInterior = kind === PAGE_KINDS.indexInterior;
	return cellPlaces(page, pageNumber, isInterior ? 12 : 8).flatMap((at) => {
		const cell = cellAt(page, isInterior ? at + 4 : at, kind === PAGE_KINDS.tableLeaf, read);
		return cell === undefined ? [] : [cell];
	});
}

function cellPlaces(page: Buffer, pageNumber: number, headerBytes: number): number[] {
	const header = headerAt(pageNumber);
	const first = header + headerBytes;
	const most = Math.floor((page.length - first) / 2);
	const count = Math.min(page.readUInt16BE(header + 3), most);
	const places = Array.from({ length: count }, (_, index) => page.readUInt16BE(first + 2 * index));
	return places.filter((at) => at >= first && at < page.length);
}

function cellAt(page: Buffer, at: number, isTable: boolean, read: PageReader): Cell | undefined {
	const size = varint(page, at);
	if (size === undefined || size.value > MOST_ROW_BYTES) return undefined;
	const rowId = isTable ? varint(page, size.next) : { value: 0, next: size.next };
	if (rowId === undefined) return undefined;
	const payload = payloadAt(page, rowId.next, size.value, isTable, read);
	const values = valuesOf(payload, size.value);
	if (values === undefined) return undefined;
	return { rowId: isTable ? rowId.value : null, values, isWhole: payload.length === size.value };
}

/** No row of ours comes near it. */
const MOST_ROW_BYTES = 64 * 1024 * 1024;

/** Shorter than `size` where a page of it is missing. */
function payloadAt(page: Buffer, at: number, size: number, isTable: boolean, read: PageReader): Buffer {
	const usable = page.length;
	const most = isTable ? usable - 35 : Math.floor(((usable - 12) * 64) / 255) - 23;
	if (size <= most) return page.subarray(at, at + size);
	const least = Math.floor(((usable - 12) * 32) / 255) - 23;
	const fitting = least + ((size - least) % (usable - 4));
	const local = fitting <= most ? fitting : least;
	const parts = [page.subarray(at, at + local)];
	let missing = size - local;
	let next = at + local + 4 <= page.length ? page.readUInt32BE(at + local) : 0;
	const seen = new Set<number>();
	while (missing > 0 && next > 0 && !seen.has(next)) {
		seen.add(next);
		const more = read(next);
		if (more === null) break;
		const part = more.subarray(4, 4 + Math.min(missing, usable - 4));
		parts.push(part);
		missing -= part.length;
		next = more.readUInt32BE(0);
	}
	return Buffer.concat(parts);
}

/** Of a payload that is cut short the last value is cut short, too; undefined when not even its head is whole. */
function valuesOf(payload: Buffer, size: number): Value[] | undefined {
	const head = varint(payload, 0);
	if (head === undefined || head.value > payload.length || head.value < head.next) return undefined;
	const types: number[] = [];
	for (let at = head.next; at < head.value; ) {
		const type = varint(payload, at);
		if (type === undefined || type.next > head.value) return undefined;
		types.push(type.value);
		at = type.next;
	}
	const wanted = types.reduce((sum, type) => sum + bytesOf(type), head.value);
	if (wanted !== size || types.some((type) => type === 10 || type === 11)) return undefined;
	let at = head.value;
	return types.map((type) => {
		const bytes = payload.subarray(at, at + bytesOf(type));
		at += bytesOf(type);
		return typedValue(type, bytes);
	});
}

const FIXED_BYTES = [0, 1, 2, 3, 4, 6, 8, 8, 0, 0] as const;

function bytesOf(type: number): number {
	return type < 12 ? (FIXED_BYTES[type] ?? 0) : (type - 12) >> 1;
}

function typedValue(type: number, bytes: Buffer): Value {
	if (type >= 12) return type % 2 === 0 ? Buffer.from(bytes) : bytes.toString("utf8");
	if (type === 0) return null;
	if (type >= 8) return type - 8;
	if (bytes.length < bytesOf(type)) return null;
	if (type === 7) return bytes.readDoubleBE(0);
	return type === 6 ? Number(bytes.readBigInt64BE(0)) : bytes.readIntBE(0, bytes.length);
}

function varint(bytes: Buffer, at: number): { readonly value: number; readonly next: number } | undefined {
	let value = 0;
	for (let index = 0; index < 9; index += 1) {
		const byte = bytes[at + index];
		if (byte === undefined) return undefined;
		if (index === 8) return { value: value * 256 + byte, next: at + 9 };
		value = value * 128 + (byte & 0x7f);
		if (byte < 0x80) return { value, next: at + index + 1 };
	}
	return undefined;
}
