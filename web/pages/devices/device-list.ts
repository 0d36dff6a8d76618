/** Which devices a page of the list shows. Pure. */
import type { DeviceSettings } from "../../../appliance/services.ts";

export type Device = DeviceSettings["device"];

const PAGE_ROWS = 50;
/** With so many a search helps. */
export const SEARCHABLE_FROM = 20;

export interface DevicePage {
	readonly devices: readonly Device[];
	/** From 1. */
	readonly page: number;
	readonly pages: number;
}

/** By name, as people of the language sort. A page that is not there is the nearest that is. */
export function pageOf(all: readonly Device[], search: string, wanted: number, language: string): DevicePage {
	const { compare } = new Intl.Collator(language, { numeric: true });
	const found = all.filter((device) => matches(device, search)).sort((a, b) => compare(a.name, b.name));
	const pages = Math.max(1, Math.ceil(found.length / PAGE_ROWS));
	const page = Math.min(pages, Math.max(1, Number.isInteger(wanted) ? wanted : 1));
	return { devices: found.slice((page - 1) * PAGE_ROWS, page * PAGE_ROWS), page, pages };
}

function matches({ name, addresses, username, account }: Device, search: string): boolean {
	const text = search.toLowerCase();
	return [name, username, account, ...addresses].some((field) => field.toLowerCase().includes(text));
}
