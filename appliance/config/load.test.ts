import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import fc from "fast-check";
import { stringify } from "smol-toml";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { diffConfig } from "./diff.ts";
import { type LoadedConfig, type LoadOptions, loadConfig } from "./load.ts";
import { EXAMPLE_HASH } from "./password-hash.ts";
import { ConfigError } from "./problems.ts";
import { SCHEMA_TABLES } from "./schema-keys.ts";

let folder: string;
let file: string;
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), "postern-config-"));
	file = join(folder, "postern.toml");
});
afterAll(() => rm(folder, { recursive: true }));

type Layers = Partial<Pick<LoadOptions, "environment" | "saved" | "flags">>;

async function load(toml: string | Buffer, layers: Layers = {}): Promise<LoadedConfig> {
	await writeFile(file, toml);
	return loadConfig({ file, fileRequired: true, environment: {}, saved: [], flags: {}, ...layers });
}

/** Every problem as `line:column text`, or `where text` when it is not in the file. */
async function problemsOf(toml: string | Buffer, layers: Layers = {}): Promise<string[]> {
	try {
		await load(toml, layers);
		return [];
	} catch (error) {
		if (!(error instanceof ConfigError)) throw error;
		return error.problems.map(
			({ where, text }) => `${where.replace(`${file}:`, "").replace(file, "file")} ${text}`,
		);
	}
}

describe("loading", () => {
	it("gives the documented defaults when there is no file", async () => {
		const absent = join(folder, "absent.toml");
		const options = { file: absent, environment: {}, saved: [], flags: {} };
		const { config, file: read } = await loadConfig({ ...options, fileRequired: false });
		expect(read).toBeUndefined();
		expect(config.smtp.listen).toEqual([{ host: "::", port: 25 }]);
		expect(config.smtp.max_message_size).toBe(150_000_000);
		expect(config.queue.expire_after).toBe(30 * 86_400_000);
		expect(config.microsoft.smtp).toEqual({ host: "smtp.office365.com", port: 587 });
		await expect(loadConfig({ ...options, fileRequired: true })).rejects.toThrow("there is no such file");
	});

	it("lets each layer override the one below and says which it was", async () => {
		const { config, origins } = await load('name = "from-file"\n[smtp]\nlisten = [25]\nlisten_tls = []\n', {
			saved: [
				{ key: "name", value: "from-console" },
				{ key: "queue.reserve", value: "1GB" },
			],
			environment: { POSTERN_SMTP__LISTEN: "127.0.0.1:1025, 1026", POSTERN_NAME: "from-environment" },
			flags: { name: "from-flag" },
		});
		expect(config.name).toBe("from-flag");
		expect(config.smtp.listen.map(({ port }) => port)).toEqual([1025, 1026]);
		const originOf = (key: string) => origins.find((origin) => origin.key === key);
		expect(originOf("name")?.origin).toBe("flag");
		expect(originOf("smtp.listen")?.origin).toBe("environment POSTERN_SMTP__LISTEN");
		expect(originOf("smtp.listen_tls")).toEqual({
			key: "smtp.listen_tls",
			value: "[]",
			origin: `file ${file}:4`,
		});
		expect(originOf("queue.reserve")?.origin).toBe("console");
		expect(originOf("queue.retry")?.origin).toBe("default");
	});

	it("reads accounts, devices and mailboxes", async () => {
		const { config, origins } = await load(`
[[account]]
address = "Alerts@Contoso.com"
[[device]]
name = "Copier, 2nd floor"
addresses = ["192.168.1.50", "10.0.0.7/24"]
username = "Copier-2"
password_hash = "${EXAMPLE_HASH}"
from = ["*@contoso.com"]
rate = "120/h"
hide_ehlo = ["chunking"]
[[mailbox]]
username = "plc-7"
mailbox = "orders@contoso.com"
`);
		expect(config.account[0]).toMatchObject({ address: "alerts@contoso.com", transport: "graph" });
		expect(config.device[0]).toMatchObject({
			addresses: ["192.168.1.50", "10.0.0.0/24"],
			username: "copier-2",
			rate: { count: 120, perMs: 3_600_000 },
			recipients: ["*"],
			hide_ehlo: ["CHUNKING"],
			legacy_tls: false,
		});
		expect(config.mailbox[0]?.on_delete).toBe("trash");
		const rate = origins.find(({ key }) => key === "device[0].rate");
		expect(rate?.origin).toBe(`file ${file}:10`);
	});

	it("counts relative files from the folder of the configuration", async () => {
		const { config } = await load('state_dir = "state"\n[microsoft]\nca_file = "/etc/ca.pem"\n');
		expect(config.state_dir).toBe(join(folder, "state"));
		expect(config.microsoft.ca_file).toBe("/etc/ca.pem");
	});

	it("reads a file with a byte order mark and Windows line ends", async () => {
		const { config } = await load('\uFEFFname = "box"\r\n[smtp]\r\nlisten = []\r\n');
		expect(config.name).toBe("box");
	});

	it("lets a default port give way to one that was written", async () => {
		const { config } = await load("[smtp]\nlisten = [2525]\n");
		expect(config.smtp.listen_auto).toEqual([]);
	});

	it("shows no secret, neither in origins nor by printing the configuration", async () => {
		const loaded = await load(
			'[microsoft]\nproxy = "http://me:sesame1@proxy:3128"\n[[device]]\nname = "a"\nusername = "a"\npassword = "sesame2"\n',
		);
		expect(inspect(loaded.origins, { depth: 9 })).not.toContain("sesame");
		expect(JSON.stringify(loaded.config.device)).not.toContain("sesame");
		expect(inspect(loaded.config.device, { depth: 9 })).not.toContain("sesame");
		expect(loaded.config.device[0]?.password?.reveal()).toBe("sesame2");
	});
});

describe("what is wrong with a configuration", () => {
	it("is told all at once, with line, column and the nearest right name", async () => {
		const toml = `nmae = "x"
max_message_size = "1MB"
[smtp]
listn = [25]
listen_tls = ["nonsense"]
max_message_size = "900MB"
strangers = "aks"
[[device]]
name = "a"
rate = 5
colour = "grey"
[[account]]
transport = "graph"
`;
		expect(await problemsOf(toml)).toEqual([
			'1:1 unknown key "nmae"; did you mean "name"?',
			'2:1 unknown key "max_message_size"; "max_message_size" stands in [smtp]',
			'4:1 unknown key "listn" in [smtp]; did you mean "listen"?',
			expect.stringMatching(/^5:15 smtp\.listen_tls\[0\]: "nonsense" is no place to listen; .*\[::\]:25/),
			'6:1 smtp.max_message_size: "900MB" is too large; at most 150MiB',
			'7:1 smtp.strangers: "aks" is not allowed; did you mean "ask"? Allowed are "refuse", "ask"',
			expect.stringMatching(/^8:1 a \[\[device\]\] needs addresses or a username/),
			'10:1 device[0].rate: 5 is of the wrong kind; write text in quotes, such as "120/h"',
			expect.stringMatching(/^11:1 unknown key "colour" in \[\[device\]\]; known here: name, addresses/),
			"12:1 account[0].address is missing",
		]);
	});

	it("is always a list of problems with their places, and never a crash", async () => {
		const value = fc.oneof(
			fc.string(),
			fc.boolean(),
			fc.integer(),
			fc.date({ noInvalidDate: true }),
			fc.array(fc.oneof(fc.string(), fc.integer(), fc.object({ values: [fc.string(), fc.integer()] })), {
				maxLength: 3,
			}),
			fc.dictionary(fc.string(), fc.string(), { noNullPrototype: true }),
		);
		const names = SCHEMA_TABLES.flatMap(({ keys }) => keys.map(({ path }) => path.at(-1) ?? ""));
		const table = fc.dictionary(fc.oneof(fc.constantFrom(...names), fc.string()), value, {
			noNullPrototype: true,
		});
		const tableName = fc.constantFrom(...SCHEMA_TABLES.map(({ name }) => name || "name"), "other");
		const content = fc.oneof(table, fc.array(table, { maxLength: 3 }), value);
		await fc.assert(
			fc.asyncProperty(fc.dictionary(tableName, content, { noNullPrototype: true }), async (values) => {
				for (const problem of await problemsOf(stringify(values)))
					expect(problem).toMatch(/^(\d+:\d+|file) \S/);
			}),
			{ numRuns: 200 },
		);
	});

	it("names the line of a syntax error", async () => {
		expect(await problemsOf('name = "a"\n[smtp\nlisten = 3\n')).toEqual([
			expect.stringMatching(/^2:\d+ is no valid TOML/),
		]);
		expect(await problemsOf('name = "a"\nname = "b"\n')).toEqual([
			expect.stringMatching(/^2:\d+ is no valid TOML/),
		]);
		expect(await problemsOf("__proto__ = { x = 1 }\n")).toEqual([expect.stringMatching(/is no valid TOML/)]);
	});

	it("is told of files that are no configuration", async () => {
		expect(await problemsOf(Buffer.from('name = "x"\n', "utf16le"))).toEqual([
			expect.stringContaining("UTF-8"),
		]);
		expect(await problemsOf(Buffer.from([0x6e, 0xff, 0xfe]))).toEqual([expect.stringContaining("UTF-8")]);
		expect(await problemsOf(Buffer.alloc(1024 * 1024 + 1, "#"))).toEqual([expect.stringContaining("1 MiB")]);
		const asFolder = loadConfig({ file: folder, fileRequired: true, environment: {}, saved: [], flags: {} });
		await expect(asFolder).rejects.toThrow("is a folder");
	});

	it("never repeats a secret", async () => {
		const toml =
			'[microsoft]\nproxy = "http://u:sesame@p/x"\n[[device]]\nname = "a"\nusername = "a"\npassword_hash = "sesame"\npassword = "sesame"\n[mailbox]\npassword = "sesame"\n';
		const problems = await problemsOf(toml);
		expect(problems.length).toBeGreaterThanOrEqual(4);
		expect(problems.join("\n")).not.toContain("sesame");
	});

	it("includes what does not go together", async () => {
		const device = (name: string, rest: string) => `[[device]]\nname = "${name}"\n${rest}\n`;
		const toml = `[smtp]
listen = [25]
listen_tls = ["[::]:25"]
[microsoft]
graph = "https://graph.example.com"
authority = "https://login.microsoftonline.com/"
[tls]
key_file = "key.pem"
[lights]
green_pin = 17
red_pin = "17"
${device("a", 'addresses = ["10.0.0.1"]\nusername = "u"')}${device("A", 'addresses = ["::ffff:10.0.0.1", "10.0.0.0/24"]\nusername = "U"')}`;
		const problems = (await problemsOf(toml)).join("\n");
		expect(problems).toContain("smtp.listen_tls: [::]:25 is taken by smtp.listen");
		expect(problems).toContain('microsoft.graph counts with cloud = "custom" only');
		expect(problems).not.toContain("microsoft.authority");
		expect(problems).toContain("lights.red_pin: pin 17 is taken by lights.green_pin");
		expect(problems).toContain("tls.key_file needs tls.certificate_file");
		expect(problems).toContain('two [[device]] have the name "A"');
		expect(problems).toContain('two [[device]] have the username "U"');
		expect(problems).toContain("two [[device]] have the address 10.0.0.1");
		expect(problems).not.toContain("10.0.0.0/24");
	});

	it("takes addresses of a custom cloud, in clear for this machine alone", async () => {
		const custom = (graph: string) => `[microsoft]\ncloud = "custom"\ngraph = "${graph}"\n`;
		expect(await problemsOf(custom("http://127.0.0.1:9"))).toEqual([]);
		expect(await problemsOf(custom("http://10.0.0.1:9"))).toEqual([expect.stringContaining("in clear")]);
	});

	it("names the variable, and leaves strange ones alone", async () => {
		const environment = {
			POSTERN_SMTP_LISTEN: "25",
			POSTERN_SMTP__STRANGERS: "all",
			POSTERN_QUEUE__COLOUR: "grey",
			POSTERN_DEVICE__NAME: "x",
			POSTERN_CONTROL: "/run/control.sock",
			POSTERN_SERVICE_HOST: "10.0.0.1",
			OTHER: "x",
		};
		const problems = await problemsOf("", { environment });
		expect(problems).toEqual([
			"POSTERN_SMTP_LISTEN sets no key; did you mean POSTERN_SMTP__LISTEN?",
			expect.stringMatching(/^POSTERN_QUEUE__COLOUR sets no key/),
			expect.stringMatching(/^POSTERN_DEVICE__NAME a \[\[device\]\] stands in the configuration file/),
			'POSTERN_SMTP__STRANGERS smtp.strangers: "all" is not allowed; one of "refuse", "ask"',
		]);
	});
});

describe("what the console saved", () => {
	it("never keeps the box from starting", async () => {
		const { config, warnings } = await load("[console]\nlisten = []\n", {
			saved: [
				{ key: "smtp.strangers", value: "everybody" },
				{ key: "name", value: { a: 1 } },
				{ key: "of.another.version", value: 1 },
				{ key: "state_dir", value: "/elsewhere" },
				{ key: "queue.reserve", value: "1GB" },
			],
		});
		expect(config.smtp.strangers).toBe("refuse");
		expect(config.name).toBe("postern");
		expect(config.state_dir).toBe("/var/lib/postern");
		expect(config.queue.reserve).toBe(1_000_000_000);
		expect(warnings).toHaveLength(4);
	});

	it("gives way as a whole when it clashes with the file", async () => {
		const { config, warnings } = await load("[smtp]\nlisten = [80]\n", {
			saved: [{ key: "console.listen", value: ["80"] }],
		});
		expect(config.smtp.listen).toEqual([{ host: "::", port: 80 }]);
		expect(warnings).toEqual([expect.stringContaining("[::]:80 is taken by console.listen")]);
	});
});

describe("changes", () => {
	it("are told by key, and by name for records", async () => {
		const device = (name: string, password: string) =>
			`[[device]]\nname = "${name}"\nusername = "${name}"\npassword = "${password}"\n`;
		const before = (
			await load(`state_dir = "a"\n${device("kept", "1")}${device("changed", "1")}${device("gone", "1")}`)
		).config;
		const after = (
			await load(`state_dir = "b"\n[smtp]\nlisten = [26]\n${device("changed", "2")}${device("kept", "1")}`)
		).config;
		expect(diffConfig(before, after)).toEqual({
			changed: ["state_dir", "smtp.listen", 'device "changed"', 'device "gone"'],
			needRestart: ["state_dir"],
		});
		expect(diffConfig(after, after).changed).toEqual([]);
	});
});
