/**
 * What goes wrong in a house, each brought about for real and left on the page that its owner sees then. For the tests of what
 * is said there and of the way out, and for `npm run screens`.
 */
import type { Page } from "playwright-core";
import { submit } from "./console-tour.ts";
import { ACCOUNT, eventually, type House, type HouseOptions } from "./house.ts";

export const SIGN_IN = `/microsoft/sign-in/${encodeURIComponent(ACCOUNT)}`;
/** An account that is added in the console. */
export const NEWCOMER = "second@contoso.example";
export const REFUSED_SUBJECT = "Scan that is refused";

export interface Scene {
	readonly house: House;
	/** As it was built, to be changed by `configure`. */
	readonly options: HouseOptions;
	/** The owner's, signed in. */
	readonly page: Page;
}

/** What the house must be built with. */
export const TROUBLE_HOUSE: HouseOptions = { queue: 'retry = "1s"\nkeep_subjects = true' };

/** Begins a sign-in by code, waits until it is shown, and gives it. */
export async function showCode({ house, page }: Scene): Promise<string> {
	const before = new Set(house.cloud.control.pendingUserCodes());
	await page.goto(`/microsoft/${encodeURIComponent(ACCOUNT)}`);
	await page.click(`form[action="${SIGN_IN}"] button`);
	return newCode({ house, page }, before);
}

/** One that was not there before, on the page. */
export async function newCode(
	{ house, page }: Pick<Scene, "house" | "page">,
	before: ReadonlySet<string>,
): Promise<string> {
	let code = "";
	await eventually("there is a code", () => {
		code = house.cloud.control.pendingUserCodes().find((one) => !before.has(one)) ?? "";
		return code !== "";
	});
	await page.waitForSelector(`text=${code}`);
	return code;
}

/** With a reserve that no card has. */
export async function fillCard({ house, options }: Scene, isFull: boolean): Promise<void> {
	const queue = isFull ? `${options.queue}\nreserve = "1000GB"` : options.queue;
	house.configure({ ...options, ...(queue === undefined ? {} : { queue }) });
	const { exitCode, stderr } = await house.cli("reload");
	if (exitCode !== 0) throw new Error(stderr);
}

/** By name of its picture. */
export const TROUBLES = {
	async "wrong-password"({ page }: Scene) {
		await page.goto("/sign-in");
		await page.fill("#name", "owner");
		await page.fill("#password", "not this one");
		await page.click("main form button[type=submit]");
		await page.waitForSelector("[role=alert]");
	},
	async "code-declined"(scene: Scene) {
		scene.house.cloud.control.decline(await showCode(scene));
		await scene.page.waitForSelector(".notice.trouble:has-text('declined')");
	},
	async "code-expired"(scene: Scene) {
		const { control } = scene.house.cloud;
		await showCode(scene);
		control.change({ clockOffsetMs: 3_600_000 });
		await scene.page.waitForSelector(".notice.trouble:has-text('expired')");
		control.change({ clockOffsetMs: 0 });
	},
	async "code-blocked"(scene: Scene) {
		const { page, house } = scene;
		const { control } = house.cloud;
		control.change({ conditionalAccess: "block-at-token" });
		const before = new Set(control.pendingUserCodes());
		await page.goto("/microsoft/new");
		await page.fill("#address", NEWCOMER);
		await page.click("main form button[type=submit]");
		control.approve(await newCode(scene, before), NEWCOMER);
		await page.waitForSelector("#sign-in .notice.trouble");
		control.change({ conditionalAccess: "allow" });
	},
	async offline({ house, page }: Scene) {
		await house.cloud.control.offline();
		await submit(house.port("relay"), "boss@example.com", "Scan that waits");
		await page.goto("/");
		await page.waitForSelector("#verdict .trouble");
	},
	async "card-full"(scene: Scene) {
		await fillCard(scene, true);
		await scene.page.goto("/");
		await scene.page.waitForSelector("text=The card is full");
	},
	async failed({ house, page }: Scene) {
		house.cloud.control.denySendAs(ACCOUNT, "*");
		await submit(house.port("relay"), "boss@example.com", REFUSED_SUBJECT);
		await page.goto("/");
		await page.waitForSelector("text=could not be delivered");
	},
	async unreachable({ house, page }: Scene) {
		await page.goto("/mail");
		await page.waitForLoadState("networkidle").catch(() => undefined);
		await house.end("SIGKILL");
		await page.waitForSelector("#out-of-reach >> text=The box does not answer");
	},
} satisfies Readonly<Record<string, (scene: Scene) => Promise<void>>>;
