/** All that a device may and may not, in one form. */
import type { FC } from "hono/jsx";
import type { UserError } from "../../../appliance/errors.ts";
import type { KindHints } from "../../../appliance/services.ts";
import { Button, CheckField, Form, RadioField, SelectField, TextField } from "../../components/form.tsx";
import { Notice, Refused } from "../../components/notice.tsx";
import { Card, LinkButton, PageHead } from "../../components/page-parts.tsx";
import { commonWords } from "../../locales/common.ts";
import { deviceWords } from "../../locales/devices.ts";
import { useWords } from "../../page-context.ts";
import type { Device } from "./list-page.tsx";

interface RulesPageProps {
	readonly device: Device;
	/** As they are, or as they were typed. */
	readonly rules: Readonly<Record<string, unknown>>;
	readonly accounts: readonly string[];
	readonly kinds: readonly KindHints[];
	readonly refused?: UserError | undefined;
}

export const SWITCHES = [
	"legacy_tls",
	"lf_line_ends",
	"auth_without_tls",
	"accept_any_credentials",
	"cram_md5",
] as const;

export const RulesPage: FC<RulesPageProps> = ({ device, rules, accounts, kinds, refused }) => {
	const words = useWords(deviceWords);
	const common = useWords(commonWords);
	const path = `/devices/${encodeURIComponent(device.name)}`;
	const isLocked = device.origin === "file";
	const text = (key: string) => (typeof rules[key] === "string" ? String(rules[key]) : "");
	const lines = (key: string) => (Array.isArray(rules[key]) ? (rules[key] as string[]).join("\n") : "");
	const isOn = (key: string) => rules[key] === true;
	const from = Array.isArray(rules["from"]) ? "list" : text("from");
	const shared = { isDisabled: isLocked, isOptional: true, isPlain: true } as const;
	return (
		<>
			<PageHead title={`${words.rules}: ${device.name}`} back={{ href: path, label: device.name }} />
			{isLocked ? <Notice kind="info" title={common.lockedByFile(words.fromFile)} /> : null}
			<Card class="narrow">
				<Refused error={refused} />
				<Form action={`${path}/rules`}>
					<RadioField
						label={words.rule.from}
						name="from"
						value={from}
						isDisabled={isLocked}
						choices={[
							{ value: "keep", label: words.rule.fromKeep },
							{ value: "force", label: words.rule.fromForce },
							{ value: "list", label: words.rule.fromList },
						]}
					/>
					<TextField
						{...shared}
						label={words.rule.fromList}
						name="from_list"
						value={lines("from")}
						hint={words.rule.fromListHint}
						rows={3}
						isCode
					/>
					<TextField
						{...shared}
						label={words.rule.recipients}
						name="recipients"
						value={lines("recipients")}
						hint={words.rule.recipientsHint}
						rows={3}
						isCode
					/>
					<div class="fields">
						<TextField
							{...shared}
							label={words.rule.rate}
							name="rate"
							value={text("rate")}
							hint={words.rule.rateHint}
						/>
						<TextField
							{...shared}
							label={words.rule.quota}
							name="quota"
							value={text("quota")}
							hint={words.rule.quotaHint}
						/>
					</div>
					<TextField
						{...shared}
						label={words.rule.coalesce}
						name="coalesce"
						value={text("coalesce")}
						hint={words.rule.coalesceHint}
					/>
					<CheckField label={words.rule.urgent} name="urgent" isOn={isOn("urgent")} isDisabled={isLocked} />
					<CheckField
						label={words.rule.newest}
						name="newest_first"
						isOn={isOn("newest_first")}
						isDisabled={isLocked}
					/>
					<CheckField
						label={words.rule.repeats}
						name="drop_repeats"
						isOn={isOn("drop_repeats")}
						isDisabled={isLocked}
					/>
					<TextField
						{...shared}
						label={words.rule.addresses}
						name="addresses"
						value={lines("addresses")}
						hint={words.rule.addressesHint}
						rows={2}
						isCode
					/>
					<TextField
						{...shared}
						label={words.form.username}
						name="username"
						value={text("username")}
						isCode
					/>
					<div class="fields">
						<SelectField
							label={words.form.account}
							name="account"
							value={text("account")}
							isDisabled={isLocked}
							choices={[
								{ value: "", label: words.form.onlyAccount },
								...accounts.map((account) => ({ value: account, label: account })),
							]}
						/>
						<SelectField
							label={words.form.kind}
							name="kind"
							value={text("kind")}
							isDisabled={isLocked}
							choices={[
								{ value: "", label: words.form.noKind },
								...kinds.map(({ kind, title }) => ({ value: kind, label: title })),
							]}
						/>
					</div>
					<fieldset class="field">
						<legend>{words.rule.switches}</legend>
						{SWITCHES.map((name) => (
							<CheckField
								label={words.rule.switch[name]}
								name={name}
								hint={words.rule.warn[name]}
								isOn={isOn(name)}
								isDisabled={isLocked}
							/>
						))}
						<TextField
							{...shared}
							label={words.rule.hide}
							name="hide_ehlo"
							value={lines("hide_ehlo")}
							hint={words.rule.hideHint}
							rows={2}
							isCode
						/>
					</fieldset>
					{isLocked ? null : (
						<div class="actions">
							<Button>{common.save}</Button>
							<LinkButton href={path}>{common.cancel}</LinkButton>
						</div>
					)}
				</Form>
			</Card>
		</>
	);
};
