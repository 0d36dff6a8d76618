/** Where the pages of a device are. Its name may hold anything. */

export type DevicePart = "card" | "sessions" | "rules" | "test" | "password" | "rename" | "remove";

export function devicePath(name: string, part?: DevicePart): string {
	// `/devices/new` is the gallery; names are found whatever their case.
	const own = name === "new" ? "New" : encodeURIComponent(name);
	return `/devices/${own}${part === undefined ? "" : `/${part}`}`;
}

export function strangerPath(address: string, part?: "sessions" | "allow" | "refuse"): string {
	return `/strangers/${encodeURIComponent(address)}${part === undefined ? "" : `/${part}`}`;
}
