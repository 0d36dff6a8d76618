/**
 * What has arrived, for a person to look at: newest first, each message as text, and the table of
 * recipients that go wrong on purpose. Looks only; nothing can be changed here.
 */
import { Hono } from "hono";
import { html } from "hono/html";
import { MAGIC_RECIPIENTS } from "./magic.ts";
import { readAddresses } from "./message.ts";
import { type Html, PAGE_HEADERS, page, STYLE, STYLE_PATH } from "./page.ts";
import type { ArrivedMessage } from "./record.ts";
import type { World } from "./world.ts";

const SHOWN = 100;
const SHOWN_BYTES = 512 * 1024;
const REFRESH_SECONDS = 3;

export function mailboxPageApp(world: World): Hono {
	const app = new Hono();
	app.get(STYLE_PATH, (c) => c.body(STYLE, 200, { "Content-Type": "text/css; charset=utf-8" }));
	app.get("/", async (c) => {
		const content = html`${arrivedTable(world)}${magicTable()}`;
		const options = { title: "Arrived mail", refreshSeconds: REFRESH_SECONDS };
		return await c.html(page(options, content), 200, PAGE_HEADERS);
	});
	app.get("/message/:number", async (c) => {
		const arrived = world.record.find(Number(c.req.param("number")));
		const content = arrived === undefined ? missing() : messageView(arrived);
		const status = arrived === undefined ? 404 : 200;
		return await c.html(page({ title: "Message" }, content), status, PAGE_HEADERS);
	});
	return app;
}

function arrivedTable(world: World): Html {
	const newest = world.record.list({ limit: SHOWN }).reverse();
	const { messages } = world.record.counts;
	if (newest.length === 0)
		return html`<section><h1>Arrived mail</h1><p>Nothing has arrived yet. This page looks again every ${REFRESH_SECONDS} seconds.</p></section>`;
	const more = messages > newest.length ? `; the newest ${newest.length} are shown` : "";
	return html`<section>
<h1>Arrived mail</h1>
<p class="quiet">${messages} ${messages === 1 ? "message" : "messages"}${more}</p>
<table>
<thead><tr><th>Time</th><th>From</th><th>To</th><th>Subject</th><th>Size</th><th>Via</th></tr></thead>
<tbody>${newest.map(arrivedRow)}</tbody>
</table>
</section>`;
}

function arrivedRow({ number, atMs, reversePath, recipients, via, message }: ArrivedMessage): Html {
	const { subject, from } = message.summary;
	const sender = readAddresses(from)[0]?.address ?? reversePath;
	return html`<tr>
<td class="number">${clockTime(atMs)}</td><td>${sender}</td><td>${recipients.slice(0, 5).join(", ")}${recipients.length > 5 ? ` and ${recipients.length - 5} more` : ""}</td>
<td><a href="/message/${number}">${subject === "" ? "(no subject)" : subject}</a></td>
<td class="number">${size(message.sizeBytes)}</td><td>${via === "graph" ? "Graph" : "SMTP"}</td>
</tr>`;
}

function messageView({ number, atMs, account, reversePath, recipients, via, message }: ArrivedMessage): Html {
	const { summary, bytes, sizeBytes, sha256 } = message;
	const text =
		bytes === undefined
			? "The bytes were given up for room."
			: bytes.toString("utf8", 0, SHOWN_BYTES) + (sizeBytes > SHOWN_BYTES ? "\n[…]" : "");
	return html`<section>
<p><a href="/">All arrived mail</a></p>
<h1>${summary.subject === "" ? "(no subject)" : summary.subject}</h1>
<table>
<tr><th>Arrived</th><td>${new Date(atMs).toISOString()}, message ${number}, via ${via === "graph" ? "Graph" : "SMTP"}</td></tr>
<tr><th>Account</th><td>${account}</td></tr>
<tr><th>Envelope</th><td>from ${reversePath === "" ? "<>" : reversePath} to ${recipients.join(", ")}</td></tr>
<tr><th>Size</th><td>${sizeBytes} bytes, SHA-256 <code>${sha256}</code></td></tr>
</table>
</section>
<section><pre>${text}</pre></section>`;
}

function missing(): Html {
	return html`<section><h1>Not here</h1><p>No such message, or it is no longer remembered. <a href="/">All arrived mail</a></p></section>`;
}

function magicTable(): Html {
	return html`<section>
<h2>What can go wrong</h2>
<p>Send to one of these, at any domain (<code>throttle@example.com</code>), to see how a failure is handled.</p>
<table>
<thead><tr><th>Recipient</th><th>Over Graph</th><th>Over SMTP</th></tr></thead>
<tbody>${MAGIC_RECIPIENTS.map(
		({ localPart, graphText, smtpText }) =>
			html`<tr><td><code>${localPart}@</code></td><td>${graphText}</td><td>${smtpText}</td></tr>`,
	)}
<tr><td>any address in <code>.invalid</code></td><td>taken, then reported undeliverable in the sender's inbox</td><td>the same</td></tr></tbody>
</table>
</section>`;
}

function clockTime(atMs: number): string {
	return new Date(atMs).toISOString().slice(11, 19);
}

function size(sizeBytes: number): string {
	if (sizeBytes < 1024) return `${sizeBytes} B`;
	if (sizeBytes < 1024 * 1024) return `${(sizeBytes / 1024).toFixed(1)} kB`;
	return `${(sizeBytes / 1024 / 1024).toFixed(1)} MB`;
}
