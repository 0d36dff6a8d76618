/** The console as a browser or a monitor on the LAN meets it. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Log, silentLog } from "../appliance/log.ts";
import type { Status } from "../appliance/services.ts";
import { createConsole } from "./app.tsx";
import { withoutAddresses } from "./pages/public-status.ts";
import { fakeServices, WELL_STATUS } from "./testing/fake-services.ts";

const TROUBLED: Status = {
	...WELL_STATUS,
	accounts: [
		{
			address: "alerts@contoso.com",
			state: "needs-sign-in",
			circuit: "open",
			trouble: "AADSTS50173",
			waits: null,
		},
		{ address: "scans@contoso.com", state: "signed-in", circuit: "closed", trouble: "", waits: null },
	],
	storage: { ...WELL_STATUS.storage, accepting: false },
	problems: [
		"alerts@contoso.com needs sign-in: run `postern account add alerts@contoso.com`.",
		"The card is full.",
	],
};

function consoleWith(status: Status | Error, log: Log = silentLog()) {
	return createConsole(fakeServices({ status }).services, log);
}

describe("the status page", () => {
	it("says that all is well, and the numbers", async () => {
		const response = await consoleWith(WELL_STATUS).request("/");
		const page = await response.text();
		expect(response.status).toBe(200);
		expect(page).toMatch(/^<!doctype html><html lang="en">/);
		expect(page).toContain("All is well");
		expect(page).toContain("<dt>waiting</dt><dd>2</dd>");
		expect(page).toContain("12,345 MB free, taking mail");
		expect(page).toContain('<meta http-equiv="refresh" content="10"/>');
	});

	it("puts problems first, in the owner's words", async () => {
		const page = await (await consoleWith(TROUBLED).request("/")).text();
		expect(page).toContain("2 things need attention");
		expect(page.indexOf("The card is full.")).toBeLessThan(page.indexOf("<h2>Mail</h2>"));
		expect(page).toContain("needs sign-in, mail waits");
		expect(page).toContain("not taking mail until there is room");
	});

	it("names no mailbox to whoever is on the LAN", async () => {
		const app = consoleWith(TROUBLED);
		for (const path of ["/", "/healthz"]) {
			const body = await (await app.request(path)).text();
			expect(body).not.toContain("contoso.com");
			expect(body).toContain("[address] needs sign-in");
		}
	});

	it("shows ports, and nothing of the box's file system", async () => {
		const listeners = [
			{ role: "relay", address: "[::]:2525" },
			{ role: "control", address: "/var/lib/postern/control.sock" },
		];
		const page = await (await consoleWith({ ...WELL_STATUS, listeners }).request("/")).text();
		expect(page).toContain("<span>2525</span>");
		expect(page).not.toContain("control");
	});

	it("escapes what comes from outside", async () => {
		const page = await (
			await consoleWith({ ...WELL_STATUS, name: "<script>", problems: ["<img src=x>"] }).request("/")
		).text();
		expect(page).not.toContain("<script");
		expect(page).not.toContain("<img src=x>");
		expect(page).toContain("&lt;img src=x&gt;");
	});

	it("is under a strict policy: no scripts, nothing foreign, no frames", async () => {
		const { headers } = await consoleWith(WELL_STATUS).request("/");
		expect(headers.get("content-security-policy")).toBe(
			"default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
		);
		expect(headers.get("strict-transport-security")).toBeNull();
		expect(headers.get("cache-control")).toBe("no-store");
		expect(headers.get("x-content-type-options")).toBe("nosniff");
	});

	it("brings its style sheet and mark along", async () => {
		const app = consoleWith(WELL_STATUS);
		const page = await (await app.request("/")).text();
		const sheet = await app.request(/href="(\/assets\/console\.css\?v=[^"]+)"/.exec(page)?.[1] ?? "none");
		expect(sheet.headers.get("content-type")).toBe("text/css; charset=utf-8");
		expect(await sheet.text()).toContain("color-scheme: light dark");
		expect((await app.request("/assets/postern.svg")).headers.get("content-type")).toBe("image/svg+xml");
	});

	it("answers HEAD like GET without a body", async () => {
		const response = await consoleWith(WELL_STATUS).request("/", { method: "HEAD" });
		expect(response.status).toBe(200);
		expect(await response.text()).toBe("");
	});
});

describe("/healthz", () => {
	it("is 200 and ok", async () => {
		const response = await consoleWith(WELL_STATUS).request("/healthz");
		expect(response.status).toBe(200);
		expect(await response.json()).toEqual({ status: "ok", problems: [] });
	});

	it("is 200 and says what is degraded", async () => {
		const response = await consoleWith(TROUBLED).request("/healthz");
		expect(response.status).toBe(200);
		expect(await response.json()).toMatchObject({
			status: "degraded",
			problems: [expect.any(String), "The card is full."],
		});
	});

	it("is still 200 when the status itself fails, and the log has the reason", async () => {
		const lines: string[] = [];
		const log = new Log({ level: "info", journal: false, write: (line) => lines.push(line) });
		const response = await consoleWith(new Error("disk gone"), log).request("/healthz");
		expect(response.status).toBe(200);
		expect(await response.json()).toMatchObject({ status: "degraded" });
		expect(lines.join("")).toContain("disk gone");
	});
});

describe("everything else", () => {
	it("is refused: unknown pages, writing, the API without a sign-in", async () => {
		const app = consoleWith(WELL_STATUS);
		expect((await app.request("/admin")).status).toBe(404);
		expect(await (await app.request("/admin")).text()).toContain("There is no such page");
		const write = await app.request("/", { method: "POST" });
		expect(write.status).toBe(405);
		expect(write.headers.get("allow")).toBe("GET, HEAD");
		for (const method of ["GET", "POST", "DELETE"]) {
			const api = await app.request("/api/v1/queue", { method });
			expect(api.status).toBe(401);
			expect(await api.json()).toMatchObject({ error: { code: "sign-in-needed" } });
		}
	});

	it("a fault of ours gives a plain page; the fault itself stays in the log", async () => {
		const lines: string[] = [];
		const log = new Log({ level: "info", journal: false, write: (line) => lines.push(line) });
		const response = await consoleWith(new Error("secret detail"), log).request("/");
		expect(response.status).toBe(500);
		expect(await response.text()).not.toContain("secret detail");
		expect(lines.join("")).toContain("secret detail");
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
		const app = createConsole(fakeServices({ authority: { name: "postern", pem } }).services, silentLog());
		const text = await app.request("/authority.pem");
		expect(await text.text()).toBe(pem);
		expect(text.headers.get("content-disposition")).toBe('attachment; filename="postern-authority.pem"');
		const binary = await app.request("/authority.crt");
		expect(Buffer.from(await binary.arrayBuffer())).toEqual(DER);
		expect(binary.headers.get("content-type")).toBe("application/x-x509-ca-cert");
		expect(binary.headers.get("content-disposition")).toBe('attachment; filename="postern-authority.crt"');
	});

	it("is not there when the owner's own certificate is in use", async () => {
		const app = createConsole(fakeServices().services, silentLog());
		for (const path of ["/authority.pem", "/authority.crt"]) {
			const response = await app.request(path);
			expect(response.status).toBe(404);
			expect(await response.text()).toContain("its owner's own certificate");
		}
	});
});

describe("where a browser comes back to after signing in to Microsoft", () => {
	it("hands the answer over, and says where the sign-in goes on", async () => {
		const { services, state } = fakeServices();
		const response = await createConsole(services, silentLog()).request("/sign-in/return?code=1&state=good");
		expect(response.status).toBe(200);
		expect(await response.text()).toContain("The sign-in of alerts@contoso.com goes on");
		expect(state.calls).toEqual(["returned code=1&state=good"]);
		expect(response.headers.get("cache-control")).toBe("no-store");
		expect(response.headers.get("referrer-policy")).toBe("no-referrer");
	});

	it("tells a stranger nothing", async () => {
		const { services } = fakeServices();
		const response = await createConsole(services, silentLog()).request("/sign-in/return?code=1&state=<b>");
		expect(response.status).toBe(400);
		const page = await response.text();
		expect(page).toContain("No sign-in waits.");
		expect(page).not.toMatch(/alerts@|<b>/);
	});
});
