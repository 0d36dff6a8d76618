/** Fields that stand in several forms about a device: adding one, letting a stranger in, its rules. */
import type { FC } from "hono/jsx";
import type { KindHints, SwitchName } from "../../../appliance/services.ts";
import { CheckField, SelectField, TextField } from "../../components/form.tsx";
import { deviceRuleWords } from "../../locales/device-rules.ts";
import { deviceSetupWords } from "../../locales/device-setup.ts";
import { useWords } from "../../page-context.ts";

interface SwitchFieldsProps {
	readonly switches: readonly SwitchName[];
	readonly on: readonly SwitchName[];
	readonly isDisabled?: boolean;
}

/** What makes something weaker for the sake of an old device, each with what that means. */
export const SwitchFields: FC<SwitchFieldsProps> = ({ switches, on, isDisabled = false }) => {
	const words = useWords(deviceRuleWords).switches;
	return (
		<>
			{switches.map((name) => (
				<CheckField
					label={words[name]}
					name="turn_on"
					id={`turn-on-${name}`}
					value={name}
					hint={words[`${name}Hint`]}
					isOn={on.includes(name)}
					isDisabled={isDisabled}
				/>
			))}
		</>
	);
};

export const UsernameField: FC<{
	readonly label: string;
	readonly value: string;
	readonly hint: string;
	readonly isDisabled?: boolean;
}> = ({ label, value, hint, isDisabled = false }) => (
	<TextField
		label={label}
		name="username"
		value={value}
		hint={hint}
		maxlength={100}
		{...{ isDisabled, isOptional: true, isCode: true }}
	/>
);

/** Through which account a new one sends; nothing to choose where there is only one. */
export const AccountField: FC<{ readonly accounts: readonly string[]; readonly value: string }> = ({
	accounts,
	value,
}) => {
	const words = useWords(deviceSetupWords);
	if (accounts.length <= 1) return null;
	return (
		<SelectField
			label={words.account}
			name="account"
			hint={words.accountHint}
			value={value}
			choices={accounts.map((address) => ({ value: address, label: address }))}
		/>
	);
};

interface KindFieldProps {
	readonly label: string;
	/** Of the choice of none. */
	readonly none: string;
	readonly kinds: readonly KindHints[];
	readonly value: string;
	readonly isDisabled?: boolean;
}

export const KindField: FC<KindFieldProps> = ({ label, none, kinds, value, isDisabled = false }) => {
	const { otherMake } = useWords(deviceSetupWords);
	return (
		<SelectField
			label={label}
			name="kind"
			value={value}
			choices={[
				{ value: "", label: none },
				...kinds.map(({ kind, make, family }) => ({
					value: kind,
					label: make === "" ? otherMake[family] : make,
				})),
			]}
			isDisabled={isDisabled}
		/>
	);
};
