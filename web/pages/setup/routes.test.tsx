/** A new box, from the first visit to the first mail. */
import { describe, expect, it } from "vitest";
import type { MachineState, MailRow } from "../../../appliance/console-services.ts";
import { UserError } from "../../../appliance/errors.ts";
import { Secret } from "../../../appliance/secret.ts";
import { sessionOf, type TestConsoleOptions, testConsole } from "../../testing/fake-console.ts";
import { fakeServices } from "../../testing/fake-services.ts";
import { accountStatus, device } from "../../testing/samples.ts";

const MACHINE = {
	clock: { now: "2026-11-20T10:00:00.000Z", isSynchronised: true, errorMs: 3 },
	links: [
		{ name: "eth0", isUp: true, mac: "b8:27:eb:00:00:01", addresses: ["192.168.1.20/24"], speedMbits: 100 },
	],
} as unknown as MachineState;

const MAIL: MailRow = {
	id: "q1",
	state: "active",
	device: "Copier <b>",
	account: "alerts@contoso.com",
	sender: "scan@contoso.com",
	recipients: ["boss@example.com"],
	recipientCount: 1,
	subject: "",
	sizeBytes: 1000,
	receivedAt: "2026-11-20T10:00:00.000Z",
	finishedAt: null,
	nextAttemptAt: null,
	attempts: 0,
	lastError: "",
};

function box(change: { mail?: readonly MailRow[]; options?: TestConsoleOptions } = {}) {
	const asked: unknown[] = [];
	const { devices, accounts } = fakeServices().services;
	const pages = testConsole({
		...change.options,
		services: {
			...{ devices, accounts },
			machine: { state: () => Promise.resolve(MACHINE) },
			mail: {
				search: ({ states }) => {
					const rows = (change.mail ?? []).filter(({ state }) => states?.includes(state) ?? true);
					return Promise.resolve({ rows, older: null, newer: null });
				},
			},
			settings: {
				list: () => Promise.resolve([]),
				change: (changes) => {
					asked.push(changes);
					if (changes["name"] === "no name") throw new UserError("setting-invalid", "name is no host name.");
					return Promise.resolve({ needRestart: [] });
				},
			},
			people: {
				claim: ({ password, code }) => {
					asked.push({ password: password.reveal(), code });
					return Promise.resolve({ session: sessionOf("owner"), token: new Secret("owner") });
				},
			},
			...change.options?.services,
		},
	});
	return { pages, asked };
}

describe("a box that nobody owns", () => {
	const options: TestConsoleOptions = {
		isUnclaimed: true,
		services: {},
	};

	it.each(["/", "/mail", "/sign-in", "/system/backup", "/live", "/anything"])(
		"leads from %s to its set-up",
		async (path) => {
			const response = await testConsole(options).get(path);
			expect(response.status).toBe(303);
			expect(response.headers.get("location")).toBe("/setup");
		},
	);

	it("still shows its health, its authority and the languages", async () => {
		const pages = testConsole(options);
		expect((await pages.get("/healthz")).status).toBe(200);
		expect((await pages.get("/authority.pem")).status).toBe(404);
		expect((await pages.post("/language", { language: "de" })).headers.get("location")).toBe("/");
	});

	it("says what to do when the time is over and there is no code", async () => {
		const page = await (await testConsole(options).get("/setup")).text();
		expect(page).toContain("This box waits for its owner");
		expect(page).toContain("Restart the box");
		expect(page).not.toContain('<input type="password"');
	});
});

describe("the claim", () => {
	const unclaimed = (openUntil: string | null) => {
		const asked: unknown[] = [];
		const pages = testConsole({
			services: {
				people: {
					claimState: () => ({ claimed: false, openUntil, hasCode: openUntil === null }),
					claim: ({ password, code }) => {
						asked.push({ password: password.reveal(), code });
						if (code === "wrong") throw new UserError("code-wrong", "The setup code is wrong.");
						return Promise.resolve({ session: sessionOf("owner"), token: new Secret("owner") });
					},
				},
			},
		});
		return { pages, asked };
	};

	it("takes a password and signs the owner in at once", async () => {
		const { pages, asked } = unclaimed("2026-11-20T11:00:00.000Z");
		expect(await (await pages.get("/setup")).text()).toContain("Choose a password");
		const response = await pages.post("/setup/claim", {
			password: "three old words",
			again: "three old words",
		});
		expect(response.headers.get("location")).toBe("/setup/name");
		expect(response.headers.get("set-cookie")).toContain("postern=owner");
		expect(asked).toEqual([{ password: "three old words", code: undefined }]);
	});

	it("is asked again when the two differ, and shows neither", async () => {
		const { pages, asked } = unclaimed("2026-11-20T11:00:00.000Z");
		const response = await pages.post("/setup/claim", {
			password: "three old words",
			again: "three old ducks",
		});
		expect(response.status).toBe(400);
		const page = await response.text();
		expect(page).toContain("The two passwords are not the same.");
		expect(page).not.toContain("ducks");
		expect(asked).toEqual([]);
	});

	it("asks for the code when the time without is over", async () => {
		const { pages, asked } = unclaimed(null);
		expect(await (await pages.get("/setup")).text()).toContain("Setup code");
		const fields = { password: "three old words", again: "three old words", code: "wrong" };
		expect(await (await pages.post("/setup/claim", fields)).text()).toContain("The setup code is wrong.");
		expect(asked).toEqual([{ password: "three old words", code: "wrong" }]);
	});
});

describe("the steps", () => {
	it("are marked by what there is, and lead on", async () => {
		const page = await (await box().pages.get("/setup", "owner")).text();
		expect(page).toMatch(/Network and clock.*?done/s);
		expect(page).toMatch(/First mail.*?to do/s);
		expect(page).toMatch(/href="\/setup\/name"[^>]*>Go on/);
	});

	it("offer a backup instead, from the first of them on", async () => {
		for (const path of ["/setup", "/setup/name"]) {
			const page = await (await box().pages.get(path, "owner")).text();
			expect(page).toMatch(/I have a backup[\s\S]*href="\/system\/restore"/);
		}
	});

	it("end when mail has gone out", async () => {
		const { pages } = box({
			mail: [{ ...MAIL, state: "delivered" }],
			options: {
				services: {
					devices: { list: () => Promise.resolve([device()]) },
					accounts: { list: () => Promise.resolve([accountStatus()]) },
				},
			},
		});
		expect(await (await pages.get("/setup", "owner")).text()).toContain("Everything is set up.");
	});

	it("are the owner's", async () => {
		for (const role of ["viewer", "operator"] as const) {
			expect((await box().pages.get("/setup/name", role)).status).toBe(403);
		}
	});

	it("name the box; a bad name stays in its field with the reason", async () => {
		const { pages, asked } = box();
		const good = await pages.post("/setup/name", { name: "mail-box" }, "owner");
		expect(good.headers.get("location")).toBe("/setup/check");
		expect(asked).toEqual([{ name: "mail-box" }]);
		const bad = await pages.post("/setup/name", { name: "no name" }, "owner");
		expect(bad.status).toBe(400);
		expect(await bad.text()).toMatch(/name is no host name\..*value="no name"/s);
	});

	it("check the way to Microsoft, step by step", async () => {
		const { pages } = box({
			options: {
				services: {
					machine: {
						state: () => Promise.resolve(MACHINE),
						async *checkInternet() {
							yield { ok: true, text: "The name is known." };
							yield { ok: false, text: "The connection is refused." };
						},
					},
				},
			},
		});
		expect((await pages.post("/setup/check", {}, "owner")).status).toBe(303);
		await expect
			.poll(async () => (await pages.get("/setup/check", "owner")).text())
			.toMatch(/The name is known\..*The connection is refused\..*Check again/s);
	});
});

describe("the first mail", () => {
	it("is waited for", async () => {
		expect(await (await box().pages.get("/setup/mail", "owner")).text()).toContain("Waiting for a mail…");
	});

	it("is seen to arrive, to go, and to be there", async () => {
		const going = await (await box({ mail: [MAIL] }).pages.get("/setup/mail", "owner")).text();
		expect(going).toContain("from Copier &lt;b&gt;");
		expect(going).toContain("It is going out…");
		const gone = box({ mail: [{ ...MAIL, state: "delivered" }] });
		expect(await (await gone.pages.get("/setup/mail", "owner")).text()).toContain("Microsoft has it.");
		const failed = box({ mail: [{ ...MAIL, state: "failed", lastError: "Microsoft refuses the sender." }] });
		expect(await (await failed.pages.get("/setup/mail", "owner")).text()).toContain(
			"Microsoft refuses the sender.",
		);
	});
});
