/**
 * Where Debian's packages come from: the mirror that this machine's apt uses, so that no mirror is written down. Set
 * POSTERN_DEBIAN_MIRROR and POSTERN_DEBIAN_SECURITY_MIRROR where apt's is not the one, or where there is no apt.
 *
 * Throws with what to do when there is none.
 */
import { execFileSync } from "node:child_process";

export interface Mirror {
	readonly main: string;
	readonly security: string;
}

export const KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg";
export const RELEASE = "trixie";

export function mirrorHere(environment: NodeJS.ProcessEnv = process.env): Mirror {
	const main = environment["POSTERN_DEBIAN_MIRROR"] ?? siteOfApt();
	if (main === undefined) {
		throw new Error("apt names no Debian mirror: set POSTERN_DEBIAN_MIRROR to the address of one");
	}
	const withoutSlash = main.replace(/\/+$/, "");
	return {
		main: withoutSlash,
		// Debian's mirrors have it beside the archive.
		security:
			environment["POSTERN_DEBIAN_SECURITY_MIRROR"] ?? withoutSlash.replace(/\/debian$/, "/debian-security"),
	};
}

function siteOfApt(): string | undefined {
	const sites = execFileSync("apt-get", ["indextargets", "--format", "$(SITE)"], { encoding: "utf8" });
	return sites.split("\n").find((site) => /\/debian\/?$/.test(site));
}

/** Lines of a sources.list: releases from which a package may come. */
export function sources({ main, security }: Mirror, options: string): readonly string[] {
	const components = "main non-free-firmware";
	return [
		`deb ${options} ${main} ${RELEASE} ${components}`,
		`deb ${options} ${main} ${RELEASE}-updates ${components}`,
		`deb ${options} ${security} ${RELEASE}-security ${components}`,
		`deb ${options} ${main} ${RELEASE}-backports ${components}`,
	];
}
