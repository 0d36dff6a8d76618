/** An account to sign in: which mailbox, how, and over which transport. */
import type { FC } from "hono/jsx";
import type { UserError } from "../../../appliance/errors.ts";
import type { AccountDraft } from "../../../appliance/services.ts";
import { Button, Form, RadioField, TextField } from "../../components/form.tsx";
import { Notice, Refused } from "../../components/notice.tsx";
import { LinkButton, PageHead } from "../../components/page-parts.tsx";
import { accountSignInWords } from "../../locales/account-sign-in.ts";
import { microsoftWords } from "../../locales/microsoft.ts";
import { useWords } from "../../page-context.ts";
import { METHODS, TRANSPORTS } from "./sign-in-draft.ts";

interface NewPageProps {
	readonly typed: AccountDraft;
	/** The account is there already, and is signed in another way. */
	readonly isAgain: boolean;
	/** The box has an app registration of its own. */
	readonly hasApp: boolean;
	readonly refused?: UserError | undefined;
}

export const NewPage: FC<NewPageProps> = ({ typed, isAgain, hasApp, refused }) => {
	const words = useWords(accountSignInWords);
	const back = { href: "/microsoft", label: useWords(microsoftWords).title };
	const isOpen = !isAgain && (typed.clientId !== undefined || typed.transport === "smtp");
	return (
		<>
			<PageHead title={isAgain ? words.againTitle : words.newTitle} back={back} lead={words.newLead} />
			<Refused error={refused} />
			{hasApp ? null : (
				<Notice kind="info" title={words.noApp}>
					<p>{words.noAppText}</p>
					<p>
						<LinkButton href="/microsoft/app" kind="primary">
							{words.noAppDo}
						</LinkButton>
					</p>
				</Notice>
			)}
			<section class="card narrow">
				<Form action="/microsoft/new">
					<TextField
						label={words.address}
						name="address"
						type="email"
						value={typed.address}
						hint={words.addressHint}
						maxlength={320}
						autofocus={typed.address === ""}
					/>
					<RadioField
						label={words.method}
						name="method"
						value={typed.method ?? "device-code"}
						choices={METHODS.map((value) => ({
							value,
							label: words.methods[value],
							hint: words.methodHints[value],
						}))}
					/>
					<details open={isOpen}>
						<summary>{words.advanced}</summary>
						<div class="stack">
							<RadioField
								label={words.transport}
								name="transport"
								value={typed.transport ?? "graph"}
								choices={TRANSPORTS.map((value) => ({
									value,
									label: words.transports[value],
									hint: words.transportHints[value],
								}))}
							/>
							<TextField
								label={words.clientId}
								name="client_id"
								value={typed.clientId ?? ""}
								hint={words.clientIdHint}
								maxlength={128}
								isCode
								isOptional
							/>
							<TextField
								label={words.tenant}
								name="tenant"
								value={typed.tenant ?? ""}
								hint={words.tenantHint}
								maxlength={255}
								isCode
								isOptional
							/>
						</div>
					</details>
					<div>
						<Button>{words.begin}</Button>
					</div>
				</Form>
			</section>
		</>
	);
};
