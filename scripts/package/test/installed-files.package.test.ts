/** What the checkers of Debian, systemd, groff and the shells say of the files that the Debian packages install. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { allCommands } from "../../../appliance/cli/verbs.ts";
import { itWith } from "../../../appliance/e2e/clients.ts";
import { ARCHITECTURES, architectureHere } from "../architecture.ts";
import { DIST, ROOT } from "../places.ts";

const { version } = JSON.parse(readFileSync(path.join(ROOT, "package.json"), "utf8")) as { version: string };
/** Of 100, as systemd-analyze counts: 1.5 of 10. */
const MOST_EXPOSURE = 15;

const installed = mkdtempSync(path.join(tmpdir(), "postern-installed-"));
const file = (name: string) => path.join(installed, name);

function packageOf(debianArchitecture: string): string {
	return path.join(DIST, `postern_${version}_${debianArchitecture}.deb`);
}

function ran(command: string, argv: readonly string[], input: string | Buffer = "") {
	const { status, stdout, stderr } = spawnSync(command, argv, { encoding: "utf8", input });
	return { status, output: `${stdout}${stderr}` };
}

beforeAll(() => {
	const extracted = ran("dpkg-deb", ["--extract", packageOf(architectureHere().debian), installed]);
	expect(extracted).toEqual({ status: 0, output: "" });
});
afterAll(() => rmSync(installed, { recursive: true, force: true }));

describe("the Debian package", () => {
	for (const { debian } of ARCHITECTURES) {
		itWith(
			"lintian",
			`for ${debian} has no error by lintian`,
			() => {
				const judged = ran("lintian", ["--fail-on", "error", "--allow-root", packageOf(debian)]);
				expect(judged.status, judged.output).toBe(0);
				return Promise.resolve();
			},
			300_000,
		);
	}
});

describe("the units", () => {
	const units = "usr/lib/systemd/system";

	itWith("systemd-analyze", "are valid", () => {
		// The program is not where it will be: as it lies here it is started, and a unit names it so.
		for (const name of readdirSync(file(units))) {
			const text = readFileSync(file(`${units}/${name}`), "utf8");
			writeFileSync(
				file(`${units}/${name}`),
				text.replaceAll(/\/usr\/(?:bin\/postern|lib\/postern\/follow)/g, (found) => file(found.slice(1))),
			);
		}
		const names = readdirSync(file(units)).map((name) => file(`${units}/${name}`));
		const judged = ran("systemd-analyze", ["verify", "--man=no", "--recursive-errors=no", ...names]);
		expect(judged).toEqual({ status: 0, output: "" });
		return Promise.resolve();
	});

	it("name pages of the manual that are there", () => {
		const text = readFileSync(file(`${units}/postern.service`), "utf8");
		const pages = [...text.matchAll(/man:([\w.]+)\((\d)\)/g)].map(
			([, name, section]) => `${name}.${section}.gz`,
		);
		const there = readdirSync(file("usr/share/man"), { recursive: true, encoding: "utf8" });
		expect(pages.length).toBeGreaterThan(0);
		expect(there.map((page) => path.basename(page))).toEqual(expect.arrayContaining(pages));
	});

	itWith("systemd-analyze", `leave an attacker little: at most ${MOST_EXPOSURE / 10} of 10`, () => {
		for (const name of ["postern.service", "postern-backup.service", "postern-follow.service"]) {
			const argv = ["security", "--offline=yes", `--threshold=${MOST_EXPOSURE}`, file(`${units}/${name}`)];
			expect(ran("systemd-analyze", argv)).toMatchObject({ status: 0 });
		}
		return Promise.resolve();
	});
});

describe("the manual", () => {
	itWith("groff", "is set without a warning, but for lines that cannot be broken", () => {
		for (const name of ["man1/postern.1.gz", "man5/postern.toml.5.gz"]) {
			const page = gunzipSync(readFileSync(file(`usr/share/man/${name}`)));
			const { status, output } = ran("groff", ["-K", "utf8", "-man", "-ww", "-z", "-T", "utf8"], page);
			const warnings = output.split("\n").filter((line) => line !== "" && !line.includes("can't break line"));
			expect({ status, warnings }).toEqual({ status: 0, warnings: [] });
		}
		return Promise.resolve();
	});
});

describe("completion", () => {
	const bash = "usr/share/bash-completion/completions/postern";

	/** As bash calls it when Tab is pressed after `words`. */
	function completed(...words: readonly string[]): readonly string[] {
		const script = `. "$0" && COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) && _postern && printf '%s\\n' "\${COMPREPLY[@]}"`;
		const { output } = ran("bash", ["-c", script, file(bash), "postern", ...words]);
		return output.split("\n").filter(Boolean);
	}

	it("in bash knows every verb and its options", async () => {
		const COMMANDS = await allCommands();
		const [first = []] = [completed("")];
		expect(first).toEqual([...new Set(COMMANDS.map(({ name }) => name.split(" ")[0] ?? ""))]);
		for (const { name, options = {} } of COMMANDS) {
			const wanted = Object.keys(options).map((option) => `--${option}`);
			expect(completed(...name.split(" "), "--")).toEqual(expect.arrayContaining(wanted));
		}
		expect(completed("queue", "re")).toEqual(["retry", "release"]);
	});

	it("in bash is valid by bash itself", () => {
		expect(ran("bash", ["-n", file(bash)])).toEqual({ status: 0, output: "" });
	});

	itWith("zsh", "in zsh is valid by zsh itself", () => {
		expect(ran("zsh", ["-n", file("usr/share/zsh/vendor-completions/_postern")])).toEqual({
			status: 0,
			output: "",
		});
		return Promise.resolve();
	});

	itWith("fish", "in fish is valid by fish itself", () => {
		const completions = file("usr/share/fish/vendor_completions.d/postern.fish");
		expect(ran("fish", ["--no-execute", completions])).toEqual({ status: 0, output: "" });
		return Promise.resolve();
	});
});
