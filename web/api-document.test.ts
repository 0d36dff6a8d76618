/** The document of the API: it has every request that is served, all of each, and what is served is as it says. */
import { describe, expect, it } from "vitest";
import { KEY_SCOPES } from "../appliance/console-services.ts";
import { silentLog } from "../appliance/log.ts";
import { createControlApi, createNetworkApi, NETWORK_ROUTES } from "./api.ts";
import { documentOf } from "./api-document.ts";
import { API_PATH, honoPath } from "./api-mount.ts";
import { type ApiDescription, expectDescribed, schemaOf } from "./testing/api-description.ts";
import { testConsole } from "./testing/fake-console.ts";
import { fakeServices } from "./testing/fake-services.ts";
import { accountStatus, device, queueRow, sessionLog, stranger } from "./testing/samples.ts";

interface Parsed extends ApiDescription {
	readonly openapi: string;
}
const document = JSON.parse(JSON.stringify(documentOf(NETWORK_ROUTES))) as Parsed;
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
	Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
);

describe("the document", () => {
	it("has every request that is served, and no other", () => {
		const { services } = fakeServices();
		const served = createNetworkApi(services as never, silentLog())
			.routes.filter(({ method }) => method !== "ALL")
			.map(({ method, path }) => `${method} ${path}`);
		const described = operations.map(({ method, path }) => `${method.toUpperCase()} ${honoPath(path)}`);
		expect(new Set(served)).toEqual(new Set(described));
		expect(described).toHaveLength(NETWORK_ROUTES.length);
	});

	it("says of each who may, what it takes, what it answers and how it refuses", () => {
		for (const { method, path, operation } of operations) {
			const name = `${method} ${path}`;
			const scopes = operation.security.flatMap((one) => one["key"] ?? []);
			if (path === "/openapi.json") expect(scopes).toEqual([]);
			else expect(KEY_SCOPES, name).toContain(scopes[0]);
			expect(operation.responses, name).toHaveProperty("4XX");
			expect(operation.responses, name).toHaveProperty("5XX");
			const good = operation.responses["200"] ?? operation.responses["201"];
			const [[type, { schema }]] = Object.entries(
				(good as { content: Record<string, { schema?: object }> }).content,
			) as [[string, { schema?: object }]];
			if (type.includes("json")) expect(Object.keys(schema ?? {}), name).not.toEqual([]);
		}
		expect(new Set(operations.map(({ operation }) => operation.operationId)).size).toBe(operations.length);
	});

	it("lets nobody change anything with a key that looks", () => {
		const looking = operations.filter(({ operation }) =>
			operation.security.some((one) => one["key"]?.includes("read")),
		);
		expect(new Set(looking.map(({ method }) => method))).toEqual(new Set(["get"]));
	});

	it("names only what it has", () => {
		const names = JSON.stringify(document).matchAll(/"#\/components\/schemas\/([^"]+)"/g);
		for (const [, name = ""] of names) expect(document.components.schemas).toHaveProperty([name]);
		expect(JSON.stringify(document)).not.toMatch(/\$schema|\$id|"answer \d/);
	});

	it("describes what is sent by what it is checked with", () => {
		const { requestBody } = document.paths["/queue/actions"]?.["post"] ?? {};
		const { content } = requestBody as { content: Record<string, { schema: object }> };
		const schema = schemaOf(document, content["application/json"]?.schema ?? {});
		for (const [input, isGood] of [
			[{ action: "hold", ids: ["q1"] }, true],
			[{ action: "hold", ids: "all" }, true],
			[{ action: "hold", ids: [] }, false],
			[{ action: "explode", ids: "all" }, false],
			[{ action: "hold", ids: "all", more: 1 }, false],
		] as const) {
			expect(schema.safeParse(input).success, JSON.stringify(input)).toBe(isGood);
		}
	});

	it("is there without a key, and says nothing of the box", async () => {
		const response = await testConsole().app.request(`${API_PATH}/openapi.json`, {
			headers: { Host: "postern.local" },
		});
		expect(await response.json()).toEqual(document);
		expect(JSON.stringify(document)).not.toContain("postern.local");
	});
});

describe("the page of people", () => {
	it("says where the document is", async () => {
		const services = { people: { list: () => [] }, keys: { list: () => [] } };
		const page = await (await testConsole({ services }).get("/people", "owner")).text();
		expect(page).toContain('href="/api/v1/openapi.json"');
	});
});

describe("what is served", () => {
	const { services } = fakeServices({
		queue: [queueRow()],
		devices: [device({ kind: "brother" })],
		strangers: [stranger()],
		sessions: [sessionLog()],
		accounts: [accountStatus()],
	});
	const app = createControlApi(services, silentLog());

	it.each([
		["GET", "/status"],
		["GET", "/queue"],
		["GET", "/queue/counts"],
		["GET", "/queue/q1"],
		["GET", "/queue/none"],
		["GET", "/devices"],
		["GET", "/devices/Copier"],
		["GET", "/devices/Copier/log"],
		["GET", "/device-kinds"],
		["GET", "/strangers"],
		["GET", "/accounts"],
		["GET", "/mailboxes"],
		["GET", "/mailbox-place"],
		["GET", "/authority"],
		["POST", "/queue/actions"],
		["POST", "/reload"],
		["POST", "/accounts/alerts@contoso.com/test"],
	])("%s %s is as described", async (method, path) => {
		await expectDescribed(document, {
			method,
			path,
			response: await app.request(API_PATH + path, { method }),
		});
	});
});
