/** A map that cannot grow without end: what was put longest ago makes room. For what peers can fill. */

export function putNewest<Key, Value>(map: Map<Key, Value>, key: Key, value: Value, most: number): void {
	map.delete(key);
	const [oldest] = map.keys();
	if (map.size >= most && oldest !== undefined) map.delete(oldest);
	map.set(key, value);
}
