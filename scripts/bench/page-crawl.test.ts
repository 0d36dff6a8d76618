import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import { Hono } from "hono";
import { expect, it } from "vitest";
import { CountedRequests } from "../../appliance/e2e/counted-requests.ts";
import { crawl } from "./page-crawl.ts";

const LINKS: Readonly<Record<string, readonly string[]>> = {
	"/": [
		"/mail",
		"/devices/Copier",
		"/devices/Kamera%202",
		"/assets/x.css",
		"https://example.com/",
		"#content",
	],
	"/mail": [
		"/mail?state=held",
		"/mail?state=failed",
		"/mail?q=a&amp;state=held",
		"/mail/38FN6KZRY0.eml",
		"/gone",
	],
	"/devices/Copier": ["/devices/Copier/card", "/", "/mail#top"],
};

it("a crawl finds one page of each kind, and no files", async () => {
	const app = new Hono();
	app.get("/gone", (context) => context.html("gone", 404));
	app.get("*", (context) => {
		const links = LINKS[context.req.path] ?? [];
		return context.html(links.map((link) => `<a class="x" href="${link}">x</a>`).join(""));
	});
	const server = createAdaptorServer({ fetch: app.fetch }) as Server;
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	using requests = new CountedRequests((server.address() as AddressInfo).port);
	const pages = await crawl(requests, ["/", "/mail?state=active"]);
	expect(pages).toEqual([
		...["/", "/mail?state=active", "/mail", "/devices/Copier"],
		...["/mail?q=a&state=held", "/devices/Copier/card"],
	]);
	server.close();
});
