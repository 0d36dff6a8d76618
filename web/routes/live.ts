/**
 * `/live`: tells open pages which topics have changed, as server-sent events; the pages fetch what they show
 * themselves (client/live.ts). Ends when the browser leaves or the box stops, and when its person has opened many others; a
 * browser comes back by itself.
 */
import { Hono } from "hono";
import { streamSSE } from "hono/streaming";
import type { ConsoleEnvironment } from "../environment.ts";

/** Proxies and phones cut connections that say nothing; and a page knows by them that the box has not lost its power. */
const HEARTBEAT_MS = 25_000;
/** A person's pages; each holds one of the few connections that the box has for everybody. */
const MOST_BY_PERSON = 8;
/** Then the browser opens a new one: a session that has ended does not listen for ever. */
const LONGEST_MS = 30 * 60_000;

export function liveRoutes(): Hono<ConsoleEnvironment> {
	const routes = new Hono<ConsoleEnvironment>();
	/** By person, the oldest first. */
	const listening = new Map<string, AbortController[]>();
	routes.get("/live", (context) => {
		const { services, runs } = context.var.desk;
		const name = context.var.session?.name ?? "";
		return streamSSE(context, async (stream) => {
			const gone = new AbortController();
			stream.onAbort(() => gone.abort());
			const own = [...(listening.get(name) ?? []), gone];
			for (const oldest of own.slice(0, -MOST_BY_PERSON)) oldest.abort();
			listening.set(name, own);
			const closing = context.env?.closing;
			const ends = [
				gone.signal,
				AbortSignal.timeout(LONGEST_MS),
				...(closing === undefined ? [] : [closing]),
			];
			const signal = AbortSignal.any(ends);
			const tell = (topics: readonly string[]) =>
				stream.writeSSE({ event: "changed", data: topics.join(" ") });
			const stopRuns = runs.onNews(() => void tell(["run"]));
			const heartbeat = setInterval(() => void stream.writeSSE({ event: "alive", data: "" }), HEARTBEAT_MS);
			try {
				await stream.write("retry: 3000\n\n");
				for await (const topics of services.news.changes(signal)) await tell(topics);
			} finally {
				clearInterval(heartbeat);
				stopRuns();
				const others = listening.get(name)?.filter((one) => one !== gone) ?? [];
				if (others.length === 0) listening.delete(name);
				else listening.set(name, others);
			}
		});
	});
	return routes;
}
