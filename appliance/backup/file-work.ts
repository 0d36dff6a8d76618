/** What makes a backup file and takes one in. For backups.ts, which is there from the start and loads this when there is a file. */
export { ByteSource } from "./byte-source.ts";
export { contentsOf } from "./contents.ts";
export { makeHeader, openHeader } from "./file-header.ts";
export { checkPassphrase } from "./passphrase.ts";
export { seal, unseal } from "./sealed-stream.ts";
export { stage } from "./staging.ts";
