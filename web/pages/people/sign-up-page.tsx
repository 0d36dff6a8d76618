/** Who may come by self-service: the switch, the lists, and an address to try them with. */
import type { FC } from "hono/jsx";
import type { Setting, SignUpJudgement } from "../../../appliance/console-services.ts";
import type { UserError } from "../../../appliance/errors.ts";
import { Button, CheckField, Form, TextField } from "../../components/form.tsx";
import { Notice, Refused } from "../../components/notice.tsx";
import { Card, Copyable, PageHead } from "../../components/page-parts.tsx";
import { commonWords } from "../../locales/common.ts";
import { peopleWords } from "../../locales/people.ts";
import { signUpWords } from "../../locales/sign-up.ts";
import { useWords } from "../../page-context.ts";

/** Keys of `[sign_up]` with what stands in the form. */
export const KEYS = {
	enabled: "sign_up.enabled",
	allow: "sign_up.allow",
	deny: "sign_up.deny",
	fetchMail: "sign_up.fetch_mail",
	mostPeople: "sign_up.most_people",
} as const;
export type Field = keyof typeof KEYS;

export type SignUpSettings = Readonly<Record<Field, Setting>>;

export interface SignUpPageProps {
	readonly settings: SignUpSettings;
	/** As it was typed, when that was refused. */
	readonly typed?: Readonly<Record<string, unknown>> | undefined;
	readonly refused?: UserError | undefined;
	/** Where people go. */
	readonly address: string;
	/** An address that was tried, and what the rules say. */
	readonly tried?: { readonly address: string; readonly judgement: SignUpJudgement } | undefined;
}

export const SignUpPage: FC<SignUpPageProps> = (props) => {
	const words = useWords(signUpWords);
	const { settings, refused, address } = props;
	return (
		<div class="stack narrow">
			<PageHead
				title={words.title}
				lead={words.lead}
				back={{ href: "/people", label: useWords(peopleWords).title }}
			/>
			<Refused error={refused} />
			<Reach settings={settings} />
			<Rules {...props} />
			<Card title={words.where}>
				<Copyable text={address} label={words.where} />
			</Card>
			<Try {...props} />
		</div>
	);
};

/** What an owner may not have meant. */
const Reach: FC<Pick<SignUpPageProps, "settings">> = ({ settings }) => {
	const words = useWords(signUpWords);
	if (settings.enabled.value !== true) return null;
	const allowed = linesOf(settings.allow.value);
	if (allowed.length === 0) return <Notice kind="info" title={words.openToNobody} />;
	return allowed.includes("*") ? <Notice kind="trouble" title={words.openToAll} /> : null;
};

const Rules: FC<SignUpPageProps> = ({ settings, typed }) => {
	const words = useWords(signUpWords);
	const common = useWords(commonWords);
	const field = (name: Field, label: string, hint: string) => {
		const { key, isLocked, origin } = settings[name];
		const where = isLocked ? common.lockedByFile(origin) : "";
		return { label, hint: `${hint} ${where}`.trim(), name: key, id: name, isDisabled: isLocked };
	};
	const value = (name: Field) => typed?.[KEYS[name]] ?? settings[name].value;
	const list = (name: Field) => {
		const lines = linesOf(value(name));
		return { value: lines.join("\n"), rows: Math.max(3, lines.length), isCode: true, isOptional: true };
	};
	const isLocked = Object.values(settings).every((setting) => setting.isLocked);
	return (
		<Card title={words.toRules}>
			<Form action="/people/sign-up">
				<CheckField
					{...field("enabled", words.enabled, words.enabledHint)}
					isOn={value("enabled") === true}
				/>
				<TextField {...field("allow", words.allow, words.allowHint)} {...list("allow")} isPlain />
				<TextField {...field("deny", words.deny, words.denyHint)} {...list("deny")} isPlain />
				<CheckField
					{...field("fetchMail", words.fetchMail, words.fetchMailHint)}
					isOn={value("fetchMail") === true}
				/>
				<TextField
					{...field("mostPeople", words.mostPeople, "")}
					hint={undefined}
					value={String(value("mostPeople") ?? "")}
					inputmode="numeric"
					maxlength={6}
				/>
				{isLocked ? null : (
					<div>
						<Button>{common.save}</Button>
					</div>
				)}
			</Form>
		</Card>
	);
};

const Try: FC<SignUpPageProps> = ({ tried }) => {
	const words = useWords(signUpWords);
	return (
		<Card title={words.tryTitle} id="try">
			<p class="quiet">{words.tryText}</p>
			<form method="get" action="/people/sign-up#try">
				<TextField
					label={words.address}
					name="try"
					id="try-address"
					value={tried?.address ?? ""}
					maxlength={320}
					isCode
				/>
				<div>
					<Button kind="quiet">{words.tryDo}</Button>
				</div>
			</form>
			{tried === undefined ? null : (
				<Notice
					kind={tried.judgement.may ? "well" : "trouble"}
					title={words.judged[tried.judgement.by](tried.address, tried.judgement.rule)}
					isNew
				/>
			)}
		</Card>
	);
};

function linesOf(value: unknown): readonly string[] {
	return Array.isArray(value) ? value.map(String) : [];
}
