/**
 * A Postfix of the test's own that knows Postern as its smarthost: what runs on every second Linux
 * server of a site. Its queue, settings and port are in a folder of its own; a Postfix that runs on the
 * machine is neither read nor touched. Needs root, as Postfix's master does.
 */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import {
	makePostfixFolders,
	masterCf,
	POSTFIX_MASTER,
	type PostfixFolders,
} from "../../scripts/bench/postfix-under-test.ts";
import { freePort, Program } from "../../scripts/bench/program.ts";

export interface Smarthosted {
	/** Where it takes mail. */
	readonly port: number;
	close(): Promise<void>;
}

const mainCf = (folders: PostfixFolders, posternPort: number, tls: "none" | "encrypt") => `
compatibility_level = 3.6
queue_directory = ${folders.queue}
data_directory = ${folders.data}
maillog_file = ${path.join(folders.log, "postfix-mail.log")}
maillog_file_prefixes = ${folders.log}
myhostname = server.site.test
inet_interfaces = loopback-only
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
mydestination =
alias_maps =
alias_database =
local_recipient_maps =
relayhost = [127.0.0.1]:${posternPort}
smtp_dns_support_level = disabled
smtp_tls_security_level = ${tls}
minimal_backoff_time = 1s
queue_run_delay = 1s
`;

/** Rejects with Postfix's last words when it does not start. */
export async function startPostfix(posternPort: number, tls: "none" | "encrypt"): Promise<Smarthosted> {
	const folder = mkdtempSync(path.join(tmpdir(), "postern-postfix-"));
	// Its parts run as a user of their own.
	chmodSync(folder, 0o755);
	const folders: PostfixFolders = {
		configuration: path.join(folder, "etc"),
		queue: path.join(folder, "queue"),
		data: path.join(folder, "data"),
		log: folder,
	};
	await makePostfixFolders(folders);
	const port = await freePort();
	writeFileSync(path.join(folders.configuration, "main.cf"), mainCf(folders, posternPort, tls));
	// The bench's Postfix has no use for TLS.
	writeFileSync(
		path.join(folders.configuration, "master.cf"),
		`${masterCf(port)}tlsmgr unix - - n 1000? 1 tlsmgr\n`,
	);
	const program = new Program({
		command: POSTFIX_MASTER,
		argv: ["-c", folders.configuration, "-d"],
		logFile: path.join(folder, "postfix.log"),
	});
	await program.greeted(port);
	return {
		port,
		close: async () => {
			await program.stop();
			rmSync(folder, { recursive: true, force: true });
		},
	};
}
