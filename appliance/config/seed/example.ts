/**
 * The `postern.toml` that lies on the boot partition of every card: short, friendly, all of it explanation until somebody
 * takes a # away. For the image's build. Its keys and their words come from the schemas; a test reads it back.
 */
import * as z from "zod";
import type { FieldMeta } from "../fields.ts";
import { SCHEMA_KEYS } from "../schema-keys.ts";
import { CONSOLE_PASSWORD, SEED_TABLES, TOP_KEYS } from "./schema.ts";

const INTRODUCTION = `
# Settings for a new Postern box. All of this is optional: without it the box asks its network for an
# address, and you set everything up in a browser at http://postern.local
#
# Remove the # before a line to use it, and change what stands between the quotation marks. The box reads
# this file once, at its first start, and then takes the passwords out of it. When it cannot use something, it
# writes why into the file postern-problems.txt beside this one.
`;

interface Section {
	readonly header: string;
	readonly about: string;
	readonly lines: readonly string[];
}

const OWN = {
	"console.password": CONSOLE_PASSWORD,
	...TOP_KEYS,
	...Object.fromEntries(
		Object.entries(SEED_TABLES).flatMap(([table, { shape }]) =>
			Object.entries(shape).map(([key, field]) => [`${table}.${key}`, field]),
		),
	),
} as Readonly<Record<string, z.ZodType>>;

/** With the ends of lines that Notepad wants. */
export function seedExample(): string {
	const sections: readonly Section[] = [
		{ header: "", about: "", lines: [line("name", "postern"), line("time_zone")] },
		{ header: "[console]", about: "The owner's pages.", lines: [line("console.password")] },
		{
			header: "[wifi]",
			about: "Wi-Fi, where there is no cable.",
			lines: Object.keys(SEED_TABLES.wifi.shape)
				.slice(0, 3)
				.map((key) => line(`wifi.${key}`)),
		},
		{
			header: "[network]",
			about: "An address of its own, where the site has no DHCP.",
			lines: ["address", "gateway", "dns"].map((key) => line(`network.${key}`)),
		},
		{
			header: "[microsoft]",
			about: "Your app registration, where you have one.",
			lines: [
				line("microsoft.client_id", "11111111-2222-3333-4444-555555555555"),
				line("microsoft.tenant", "contoso.com"),
			],
		},
		{
			header: "[[account]]",
			about: "The Microsoft account that mail goes through.",
			lines: [line("account.address")],
		},
		{
			header: "[[device]]",
			about: "What may send: as many of these as you have devices.",
			lines: [
				...["name", "addresses", "username"].map((key) => line(`device.${key}`)),
				line("device.password", undefined, ITS_PASSWORD),
			],
		},
		{
			header: "[[mailbox]]",
			about: "Who may fetch mail over POP3.",
			lines: [
				...["mailbox", "username"].map((key) => line(`mailbox.${key}`)),
				line("mailbox.password", undefined, ITS_PASSWORD),
			],
		},
	];
	const parts = sections.map(({ header, about, lines }) =>
		[about === "" ? [] : `# ${about}`, header === "" ? [] : `#${header}`, lines].flat().join("\n"),
	);
	return `${[INTRODUCTION.trim(), ...parts].join("\n\n")}\n`.replaceAll("\n", "\r\n");
}

const ITS_PASSWORD = "and its password";

function line(dotted: string, value?: string, words?: string): string {
	const { description: own, example } = metaOf(dotted);
	const description = words ?? own;
	return `#${dotted.split(".").at(-1)} = ${JSON.stringify(value ?? example ?? "")}   # ${description}`;
}

function metaOf(dotted: string): FieldMeta {
	const own = OWN[dotted];
	const meta =
		own === undefined
			? SCHEMA_KEYS.find(({ path }) => path.join(".") === dotted)?.meta
			: z.globalRegistry.get(own);
	if (meta === undefined) throw new Error(`the example explains no key ${dotted}`);
	return meta as unknown as FieldMeta;
}
