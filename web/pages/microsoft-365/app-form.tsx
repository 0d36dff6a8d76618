/** What is brought back from the app registration, and trying whether Microsoft knows it. */
import type { FC } from "hono/jsx";
import type { Setting } from "../../../appliance/console-services.ts";
import { Button, Form, RadioField, TextField } from "../../components/form.tsx";
import { accountSignInWords } from "../../locales/account-sign-in.ts";
import { appRegistrationWords } from "../../locales/app-registration.ts";
import { commonWords } from "../../locales/common.ts";
import { useWords } from "../../page-context.ts";

/** One setting as the form shows it. */
export interface AppValue {
	readonly value: string;
	readonly setting: Setting | undefined;
}

export interface AppValues {
	readonly clientId: AppValue;
	readonly tenant: AppValue;
	readonly redirect: AppValue;
	/** This console's own address for a browser sign-in to end at; undefined where it cannot be one. */
	readonly ownRedirect: string | undefined;
}

export const AppForm: FC<{ readonly values: AppValues }> = ({ values }) => {
	const words = useWords(appRegistrationWords);
	const common = useWords(commonWords);
	const { clientId, tenant, redirect } = values;
	const hintOf = ({ setting }: AppValue, hint: string) =>
		setting?.isLocked === true ? common.lockedByFile(setting.origin) : hint;
	const isLocked = [clientId, tenant, redirect].every(({ setting }) => setting?.isLocked === true);
	return (
		<Form action="/microsoft/app" class="narrow">
			<TextField
				label={words.clientId}
				name="client_id"
				value={clientId.value}
				hint={hintOf(clientId, words.clientIdHint)}
				maxlength={128}
				isCode
				isDisabled={clientId.setting?.isLocked === true}
			/>
			<TextField
				label={words.tenant}
				name="tenant"
				value={tenant.value}
				hint={hintOf(tenant, words.tenantHint)}
				maxlength={255}
				isCode
				isDisabled={tenant.setting?.isLocked === true}
			/>
			<details open={redirect.value !== ""}>
				<summary>{words.redirectMore}</summary>
				<RadioField
					label={words.redirectChoice}
					name="redirect"
					value={redirect.value}
					hint={hintOf(redirect, words.redirectChoiceHint)}
					isDisabled={redirect.setting?.isLocked === true}
					choices={[
						{ value: "", label: words.redirectPage },
						...(values.ownRedirect === undefined
							? []
							: [
									{
										value: values.ownRedirect,
										label: words.redirectConsole,
										hint: (
											<>
												<code>{values.ownRedirect}</code> {words.redirectConsoleNote}
											</>
										),
									},
								]),
						...(redirect.value === "" || redirect.value === values.ownRedirect
							? []
							: [{ value: redirect.value, label: words.redirectOther, hint: <code>{redirect.value}</code> }]),
					]}
				/>
			</details>
			{isLocked ? null : (
				<div>
					<Button>{common.save}</Button>
				</div>
			)}
		</Form>
	);
};

export const TryForm: FC<{ readonly hasApp: boolean; readonly address: string }> = ({ hasApp, address }) => {
	const words = useWords(appRegistrationWords);
	if (!hasApp) return <p class="hint">{words.tryFirst}</p>;
	return (
		<Form action="/microsoft/new" class="narrow">
			<TextField
				label={words.tryAddress}
				name="address"
				type="email"
				value={address}
				hint={useWords(accountSignInWords).addressHint}
				maxlength={320}
			/>
			<div>
				<Button>{words.tryDo}</Button>
			</div>
		</Form>
	);
};
