/** The real process: exit codes, signals, pipes, and what happens at a fault nobody expected. */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { type ControlServer, startControlServer } from "../web/testing/control-server.ts";
import type { FakeState } from "../web/testing/fake-services.ts";
import { PROMPT, queueRow } from "../web/testing/samples.ts";

const MAIN = path.join(import.meta.dirname, "main.ts");
let server: ControlServer | undefined;

afterEach(async () => {
	await server?.close();
	server = undefined;
});

async function start(change: Partial<FakeState>): Promise<ControlServer> {
	server = await startControlServer(change);
	return server;
}

function launch(
	args: readonly string[],
	nodeOptions: readonly string[] = [],
): ChildProcessWithoutNullStreams {
	return spawn(process.execPath, [...nodeOptions, MAIN, ...args], {
		env: { PATH: process.env["PATH"], POSTERN_CONTROL: server?.socketPath ?? "/nonexistent/control.sock" },
	});
}

async function ended(child: ChildProcessWithoutNullStreams) {
	let stdout = "";
	let stderr = "";
	child.stdout.setEncoding("utf8").on("data", (text) => {
		stdout += String(text);
	});
	child.stderr.setEncoding("utf8").on("data", (text) => {
		stderr += String(text);
	});
	const exitCode = await new Promise<number | null>((resolve) => child.once("close", resolve));
	return { exitCode, stdout, stderr };
}

describe("postern", () => {
	it("ends with 0 done, 1 failed, 2 called wrongly; results and diagnostics apart", async () => {
		const [version, notRunning, misspelt] = await Promise.all([
			ended(launch(["version"])),
			ended(launch(["status"])),
			ended(launch(["statsu"])),
		]);
		expect(version).toMatchObject({ exitCode: 0, stderr: "" });
		expect(version.stdout).toMatch(/^postern (dev|\d+\.\d+\.\d+)\n$/);
		expect(notRunning).toMatchObject({ exitCode: 1, stdout: "" });
		expect(notRunning.stderr).toContain("Postern is not running here");
		expect(misspelt).toMatchObject({ exitCode: 2, stdout: "" });
		expect(misspelt.stderr).toContain('Did you mean "postern status"?');
	});

	it("gives a long list whole into a pipe", async () => {
		const queue = Array.from({ length: 5_000 }, (_, index) => queueRow({ id: `q${index}` }));
		await start({ queue });
		const { stdout, exitCode } = await ended(launch(["queue", "list", "--json"]));
		expect(exitCode).toBe(0);
		expect(JSON.parse(stdout)).toHaveLength(5_000);
	});

	it("does not mind a reader that leaves", async () => {
		await start({ queue: Array.from({ length: 5_000 }, () => queueRow()) });
		const child = launch(["queue", "list"]);
		child.stdout.once("data", () => child.stdout.destroy());
		const { stderr } = await ended(child);
		expect(stderr).toBe("");
	});

	it("cancels a sign-in at Ctrl-C", async () => {
		const { state } = await start({ signInNews: [PROMPT], signInHangs: true });
		const child = launch(["account", "add", "a@b.c"]);
		child.stdout.once("data", () => child.kill("SIGINT"));
		const { exitCode, stderr } = await ended(child);
		expect(exitCode).toBe(1);
		expect(stderr).toContain("Cancelled; nobody was signed in.");
		await expect.poll(() => state.calls.at(-1)).toBe("sign-in cancelled");
	});

	it.each([
		["uncaught-exception", "setImmediate(() => { throw new Error('boom') })"],
		["unhandled-rejection", "setImmediate(() => { Promise.reject(new Error('boom')) })"],
	])("logs a fault nobody expected as %s and ends with 1", async (event, fault) => {
		await start({ signInNews: [PROMPT], signInHangs: true });
		const preload = `process.stdout.write = ((write) => function (...args) { ${fault}; return write.apply(this, args) })(process.stdout.write)`;
		const child = launch(["account", "add", "a@b.c"], ["--import", `data:text/javascript,${preload}`]);
		const { exitCode, stderr } = await ended(child);
		expect(exitCode).toBe(1);
		expect(stderr).toMatch(new RegExp(`^crit ${event} error="Error: boom`, "m"));
	});
});
