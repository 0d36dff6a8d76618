/** The machine door as a process, asked over a socket as the appliance asks it; and what asks it badly. */
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import net from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { LARGEST_REQUEST_BYTES } from "./door.ts";
import { askMachine } from "./door-client.ts";
import { imageFacts } from "./image-facts.ts";
import { openTestDoor, type TestDoor } from "./testing-door.ts";

const IMAGE = { version: "0.1.0", compatible: "postern-arm64", builtAt: "2026-11-20T00:00:00Z" };

let root: string;
let door: TestDoor;
beforeEach(async () => {
	root = await mkdtemp(path.join(tmpdir(), "postern-door-"));
	door = await openTestDoor(root);
	await door.file("/usr/lib/postern/image.json", JSON.stringify(IMAGE));
	await door.file("/proc/cmdline", "quiet rauc.slot=B panic=10\n");
});
afterEach(async () => {
	await door[Symbol.asyncDispose]();
	await rm(root, { recursive: true, force: true });
});

/** Octets as they are, and all that comes back. */
async function say(bytes: string, end = true): Promise<string> {
	const connection = net.connect({ path: door.socket, allowHalfOpen: true });
	connection.on("error", () => undefined);
	let answer = "";
	connection.setEncoding("utf8").on("data", (chunk) => (answer += String(chunk)));
	if (end) connection.end(bytes);
	else connection.write(bytes);
	await once(connection, "end");
	connection.destroy();
	return answer;
}

describe("the machine door", () => {
	it("says which firmware this is", async () => {
		expect(await askMachine({ do: "facts" }, { socket: door.socket })).toEqual({ ...IMAGE, slot: "B" });
		expect(await imageFacts(root)).toEqual({ ...IMAGE, slot: "B" });
		expect(door.journal()).toContain("machine-request do=facts");
	});

	it("starts the machine again, by systemd", async () => {
		await door.program("/usr/bin/systemctl");
		expect(await askMachine({ do: "reboot" }, { socket: door.socket })).toEqual({ rebooting: true });
		expect(await door.calls()).toEqual(["/usr/bin/systemctl --no-block reboot"]);
	});

	it("tells what a program said that failed", async () => {
		await door.program("/usr/bin/systemctl", "echo first; echo 'Access denied' >&2; exit 3");
		await expect(askMachine({ do: "reboot" }, { socket: door.socket })).rejects.toMatchObject({
			code: "machine-failed",
			message: "systemctl could not do it: Access denied",
		});
	});

	it("carries a request to its end although whoever asked has gone", async () => {
		await door.program("/usr/bin/systemctl", `sleep 0.5; echo done >> '${root}/calls'`);
		const connection = net.connect(door.socket);
		connection.write('{"do":"reboot"}\n');
		await expect.poll(() => door.calls(), { timeout: 10_000 }).toHaveLength(1);
		connection.destroy();
		await expect.poll(() => door.calls(), { timeout: 10_000 }).toHaveLength(2);
	});

	it.each([
		["nothing", ""],
		["no JSON", "reboot\n"],
		["no object", "[]\n"],
		["an unknown request", '{"do":"shell","command":"id"}\n'],
		["more than it takes", '{"do":"facts","root":"/etc"}\n'],
		["a name that is everywhere", '{"do":"constructor"}\n'],
	])("refuses %s", async (_, bytes) => {
		const answer = JSON.parse(await say(bytes));
		expect(answer.refused.code).toBe("machine-request-unknown");
		expect(await door.calls()).toEqual([]);
	});

	it("takes no more than a request may have", async () => {
		const answer = await say(`{"do":"facts","x":"${"x".repeat(LARGEST_REQUEST_BYTES)}"}`, false);
		expect(JSON.parse(answer).refused.text).toContain("too long");
	});

	it("does not tell what stood where it does not belong", async () => {
		const answer = await say('{"do":"facts","passphrase":"s3cret-words"}\n');
		expect(answer + door.journal()).not.toContain("s3cret-words");
	});
});

describe("without a door", () => {
	it("says that this is not the firmware", async () => {
		const nowhere = { socket: path.join(root, "none.sock") };
		await expect(askMachine({ do: "facts" }, nowhere)).rejects.toMatchObject({ code: "not-the-firmware" });
		expect(await imageFacts(path.join(root, "none"))).toBeNull();
	});

	it("says so when the door says nothing", async () => {
		const silent = net.createServer((connection) => void connection.on("error", () => undefined));
		silent.listen(path.join(root, "silent.sock"));
		await once(silent, "listening");
		const asked = askMachine(
			{ do: "facts" },
			{ socket: path.join(root, "silent.sock"), silenceTimeoutMs: 50 },
		);
		await expect(asked).rejects.toMatchObject({ code: "machine-silent" });
		silent.close();
	});

	it("says so when the door breaks off or talks nonsense", async () => {
		for (const said of ["", "{", "nonsense\n", `{"progress":"${"x".repeat(2 * 1024 * 1024)}"}\n`]) {
			const strange = net.createServer(
				(connection) => void connection.on("error", () => undefined).end(said),
			);
			const socket = path.join(root, `strange-${said.length}.sock`);
			strange.listen(socket);
			await once(strange, "listening");
			await expect(askMachine({ do: "facts" }, { socket })).rejects.toMatchObject({
				code: "machine-unreachable",
			});
			strange.close();
		}
	});
});
