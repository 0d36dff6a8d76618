/**
 * The reference for the console's requests per second: Hono on Node that compresses and sends a page it was given, and
 * does nothing else. A program of its own, told the page by its parent over Node's channel: see bare-server.ts. It ends with it.
 */
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import { Hono } from "hono";
import { compress } from "hono/compress";

process.once("message", (html: string) => {
	const app = new Hono();
	app.use(compress({ encoding: "gzip" }));
	app.get("/", (context) => context.html(html));
	const server = createAdaptorServer({ fetch: app.fetch }) as Server;
	server.listen(0, "127.0.0.1", () => process.send?.((server.address() as AddressInfo).port));
});
process.once("disconnect", () => process.exit(0));
