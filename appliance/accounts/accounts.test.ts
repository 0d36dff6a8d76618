import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { configSchema } from "../config/schema.ts";
import { silentLog } from "../log.ts";
import { Storage } from "../store/storage.ts";
import { Accounts } from "./accounts.ts";

let folder: string;
let storage: Storage;
beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), "postern-accounts-"));
	storage = await Storage.open({
		stateDir: folder,
		onFatal: (error) => {
			throw error;
		},
	});
});
afterEach(async () => {
	await storage.close();
	await rm(folder, { recursive: true });
});

function open(written: object = {}): Promise<Accounts> {
	return Accounts.open({ config: configSchema.parse(written), documents: storage, log: silentLog() });
}

describe("accounts", () => {
	it("of the file fall back to the app registration of [microsoft]", async () => {
		const accounts = await open({
			microsoft: { client_id: "ours", tenant: "contoso.com" },
			account: [
				{ address: "Alerts@contoso.com" },
				{ address: "own@contoso.com", client_id: "its-own", tenant: "common", transport: "smtp" },
			],
		});
		expect(accounts.find("ALERTS@contoso.com")).toMatchObject({
			clientId: "ours",
			tenant: "contoso.com",
			origin: "file",
		});
		expect(accounts.find("own@contoso.com")).toMatchObject({
			clientId: "its-own",
			tenant: "common",
			transport: "smtp",
		});
	});

	it("share the mail of devices that name none by whose it is: address, then shared mailbox, then pattern", async () => {
		const accounts = await open({
			account: [
				{ address: "a@contoso.com", senders: ["*@contoso.com", "boss@fabrikam.com"] },
				{ address: "b@contoso.com", shared_mailboxes: ["scans@contoso.com"] },
				{ address: "c@fabrikam.com", senders: ["*@fabrikam.com"] },
			],
		});
		const through = (...senders: string[]) => accounts.forMessage({ account: "" }, senders)?.address;
		expect(through("B@contoso.com")).toBe("b@contoso.com");
		expect(through("Scans@Contoso.com")).toBe("b@contoso.com");
		expect(through("copier@contoso.com")).toBe("a@contoso.com");
		expect(through("boss@fabrikam.com")).toBe("a@contoso.com");
		expect(through("", "plc@fabrikam.com")).toBe("c@fabrikam.com");
		expect(through("nobody@example.com", "copier@contoso.com")).toBe("a@contoso.com");
		expect(through("nobody@example.com")).toBeUndefined();
		expect(accounts.forMessage({ account: "c@fabrikam.com" }, ["b@contoso.com"])?.address).toBe(
			"c@fabrikam.com",
		);
	});

	it("serve a device that names one, or any device when there is but one", async () => {
		const accounts = await open({ account: [{ address: "a@contoso.com" }] });
		expect(accounts.forDevice({ account: "" })?.address).toBe("a@contoso.com");
		await accounts.save({ address: "b@contoso.com" });
		expect(accounts.forDevice({ account: "" })).toBeUndefined();
		expect(accounts.forDevice({ account: "b@contoso.com" })?.origin).toBe("saved");
		expect(accounts.forDevice({ account: "c@contoso.com" })).toBeUndefined();
		expect((await open()).forDevice({ account: "" })?.address).toBe("b@contoso.com");
	});

	it("are saved once, changed by a later draft, and removed", async () => {
		const first = await open();
		await first.save({ address: " Box@Contoso.com " });
		await first.save({ address: "box@contoso.com", transport: "smtp" });
		await first.save({ address: "box@contoso.com" });
		const second = await open({ microsoft: { client_id: "later" } });
		expect(second.list()).toMatchObject([
			{ address: "box@contoso.com", transport: "smtp", clientId: "later" },
		]);
		expect(await second.remove("BOX@contoso.com")).toBe("removed");
		await expect(second.remove("box@contoso.com")).rejects.toMatchObject({ code: "account-unknown" });
		expect(await storage.list("account")).toEqual([]);
	});

	it("of the file are neither changed nor removed", async () => {
		const accounts = await open({ account: [{ address: "a@contoso.com" }] });
		expect(await accounts.save({ address: "a@contoso.com" })).toBe(accounts.find("a@contoso.com"));
		await expect(accounts.save({ address: "a@contoso.com", transport: "smtp" })).rejects.toMatchObject({
			code: "account-locked",
		});
		expect(await accounts.remove("a@contoso.com")).toBe("kept");
	});

	it("that are none are refused, and a damaged record harms nobody", async () => {
		const accounts = await open();
		await expect(accounts.save({ address: "nobody" })).rejects.toMatchObject({ code: "account-invalid" });
		await storage.put("account", "x", { nonsense: 1 });
		await accounts.save({ address: "a@contoso.com" });
		expect((await open()).list()).toHaveLength(1);
	});
});
