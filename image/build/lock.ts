/** `npm run image:lock`: moves the lock of the image's packages to what Debian's mirror has now, and says what changed. */
import { mirrorHere } from "./mirror.ts";
import { moveLock } from "./packages-lock.ts";

const changes = moveLock(mirrorHere());
console.log(changes.length === 0 ? "The lock is as new as the mirror." : changes.join("\n"));
