/** The console as a browser, a monitor or a stranger on the LAN meets it, before the sections. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Log } from "../appliance/log.ts";
import type { Status } from "../appliance/services.ts";
import { withoutAddresses } from "./public-problems.ts";
import { type TestConsoleOptions, testConsole } from "./testing/fake-console.ts";
import { fakeServices } from "./testing/fake-services.ts";
import { WELL_STATUS } from "./testing/samples.ts";

const TROUBLED: Status = {
	...WELL_STATUS,
	problems: [
		"alerts@contoso.com needs sign-in: run `postern account add alerts@contoso.com`.",
		"The card is full.",
	],
};

function consoleWith(status: Status | Error, options: TestConsoleOptions = {}) {
	return testConsole({ ...options, services: { appliance: fakeServices({ status }).services.appliance } });
}

describe("the sign-in", () => {
	it("is what a stranger sees, wherever they go; the way back is kept", async () => {
		const pages = testConsole();
		const response = await pages.get("/mail?state=failed");
		expect(response.status).toBe(303);
		expect(response.headers.get("location")).toBe("/sign-in?next=%2Fmail%3Fstate%3Dfailed");
		expect(await (await pages.get("/sign-in")).text()).toContain("<h1>Sign in</h1>");
	});

	it("gives a new cookie, closed to scripts and to other sites, and leads to where one wanted to go", async () => {
		const response = await testConsole().post("/sign-in", {
			name: "owner",
			password: "right",
			next: "/mail",
		});
		expect(response.status).toBe(303);
		expect(response.headers.get("location")).toBe("/mail");
		expect(response.headers.get("set-cookie")).toMatch(
			/^postern=owner; .*Path=\/; HttpOnly; SameSite=Strict/,
		);
	});

	it("is only over https when it came over https", async () => {
		const pages = testConsole({ surroundings: { believesProxy: () => true } });
		const response = await pages.app.request("https://postern.local/sign-in", {
			headers: { Host: "postern.local", "X-Forwarded-Proto": "https" },
		});
		// Nobody connected, so nobody is a trusted proxy.
		expect(response.headers.get("set-cookie")).not.toContain("__Host-");
	});

	it.each([
		"//evil.example",
		"/\\evil.example",
		"https://evil.example",
		"/mail\nX: y",
		"javascript:alert(1)",
		"/mail\0",
		"/\u0001",
		"/ma\u2028il",
	])("does not lead to %j", async (next) => {
		const response = await testConsole().post("/sign-in", { name: "owner", password: "right", next });
		expect(response.headers.get("location")).toBe("/");
	});

	it("says that it was wrong, never what, and keeps the name", async () => {
		const response = await testConsole().post("/sign-in", { name: "owner", password: "wrong" });
		expect(response.status).toBe(403);
		const page = await response.text();
		expect(page).toContain("Name, password or code is wrong.");
		expect(page).toContain('value="owner"');
		expect(page).not.toContain('wrong"');
	});

	it("speaks the browser's language, or the one that was chosen", async () => {
		const pages = testConsole();
		const german = await pages.get("/sign-in", undefined, { "Accept-Language": "de-AT,en;q=0.5" });
		expect(await german.text()).toMatch(/<html lang="de">.*<h1>Anmelden<\/h1>/s);
		const chosen = await pages.get("/sign-in", undefined, { Cookie: "language=fr", "Accept-Language": "de" });
		expect(await chosen.text()).toContain("<h1>Se connecter</h1>");
		const unknown = await pages.get("/sign-in", undefined, { "Accept-Language": "tlh" });
		expect(await unknown.text()).toContain("<h1>Sign in</h1>");
	});
});

describe("a form", () => {
	it("without a token, or with that of somebody else, does nothing", async () => {
		const pages = testConsole();
		const bare = await pages.app.request("/sign-in", {
			method: "POST",
			body: new URLSearchParams({ name: "owner", password: "right" }),
			headers: { Host: "postern.local" },
		});
		expect(bare.status).toBe(403);
		expect(await bare.text()).toContain("This page had grown old");
		const crossed = await pages.post("/sign-out", {}, "owner", { Cookie: "postern=viewer" });
		expect(crossed.status).toBe(403);
	});

	it.each([{ Origin: "http://evil.example" }, { "Sec-Fetch-Site": "cross-site" }, { Origin: "null" }])(
		"from elsewhere does nothing (%j)",
		async (headers) => {
			const response = await testConsole().post("/sign-out", {}, "owner", headers);
			expect(response.status).toBe(403);
			expect(await response.text()).toContain("This form came from elsewhere");
		},
	);
});

describe("a body that is no form", () => {
	const send = (query: string) =>
		testConsole().app.request(`/sign-out${query}`, {
			method: "POST",
			body: "--b\r\nContent-Disposition: form-data; na",
			headers: { ...HEADERS, "Content-Type": "multipart/form-data; boundary=b" },
		});
	const HEADERS = { Host: "postern.local", Cookie: "postern=owner" };

	it("is refused in words, and is no fault of the box", async () => {
		const response = await send("");
		expect(response.status).toBe(400);
		expect(await response.text()).toContain("The form did not come whole.");
	});

	it("leaves the log alone, also when its connection breaks off: anybody on the network can send it", async () => {
		const lines: string[] = [];
		const log = new Log({ level: "info", journal: false, write: (line) => lines.push(line) });
		const gone = new AbortController();
		const body = new ReadableStream({
			pull(controller) {
				gone.abort();
				controller.error(Object.assign(new Error("aborted"), { code: "ECONNRESET" }));
			},
		});
		const response = await testConsole({ log }).app.request("/sign-in", {
			...{ method: "POST", body, duplex: "half", signal: gone.signal },
			headers: { ...HEADERS, "Transfer-Encoding": "chunked" },
		} as RequestInit);
		expect(response.status).toBe(400);
		expect(lines).toEqual([]);
	});
});

describe("the name in the address", () => {
	it.each(["evil.example", "postern.local.evil.example", "", "postern.local@evil.example"])(
		"%j is not answered to",
		async (host) => {
			const response = await testConsole().get("/sign-in", undefined, { Host: host });
			expect(response.status).toBe(421);
			expect(await response.text()).not.toContain("<form");
		},
	);

	it.each(["postern.local", "postern.local:8080", "192.168.1.20", "[fe80::1]:80", "localhost"])(
		"%j is",
		async (host) => {
			expect((await testConsole().get("/sign-in", undefined, { Host: host })).status).toBe(200);
		},
	);
});

describe("every page", () => {
	it("is under a strict policy: no foreign content, no script in it, no frames", async () => {
		const { headers } = await testConsole().get("/sign-in");
		expect(headers.get("content-security-policy")).toBe(
			"default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
		);
		expect(headers.get("strict-transport-security")).toBeNull();
		expect(headers.get("cache-control")).toBe("no-store");
		expect(headers.get("x-content-type-options")).toBe("nosniff");
	});

	it("brings its style sheet, script and mark along, each to be kept for good", async () => {
		const pages = testConsole();
		const page = await (await pages.get("/sign-in")).text();
		const paths = [...page.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)].map(([, path = ""]) => path);
		expect(new Set(paths.map((path) => path.split("/").at(-1)))).toEqual(
			new Set(["console.css", "console.js", "postern.svg"]),
		);
		for (const path of paths) {
			const file = await pages.get(path);
			expect(file.status).toBe(200);
			expect(file.headers.get("cache-control")).toContain("immutable");
		}
	});

	it("is compressed", async () => {
		const response = await testConsole().get("/sign-in", undefined, { "Accept-Encoding": "gzip" });
		expect(response.headers.get("content-encoding")).toBe("gzip");
	});

	it("leads to https where that is required, and nothing else is answered over http", async () => {
		const pages = testConsole({ surroundings: { requiresTls: () => true, tlsPort: () => 8443 } });
		const response = await pages.get("/mail?q=%0d%0a");
		expect(response.status).toBe(303);
		expect(response.headers.get("location")).toBe("https://postern.local:8443/mail?q=%0d%0a");
		expect((await pages.get("/%0d%0aX:y")).headers.get("location")).toBe(
			"https://postern.local:8443/%0d%0aX:y",
		);
		expect((await pages.post("/sign-in", { name: "owner", password: "right" })).headers.get("location")).toBe(
			"https://postern.local:8443/",
		);
	});
});

describe("/healthz", () => {
	it("is 200 and ok", async () => {
		const response = await consoleWith(WELL_STATUS).get("/healthz");
		expect(response.status).toBe(200);
		expect(await response.json()).toEqual({ status: "ok", problems: [] });
	});

	it("is 200 and says what is degraded", async () => {
		const response = await consoleWith(TROUBLED).get("/healthz");
		expect(response.status).toBe(200);
		expect(await response.json()).toMatchObject({
			status: "degraded",
			problems: [expect.any(String), "The card is full."],
		});
	});

	it("is still 200 when the status itself fails, and the log has the reason", async () => {
		const lines: string[] = [];
		const log = new Log({ level: "info", journal: false, write: (line) => lines.push(line) });
		const response = await consoleWith(new Error("disk gone"), { log }).get("/healthz");
		expect(response.status).toBe(200);
		expect(await response.json()).toMatchObject({ status: "degraded" });
		expect(lines.join("")).toContain("disk gone");
	});
});

describe("everything else", () => {
	it("that leads nowhere says so", async () => {
		const response = await testConsole().get("/nowhere", "viewer");
		expect(response.status).toBe(404);
		expect(await response.text()).toContain("There is no such page");
	});

	it("that is too large is refused", async () => {
		const response = await testConsole().post("/sign-in", { name: "x".repeat(300_000) });
		expect(response.status).toBe(413);
	});
});

describe("withoutAddresses", () => {
	it("leaves no address, whatever the text", () => {
		fc.assert(fc.property(fc.string({ unit: "grapheme" }), (text) => !withoutAddresses(text).includes("@")));
		fc.assert(
			fc.property(fc.emailAddress(), (address) => !withoutAddresses(`a <${address}>, b`).includes(address)),
		);
	});
});

describe("the authority", () => {
	const DER = Buffer.from("3082010a0282", "hex");
	const pem = `-----BEGIN CERTIFICATE-----\n${DER.toString("base64")}\n-----END CERTIFICATE-----\n`;

	it("is there to download, for devices, phones and browsers", async () => {
		const app = testConsole({
			services: { appliance: fakeServices({ authority: { name: "postern", pem } }).services.appliance },
		});
		const text = await app.get("/authority.pem");
		expect(await text.text()).toBe(pem);
		expect(text.headers.get("content-disposition")).toBe('attachment; filename="postern-authority.pem"');
		const binary = await app.get("/authority.crt");
		expect(Buffer.from(await binary.arrayBuffer())).toEqual(DER);
		expect(binary.headers.get("content-type")).toBe("application/x-x509-ca-cert");
		expect(binary.headers.get("content-disposition")).toBe('attachment; filename="postern-authority.crt"');
	});

	it("is not there when the owner's own certificate is in use", async () => {
		const app = testConsole();
		for (const path of ["/authority.pem", "/authority.crt"]) {
			const response = await app.get(path);
			expect(response.status).toBe(404);
			expect(await response.text()).toContain("its owner's own certificate");
		}
	});
});

describe("where a browser comes back to after signing in to Microsoft", () => {
	it("hands the answer over, and says where the sign-in goes on", async () => {
		const { services, state } = fakeServices();
		const response = await testConsole({ services: { accounts: services.accounts } }).get(
			"/sign-in/return?code=1&state=good",
		);
		expect(response.status).toBe(200);
		expect(await response.text()).toContain("The sign-in of alerts@contoso.com goes on");
		expect(state.calls).toEqual(["returned code=1&state=good"]);
		expect(response.headers.get("cache-control")).toBe("no-store");
		expect(response.headers.get("referrer-policy")).toBe("no-referrer");
	});

	it("tells a stranger nothing", async () => {
		const { services } = fakeServices();
		const response = await testConsole({ services: { accounts: services.accounts } }).get(
			"/sign-in/return?code=1&state=<b>",
		);
		expect(response.status).toBe(400);
		const page = await response.text();
		expect(page).toContain("No sign-in waits.");
		expect(page).not.toMatch(/alerts@|<b>/);
	});
});
