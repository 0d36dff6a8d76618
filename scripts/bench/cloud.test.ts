import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { GraphSink } from "./cloud.ts";

describe("the light cloud", () => {
	let sink: GraphSink;

	beforeEach(async () => {
		sink = await GraphSink.start();
	});

	afterEach(async () => {
		await sink[Symbol.asyncDispose]();
	});

	const sendMail = (body = "aGVsbG8=") =>
		fetch(`${sink.url}/v1.0/me/sendMail`, {
			method: "POST",
			headers: { "content-type": "text/plain" },
			body,
		});

	it("takes messages of any size and counts them", async () => {
		expect((await sendMail()).status).toBe(202);
		expect((await sendMail("QUFB".repeat(500_000))).status).toBe(202);
		expect(await sink.accepted()).toBe(2);
	});

	it("is gone, and back at the same address with the same count", async () => {
		await sendMail();
		await sink.goAway();
		await expect(sendMail()).rejects.toThrow();
		await sink.comeBack();
		expect((await sendMail()).status).toBe(202);
		expect(await sink.accepted()).toBe(2);
	});

	it("signs in by device code at once", async () => {
		const discovery = await fetch(`${sink.url}/common/v2.0/.well-known/openid-configuration`);
		const { token_endpoint: tokenEndpoint } = (await discovery.json()) as { token_endpoint: string };
		const answer = await fetch(tokenEndpoint, {
			method: "POST",
			body: new URLSearchParams({ grant_type: "device_code", client_id: "bench", scope: "Mail.Send" }),
		});
		expect(await answer.json()).toMatchObject({ token_type: "Bearer", scope: "Mail.Send" });
	});
});
