/** Request `host-name`: what the box is called, in the network too. Kept for the next start. */
import { mkdir, open, readFile, rename } from "node:fs/promises";
import path from "node:path";
import * as z from "zod";
import { UserError } from "../../errors.ts";
import { NETWORKING } from "../../words/networking.ts";
import { say } from "../../words/saying.ts";
import { machineRequest } from "./machine-request.ts";

const FILE = "/data/system/hostname";
/** A label of a name (RFC 1123), which is all that multicast DNS announces. */
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

export const hostName = machineRequest({
	do: "host-name",
	fields: { name: z.string().max(253) },
	async run({ name }, { root, run }) {
		// Of a full name the first part.
		const label = (name.split(".")[0] ?? "").toLowerCase();
		if (!LABEL.test(label)) {
			throw new UserError("host-name-invalid", say(NETWORKING.hostNameBad, { name }), NETWORKING.networkDo);
		}
		if ((await keptHostName(root)) !== label) {
			await keepHostName(root, label);
			await run("/usr/bin/systemctl", ["restart", "postern-hostname.service"]);
		}
		return { name: label };
	},
});

async function keptHostName(root: string): Promise<string> {
	return (await readFile(path.join(root, FILE), "utf8").catch(() => "")).trim();
}

/** For the seed, too. After a cut there is the old one or the new one. */
export async function keepHostName(root: string, name: string): Promise<void> {
	const file = path.join(root, FILE);
	await mkdir(path.dirname(file), { recursive: true });
	const handle = await open(`${file}.new`, "w", 0o644);
	try {
		await handle.writeFile(`${name}\n`);
		await handle.sync();
	} finally {
		await handle.close();
	}
	await rename(`${file}.new`, file);
}
