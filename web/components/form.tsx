/**
 * Forms: each carries its token, each field its label, its hint and what is wrong with it, tied together for a screen
 * reader. Without a script they work as any form does.
 */
import type { Child, FC } from "hono/jsx";
import { TOKEN_FIELD } from "../form-tokens.ts";
import { commonWords } from "../locales/common.ts";
import { useToken, useWords } from "../page-context.ts";

interface FormProps {
	readonly action: string;
	readonly children: Child;
	readonly class?: string;
	/** For a file that is read as it comes: the token goes into the address. */
	readonly isUpload?: boolean;
	/** Ties controls outside of it to it (`form=`). */
	readonly id?: string;
}

/** Sends to us with POST. */
export const Form: FC<FormProps> = ({ action, children, isUpload = false, id, ...rest }) => {
	const token = useToken();
	const target = isUpload ? `${action}?${TOKEN_FIELD}=${token}` : action;
	return (
		<form
			method="post"
			action={target}
			id={id}
			class={rest.class}
			enctype={isUpload ? "multipart/form-data" : undefined}
		>
			{isUpload ? null : <input type="hidden" name={TOKEN_FIELD} value={token} />}
			{children}
		</form>
	);
};

interface FieldProps {
	readonly label: string;
	readonly name: string;
	readonly hint?: Child | undefined;
	/** Another value than the name where one page has several such fields. */
	readonly id?: string;
	readonly isOptional?: boolean;
	readonly isDisabled?: boolean;
	/** Goes without saying that it may be empty: a filter. */
	readonly isPlain?: boolean;
}

interface TextFieldProps extends FieldProps {
	readonly value?: string | undefined;
	readonly type?: "text" | "password" | "email" | "url" | "number" | "search" | "file" | "date";
	readonly autocomplete?: string;
	readonly inputmode?: "numeric" | "email" | "url";
	readonly maxlength?: number;
	readonly placeholder?: string;
	readonly autofocus?: boolean;
	/** Letters of one width: addresses, passwords, codes. */
	readonly isCode?: boolean;
	/** More lines than one. */
	readonly rows?: number;
}

const Label: FC<{ readonly field: FieldProps; readonly id: string }> = ({ field, id }) => {
	const words = useWords(commonWords);
	return (
		<label for={id}>
			{field.label}
			{field.isOptional === true && field.isPlain !== true ? (
				<span class="quiet"> ({words.optional})</span>
			) : null}
		</label>
	);
};

const Hint: FC<{ readonly field: FieldProps; readonly id: string }> = ({ field, id }) =>
	field.hint === undefined ? null : (
		<p class="hint" id={`${id}-hint`}>
			{field.hint}
		</p>
	);

export const TextField: FC<TextFieldProps> = (field) => {
	const id = field.id ?? field.name;
	const shared = {
		id,
		name: field.name,
		required: field.isOptional !== true,
		disabled: field.isDisabled === true,
		maxlength: field.maxlength,
		placeholder: field.placeholder,
		autocomplete: field.autocomplete ?? "off",
		autocapitalize: "none" as const,
		spellcheck: false,
		autofocus: field.autofocus === true,
		class: field.isCode === true ? "code" : undefined,
		"aria-describedby": field.hint === undefined ? undefined : `${id}-hint`,
	};
	return (
		<div class="field">
			<Label field={field} id={id} />
			<Hint field={field} id={id} />
			{field.rows === undefined ? (
				<input {...shared} type={field.type ?? "text"} value={field.value} inputmode={field.inputmode} />
			) : (
				<textarea {...shared} rows={field.rows}>
					{field.value}
				</textarea>
			)}
		</div>
	);
};

interface Choice {
	readonly value: string;
	readonly label: string;
	readonly hint?: Child | undefined;
}

interface ChoiceProps extends FieldProps {
	readonly choices: readonly Choice[];
	readonly value?: string | undefined;
}

export const SelectField: FC<ChoiceProps> = (field) => {
	const id = field.id ?? field.name;
	return (
		<div class="field">
			<Label field={field} id={id} />
			<Hint field={field} id={id} />
			<select
				id={id}
				name={field.name}
				disabled={field.isDisabled === true}
				aria-describedby={field.hint === undefined ? undefined : `${id}-hint`}
			>
				{field.choices.map(({ value, label }) => (
					<option value={value} selected={value === field.value}>
						{label}
					</option>
				))}
			</select>
		</div>
	);
};

/** A few choices, all to be seen at once. */
export const RadioField: FC<ChoiceProps> = (field) => {
	const id = field.id ?? field.name;
	return (
		<fieldset class="field">
			<legend>{field.label}</legend>
			<Hint field={field} id={id} />
			{field.choices.map(({ value, label, hint }, index) => (
				<div class="choice">
					<input
						type="radio"
						id={`${id}-${index}`}
						name={field.name}
						value={value}
						checked={value === field.value}
						disabled={field.isDisabled === true}
						aria-describedby={hint === undefined ? undefined : `${id}-${index}-hint`}
					/>
					<div>
						<label for={`${id}-${index}`}>{label}</label>
						{hint === undefined ? null : (
							<p class="hint" id={`${id}-${index}-hint`}>
								{hint}
							</p>
						)}
					</div>
				</div>
			))}
		</fieldset>
	);
};

export const CheckField: FC<FieldProps & { readonly isOn?: boolean; readonly value?: string }> = (field) => {
	const id = field.id ?? field.name;
	return (
		<div class="field choice">
			<input
				type="checkbox"
				id={id}
				name={field.name}
				value={field.value ?? "on"}
				checked={field.isOn === true}
				disabled={field.isDisabled === true}
				aria-describedby={field.hint === undefined ? undefined : `${id}-hint`}
			/>
			<div>
				<label for={id}>{field.label}</label>
				<Hint field={field} id={id} />
			</div>
		</div>
	);
};

interface ButtonProps {
	readonly children: Child;
	readonly kind?: "primary" | "quiet" | "danger";
	readonly name?: string;
	readonly value?: string | undefined;
	/** Of a form elsewhere on the page. */
	readonly form?: string;
	readonly formaction?: string;
	readonly isDisabled?: boolean;
	/** Asked before it is sent, where scripts run; without one the server asks. */
	readonly confirm?: string;
}

export const Button: FC<ButtonProps> = ({
	children,
	kind = "primary",
	isDisabled = false,
	confirm,
	...rest
}) => (
	<button type="submit" class={`button ${kind}`} disabled={isDisabled} data-confirm={confirm} {...rest}>
		{children}
	</button>
);

/** One button that does one thing: a form of its own. */
export const ActionButton: FC<{
	readonly action: string;
	readonly children: Child;
	readonly kind?: ButtonProps["kind"];
	readonly fields?: Readonly<Record<string, string>>;
	readonly confirm?: string;
}> = ({ action, children, kind = "quiet", fields = {}, confirm }) => (
	<Form action={action} class="inline">
		{Object.entries(fields).map(([name, value]) => (
			<input type="hidden" name={name} value={value} />
		))}
		<Button kind={kind} {...(confirm === undefined ? {} : { confirm })}>
			{children}
		</Button>
	</Form>
);
