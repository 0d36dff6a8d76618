/**
 * Bytes as an answer: read as whoever asked takes them, and let go of when they leave. What fails midway breaks the answer
 * off, so that nobody takes half of it for all.
 */
export function streamOf(content: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
	const chunks = content[Symbol.asyncIterator]();
	return new ReadableStream<Uint8Array>({
		async pull(controller) {
			const { done, value } = await chunks.next();
			if (done === true) controller.close();
			else controller.enqueue(value);
		},
		async cancel() {
			await chunks.return?.();
		},
	});
}
