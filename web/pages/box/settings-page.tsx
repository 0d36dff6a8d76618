/** Every setting that the console may change, by table, with where its value comes from. */
import type { FC } from "hono/jsx";
import type { Setting } from "../../../appliance/console-services.ts";
import type { UserError } from "../../../appliance/errors.ts";
import { Button, CheckField, Form, SelectField, TextField } from "../../components/form.tsx";
import { Refused } from "../../components/notice.tsx";
import { PageHead } from "../../components/page-parts.tsx";
import { boxWords } from "../../locales/box.ts";
import { commonWords } from "../../locales/common.ts";
import { describeSetting } from "../../locales/settings.ts";
import { usePage, useWords } from "../../page-context.ts";

interface SettingsPageProps {
	readonly settings: readonly Setting[];
	/** As it was typed, of a table that was refused. */
	readonly typed?: ReadonlyMap<string, unknown>;
	readonly refused?: UserError | undefined;
}

/** `smtp` of `smtp.listen`; those without a table stand first. */
export function tableOf({ key }: Setting): string {
	return key.includes(".") ? (key.split(".")[0] ?? "") : "";
}

export const SettingsPage: FC<SettingsPageProps> = ({ settings, typed, refused }) => {
	const words = useWords(boxWords);
	const common = useWords(commonWords);
	const tables = [...new Set(settings.map(tableOf))];
	return (
		<>
			<PageHead
				title={words.settings}
				lead={words.settingsLead}
				back={{ href: "/system", label: words.title }}
			/>
			{tables.map((table) => {
				const own = settings.filter((setting) => tableOf(setting) === table);
				const wasRefused = own.some(({ key }) => typed?.has(key) === true);
				return (
					<details class="card narrow" open={table === "" || wasRefused}>
						<summary>
							<h2>{table === "" ? words.settings : <code>[{table}]</code>}</h2>
						</summary>
						<Form action="/system/settings">
							{wasRefused ? <Refused error={refused} /> : null}
							<input type="hidden" name="table" value={table} />
							{own.map((setting) => (
								<SettingField setting={setting} value={typed?.get(setting.key) ?? setting.value} />
							))}
							{own.some(({ isLocked }) => !isLocked) ? (
								<div class="actions">
									<Button kind="quiet">{common.save}</Button>
								</div>
							) : null}
						</Form>
					</details>
				);
			})}
		</>
	);
};

const SettingField: FC<{ readonly setting: Setting; readonly value: unknown }> = ({ setting, value }) => {
	const { key, type, isLocked, choices } = setting;
	const shared = { label: key, name: key, isDisabled: isLocked, isOptional: true, isPlain: true } as const;
	const hint = useHint(setting);
	if (type === "switch") return <CheckField {...shared} hint={hint} isOn={value === true} />;
	if (type === "choice") {
		return (
			<SelectField
				{...shared}
				hint={hint}
				value={String(value ?? "")}
				choices={choices.map((choice) => ({ value: choice, label: choice }))}
			/>
		);
	}
	if (type === "list") {
		const lines = Array.isArray(value) ? value.map(String) : [];
		const rows = Math.max(2, lines.length);
		return <TextField {...shared} hint={hint} value={lines.join("\n")} rows={rows} isCode />;
	}
	return <TextField {...shared} hint={hint} value={String(value ?? "")} isCode />;
};

/** What it is for, how a list is typed, and where its value comes from. */
function useHint(setting: Setting): string {
	const { type, isLocked, origin } = setting;
	const words = useWords(boxWords);
	const common = useWords(commonWords);
	const parts = [
		describeSetting(setting, usePage().language),
		...(type === "list" ? [words.oneALine] : []),
		...(isLocked ? [common.lockedByFile(origin)] : []),
	];
	return `${parts.join(". ")}${origin === "default" ? ` (${words.byDefault})` : ""}`;
}
