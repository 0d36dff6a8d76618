/**
 * Reads what another program leaves behind into a draft: its files, checked and bounded, never written. For
 * `postern import`, in the process of the command line.
 *
 * Throws `UserError` where a file is not what it should be; of such a file nothing is used.
 */
import path from "node:path";
import { Passwords } from "../accounts/passwords.ts";
import type { Clock } from "../clock.ts";
import type { MovingDraft, MovingSource } from "../console-services/moving.ts";
import { readM365proxyConfig } from "./m365proxy-config.ts";
import { planM365proxy } from "./m365proxy-plan.ts";
import { environmentItems, readProxyEnvironment } from "./outlook-proxy-environment.ts";
import { type FoundUser, planOutlookProxy } from "./outlook-proxy-plan.ts";
import { ruleItems } from "./outlook-proxy-rules.ts";
import { type ProxyUser, readProxyUsers } from "./outlook-proxy-users.ts";
import { readSourceText } from "./source-file.ts";

const MOST_TEXT_BYTES = 2 ** 20;
/** As a device's password may be (accounts/passwords.ts). */
const LONGEST_PASSWORD = 256;

/** `file` is the configuration or the database; `environmentFile` goes with a database. */
export async function readSource(
	source: MovingSource,
	files: { readonly file: string; readonly environmentFile?: string },
	clock: Clock,
): Promise<MovingDraft> {
	if (source === "m365proxy") {
		const text = await readSourceText(files.file, MOST_TEXT_BYTES);
		const folder = path.dirname(path.resolve(files.file));
		return planM365proxy(readM365proxyConfig(text.replace(/^\uFEFF/, ""), files.file), folder);
	}
	const users = await readProxyUsers(files.file);
	const environment =
		files.environmentFile === undefined ? undefined : await readEnvironment(files.environmentFile);
	return planOutlookProxy(await withHashes(users, new Passwords(clock)), environment);
}

async function readEnvironment(file: string) {
	const environment = readProxyEnvironment(await readSourceText(file, MOST_TEXT_BYTES), file);
	const folder = path.dirname(path.resolve(file));
	const rules = await ruleItems(environment, async (name) => {
		return (await readSourceText(path.resolve(folder, name), MOST_TEXT_BYTES)).split("\n");
	});
	return {
		items: [...environmentItems(environment, folder), ...rules],
		hasClearPort: (environment["SMTP_PORT"] ?? "").trim() !== "",
	};
}

/** Here already, so that what stood in clear goes no further than this process. */
async function withHashes(users: readonly ProxyUser[], passwords: Passwords): Promise<readonly FoundUser[]> {
	const found: FoundUser[] = [];
	for (const { email, password, appId } of users) {
		const { length } = password.reveal();
		const isUsable = length > 0 && length <= LONGEST_PASSWORD;
		const passwordHash = isUsable ? (await passwords.hash(password)).reveal() : "";
		found.push({ email, passwordHash, appId });
	}
	return found;
}
