/** Every setting that the console may change, by table, with where its value comes from. */
import type { FC } from "hono/jsx";
import type { Setting } from "../../../appliance/console-services.ts";
import type { UserError } from "../../../appliance/errors.ts";
import { Button, CheckField, Form, SelectField, TextField } from "../../components/form.tsx";
import { Refused } from "../../components/notice.tsx";
import { Card, PageHead } from "../../components/page-parts.tsx";
import { boxWords } from "../../locales/box.ts";
import { commonWords } from "../../locales/common.ts";
import { useWords } from "../../page-context.ts";

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
			<Refused error={refused} />
			{tables.map((table) => {
				const own = settings.filter((setting) => tableOf(setting) === table);
				return (
					<Card class="narrow" title={table === "" ? words.settings : <code>[{table}]</code>}>
						<Form action="/system/settings">
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
					</Card>
				);
			})}
		</>
	);
};

const SettingField: FC<{ readonly setting: Setting; readonly value: unknown }> = ({ setting, value }) => {
	const words = useWords(boxWords);
	const common = useWords(commonWords);
	const { key, description, type, isLocked, origin, choices } = setting;
	const where = isLocked ? common.lockedByFile(origin) : origin === "default" ? ` (${words.byDefault})` : "";
	const shared = { label: key, name: key, isDisabled: isLocked, isOptional: true, isPlain: true } as const;
	if (type === "switch") {
		return <CheckField {...shared} hint={`${description}${where}`} isOn={value === true} />;
	}
	if (type === "choice") {
		return (
			<SelectField
				{...shared}
				hint={`${description}${where}`}
				value={String(value ?? "")}
				choices={choices.map((choice) => ({ value: choice, label: choice }))}
			/>
		);
	}
	if (type === "list") {
		const lines = Array.isArray(value) ? value.map(String) : [];
		return (
			<TextField
				{...shared}
				hint={`${description}. ${words.oneALine}${where}`}
				value={lines.join("\n")}
				rows={Math.max(2, lines.length)}
				isCode
			/>
		);
	}
	return <TextField {...shared} hint={`${description}${where}`} value={String(value ?? "")} isCode />;
};
