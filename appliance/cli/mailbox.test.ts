/** `postern mailbox …` as an owner types it, against a real control socket. */
import { afterEach, describe, expect, it } from "vitest";
import { MAILBOX } from "../../web/testing/samples.ts";
import { postern, start, stop } from "./testing/postern.ts";

afterEach(stop);

describe("mailbox", () => {
	it("add: prints what to type into the program, the password once", async () => {
		const { state } = await start();
		const { stdout, exitCode } = await postern([
			...["mailbox", "add", "orders@contoso.com", "--on-delete", "keep", "--most", "50"],
			...["--turn-on", "auth-without-tls", "--turn-on", "only_unread", "--newer-than", "30d"],
		]);
		expect(exitCode).toBe(0);
		expect(stdout).toBe(
			[
				'"orders" may fetch orders@contoso.com. Type this into its POP3 settings:',
				"",
				"  Server       192.168.1.2",
				"  Port         995 (TLS), or 110 (STLS)",
				"  User name    orders",
				"  Password     fetch-me-1234",
				"",
				"The password is shown only now.",
				"",
			].join("\n"),
		);
		expect(state.calls).toEqual([
			'mailbox {"mailbox":"orders@contoso.com","onDelete":"keep","options":{"only_unread":true,"newer_than":"30d","most_messages":"50","auth_without_tls":true}}',
		]);
	});

	it("add: refuses a switch that there is not, and names those that there are", async () => {
		await start();
		const { stderr, exitCode } = await postern(["mailbox", "add", "a@b.c", "--turn-on", "fast"]);
		expect(exitCode).toBe(2);
		expect(stderr).toMatch(/takes no "fast"[\s\S]*only_unread/);
		expect((await postern(["mailbox", "add", "no address"])).exitCode).toBe(1);
	});

	it("list, test, remove", async () => {
		const { state } = await start({ mailboxes: [MAILBOX] });
		expect((await postern(["mailbox", "list"])).stdout).toMatch(
			/^orders +orders@contoso\.com +inbox +alerts@contoso\.com +trash$/m,
		);
		expect((await postern(["mailbox", "test", "orders"], { input: "" })).exitCode).toBe(2);
		const tested = await postern(["mailbox", "test", "orders"], { input: "se same\n" });
		expect(tested).toMatchObject({ exitCode: 0, stdout: "ok    Sent.\n" });
		expect(state.calls).toEqual(["mailbox test orders se same"]);
		expect((await postern(["mailbox", "remove", "orders"])).stdout).toContain("may fetch no more");
		expect((await postern(["mailbox", "list"])).stdout).toContain("Nobody may fetch mail yet");
		expect((await postern(["mailbox", "remove", "orders"])).exitCode).toBe(1);
	});
});
