/**
 * The contender "postfix": Debian's Postfix as a queueing relay to one smarthost, with a
 * configuration, queue and data folder of its own and a port on loopback. A Postfix that runs on the
 * machine is neither read nor touched.
 *
 * Needs root (its master refuses to run without). Settings are Postfix's own but where a relay needs
 * others: who may relay, where to, how large.
 */
import { execFile } from "node:child_process";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { SmtpSink } from "./cloud.ts";
import type { Contender, Installation } from "./contender.ts";
import { sessionMemory } from "./memory.ts";
import { freePort, Program } from "./program.ts";

const run = promisify(execFile);

export const POSTFIX_MASTER = "/usr/lib/postfix/sbin/master";

export interface PostfixFolders {
	readonly configuration: string;
	readonly queue: string;
	readonly data: string;
	/** Not on the disk under test. */
	readonly log: string;
}

const mainCf = (folders: PostfixFolders, sinkPort: number) => `
compatibility_level = 3.6
queue_directory = ${folders.queue}
data_directory = ${folders.data}
# It logs, as any Postfix does, but not into the machine's own log.
maillog_file = ${path.join(folders.log, "postfix-mail.log")}
maillog_file_prefixes = ${folders.log}
# The shim and its settings reach the parts.
import_environment = MAIL_CONFIG MAIL_LOGTAG TZ LANG=C LD_PRELOAD SLOW_FLUSH_MS SLOW_FLUSH_COUNT
myhostname = postfix.bench.test
inet_interfaces = loopback-only
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
mydestination =
alias_maps =
alias_database =
local_recipient_maps =
relayhost = [127.0.0.1]:${sinkPort}
smtp_dns_support_level = disabled
message_size_limit = 157286400
mailbox_size_limit = 0
`;

/** The parts a relay uses, as Debian runs them but without chroot (columns: master(5)). */
export const masterCf = (port: number) => `
127.0.0.1:${port} inet n - n - - smtpd
pickup    unix n - n 60 1 pickup
cleanup   unix n - n - 0 cleanup
qmgr      unix n - n 300 1 qmgr
rewrite   unix - - n - - trivial-rewrite
bounce    unix - - n - 0 bounce
defer     unix - - n - 0 bounce
trace     unix - - n - 0 bounce
verify    unix - - n - 1 verify
flush     unix n - n 1000? 0 flush
proxymap  unix - - n - - proxymap
smtp      unix - - n - - smtp
relay     unix - - n - - smtp
showq     unix n - n - - showq
error     unix - - n - - error
retry     unix - - n - - error
discard   unix - - n - - discard
anvil     unix - - n - 1 anvil
scache    unix - - n - 1 scache
postlog   unix-dgram n - n - 1 postlogd
`;

/** Folders of the queue and who owns them (postfix-files(5)); `postfix check` would make them too. */
const QUEUE_FOLDERS = [
	"active",
	"bounce",
	"corrupt",
	"defer",
	"deferred",
	"flush",
	"hold",
	"incoming",
	"private",
	"saved",
	"trace",
];

/** `logFolder` is not on the disk under test. */
export function postfixContender(logFolder: string): Contender {
	return { name: "postfix", install: (folder) => install(folder, logFolder) };
}

async function install(folder: string, logFolder: string): Promise<Installation> {
	const cloud = await SmtpSink.start(logFolder);
	const folders: PostfixFolders = {
		configuration: path.join(folder, "etc"),
		queue: path.join(folder, "queue"),
		data: path.join(folder, "data"),
		log: logFolder,
	};
	await makePostfixFolders(folders);
	await writeFile(path.join(folders.configuration, "main.cf"), mainCf(folders, cloud.port));
	return {
		cloud,
		start: async (probe) => {
			const port = await freePort();
			await writeFile(path.join(folders.configuration, "master.cf"), masterCf(port));
			const program = new Program({
				command: POSTFIX_MASTER,
				argv: ["-c", folders.configuration, "-d"],
				environment: probe.environment,
				logFile: path.join(logFolder, "postfix.log"),
			});
			return {
				smtpPort: port,
				tlsPort: undefined,
				startupMs: await program.greeted(port),
				login: undefined,
				memory: sessionMemory(program.pid),
				stop: () => program.stop(),
			};
		},
		[Symbol.asyncDispose]: () => cloud[Symbol.asyncDispose](),
	};
}

/** For the bench and for tests that let a Postfix of their own talk to Postern. */
export async function makePostfixFolders({ configuration, queue, data }: PostfixFolders): Promise<void> {
	const ownAlone = [data, ...QUEUE_FOLDERS.map((name) => path.join(queue, name))];
	const shared = ["maildrop", "public"].map((name) => path.join(queue, name));
	for (const folder of [configuration, queue, path.join(queue, "pid"), ...ownAlone, ...shared]) {
		await mkdir(folder, { recursive: true });
	}
	for (const folder of ownAlone) await chmod(folder, 0o700);
	await run("chown", ["postfix", ...ownAlone, ...shared]);
	await run("chgrp", ["postdrop", ...shared]);
	await chmod(path.join(queue, "maildrop"), 0o730);
	await chmod(path.join(queue, "public"), 0o2710);
}
