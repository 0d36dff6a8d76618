/**
 * Every page of the console in every language: the real program, its pages over HTTP, with mail and devices in all kinds
 * of trouble. No sentence of the English console or of the appliance may stand on a page of another language.
 */
import { readdirSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ALL_SAYINGS } from "../../web/locales/said.ts";
import { describeSetting } from "../../web/locales/settings.ts";
import { SCHEMA_KEYS } from "../config/schema-keys.ts";
import type { Status } from "../services.ts";
import { DELIVERY } from "../words/delivery.ts";
import { DEVICE_KINDS } from "../words/device-kinds.ts";
import { RECEIVING } from "../words/receiving.ts";
import { TESTS } from "../words/tests.ts";
import { livedInHouse, OWNER_PASSWORD, pagesOf, submit } from "./console-tour.ts";
import { ConsoleVisitor } from "./console-visitor.ts";
import { ACCOUNT, eventually, type House, PASSWORD } from "./house.ts";
import { type PageText, textsOf } from "./page-texts.ts";

const LANGUAGES = ["de", "fr", "es"] as const;
const LOCALES = path.join(import.meta.dirname, "../../web/locales");
const ACCOUNT_PAGE = `/microsoft/${encodeURIComponent(ACCOUNT)}`;
/** Fewer may be the same in two languages, or a name. */
const LEAST_WORDS = 4;

let house: House;
let visitor: ConsoleVisitor;
let sentences: readonly string[];
beforeAll(async () => {
	house = await livedInHouse();
	visitor = new ConsoleVisitor(house);
	await visitor.claim(OWNER_PASSWORD);
	sentences = await englishSentences();
	await makeTrouble();
}, 120_000);
afterAll(async () => {
	await house?.close();
});

/** English, and what the other languages say in its place: names and examples may be the same. */
interface Sentence {
	readonly en: string;
	readonly others: readonly string[];
}

/** Of the console, of the appliance, of the settings; cut where something stands between, and sentence by sentence. */
async function englishSentences(): Promise<readonly string[]> {
	const said = ALL_SAYINGS.map(({ en, others }) => ({ en, others: Object.values(others) }));
	const settings = SCHEMA_KEYS.map(({ path: key, meta: { description } }) => ({
		en: description,
		others: LANGUAGES.map((language) => describeSetting({ key: key.join("."), description }, language)),
	}));
	const files = readdirSync(LOCALES).filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"));
	const catalogues = await Promise.all(files.map((name) => import(path.join(LOCALES, name))));
	const words = catalogues.flatMap((module: Record<string, unknown>) =>
		Object.values(module).flatMap((words) => {
			if (typeof words !== "object" || words === null || !("en" in words)) return [];
			const others = LANGUAGES.map((language) => (words as Record<string, unknown>)[language]);
			return textsIn(words.en, others);
		}),
	);
	return [...said, ...settings, ...words].flatMap(({ en, others }) =>
		piecesOf(en).filter((piece) => !others.some((other) => other.includes(piece))),
	);
}

function piecesOf(en: string): readonly string[] {
	return en
		.split(/\{[#@~]?\w+\}|(?<=[.:;!?])\s/)
		.map((piece) => piece.replaceAll(/^[^\p{L}]+|[^\p{L}]+$/gu, ""))
		.filter((piece) => piece.split(/\s+/).length >= LEAST_WORDS);
}

/** The texts of a catalogue; a function is called for what it makes of anything. */
function textsIn(en: unknown, others: readonly unknown[]): readonly Sentence[] {
	if (typeof en === "function") {
		const made = (words: unknown) => (typeof words === "function" ? String(words("{x}", "{x}")) : "");
		return [{ en: made(en), others: others.map(made) }];
	}
	if (typeof en === "string") return [{ en, others: others.map(String) }];
	if (typeof en !== "object" || en === null) return [];
	return Object.entries(en).flatMap(([key, words]) =>
		textsIn(
			words,
			others.map((other) => (other as Record<string, unknown>)[key]),
		),
	);
}

/** Runs of tests, whose steps are kept for a while, and a device with something worth knowing of its kind. */
async function makeTrouble(): Promise<void> {
	await press("/devices/new/siemens-s7", { name: "PLC", signs_in: "yes" }, "/devices/new/siemens-s7");
	await press("/devices/Scanner/test", { to: "senddenied@example.com" }, "/devices/Scanner/test");
	await press(`${ACCOUNT_PAGE}/test`, {}, ACCOUNT_PAGE);
	await press("/mailboxes/plc/test", { password: PASSWORD }, "/mailboxes/plc");
	await press("/setup/check", {}, "/setup/check");
	for (const page of ["/devices/Scanner/test", ACCOUNT_PAGE, "/mailboxes/plc", "/setup/check"]) {
		await eventually(`the test on ${page} is over`, async () => {
			const html = await visitor.read(page);
			return html.includes('class="steps"') && !html.includes('<li class="busy">');
		});
	}
	// Last: nothing is sent any more.
	house.cloud.control.revoke(ACCOUNT, { accessTokensToo: true });
	await press("/devices/PLC/test", { to: "boss@example.com" }, "/devices/PLC/test");
	await submit(house.port("relay"), "boss@example.com", "Waits");
	await eventually("the account needs its owner", async () => {
		const { matters } = await house.json<Status>("status");
		return matters.some(({ about }) => about === ACCOUNT);
	});
}

/** Presses a button that is there and does what it says. */
async function press(path: string, fields: Readonly<Record<string, string>>, from: string): Promise<void> {
	const response = await visitor.post(path, fields, from);
	expect(response.status, await response.text()).toBe(303);
}

async function allPages(): Promise<readonly string[]> {
	const queue = await house.json<{ id: string }[]>("queue", "list");
	const more = ["/devices/Scanner/test", "/devices/PLC", "/devices/PLC/card", "/devices/PLC/test"];
	return [...(await pagesOf(house)), ...more, ...queue.map(({ id }) => `/mail/${id}`)];
}

async function speak(language: string): Promise<void> {
	await visitor.post("/language", { language, back: "/" }, "/");
	expect(await visitor.read("/")).toContain(`<html lang="${language}">`);
}

/** English that claims to be in the page's language, or that the console should have known. */
function foreignIn(page: string, html: string): readonly string[] {
	return textsOf(html)
		.filter(({ language, within }) => language !== "en" || within.at(-1) === "span")
		.flatMap(({ text }: PageText) => sentences.filter((en) => text.includes(en)).slice(0, 1))
		.map((en) => `${page}: ${en}`);
}

it("knows an English sentence when it sees one", { timeout: 120_000 }, async () => {
	await speak("en");
	const pages = await allPages();
	const texts = (await Promise.all(pages.map((page) => visitor.read(page)))).flatMap(textsOf);
	const known = texts.filter(({ text }) => sentences.some((en) => text.includes(en)));
	const shown = known.map(({ text }) => text).join("\n");
	const expected = [
		...[DELIVERY.sendAsDenied, DELIVERY.signInAgain, DEVICE_KINDS.siemensOld, RECEIVING.submissionInClear],
		...[TESTS.mayLook, TESTS.wayNotTried, TESTS.passwordNeeded, TESTS.nothingTaken, TESTS.clockRight],
	];
	const missed = expected.filter((saying) => !piecesOf(saying).every((piece) => shown.includes(piece)));
	expect(missed).toEqual([]);
});

describe.each(LANGUAGES)("the console in %s", { timeout: 120_000 }, (language) => {
	it("has no English sentence on any page", async () => {
		await speak(language);
		const found: string[] = [];
		for (const page of await allPages()) found.push(...foreignIn(page, await visitor.read(page)));
		expect(found).toEqual([]);
	});

	it.each<[path: string, fields: Readonly<Record<string, string>>, from: string]>([
		["/system/settings", { table: "queue", "queue.keep_failed": "ages" }, "/system/settings"],
		["/system/settings", { table: "console", "console.names": "no name!" }, "/system/settings"],
		["/system/hooks", { url: "ftp://example.com", event: "failed", minutes: "5" }, "/system"],
		["/system/hooks", { url: "https://example.com", minutes: "5" }, "/system"],
		["/people", { name: "owner", role: "viewer" }, "/people"],
		["/people", { name: "<", role: "viewer" }, "/people"],
		["/people/keys", { label: "", scope: "read" }, "/people"],
		["/me/password", { current: OWNER_PASSWORD, next: "password", again: "password" }, "/me"],
		["/devices/PLC/rules", { addresses: "300.1.2.3", from: "keep" }, "/devices/PLC/rules"],
		["/devices/PLC/rules", { addresses: "0.0.0.0/0", from: "keep" }, "/devices/PLC/rules"],
		["/devices/PLC/rules", { addresses: "127.0.0.1", from: "keep" }, "/devices/PLC/rules"],
		["/devices/new/other", { name: "PLC", signs_in: "yes" }, "/devices/new/other"],
		["/mailboxes/new", { mailbox: ACCOUNT, username: "plc" }, "/mailboxes/new"],
		["/mailboxes/new", { mailbox: ACCOUNT, newer_than: "ages" }, "/mailboxes/new"],
		["/strangers/192.0.2.1/allow", { name: "Nobody" }, "/devices"],
	])("refuses %s in its own words (%j)", async (to, fields, from) => {
		await speak(language);
		const response = await visitor.post(to, fields, from);
		const html = await response.text();
		expect(response.status, html).toBeGreaterThanOrEqual(400);
		expect(foreignIn(to, html)).toEqual([]);
		const english = textsOf(html).filter(({ language: said }) => said === "en");
		expect(english.filter(({ text }) => text.split(" ").length >= LEAST_WORDS)).toEqual([]);
	});
});
