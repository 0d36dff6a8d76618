/** The program's version: set by the build from package.json, `dev` when the sources run directly. */
declare const POSTERN_VERSION: string | undefined;

/** False where the sources run directly: in tests. */
export const isBuilt = typeof POSTERN_VERSION === "string";

export function productVersion(): string {
	return typeof POSTERN_VERSION === "string" ? POSTERN_VERSION : "dev";
}
