/**
 * What a component may need of the request without being handed it: the language, who looks, the key for the
 * tokens of forms. Set once a page by render.tsx, read with `usePage()` and `useWords()`.
 */
import { createContext, useContext } from "hono/jsx";
import type { Role } from "../appliance/console-services.ts";
import { Secret } from "../appliance/secret.ts";
import type { Flash } from "./flashes.ts";
import { makeToken } from "./form-tokens.ts";
import type { Catalogue, Language } from "./locales/languages.ts";

export interface PageFacts {
	readonly language: Language;
	/** Undefined: nobody has signed in. */
	readonly person: { readonly name: string; readonly role: Role } | undefined;
	/** Keys the tokens of this visitor's forms. */
	readonly tokenKey: Secret;
	/** What the owner calls the box. */
	readonly boxName: string;
	/** Path and query of this page. */
	readonly path: string;
	readonly flash: Flash | undefined;
}

const NOWHERE: PageFacts = {
	language: "en",
	person: undefined,
	tokenKey: new Secret(""),
	boxName: "Postern",
	path: "/",
	flash: undefined,
};

export const PageContext = createContext<PageFacts>(NOWHERE);

export function usePage(): PageFacts {
	return useContext(PageContext);
}

/** The words of an area in the language of the page. */
export function useWords<Words>(words: Catalogue<Words>): Catalogue<Words>[Language] {
	return words[usePage().language];
}

/** A token for one form of this page. */
export function useToken(): string {
	return makeToken(usePage().tokenKey);
}

const RANK: Readonly<Record<Role, number>> = { viewer: 0, operator: 1, owner: 2 };

export function isAtLeast(role: Role | undefined, needed: Role): boolean {
	return role !== undefined && RANK[role] >= RANK[needed];
}

/** Whether the person who looks may do what needs this role: what they may not, they are not shown. */
export function useMay(needed: Role): boolean {
	return isAtLeast(usePage().person?.role, needed);
}
