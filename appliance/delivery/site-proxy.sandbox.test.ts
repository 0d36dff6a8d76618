import { once } from "node:events";
import http from "node:http";
import net, { type AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { SystemClock } from "../clock.ts";
import { silentLog } from "../log.ts";
import { openHttp } from "../microsoft/http.ts";
import { proxyFor } from "../microsoft/proxy-tunnel.ts";
import { type Sandbox, startSandbox } from "../sandbox/sandbox.ts";
import { TrustedTime } from "../trusted-time.ts";
import { ACCOUNT, accountOf, attemptOf, message, ScriptedTokens } from "./delivery-rig.ts";
import { createTransports, type Transports } from "./route.ts";

let sandbox: Sandbox;
let proxy: http.Server;
let transports: Transports;
/** What it was asked for, and by whom. */
let asked: { readonly target: string | undefined; readonly login: string | undefined }[];
let answer: "tunnel" | 403 | 407;

beforeEach(async () => {
	sandbox = await startSandbox();
	asked = [];
	answer = "tunnel";
	const [, smtpPort] = sandbox.smtpAddress.split(":");
	proxy = http.createServer();
	// Nobody listens on port 587 here: the proxy alone knows the way.
	proxy.on("connect", (request, client: net.Socket) => {
		asked.push({ target: request.url, login: request.headers["proxy-authorization"] });
		if (answer !== "tunnel") {
			client.end(`HTTP/1.1 ${answer} No\r\nContent-Length: 0\r\n\r\n`);
			return;
		}
		const server = net.connect(Number(smtpPort), "127.0.0.1", () => {
			client.write("HTTP/1.1 200 Connection established\r\n\r\n");
			server.pipe(client).pipe(server);
		});
		server.on("error", () => client.destroy());
		client.on("error", () => server.destroy());
	});
	proxy.listen(0, "127.0.0.1");
	await once(proxy, "listening");
	const { port } = proxy.address() as AddressInfo;
	const url = `http://site:p%40ss@127.0.0.1:${port}`;
	const clock = new SystemClock();
	transports = createTransports({
		tokens: new ScriptedTokens((resource) => sandbox.control.mintToken(ACCOUNT, { resource })),
		http: openHttp({ log: silentLog(), environment: {} }),
		endpoints: () => ({
			loginUrl: "",
			redirectUrl: "",
			graphUrl: sandbox.graphUrl,
			cloud: "custom",
			smtp: { host: "localhost", port: 587 },
			pop: { host: "localhost", port: 995 },
			scopePrefix: { graph: "", outlook: "" },
		}),
		caPem: sandbox.caPem,
		clock,
		time: new TrustedTime(clock),
		log: silentLog(),
		proxyOf: () => new URL(url),
	});
});
afterEach(async () => {
	await transports.close();
	proxy.close();
	proxy.closeAllConnections();
	await sandbox.close();
});

const send = () =>
	transports.of(accountOf("smtp")).deliver(attemptOf(message()), new AbortController().signal);

describe("SMTP through the site's proxy", () => {
	it("goes by a tunnel that it is asked for, with its login", async () => {
		expect((await send()).outcomes).toMatchObject([{ outcome: "delivered" }]);
		expect(sandbox.control.arrived()).toHaveLength(1);
		expect(asked[0]).toEqual({
			target: "localhost:587",
			login: `Basic ${Buffer.from("site:p@ss").toString("base64")}`,
		});
	});

	it.each([403, 407] as const)("that refuses (%d) is told as such, with both ways out", async (status) => {
		answer = status;
		const report = await send();
		expect(report).toMatchObject({ outcomes: [{ outcome: "deferred" }], trouble: { kind: "unreachable" } });
		expect(report.trouble?.ownerText).toMatch(/proxy .* port 587.* transport to graph/);
		expect(JSON.stringify(report)).not.toMatch(/p@ss|p%40ss/);
	});
});

describe("the proxy for a host", () => {
	const environment = {
		HTTPS_PROXY: "http://proxy:3128",
		NO_PROXY: "office365.com, .contoso.com,10.0.0.1:587",
	};

	it.each([
		["smtp.office365.com", undefined],
		["smtp.contoso.com", undefined],
		["10.0.0.1", undefined],
		["127.0.0.1", undefined],
		["smtp.partner.outlook.cn", "http://proxy:3128/"],
		["notoffice365.com", "http://proxy:3128/"],
	])("%s: %s", (host, expected) => {
		expect(proxyFor(host, { proxy: "", environment })?.href).toBe(expected);
	});

	it("of the configuration goes before the environment's, and NO_PROXY holds for both", () => {
		expect(proxyFor("mail.net", { proxy: "http://mine:80", environment })?.host).toBe("mine");
		expect(proxyFor("office365.com", { proxy: "http://mine:80", environment })).toBeUndefined();
		expect(proxyFor("mail.net", { proxy: "", environment: {} })).toBeUndefined();
	});
});
