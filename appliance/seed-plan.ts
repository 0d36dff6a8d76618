/**
 * What is on the boot partition, read and judged: a plan for the box, or what is wrong with it. For seeding.ts. Reads files and
 * changes nothing.
 *
 * `postern.toml` goes before what Raspberry Pi Imager wrote, key by key.
 */
import { assertStrong } from "./accounts/password-rules.ts";
import type { Passwords } from "./accounts/passwords.ts";
import { OWNER } from "./accounts/person-records.ts";
import type { CloudInitSeed, ReadCloudInit } from "./config/seed/cloud-init.ts";
import type { SeedNetwork, SeedWifi } from "./config/seed/schema.ts";
import { type ReadSeed, readTomlSeed, type SeedProblem, type TomlSeed } from "./config/seed/toml.ts";
import { UserError } from "./errors.ts";
import { Secret } from "./secret.ts";
import type { StagedSeed } from "./staged-seed.ts";
import type { BootPartition, BytePatch } from "./system/boot-partition.ts";
import { AS_THE_SITE_SAYS, type NetworkSettings, readNetworkSettings } from "./system/network/settings.ts";
import { SEEDING } from "./words/seeding.ts";

const LARGEST_SEED_BYTES = 1024 * 1024;
/** The second is what Windows makes of the first where it hides the ends of names. */
const SEED_NAMES = ["postern.toml", "postern.toml.txt"] as const;
const USER_DATA = "user-data";
const NETWORK_CONFIG = "network-config";

/** To be written over what stands in the files: nothing of the passwords stays. */
export interface Blanks {
	readonly file: string;
	readonly patches: readonly BytePatch[];
}

export interface SeedPlan {
	/** Null: it says nothing of it. */
	readonly network: NetworkSettings | null;
	readonly hostName: string | null;
	readonly timeZone: string | null;
	/** Null: nothing for Postern itself. */
	readonly staged: StagedSeed | null;
	readonly notes: readonly string[];
}

export interface SeedFound {
	/** Undefined where there is a problem, null where nothing is said. */
	readonly plan: SeedPlan | null | undefined;
	readonly problems: readonly SeedProblem[];
	readonly blanks: readonly Blanks[];
}

export async function readSeed(boot: BootPartition, passwords: Pick<Passwords, "hash">): Promise<SeedFound> {
	const [own, imager] = [await readOwnFiles(boot), await readImagersFiles(boot)];
	const toml = own.find(({ read }) => read.seed === undefined || saysSomething(read.seed)) ?? own[0];
	const problems = [...(toml?.read.problems ?? []), ...imager.flatMap(({ read }) => read.problems)];
	const seed = toml?.read.seed;
	const others = imager.flatMap(({ read }) => read.seed ?? []);
	const found = <Key extends keyof CloudInitSeed>(key: Key) =>
		seed?.[key] ?? others.map((one) => one[key]).find((value) => value !== undefined);
	const judged = judgeNetwork(seed?.network, found("wifi"), toml, imager[0]?.file ?? "");
	problems.push(...judged.problems, ...judgePassword(seed, toml));
	const blanks = [...own, ...imager].map(({ file, read }) => ({
		...{ file, patches: read.blanks },
	}));
	if (problems.length > 0) return { plan: undefined, problems, blanks };
	const name = found("name");
	const plan = {
		network: judged.network,
		hostName: name === undefined ? null : hostNameOf(name),
		timeZone: found("timeZone") ?? null,
		// Of Imager's, which nobody has checked, what can be one.
		staged: await stagedOf(
			seed,
			seed?.name ?? (name === undefined ? undefined : hostNameOf(name)),
			passwords,
		),
		notes: imager.flatMap(({ read }) => read.notes),
	};
	const saysNothing =
		plan.network === null && plan.hostName === null && plan.timeZone === null && plan.staged === null;
	return { plan: saysNothing ? null : plan, problems, blanks };
}

interface OwnFile {
	readonly file: string;
	readonly read: ReadSeed<TomlSeed>;
}

async function readOwnFiles(boot: BootPartition): Promise<readonly OwnFile[]> {
	const files: OwnFile[] = [];
	for (const file of SEED_NAMES) {
		const bytes = await boot.read(file, LARGEST_SEED_BYTES);
		if (bytes !== undefined) files.push({ file, read: readTomlSeed(file, bytes) });
	}
	return files;
}

function saysSomething(seed: TomlSeed): boolean {
	return Object.values(seed).some((value) => (Array.isArray(value) ? value.length > 0 : value !== undefined));
}

interface ImagersFile {
	readonly file: string;
	readonly read: ReadCloudInit;
}

async function readImagersFiles(boot: BootPartition): Promise<readonly ImagersFile[]> {
	const [network, user] = [
		await boot.read(NETWORK_CONFIG, LARGEST_SEED_BYTES),
		await boot.read(USER_DATA, LARGEST_SEED_BYTES),
	];
	if (network === undefined && user === undefined) return [];
	const { readNetworkConfig, readUserData } = await import("./config/seed/cloud-init.ts");
	return [
		...(network === undefined
			? []
			: [{ file: NETWORK_CONFIG, read: readNetworkConfig(NETWORK_CONFIG, network) }]),
		...(user === undefined ? [] : [{ file: USER_DATA, read: readUserData(USER_DATA, user) }]),
	];
}

function judgeNetwork(
	network: SeedNetwork | undefined,
	wifi: SeedWifi | undefined,
	toml: OwnFile | undefined,
	imagersFile: string,
): { network: NetworkSettings | null; problems: readonly SeedProblem[] } {
	if (network === undefined && wifi === undefined) return { network: null, problems: [] };
	const isImagers = toml?.read.seed?.wifi === undefined;
	const wifiPlace = isImagers
		? { file: imagersFile, line: 0 }
		: { file: toml.file, line: toml.read.lineOf("wifi") };
	const networkPlace = { file: toml?.file ?? "", line: toml?.read.lineOf("network") ?? 0 };
	const draftOf = (part: SeedNetwork | undefined, air: SeedWifi | undefined) => ({
		ipv4: addressOf(part?.address ?? "dhcp", part?.gateway ?? "", "dhcp"),
		ipv6: addressOf(part?.address6 ?? "auto", part?.gateway6 ?? "", "auto"),
		...{ dns: [...(part?.dns ?? [])], ntp: [...(part?.ntp ?? [])], vlan: part?.vlan ?? null },
		wifi:
			air === undefined
				? null
				: { ...wifiOf(air), security: air.security, passphrase: air.passphrase, isHidden: air.hidden },
	});
	const problems: SeedProblem[] = [];
	const read = (draft: ReturnType<typeof draftOf>, place: { file: string; line: number }) => {
		try {
			return readNetworkSettings(draft, AS_THE_SITE_SAYS);
		} catch (thrown) {
			if (!(thrown instanceof UserError)) throw thrown;
			problems.push({ ...place, text: thrown.message });
			return null;
		}
	};
	// Each by itself, so that a problem is told where it stands.
	if (wifi !== undefined) read(draftOf(undefined, wifi), wifiPlace);
	if (network !== undefined) read(draftOf(network, undefined), networkPlace);
	const both = problems.length > 0 ? null : read(draftOf(network, wifi), networkPlace);
	return { network: both, problems };
}

function wifiOf({ country, ssid }: SeedWifi) {
	return { country, ssid };
}

function addressOf<Automatic extends "dhcp" | "auto">(
	address: string,
	gateway: string,
	automatic: Automatic,
) {
	const word = address.toLowerCase();
	if (word === automatic || word === "") return { method: automatic };
	if (word === "off") return { method: "off" as const };
	return { method: "static" as const, address, gateway };
}

function judgePassword(seed: TomlSeed | undefined, toml: OwnFile | undefined): readonly SeedProblem[] {
	if (seed?.consolePassword === undefined || toml === undefined) return [];
	try {
		assertStrong(new Secret(seed.consolePassword), [OWNER, seed.name ?? ""].filter(Boolean));
		return [];
	} catch (thrown) {
		if (!(thrown instanceof UserError)) throw thrown;
		const text = `${thrown.message} ${thrown.hint}`.trim();
		return [{ file: toml.file, line: toml.read.lineOf("console", "password"), text }];
	}
}

/** What multicast DNS announces: of a full name the first part. */
function hostNameOf(name: string): string {
	const label = (name.split(".")[0] ?? "").toLowerCase().replaceAll(/[^a-z0-9-]/g, "-");
	return label.replaceAll(/^-+|-+$/g, "").slice(0, 63) || "postern";
}

async function stagedOf(
	seed: TomlSeed | undefined,
	name: string | undefined,
	passwords: Pick<Passwords, "hash">,
): Promise<StagedSeed | null> {
	const hashed = async (record: Readonly<Record<string, unknown>>) => {
		const { password, ...rest } = record;
		if (typeof password !== "string" || password === "") return rest;
		return { ...rest, password_hash: (await passwords.hash(new Secret(password))).reveal() };
	};
	const all = (records: readonly Readonly<Record<string, unknown>>[]) => Promise.all(records.map(hashed));
	const password = seed?.consolePassword;
	const settings = [...(seed?.settings ?? [])];
	if (name !== undefined && !settings.some(({ key }) => key === "name"))
		settings.push({ key: "name", value: name });
	const staged = {
		settings,
		ownerPasswordHash:
			password === undefined
				? (seed?.consolePasswordHash ?? null)
				: (await passwords.hash(new Secret(password))).reveal(),
		account: await all(seed?.account ?? []),
		device: await all(seed?.device ?? []),
		mailbox: await all(seed?.mailbox ?? []),
	};
	const { account, device, mailbox, ownerPasswordHash } = staged;
	const isEmpty = settings.length + account.length + device.length + mailbox.length === 0;
	return isEmpty && ownerPasswordHash === null ? null : staged;
}

/** The file beside the seed, as Notepad shows it; undefined where there is nothing to say. */
export function problemsText({ problems, plan }: SeedFound): string | undefined {
	const notes = plan?.notes ?? [];
	if (problems.length === 0 && notes.length === 0) return undefined;
	const lines =
		problems.length === 0
			? [SEEDING.notesTitle, "", ...notes.map((note) => `- ${note}`)]
			: [SEEDING.problemsTitle, "", ...problems.map(problemLine), "", SEEDING.problemsDo];
	return lines.map((line) => `${line}\r\n`).join("");
}

function problemLine({ file, line, text }: SeedProblem): string {
	return `- ${line === 0 ? file : `${file}, line ${line}`}: ${text}`;
}
