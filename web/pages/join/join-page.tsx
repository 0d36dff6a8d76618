/** Where self-service begins: what it is, in plain words, and the address of who comes. */
import type { FC } from "hono/jsx";
import type { UserError } from "../../../appliance/errors.ts";
import { Button, Form, RadioField, TextField } from "../../components/form.tsx";
import { Refused } from "../../components/notice.tsx";
import { Card, PageHead } from "../../components/page-parts.tsx";
import { accountSignInWords } from "../../locales/account-sign-in.ts";
import { joinWords } from "../../locales/join.ts";
import { useWords } from "../../page-context.ts";
import type { Typed } from "./visit-stage.ts";

export const METHODS = ["device-code", "browser"] as const;
export const WISHES = ["join", "leave"] as const;

export const JoinPage: FC<{ readonly typed: Typed; readonly refused?: UserError | undefined }> = ({
	typed,
	refused,
}) => {
	const words = useWords(joinWords);
	const signIn = useWords(accountSignInWords);
	return (
		<div class="stack narrow">
			<PageHead title={words.title} lead={words.lead} />
			<Refused error={refused} />
			<Card>
				<Form action="/join">
					<TextField
						label={words.address}
						name="address"
						type="email"
						value={typed.address}
						hint={words.addressHint}
						autocomplete="email"
						maxlength={320}
					/>
					<RadioField
						label={words.wish}
						name="wish"
						value={typed.wish}
						choices={WISHES.map((value) => ({
							value,
							label: words.wishes[value],
							hint: words.wishHints[value],
						}))}
					/>
					<RadioField
						label={signIn.method}
						name="method"
						value={typed.method}
						choices={METHODS.map((value) => ({
							value,
							label: signIn.methods[value],
							hint: signIn.methodHints[value],
						}))}
					/>
					<div>
						<Button>{words.begin}</Button>
					</div>
				</Form>
			</Card>
			<Card title={words.how}>
				<ol>
					{Object.values(words.howText).map((text) => (
						<li>{text}</li>
					))}
				</ol>
				<p>{words.honest}</p>
			</Card>
		</div>
	);
};
