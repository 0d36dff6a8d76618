import { expect, it } from "vitest";
import { bytesOf, readToEnd } from "./byte-stream.ts";

const CHUNKS = 50;

/** An upload, and how much of it was read. */
function upload() {
	let taken = 0;
	const body = new ReadableStream<Uint8Array>(
		{
			pull(controller) {
				if (taken === CHUNKS) return controller.close();
				taken++;
				controller.enqueue(new Uint8Array(1_000));
			},
		},
		{ highWaterMark: 0 },
	);
	const request = new Request("http://box/", { method: "POST", body, duplex: "half" });
	return { request, taken: () => taken };
}

it("an upload that is refused before a byte of it is looked at is read to its end all the same", async () => {
	const { request, taken } = upload();
	const handedOver = bytesOf(request);
	await readToEnd(request);
	expect(taken()).toBe(CHUNKS);
	await handedOver.return(undefined);
});

it("so is one that is refused in the middle", async () => {
	const { request, taken } = upload();
	for await (const chunk of bytesOf(request)) if (chunk.length > 0) break;
	expect(taken()).toBeLessThan(CHUNKS);
	await readToEnd(request);
	expect(taken()).toBe(CHUNKS);
});

it("a request without a body has no bytes", async () => {
	const request = new Request("http://box/", { method: "POST" });
	for await (const chunk of bytesOf(request)) expect.unreachable(`${chunk.length} bytes`);
	await readToEnd(request);
});
