/**
 * A state folder with each kind of thing in it, as a box that has been in use leaves it when its power is cut: made by the
 * program of a release (scripts/make-state-fixture.ts), opened by every later one (44-earlier-states). What is added here
 * for a new kind of thing is in the states of later releases, and not in those from before it.
 */
import { KEY_SCOPES } from "../console-services.ts";
import { talk } from "./console-tour.ts";
import { ConsoleVisitor } from "./console-visitor.ts";
import { ACCOUNT, eventually, type House, type HouseOptions } from "./house.ts";
import { SmtpPeer } from "./smtp-peer.ts";

/** An address of this machine that no device has. */
const STRANGER = "127.0.0.9";
const APP_ACCOUNT = "app@contoso.example";
const ADA = "ada@contoso.example";
/** A body of this many lines is a file. */
const LARGE_LINES = 8_000;

/** What must be told apart from the state folder: it is in it only as hashes. */
interface Secrets {
	readonly key: string;
	readonly ownerPassword: string;
	readonly devicePassword: string;
	readonly mailboxPassword: string;
}

/** What the program says is there, in the words of its API. */
export interface Inventory {
	readonly mail: readonly { readonly id: string; readonly state: string; readonly subject: string }[];
	readonly recipients: readonly string[];
	readonly devices: readonly object[];
	readonly accounts: readonly object[];
	readonly mailboxes: readonly object[];
	readonly people: readonly object[];
	readonly joined: readonly object[];
	readonly keys: readonly object[];
	readonly hooks: readonly object[];
	readonly settings: readonly object[];
}

/** Kept beside the state folder, as JSON. */
export interface EarlierState extends Secrets {
	/** Milliseconds since 1970. */
	readonly madeAtMs: number;
	readonly inventory: Inventory;
}

/** Of the house in which a state is made, and of those in which it is opened: nothing is set that was saved in the state. */
export const STATE_HOUSE: HouseOptions = {
	isNew: true,
	pop3: true,
	cloudPlace: { host: "127.44.0.1", httpPort: 14_400 },
	smtp: 'listen = ["127.0.0.1:0"]\nlisten_submission = ["127.0.0.1:0"]\nlisten_tls = []\nlisten_auto = []\nstrangers = "ask"',
	// However late it is opened.
	queue: 'retry = "1h"\nexpire_after = "3650d"\nkeep_failed = "3650d"',
};

/** Lives in a new house; when it is done, everything is on the card, and sending is paused. */
export async function liveIn(house: House): Promise<EarlierState> {
	const ownerPassword = "four words in a row";
	const owner = new ConsoleVisitor(house);
	await owner.claim(ownerPassword);
	const key = await owner.makeKey("everything", KEY_SCOPES);
	await owner.makeKey("looks", ["read"]);
	await house.signIn();
	const post = <Answer>(path: string, body: object = {}) => askAs<Answer>(house, key, "POST", path, body);
	const { password: devicePassword } = await post<{ password: string }>("/devices", {
		name: "Copier",
		username: "copier",
		switches: { auth_without_tls: true },
	});
	await post("/devices", { name: "Scanner", addresses: ["127.0.0.1"] });
	await post("/devices", { name: "Old camera", username: "cam", switches: { cram_md5: true } });
	await house.json("device", "set", "Scanner", "--rate", "600/h", "--urgent", "on");
	const { password: mailboxPassword } = await post<{ password: string }>("/mailboxes", {
		mailbox: ACCOUNT,
		username: "plc",
	});
	await post("/people", { name: "ann", role: "viewer" });
	await post("/hooks", { url: "http://127.0.0.1:9/", events: ["failed"], offlineAfterMinutes: 5 });
	const settings = {
		"queue.keep_subjects": true,
		"sign_up.allow": ["*@contoso.example"],
		"sign_up.enabled": true,
	};
	await askAs(house, key, "PATCH", "/settings", settings);
	await addAppAccount(house);
	await comeBySelfService(house, key);
	await sendMail(house, key);
	return {
		...{ key, ownerPassword, devicePassword, mailboxPassword, madeAtMs: Date.now() },
		inventory: await inventoryOf(house, key),
	};
}

/** One whose key is made on the box; its public half is uploaded at once. */
async function addAppAccount(house: House): Promise<void> {
	house.cloud.control.grantApp({ graph: ["Mail.Send", "Mail.ReadWrite"], mailboxes: [APP_ACCOUNT] });
	const child = house.spawnCli(["account", "add", APP_ACCOUNT, "--method", "certificate", "--json"]);
	let out = "";
	for await (const chunk of child.stdout) {
		out += String(chunk);
		const [pem] = /-----BEGIN CERTIFICATE-----[^"]*-----END CERTIFICATE-----\\n/.exec(out) ?? [];
		if (pem !== undefined) house.cloud.control.grantApp({ certificatePem: JSON.parse(`"${pem}"`) });
	}
	if (!out.includes('"signed-in"')) throw new Error(`the app did not sign in: ${out}`);
}

/** Somebody makes a login of their own, by their own sign-in. */
async function comeBySelfService(house: House, key: string): Promise<void> {
	const ada = new ConsoleVisitor(house);
	await ada.post("/join", { address: ADA, wish: "join", method: "device-code" }, "/join?new");
	await eventually("there is a code", () => {
		const code = house.cloud.control.pendingUserCodes().at(-1);
		return code !== undefined && house.cloud.control.approve(code, ADA);
	});
	const joined = () => askAs<readonly unknown[]>(house, key, "GET", "/joined");
	await eventually("she is in", async () => (await joined()).length === 1);
}

/** A message in each state; last one whose attempt is under way. */
async function sendMail(house: House, key: string): Promise<void> {
	const peer = await SmtpPeer.connect(house.port("relay"));
	const send = async (subject: string, to: string, lines = 1) => {
		const body = Array.from({ length: lines }, (_, line) => `line ${line}`).join("\r\n");
		await peer.send(
			`From: <scan@contoso.example>\r\nTo: <${to}>\r\nSubject: ${subject}\r\n\r\n${body}\r\n`,
			to,
		);
	};
	const become = (state: string, count: number) =>
		eventually(`${count} are ${state}`, async () => (await mailIn(house, key, state)).length === count);
	await send("gone out", "boss@example.com");
	await become("delivered", 1);
	await send("refused", "senddenied@example.com");
	await become("failed", 1);
	await knock(house.port("relay"));
	await become("held", 1);
	// An answer that says nothing of the account or the link.
	const fault = { where: "graph", path: "sendMail", status: 418 } as const;
	house.cloud.control.fail({ ...fault, action: "answer" });
	await send("put off", "you@example.com");
	await become("deferred", 1);
	house.cloud.control.fail({ ...fault, action: "hang" });
	await send("in the middle of it", "you@example.com");
	await become("active", 1);
	await askAs(house, key, "POST", "/pause", {});
	await send("waits", "you@example.com");
	await send("waits, and is large", "you@example.com", LARGE_LINES);
	await send("held back", "held@example.com");
	await send("deleted", "nobody@example.com");
	const waiting = await mailIn(house, key, "incoming");
	const idOf = (subject: string) => waiting.filter((row) => row.subject === subject).map(({ id }) => id);
	await askAs(house, key, "POST", "/mail/actions", { action: "hold", ids: idOf("held back") });
	await askAs(house, key, "POST", "/mail/actions", { action: "delete", ids: idOf("deleted") });
	await peer.quit();
}

/** A stranger, whose mail the owner is asked about. */
async function knock(port: number): Promise<void> {
	await talk(
		port,
		[
			"EHLO camera\r\n",
			"MAIL FROM:<cam@contoso.example>\r\n",
			"RCPT TO:<guard@example.com>\r\n",
			"DATA\r\n",
			"From: cam@contoso.example\r\nTo: guard@example.com\r\nSubject: from a stranger\r\n\r\nHello\r\n.\r\n",
			"QUIT\r\n",
		],
		STRANGER,
	);
}

type AccountRows = readonly {
	readonly account: { readonly address: string };
	readonly state: string;
	readonly signedInAs: string;
}[];
type MailRow = Inventory["mail"][number];

async function mailIn(house: House, key: string, state: string): Promise<readonly MailRow[]> {
	return (await askAs<{ rows: readonly MailRow[] }>(house, key, "GET", `/mail?state=${state}&limit=100`))
		.rows;
}

export async function inventoryOf(house: House, key: string): Promise<Inventory> {
	const get = <Answer>(path: string) => askAs<Answer>(house, key, "GET", path);
	type Rows = readonly Record<string, unknown>[];
	const only = async (path: string, ...names: readonly string[]) =>
		(await get<Rows>(path)).map((row) => Object.fromEntries(names.map((name) => [name, row[name]])));
	const { rows } = await get<{ rows: readonly MailRow[] }>("/mail?limit=100");
	const queue = await get<readonly { recipients: readonly string[] }[]>("/queue");
	const settings = await get<readonly { key: string; value: unknown; origin: string }[]>("/settings");
	return {
		mail: rows.map(({ id, state, subject }) => ({ id, state, subject })),
		recipients: queue.flatMap(({ recipients }) => recipients).sort(),
		devices: await only("/devices", "name", "username", "addresses", "account"),
		accounts: (await get<AccountRows>("/accounts")).map(({ account: { address }, ...row }) => ({
			...{ address, state: row.state, signedInAs: row.signedInAs },
		})),
		mailboxes: await only("/mailboxes", "username", "mailbox"),
		people: await only("/people", "name", "role", "createdAt"),
		joined: await only("/joined", "address", "username", "state"),
		keys: await only("/keys", "id", "label", "scopes"),
		hooks: await only("/hooks", "id", "url", "events"),
		settings: settings
			.filter(({ origin }) => origin === "console")
			.map(({ key: name, value }) => ({ name, value })),
	};
}

export async function askAs<Answer>(
	house: House,
	key: string,
	method: string,
	path: string,
	body?: object,
): Promise<Answer> {
	const response = await fetch(`http://127.0.0.1:${house.port("console")}/api/v1${path}`, {
		method,
		headers: { Authorization: `Bearer ${key}`, "Content-Type": "application/json" },
		...(body === undefined ? {} : { body: JSON.stringify(body) }),
	});
	const text = await response.text();
	if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
	return JSON.parse(text) as Answer;
}
