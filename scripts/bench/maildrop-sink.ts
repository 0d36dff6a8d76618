/**
 * As much of Graph's reading as the sink needs: an inbox of 2,000 small messages and one of 30 MB, listed a thousand in a
 * request. For cloud-sink.ts.
 */
import type { LightAnswer, LightRequest } from "./light-http.ts";

export const SMALL_MESSAGES = 2_000;
export const LARGE_MESSAGE_BYTES = 30_000_000;

const HEADER = "From: <a@bench.test>\r\nTo: <b@bench.test>\r\nSubject: bench\r\n\r\n";
const LINE = `${"x".repeat(74)}\r\n`;
const SMALL = HEADER + LINE.repeat(20);
let large: string | undefined;

/** Undefined when the request is none of these. */
export function readingAnswer({ method, target }: LightRequest, port: number): LightAnswer | undefined {
	if (method !== "GET") return undefined;
	const { pathname, searchParams } = new URL(target, "http://sink");
	if (pathname.endsWith("/$value")) return { status: "200 OK", text: textOf(pathname) };
	if (!pathname.endsWith("/mailFolders/inbox/messages")) return undefined;
	const from = Number(searchParams.get("$skip") ?? 0);
	const to = Math.min(from + Number(searchParams.get("$top") ?? 10), SMALL_MESSAGES + 1);
	const value = Array.from({ length: to - from }, (_, index) => itemOf(from + index));
	searchParams.set("$skip", String(to));
	const link = `http://127.0.0.1:${port}${pathname}?${searchParams}`;
	return {
		status: "200 OK",
		body: { value, ...(to <= SMALL_MESSAGES ? { "@odata.nextLink": link } : {}) },
	};
}

function itemOf(index: number): object {
	const value = String(index === SMALL_MESSAGES ? LARGE_MESSAGE_BYTES : SMALL.length);
	return {
		id: index === SMALL_MESSAGES ? "large" : `small-${String(index).padStart(100, "0")}`,
		singleValueExtendedProperties: [{ id: "Integer 0xe08", value }],
	};
}

function textOf(pathname: string): string {
	if (!pathname.includes("/large/")) return SMALL;
	large ??= HEADER + LINE.repeat(LARGE_MESSAGE_BYTES / LINE.length);
	return large;
}
