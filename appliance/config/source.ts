/**
 * Where a configuration value came from: for error messages, for `config show --origin`, and to know
 * what the console shows locked. Layers are merged from the lowest to the highest.
 */
import type { TomlPositions } from "./toml-positions.ts";

export type Source =
	| { readonly kind: "console" }
	| { readonly kind: "file"; readonly file: string; readonly positions: TomlPositions }
	| { readonly kind: "environment"; readonly variable: string }
	| { readonly kind: "flag"; readonly flag: string };

export type Path = readonly (string | number)[];
export type Tree = Record<string, unknown>;

export interface Layer {
	readonly values: Tree;
	/** `path` is that of a value in this layer. */
	sourceOf(path: Path): Source;
}

export interface Merged {
	readonly values: Tree;
	/** Of exactly this value; undefined for a default. */
	sourceOf(path: readonly PropertyKey[]): Source | undefined;
	/** Of the value or the nearest table around it: where to look for what is wrong or missing. */
	sourceAt(path: readonly PropertyKey[]): Source | undefined;
}

/** A table; a TOML date is an object too, and none. */
export function isTree(value: unknown): value is Tree {
	if (typeof value !== "object" || value === null) return false;
	const prototype = Object.getPrototypeOf(value);
	return prototype === Object.prototype || prototype === null;
}

/** Tables merge key by key; a list or a value of a higher layer replaces the lower one's whole. */
export function mergeLayers(layers: readonly Layer[]): Merged {
	const values: Tree = {};
	const sources = new Map<string, Source>();
	for (const layer of layers) overlay(values, layer.values, [], layer, sources);
	return {
		values,
		sourceOf: (path) => sources.get(JSON.stringify(path)),
		sourceAt(path) {
			for (let length = path.length; length > 0; length -= 1) {
				const source = sources.get(JSON.stringify(path.slice(0, length)));
				if (source !== undefined) return source;
			}
			return undefined;
		},
	};
}

function overlay(onto: Tree, values: Tree, path: Path, layer: Layer, sources: Map<string, Source>): void {
	for (const [key, value] of Object.entries(values)) {
		const here = [...path, key];
		const below = Object.hasOwn(onto, key) ? onto[key] : undefined;
		sources.set(JSON.stringify(here), layer.sourceOf(here));
		if (isTree(value) && (below === undefined || isTree(below))) {
			const table: Tree = below ?? {};
			onto[key] = table;
			overlay(table, value, here, layer, sources);
		} else {
			onto[key] = value;
		}
	}
}

/** The value at a path, or undefined. */
export function valueAt(tree: unknown, path: readonly PropertyKey[]): unknown {
	let value = tree;
	for (const part of path) {
		if (typeof value !== "object" || value === null || !Object.hasOwn(value, part)) return undefined;
		value = (value as Record<PropertyKey, unknown>)[part];
	}
	return value;
}

export function textAt(tree: unknown, path: readonly PropertyKey[]): string | undefined {
	const value = valueAt(tree, path);
	return typeof value === "string" ? value : undefined;
}

/** The list at a path; empty when there is none. */
export function itemsAt(tree: unknown, path: readonly PropertyKey[]): readonly unknown[] {
	const value = valueAt(tree, path);
	return Array.isArray(value) ? value : [];
}

/** Sets the value at a dotted path of a tree under construction. */
export function setAt(tree: Tree, path: readonly string[], value: unknown): void {
	const [head = "", ...rest] = path;
	if (rest.length === 0) {
		tree[head] = value;
		return;
	}
	const below = Object.hasOwn(tree, head) ? tree[head] : undefined;
	const table: Tree = isTree(below) ? below : {};
	tree[head] = table;
	setAt(table, rest, value);
}

/** `file /etc/postern/postern.toml:12`, `environment POSTERN_NAME`, … as services.ts documents. */
export function formatOrigin(source: Source | undefined, path: readonly PropertyKey[]): string {
	switch (source?.kind) {
		case undefined:
			return "default";
		case "console":
			return "console";
		case "flag":
			return "flag";
		case "environment":
			return `environment ${source.variable}`;
		case "file": {
			const line = source.positions.at(path)?.line;
			return `file ${source.file}${line === undefined ? "" : `:${line}`}`;
		}
	}
}
