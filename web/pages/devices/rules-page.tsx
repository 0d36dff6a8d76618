/** All that a device may do and how it is known, in one form; locked where the configuration file sets it. */
import type { Child, FC } from "hono/jsx";
import type { UserError } from "../../../appliance/errors.ts";
import type { KindHints } from "../../../appliance/services.ts";
import { Button, CheckField, Form, RadioField, SelectField, TextField } from "../../components/form.tsx";
import { Notice, Refused } from "../../components/notice.tsx";
import { Card, LinkButton, PageHead } from "../../components/page-parts.tsx";
import { commonWords } from "../../locales/common.ts";
import { deviceRuleWords } from "../../locales/device-rules.ts";
import { deviceWords } from "../../locales/devices.ts";
import { useWords } from "../../page-context.ts";
import { FLAGS } from "./device-draft.ts";
import { KindField, SwitchFields, UsernameField } from "./device-fields.tsx";
import { devicePath } from "./paths.ts";
import { type Limit, type RuleValues, SIZES, TIMES } from "./rule-values.ts";

interface RulesPageProps {
	readonly name: string;
	readonly values: RuleValues;
	readonly kinds: readonly KindHints[];
	readonly accounts: readonly string[];
	/** It stands in the configuration file. */
	readonly isLocked: boolean;
	/** May only look. */
	readonly isReadOnly: boolean;
	readonly refused?: UserError | undefined;
}

export const RulesPage: FC<RulesPageProps> = (props) => {
	const words = useWords(deviceRuleWords);
	const common = useWords(commonWords);
	const devices = useWords(deviceWords);
	const { name, isLocked, isReadOnly, refused } = props;
	const isDisabled = isLocked || isReadOnly;
	const parts = { ...props, isDisabled };
	return (
		<>
			<PageHead title={words.title(name)} back={{ href: devicePath(name), label: name }} />
			{isLocked ? (
				<Notice kind="info" title={devices.lockedTitle}>
					<p>{devices.lockedText}</p>
				</Notice>
			) : null}
			<Refused error={refused} />
			<Form action={devicePath(name, "rules")} class="narrow">
				<Known {...parts} />
				<Sender {...parts} />
				<Limits {...parts} />
				<Order {...parts} />
				<Compatibility {...parts} />
				{isDisabled ? null : (
					<div class="actions">
						<Button>{common.save}</Button>
						<LinkButton href={devicePath(name)}>{common.cancel}</LinkButton>
					</div>
				)}
			</Form>
		</>
	);
};

type Part = FC<RulesPageProps & { readonly isDisabled: boolean }>;

const Known: Part = ({ values, kinds, accounts, isDisabled }) => {
	const words = useWords(deviceRuleWords);
	// One that was removed since is still shown.
	const listed =
		accounts.includes(values.account) || values.account === "" ? accounts : [...accounts, values.account];
	return (
		<Card title={words.known}>
			<TextField
				label={words.addresses}
				name="addresses"
				value={values.addresses}
				hint={words.addressesHint}
				rows={3}
				{...{ isDisabled, isOptional: true, isCode: true }}
			/>
			<UsernameField
				label={words.username}
				value={values.username}
				hint={words.usernameHint}
				isDisabled={isDisabled}
			/>
			<KindField
				label={words.kind}
				none={words.noKind}
				kinds={kinds}
				value={values.kind}
				isDisabled={isDisabled}
			/>
			<SelectField
				label={words.account}
				name="account"
				value={values.account}
				choices={[
					{ value: "", label: words.onlyAccount },
					...listed.map((address) => ({ value: address, label: address })),
				]}
				isDisabled={isDisabled}
			/>
		</Card>
	);
};

const Sender: Part = ({ values, isDisabled }) => {
	const words = useWords(deviceRuleWords);
	const { from } = words;
	return (
		<Card title={words.mail}>
			<RadioField
				label={words.sender}
				name="from"
				value={values.from}
				choices={[
					{ value: "keep", label: from.keep, hint: from.keepHint },
					{ value: "force", label: from.force, hint: from.forceHint },
					{ value: "list", label: from.list, hint: from.listHint },
				]}
				isDisabled={isDisabled}
			/>
			<TextField
				label={words.senders}
				name="senders"
				value={values.senders}
				rows={2}
				{...{ isDisabled, isOptional: true, isPlain: true, isCode: true }}
			/>
			<TextField
				label={words.recipients}
				name="recipients"
				value={values.recipients}
				hint={words.recipientsHint}
				rows={2}
				{...{ isDisabled, isOptional: true, isPlain: true, isCode: true }}
			/>
		</Card>
	);
};

const Limits: Part = ({ values, isDisabled }) => {
	const words = useWords(deviceRuleWords);
	return (
		<Card title={words.limits}>
			<LimitField
				name="rate"
				label={words.rate}
				hint={words.rateHint}
				value={values.rate}
				isDisabled={isDisabled}
			/>
			<LimitField
				name="quota"
				label={words.quota}
				hint={words.quotaHint}
				value={values.quota}
				isDisabled={isDisabled}
			/>
			<LimitField
				name="coalesce"
				label={words.coalesce}
				hint={words.coalesceHint}
				value={values.coalesce}
				isDisabled={isDisabled}
				isPause
			/>
		</Card>
	);
};

interface LimitFieldProps {
	readonly name: "rate" | "quota" | "coalesce";
	readonly label: string;
	readonly hint: Child;
	readonly value: Limit;
	readonly isDisabled: boolean;
	/** A time, not so much in a time. */
	readonly isPause?: boolean;
}

const LimitField: FC<LimitFieldProps> = ({ name, label, hint, value, isDisabled, isPause = false }) => {
	const words = useWords(deviceRuleWords);
	const times = (isPause ? words.many : words.units) as Readonly<Record<string, string>>;
	const withPresent = (choices: readonly string[], present: string) =>
		choices.includes(present) ? choices : [...choices, present];
	return (
		<div class="limit">
			<TextField
				label={label}
				name={name}
				value={value.count}
				hint={hint}
				inputmode="numeric"
				maxlength={9}
				{...{ isDisabled, isOptional: true, isPlain: true }}
			/>
			{value.size === "" ? null : (
				<SelectField
					label={words.unit}
					name={`${name}_size`}
					value={value.size}
					choices={withPresent(SIZES, value.size).map((size) => ({ value: size, label: size }))}
					isDisabled={isDisabled}
				/>
			)}
			<SelectField
				label={isPause ? words.unit : words.per}
				name={`${name}_time`}
				value={value.time}
				choices={withPresent(TIMES, value.time).map((time) => ({ value: time, label: times[time] ?? time }))}
				isDisabled={isDisabled}
			/>
		</div>
	);
};

const Order: Part = ({ values, isDisabled }) => {
	const words = useWords(deviceRuleWords);
	return (
		<Card title={words.order}>
			<CheckField
				{...{ label: words.urgent, name: "urgent", hint: words.urgentHint, isDisabled }}
				isOn={values.urgent}
			/>
			<CheckField
				{...{ label: words.newestFirst, name: "newest_first", hint: words.newestFirstHint, isDisabled }}
				isOn={values.newestFirst}
			/>
			<CheckField
				{...{ label: words.dropRepeats, name: "drop_repeats", hint: words.dropRepeatsHint, isDisabled }}
				isOn={values.dropRepeats}
			/>
		</Card>
	);
};

const Compatibility: Part = ({ values, isDisabled }) => {
	const words = useWords(deviceRuleWords);
	return (
		<Card title={words.compatibility}>
			<p class="quiet">{words.compatibilityText}</p>
			<SwitchFields switches={FLAGS} on={values.switches} isDisabled={isDisabled} />
			<TextField
				label={words.switches.hide_ehlo}
				name="hide_ehlo"
				value={values.hideEhlo}
				hint={words.switches.hide_ehloHint}
				rows={2}
				{...{ isDisabled, isOptional: true, isPlain: true, isCode: true }}
			/>
		</Card>
	);
};
