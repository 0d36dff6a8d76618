/**
 * `dist/postern_VERSION_ARCHITECTURE.deb`: executable, units, configuration, pages of the manual, completions. For
 * package.ts. The same inputs give the same bytes: every time in it is that of the last commit.
 */
import { execFile, execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
	chmodSync,
	copyFileSync,
	cpSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
	statSync,
	writeFileSync,
} from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { describeConfig } from "../../appliance/config/describe.ts";
import { NEWEST_SCHEMA } from "../../appliance/store/migrations.ts";
import { bashCompletion, fishCompletion, zshCompletion } from "./completions.ts";
import { commandPage, configurationPage } from "./man-pages.ts";
import type { PackageOptions } from "./package-options.ts";
import { DIST, ROOT } from "./places.ts";

const run = promisify(execFile);

const MAINTAINER = "Postern <postern@users.noreply.github.com>";
/** What Node and the SQLite addon are linked with, at the versions whose symbols they use (`objdump -T`). */
const DEPENDS = [
	"libc6 (>= 2.34)",
	"libstdc++6 (>= 11)",
	"libgcc-s1",
	"systemd (>= 252)",
	"init-system-helpers (>= 1.54)",
	"debconf (>= 0.5) | debconf-2.0",
];

/** Gives the path of the package. */
export async function makeDebianPackage(options: PackageOptions): Promise<string> {
	const { architecture, version, epochSeconds } = options;
	const output = path.join(DIST, `postern_${version}_${architecture.debian}.deb`);
	const work = mkdtempSync(path.join(DIST, ".debian-"));
	try {
		const root = path.join(work, "root");
		for (const [name, content] of Object.entries(textFiles(options))) put(root, name, content);
		copyInto(root, options.executable, "usr/bin/postern", 0o755);
		copyUnits(root);
		copyPair(root);
		writeControl(root, options);
		const unfinished = path.join(work, "postern.deb");
		// One thread: with more, the compressed bytes depend on how many there were.
		await run("dpkg-deb", ["--root-owner-group", "-Zxz", "--threads-max=1", "--build", root, unfinished], {
			env: { ...process.env, SOURCE_DATE_EPOCH: `${epochSeconds}` },
		});
		renameSync(unfinished, output);
		return output;
	} finally {
		rmSync(work, { recursive: true, force: true });
	}
}

/** By their installed path. */
function textFiles(options: PackageOptions): Readonly<Record<string, string | Buffer>> {
	const date = new Date(options.epochSeconds * 1_000).toISOString().slice(0, 10);
	const share = "usr/share";
	return {
		"etc/postern/postern.toml": describeConfig({ keysAreOff: true }),
		[`${share}/man/man1/postern.1.gz`]: zipped(commandPage(date)),
		[`${share}/man/man5/postern.toml.5.gz`]: zipped(configurationPage(date)),
		[`${share}/bash-completion/completions/postern`]: bashCompletion(),
		[`${share}/zsh/vendor-completions/_postern`]: zshCompletion(),
		[`${share}/fish/vendor_completions.d/postern.fish`]: fishCompletion(),
		[`${share}/doc/postern/copyright`]: copyright(),
		[`${share}/doc/postern/changelog.gz`]: zipped(debianChangelog(options)),
		[`${share}/lintian/overrides/postern`]: readFileSync(debianFile("lintian-overrides")),
	};
}

function debianFile(name: string): string {
	return path.join(import.meta.dirname, "debian", name);
}

function put(root: string, name: string, content: string | Buffer): void {
	const file = path.join(root, name);
	mkdirSync(path.dirname(file), { recursive: true, mode: 0o755 });
	writeFileSync(file, content, { mode: 0o644 });
}

function copyInto(root: string, from: string, to: string, mode: number): void {
	const file = path.join(root, to);
	mkdirSync(path.dirname(file), { recursive: true, mode: 0o755 });
	copyFileSync(from, file);
	chmodSync(file, mode);
}

function copyUnits(root: string): void {
	const systemd = path.join(ROOT, "systemd");
	for (const name of readdirSync(systemd)) {
		if (!statSync(path.join(systemd, name)).isDirectory()) {
			copyInto(root, path.join(systemd, name), `usr/lib/systemd/system/${name}`, 0o644);
		}
	}
	for (const folder of ["sysusers.d", "tmpfiles.d"]) {
		cpSync(path.join(systemd, folder), path.join(root, "usr/lib", folder), { recursive: true });
	}
}

/** What two boxes behind one address need (systemd/postern-follow.service). */
function copyPair(root: string): void {
	const pair = path.join(ROOT, "systemd/pair");
	copyInto(root, path.join(pair, "follow"), "usr/lib/postern/follow", 0o755);
	copyInto(root, path.join(pair, "keepalived.conf"), "usr/share/doc/postern/examples/keepalived.conf", 0o644);
}

function writeControl(root: string, options: PackageOptions): void {
	const files = filesBelow(root);
	const sizeKib = Math.ceil(
		files.reduce((sum, name) => sum + statSync(path.join(root, name)).size, 0) / 1_024,
	);
	put(root, "DEBIAN/control", control(options, sizeKib));
	put(root, "DEBIAN/conffiles", "/etc/postern/postern.toml\n");
	put(root, "DEBIAN/md5sums", files.map((name) => `${md5(path.join(root, name))}  ${name}\n`).join(""));
	put(root, "DEBIAN/templates", readFileSync(debianFile("templates")));
	for (const name of ["preinst", "postinst", "prerm", "postrm"]) {
		const script = readFileSync(debianFile(name), "utf8");
		put(root, `DEBIAN/${name}`, script.replace("@NEWEST_FORMAT@", `${NEWEST_SCHEMA}`));
		chmodSync(path.join(root, "DEBIAN", name), 0o755);
	}
}

function control({ architecture, version }: PackageOptions, sizeKib: number): string {
	return `Package: postern
Version: ${version}
Architecture: ${architecture.debian}
Maintainer: ${MAINTAINER}
Installed-Size: ${sizeKib}
Depends: ${DEPENDS.join(", ")}
Suggests: keepalived, curl, openssh-client
Section: mail
Priority: optional
Description: lets devices that only speak old mail use Microsoft 365
 Printers, scanners, cameras, PLCs and scripts hand their mail to Postern by
 SMTP, with a password or by their address on the network, and fetch mail from
 it by POP3. Postern signs in to Microsoft 365 and Outlook.com with OAuth 2.0,
 sends by Graph or SMTP, and keeps what it has accepted through weeks without
 internet and through power cuts. Its owner uses a console in the browser.
`;
}

function filesBelow(root: string): readonly string[] {
	return readdirSync(root, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile())
		.map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)))
		.sort();
}

/** What dpkg wants; nothing is trusted because of it. */
function md5(file: string): string {
	return createHash("md5").update(readFileSync(file)).digest("hex");
}

/** The system of the one who compresses is left out of the header. */
function zipped(text: string): Buffer {
	return gzipSync(text, { level: 9 });
}

function copyright(): string {
	return `Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: Postern
Comment: The executable has Node.js and other software inside; "postern licenses" prints all their licences.

Files: *
Copyright: the Postern authors
License: MIT

License: MIT
${readFileSync(path.join(ROOT, "LICENSE"), "utf8")
	.trim()
	.split("\n")
	.map((line) => (line.trim() === "" ? " ." : ` ${line}`))
	.join("\n")}
`;
}

/** deb-changelog(5); what changed is in the CHANGELOG that speaks to owners. */
function debianChangelog({ version, epochSeconds }: PackageOptions): string {
	const date = new Date(epochSeconds * 1_000).toUTCString().replace("GMT", "+0000");
	return `postern (${version}) stable; urgency=medium

  * See the CHANGELOG of this version.

 -- ${MAINTAINER}  ${date}
`;
}

/** As reproducible-builds.org/specs/source-date-epoch has it; else of the last commit, or, of a tree without git, of its list of changes. */
export function epochOfSources(): number {
	const given = Number(process.env["SOURCE_DATE_EPOCH"] ?? "");
	if (given > 0) return given;
	try {
		return Number(execFileSync("git", ["log", "-1", "--format=%ct"], { cwd: ROOT, stdio: "pipe" }));
	} catch {
		return Math.floor(statSync(path.join(ROOT, "CHANGELOG.md")).mtimeMs / 1_000);
	}
}
