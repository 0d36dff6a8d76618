/**
 * Bytes that go out or come in without being held: files that leave the box as the answer to a request, uploads. For routes.
 */

/**
 * Read as the browser takes it. What cannot be finished breaks the connection, so that nobody takes a part for the whole;
 * `onFault` hears why.
 */
export function streamOf(
	content: AsyncIterable<Uint8Array>,
	onFault: (thrown: unknown) => void = () => undefined,
): ReadableStream<Uint8Array> {
	const chunks = content[Symbol.asyncIterator]();
	return new ReadableStream({
		async pull(controller) {
			try {
				const { value, done } = await chunks.next();
				if (done === true) controller.close();
				else controller.enqueue(value);
			} catch (thrown) {
				onFault(thrown);
				controller.error(thrown);
			}
		},
		async cancel() {
			await chunks.return?.();
		},
	});
}

/** What is in a request; left unread, in part or whole, the rest can still be read. */
export async function* bytesOf(request: Request): AsyncGenerator<Uint8Array> {
	// Not before somebody reads: whoever asks for `values` has the body to himself.
	const body = bodyOf(request);
	if (body !== null) yield* body.values({ preventCancel: true });
}

/** A refused upload is read to its end before it is answered: its sender reads no answer before that. */
export async function readToEnd(request: Request): Promise<void> {
	const body = bodyOf(request);
	if (body === null || body.locked) return;
	try {
		for await (const chunk of body.values()) if (chunk.length === 0) continue;
	} catch {
		// Its sender has gone; nobody reads the refusal.
	}
}

function bodyOf(request: Request): ReadableStream<Uint8Array> | null {
	return request.body;
}
