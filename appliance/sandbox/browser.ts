/** What a person does on the simulation's sign-in page, for tests: open the link, decide, and see where the browser ends. */
export async function signInByBrowser(link: string, address: string | "decline"): Promise<string> {
	const shown = await fetch(link);
	const text = await shown.text();
	const request = /name="request" value="([^"]+)"/.exec(text)?.[1];
	if (request === undefined)
		throw new Error(`the page asks for nothing: ${text.replaceAll(/<[^>]+>/g, " ")}`);
	const fields =
		address === "decline" ? { request, decision: "decline" } : { request, address, decision: "approve" };
	const ended = await fetch(link, {
		method: "POST",
		body: new URLSearchParams(fields),
		redirect: "manual",
	});
	const location = ended.headers.get("location");
	if (location === null) throw new Error(`the browser stays: ${ended.status} ${await ended.text()}`);
	return location;
}
