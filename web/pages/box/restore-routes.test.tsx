/** An owner hands a backup over, looks at what is in it, and has it put in place; over real sockets where time matters. */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import type {
	BackupSummary,
	MachineState,
	RestoreReport,
	Role,
} from "../../../appliance/console-services.ts";
import { UserError } from "../../../appliance/errors.ts";
import { Log, silentLog } from "../../../appliance/log.ts";
import { makeToken, TOKEN_FIELD } from "../../form-tokens.ts";
import { type HttpListener, listenHttp } from "../../serve.ts";
import { sessionOf, testConsole } from "../../testing/fake-console.ts";
import { WELL_STATUS } from "../../testing/samples.ts";

const PASSPHRASE = "fünf Wörter, nichts gemeinsam";
const FREE_BYTES = 50_000_000;
const MACHINE = {
	can: { restart: true },
	card: { freeBytes: FREE_BYTES + 1_000, reserveBytes: 1_000 },
} as unknown as MachineState;
const SUMMARY: BackupSummary = {
	...{ madeAt: "2026-11-20T11:00:00.000Z", name: "old-box", version: "0.1.0", hasSignIns: false },
	...{ accounts: 1, devices: 2, mailboxes: 1, people: 1, messages: 3 },
};

interface Scripted {
	readonly refusal?: UserError;
	/** Of `apply`. */
	readonly applyFault?: UserError;
	readonly summary?: BackupSummary;
	readonly restored?: RestoreReport;
	readonly isUnclaimed?: boolean;
	readonly log?: Log;
}

/** Takes files as Backups does; what it was given is in `taken`. */
function box({ refusal, applyFault, summary = SUMMARY, restored, isUnclaimed, log }: Scripted = {}) {
	const taken: { sizeBytes: number; passphrase: string }[] = [];
	const done: string[] = [];
	let received: BackupSummary | null = null;
	let startedAt = WELL_STATUS.startedAt;
	const pages = testConsole({
		...(log === undefined ? {} : { log }),
		isUnclaimed: isUnclaimed === true,
		services: {
			appliance: { status: () => Promise.resolve({ ...WELL_STATUS, startedAt }) },
			machine: { state: () => Promise.resolve(MACHINE) },
			backups: {
				async receive(content, passphrase) {
					received = null;
					const into = { sizeBytes: 0, passphrase: passphrase.reveal() };
					taken.push(into);
					for await (const chunk of content) {
						into.sizeBytes += chunk.length;
						if (refusal !== undefined) throw refusal;
					}
					received = summary;
					return summary;
				},
				received: () => received,
				forget: async () => {
					received = null;
				},
				apply: async () => {
					done.push("apply");
					received = null;
					if (applyFault !== undefined) throw applyFault;
				},
				restored: () => restored ?? null,
			},
		},
	});
	const startAgain = () => {
		startedAt = "2026-11-20T12:00:00.000Z";
	};
	return { pages, taken, done, startAgain };
}

type Box = ReturnType<typeof box>;

function uploadPath(role: Role): string {
	return `/system/restore?${TOKEN_FIELD}=${makeToken(sessionOf(role).csrfKey)}`;
}

function formOf(file: Buffer | undefined, passphrase = PASSPHRASE): FormData {
	const form = new FormData();
	form.set("passphrase", passphrase);
	form.set(
		"file",
		new File(file === undefined ? [] : [new Uint8Array(file)], file ? "a.postern-backup" : ""),
	);
	return form;
}

function upload({ pages }: Box, form: FormData, role: Role = "owner", path = uploadPath(role)) {
	return pages.app.request(path, {
		method: "POST",
		body: form,
		headers: { Host: "postern.local", Cookie: `postern=${role}` },
	});
}

describe("a backup that is handed over", () => {
	it("may be larger than any form, and is shown before anything happens", async () => {
		const owner = box();
		const first = await (await owner.pages.get("/system/restore", "owner")).text();
		expect(first).toMatch(/enctype="multipart\/form-data"/);
		expect(first).toContain("Up to 50");
		// What is known when the file comes must stand before it.
		expect(first.indexOf('name="passphrase"')).toBeLessThan(first.indexOf('name="file"'));
		const answer = await upload(owner, formOf(Buffer.alloc(3_000_000, "sealed")));
		expect(answer.status).toBe(303);
		expect(owner.taken).toEqual([{ sizeBytes: 3_000_000, passphrase: PASSPHRASE }]);
		const page = await (await owner.pages.get(answer.headers.get("location") ?? "", "owner")).text();
		expect(page).toContain("Put this backup in place?");
		for (const text of ["old-box", "3 messages that waited", "not in it; accounts", "0.1.0"]) {
			expect(page).toContain(text);
		}
		expect(page).not.toContain(PASSPHRASE);
		expect(owner.done).toEqual([]);
	});

	it("is put in place when its owner says so, waited for, and told of", async () => {
		const owner = box({ restored: { keptAs: "before-restore-2026", messages: 3, known: 0 } });
		await upload(owner, formOf(Buffer.from("x")));
		const waiting = await owner.pages.post("/system/restore/apply", { made: SUMMARY.madeAt }, "owner");
		expect(owner.done).toEqual(["apply"]);
		const path = waiting.headers.get("location") ?? "";
		const page = await (await owner.pages.get(path, "owner")).text();
		expect(page).toContain("Afterwards you sign in with a name and a password of the backup.");
		expect(page).toContain('data-poll="2"');
		owner.startAgain();
		const back = await owner.pages.get(path, "owner");
		expect(back.headers.get("location")).toBe("/system/restore/done");
		const result = await (await owner.pages.get("/system/restore/done", "owner")).text();
		expect(result).toContain("The backup is in place");
		expect(result).toContain("before-restore-2026");
		// The people of the backup are others: its owner signs in first, and hears of it then.
		expect((await owner.pages.get(path)).headers.get("location")).toMatch(
			/^\/sign-in\?next=%2Fsystem%2Frestarting/,
		);
	});

	it("waits for its owner to start Postern where nobody else would", async () => {
		const fault = new UserError("restart-impossible", "Nothing would start Postern again here.");
		const owner = box({ applyFault: fault });
		await upload(owner, formOf(Buffer.from("x")));
		const waiting = await owner.pages.post("/system/restore/apply", { made: SUMMARY.madeAt }, "owner");
		expect(waiting.headers.get("location")).toMatch(/^\/system\/restarting\?for=restore/);
	});

	it("says that there was none after a start like any other", async () => {
		const page = await (await box().pages.get("/system/restore/done", "owner")).text();
		expect(page).toContain("No backup was put in place");
	});

	it("is not put in place when another one has come since it was looked at", async () => {
		const owner = box();
		await upload(owner, formOf(Buffer.from("x")));
		const fields = { made: "2025-01-01T00:00:00.000Z" };
		const answer = await owner.pages.post("/system/restore/apply", fields, "owner");
		expect(answer.status).toBe(400);
		expect(await answer.text()).toContain("That backup is no longer here.");
		expect(owner.done).toEqual([]);
	});

	it("is removed when it is not wanted", async () => {
		const owner = box();
		await upload(owner, formOf(Buffer.from("x")));
		await owner.pages.post("/system/restore/forget", {}, "owner");
		const page = await (await owner.pages.get("/system/restore", "owner")).text();
		expect(page).toContain("The backup was removed from the box again.");
		expect(page).not.toContain("Put this backup in place?");
	});

	it("without people says who may open the console then", async () => {
		const owner = box({ summary: { ...SUMMARY, people: 0 } });
		await upload(owner, formOf(Buffer.from("x")));
		const page = await (await owner.pages.get("/system/restore", "owner")).text();
		expect(page).toContain("Nobody is in this backup");
		expect(page).not.toContain("Afterwards you sign in with");
	});
});

describe("a file that is refused", () => {
	it.each([
		["backup-damaged", "This backup is damaged or cut short. Nothing was changed."],
		["backup-foreign", "This is no backup of a Postern. Nothing was changed."],
		["backup-too-new", "This backup was made by a newer Postern. Nothing was changed."],
		["passphrase-wrong", "The passphrase does not open this backup. Nothing was changed."],
		["backup-too-large", "There is not enough room on the card for this backup. Nothing was changed."],
		["backup-busy", "Another backup is being taken in just now."],
	])("says why (%s), and the form is there again", async (code, text) => {
		const owner = box({ refusal: new UserError(code, "in other words") });
		const answer = await upload(owner, formOf(Buffer.alloc(2_000_000, "x")));
		expect(answer.status).toBe(400);
		const page = await answer.text();
		// A notice sets its first sentence apart.
		expect(page.replaceAll(/<[^>]*>/g, " ").replaceAll(/\s+/g, " ")).toContain(text);
		expect(page).toContain('name="file"');
		expect(page).not.toContain(PASSPHRASE);
	});

	it("because none was chosen says so", async () => {
		const owner = box();
		const answer = await upload(owner, formOf(undefined));
		expect(answer.status).toBe(400);
		expect(await answer.text()).toContain("No file was chosen.");
		expect(owner.taken).toEqual([]);
	});

	it("because the card has no room for it is not even begun", async () => {
		const owner = box();
		const answer = await owner.pages.app.request(uploadPath("owner"), {
			method: "POST",
			body: formOf(Buffer.from("x")),
			headers: {
				...{ Host: "postern.local", Cookie: "postern=owner" },
				"Content-Length": String(FREE_BYTES + 1),
			},
		});
		expect(await answer.text()).toContain("There is not enough room on the card");
		expect(owner.taken).toEqual([]);
	});
});

describe("an upload that is not an owner's", () => {
	it.each(["viewer", "operator"] as const)("but a %s's is refused unread", async (role) => {
		const other = box();
		expect((await upload(other, formOf(Buffer.from("x")), role)).status).toBe(403);
		expect(other.taken).toEqual([]);
	});

	it("but a stranger's, or a page's from elsewhere, is refused unread", async () => {
		const owner = box();
		const request = (headers: Record<string, string>, path = uploadPath("owner")) =>
			owner.pages.app.request(path, { method: "POST", body: formOf(Buffer.from("x")), headers });
		expect((await request({ Host: "postern.local" })).status).toBe(403);
		const signedIn = { Host: "postern.local", Cookie: "postern=owner" };
		expect((await request(signedIn, "/system/restore")).status).toBe(403);
		expect((await request({ ...signedIn, Origin: "http://evil.example" })).status).toBe(403);
		expect((await request({ ...signedIn, Host: "evil.example" })).status).toBe(421);
		expect(owner.taken).toEqual([]);
	});

	it("is not read for its token", async () => {
		const owner = box();
		const form = formOf(Buffer.from("x"));
		form.set(TOKEN_FIELD, makeToken(sessionOf("owner").csrfKey));
		expect((await upload(owner, form, "owner", "/system/restore")).status).toBe(403);
	});

	it("leads to the set-up as long as nobody owns the box", async () => {
		const answer = await upload(box({ isUnclaimed: true }), formOf(Buffer.from("x")));
		expect(answer.headers.get("location")).toBe("/setup");
	});
});

const LIMITS = { timeoutMs: 400, leastBytes: 100 };
const listeners: HttpListener[] = [];
afterEach(async () => {
	for (const listener of listeners.splice(0)) await listener.close(0);
});

/** The console on a port; requests may take 400 ms. */
async function served(owner: Box): Promise<HttpListener> {
	const listener = await listenHttp("127.0.0.1", 0, owner.pages.app, {
		log: silentLog(),
		bodyLimits: LIMITS,
	});
	listeners.push(listener);
	return listener;
}

const BOUNDARY = "XXboundary";
const PART = `--${BOUNDARY}\r\nContent-Disposition: form-data; name=`;

function beginUpload(port: number, path: string, cookie: string, fileBytes: number) {
	const head = `${PART}"passphrase"\r\n\r\n${PASSPHRASE}\r\n` + `${PART}"file"; filename="a"\r\n\r\n`;
	const tail = `\r\n--${BOUNDARY}--\r\n`;
	const socket = connect(port, "127.0.0.1");
	let answer = "";
	socket.on("data", (chunk) => {
		answer += chunk.toString();
	});
	socket.on("error", () => undefined);
	const closed = once(socket, "close");
	socket.write(
		`POST ${path} HTTP/1.1\r\nHost: postern.local\r\nCookie: ${cookie}\r\nConnection: close\r\n` +
			`Content-Type: multipart/form-data; boundary=${BOUNDARY}\r\n` +
			`Content-Length: ${Buffer.byteLength(head + tail) + fileBytes}\r\n\r\n${head}`,
	);
	return { socket, tail, closed, answer: () => answer };
}

async function sendSlowly(socket: Socket, pieces: number, pieceBytes: number): Promise<void> {
	for (let sent = 0; sent < pieces && socket.writable; sent += 1) {
		socket.write(Buffer.alloc(pieceBytes, "x"));
		await sleep(100);
	}
}

describe("an upload over a slow network", () => {
	it("takes longer than any other request may, as long as it keeps coming", async () => {
		const owner = box();
		const { port } = await served(owner);
		const { socket, tail, closed, answer } = beginUpload(port, uploadPath("owner"), "postern=owner", 20_000);
		await sendSlowly(socket, 20, 1_000);
		socket.write(tail);
		await closed;
		expect(answer()).toMatch(/^HTTP\/1\.1 303 [\s\S]*location: \/system\/restore\r\n/i);
		expect(owner.taken).toEqual([{ sizeBytes: 20_000, passphrase: PASSPHRASE }]);
	});

	it("is cut when it stops, leaves nothing, and is no fault of ours", async () => {
		const lines: string[] = [];
		const log = new Log({ level: "info", journal: false, write: (line) => lines.push(line) });
		const owner = box({ log });
		const { port } = await served(owner);
		const { socket, closed } = beginUpload(port, uploadPath("owner"), "postern=owner", 20_000);
		await sendSlowly(socket, 3, 1_000);
		await closed;
		expect(owner.taken).toHaveLength(1);
		expect(lines.join("")).not.toContain("console-fault");
		expect(await (await owner.pages.get("/system/restore", "owner")).text()).not.toContain("Put this backup");
	});

	it("is not cut while the box itself is what is slow", async () => {
		const owner = box();
		const receive = Promise.withResolvers<void>();
		const slow = testConsole({
			services: {
				machine: { state: () => Promise.resolve(MACHINE) },
				backups: {
					async receive(content) {
						await receive.promise;
						let sizeBytes = 0;
						for await (const chunk of content) sizeBytes += chunk.length;
						owner.taken.push({ sizeBytes, passphrase: "" });
						return SUMMARY;
					},
					received: () => SUMMARY,
				},
			},
		});
		const { port } = await served({ ...owner, pages: slow });
		const fileBytes = 20_000_000;
		const { socket, tail, closed } = beginUpload(port, uploadPath("owner"), "postern=owner", fileBytes);
		socket.write(Buffer.alloc(fileBytes));
		socket.write(tail);
		await sleep(5 * LIMITS.timeoutMs);
		receive.resolve();
		await closed;
		expect(owner.taken).toEqual([{ sizeBytes: fileBytes, passphrase: "" }]);
	});

	it("of a stranger is answered at once and holds no connection", async () => {
		const owner = box();
		const { port } = await served(owner);
		const { socket, closed, answer } = beginUpload(port, uploadPath("owner"), "", 1_000_000);
		const sending = sendSlowly(socket, 200, 1_000);
		await closed;
		await sending;
		expect(answer()).toMatch(/^HTTP\/1\.1 403 /);
		expect(owner.taken).toEqual([]);
	});

	it("anywhere else is cut in its time", async () => {
		const owner = box();
		const { port } = await served(owner);
		const { socket, closed, answer } = beginUpload(port, "/sign-in", "postern-visit=x", 100_000);
		const sending = sendSlowly(socket, 200, 500);
		await closed;
		await sending;
		expect(answer()).toMatch(/^HTTP\/1\.1 408 /);
	});
});
