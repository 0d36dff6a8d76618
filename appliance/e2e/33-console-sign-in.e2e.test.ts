/** The owner connects Microsoft in the console: the real program, its pages over HTTP, the simulated cloud. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ConsoleVisitor } from "./console-visitor.ts";
import { ACCOUNT, eventually, House } from "./house.ts";

const NEW = "second@contoso.example";
const SIGN_IN = signInOf(ACCOUNT);
const PAGE = `/microsoft/${encodeURIComponent(ACCOUNT)}`;
const PASSWORD = "correct horse battery";

function signInOf(address: string): string {
	return `/microsoft/sign-in/${encodeURIComponent(address)}`;
}

let house: House;
let visitor: ConsoleVisitor;
beforeEach(async () => {
	house = await House.build({ signedIn: false });
	visitor = new ConsoleVisitor(house);
	await visitor.claim(PASSWORD);
});
afterEach(async () => {
	await house.close();
});

const read = (path: string) => visitor.read(path);
const post: ConsoleVisitor["post"] = (path, fields, from) => visitor.post(path, fields, from);

async function shows(path: string, text: string): Promise<void> {
	await eventually(`${path} shows “${text}”`, async () => (await read(path)).includes(text));
}

async function shownCode(path: string): Promise<string> {
	let code = "";
	await eventually("the code is shown", async () => {
		code = house.cloud.control.pendingUserCodes().at(-1) ?? "";
		return code !== "" && (await read(path)).includes(code);
	});
	return code;
}

describe("connecting Microsoft in the console", () => {
	it("shows the code, who signed in by it, and a test mail until it is in Sent Items", async () => {
		await post(SIGN_IN, {}, "/microsoft");
		house.cloud.control.approve(await shownCode(SIGN_IN), ACCOUNT);
		await shows(SIGN_IN, `Signed in as ${ACCOUNT}`);
		await post(`${PAGE}/test`, {}, PAGE);
		await shows(PAGE, "It is in Sent Items: sent.");
	});

	it("says that it was declined, and takes another way at once", async () => {
		const path = signInOf(NEW);
		await post("/microsoft/new", { address: NEW }, "/microsoft/new");
		house.cloud.control.decline(await shownCode(path));
		await shows(path, "The sign-in was declined");
		await post(path, { method: "browser" }, path);
		await shows(path, "Open the sign-in");
		// The one before is not over yet when another way is wanted.
		await post(path, { method: "device-code" }, path);
		house.cloud.control.approve(await shownCode(path), NEW);
		await shows(path, `Signed in as ${NEW}`);
		await shows("/microsoft", `href="/microsoft/${encodeURIComponent(NEW)}"`);
	});

	it("is cancelled, and the account is not kept", async () => {
		const path = signInOf(NEW);
		await post("/microsoft/new", { address: NEW }, "/microsoft/new");
		await shows(path, "Enter this code there");
		await post(`${path}/cancel`, {}, path);
		expect(await read("/microsoft")).not.toContain(`href="/microsoft/${encodeURIComponent(NEW)}"`);
	});
});
