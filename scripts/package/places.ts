/** Where the packaging works. For the files of this folder. */
import path from "node:path";

export const ROOT = path.join(import.meta.dirname, "..", "..");
export const DIST = path.join(ROOT, "dist");
/** What was fetched once and is checked when it is used: it goes with node_modules. */
export const FETCHED = path.join(ROOT, "node_modules", ".postern-package");
