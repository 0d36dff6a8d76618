/** Where the image is built. For the files of this folder. */
import path from "node:path";
import { DIST, ROOT } from "../../scripts/package/places.ts";

export const IMAGE = path.join(ROOT, "image");
/** What takes long and is checked when it is used again: packages and the toolbox. It goes with node_modules. */
export const KEPT = path.join(ROOT, "node_modules", ".postern-image");
/** Made anew each time. */
export const WORK = path.join(DIST, ".image");

export { DIST, ROOT };
