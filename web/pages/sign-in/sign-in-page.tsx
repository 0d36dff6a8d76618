/** Name and password, then a code where there is one. */
import type { FC } from "hono/jsx";
import type { UserError } from "../../../appliance/errors.ts";
import { Button, Form, TextField } from "../../components/form.tsx";
import { Notice, Refused } from "../../components/notice.tsx";
import { signInWords } from "../../locales/sign-in.ts";
import { useWords } from "../../page-context.ts";

interface SignInPageProps {
	readonly name: string;
	/** A path of ours. */
	readonly next: string;
	readonly refused?: UserError | undefined;
	/** The password was right; asked again with the code, so that nothing half signed in is kept. */
	readonly needsCode?: boolean;
	/** Where this page is to be had encrypted; undefined when it is already, or cannot be. */
	readonly secureAddress?: string | undefined;
	readonly isSignedOut?: boolean;
	/** Self-service is on. */
	readonly canJoin: boolean;
}

export const SignInPage: FC<SignInPageProps> = ({
	name,
	next,
	refused,
	needsCode = false,
	secureAddress,
	isSignedOut = false,
	canJoin,
}) => {
	const words = useWords(signInWords);
	return (
		<section class="card">
			<h1>{words.title}</h1>
			{isSignedOut ? <Notice kind="info" title={words.signedOut} isNew /> : null}
			<Refused error={refused} />
			<Form action="/sign-in">
				<input type="hidden" name="next" value={next} />
				<TextField
					label={words.name}
					name="name"
					value={name}
					hint={words.nameHint}
					autocomplete="username"
					maxlength={100}
				/>
				<TextField
					label={words.password}
					name="password"
					type="password"
					autocomplete="current-password"
					maxlength={256}
					autofocus={!needsCode}
				/>
				{needsCode ? (
					<TextField
						label={words.code}
						name="code"
						hint={words.codeHint}
						autocomplete="one-time-code"
						maxlength={40}
						isCode
						autofocus
					/>
				) : null}
				<Button>{words.button}</Button>
			</Form>
			{canJoin ? (
				<p>
					<a href="/join">{words.join}</a>
				</p>
			) : null}
			<details>
				<summary>{words.forgotten}</summary>
				<p>{words.forgottenText}</p>
			</details>
			{secureAddress === undefined ? null : (
				<details>
					<summary>{words.authority}</summary>
					<p>
						{words.authorityText} <a href="/authority.crt">{words.authorityLink}</a>
					</p>
					<p>
						<a href={secureAddress}>{words.secure}</a>
					</p>
				</details>
			)}
		</section>
	);
};
