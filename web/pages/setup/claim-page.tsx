/** The very first page of a new box: its console gets a password, and so an owner. */
import type { FC } from "hono/jsx";
import type { ClaimState } from "../../../appliance/console-services.ts";
import type { UserError } from "../../../appliance/errors.ts";
import { Button, Form, TextField } from "../../components/form.tsx";
import { formatTime } from "../../components/moment.tsx";
import { Notice, Refused } from "../../components/notice.tsx";
import { LinkButton } from "../../components/page-parts.tsx";
import { setupWords } from "../../locales/setup.ts";
import { signInWords } from "../../locales/sign-in.ts";
import { usePage, useWords } from "../../page-context.ts";

export const ClaimPage: FC<{ readonly claim: ClaimState; readonly refused?: UserError | undefined }> = ({
	claim,
	refused,
}) => {
	const words = useWords(setupWords);
	const { title: toSignIn } = useWords(signInWords);
	const { language } = usePage();
	const isOpen = claim.openUntil !== null;
	return (
		<section class="card">
			<h1>{words.welcome}</h1>
			<p class="lead">{words.lead}</p>
			<Refused error={refused} />
			{claim.claimed ? (
				<LinkButton href="/sign-in" kind="primary">
					{toSignIn}
				</LinkButton>
			) : isOpen || claim.hasCode ? (
				<Form action="/setup/claim">
					<h2>{words.claimTitle}</h2>
					{/* For password managers: they keep it under this name. */}
					<input type="hidden" name="username" value="owner" autocomplete="username" />
					<TextField
						label={words.password}
						name="password"
						type="password"
						hint={words.claimHint}
						autocomplete="new-password"
						maxlength={256}
						autofocus
					/>
					<TextField
						label={words.again}
						name="again"
						type="password"
						autocomplete="new-password"
						maxlength={256}
					/>
					{claim.hasCode ? (
						<TextField
							label={words.code}
							name="code"
							hint={isOpen ? `${words.codeHint} ${words.codeIfLate}` : words.codeHint}
							maxlength={100}
							isCode
							isOptional={isOpen}
						/>
					) : null}
					<Button>{words.claim}</Button>
					{claim.openUntil === null ? null : (
						<p class="quiet small">{words.openUntil(formatTime(language, claim.openUntil))}</p>
					)}
				</Form>
			) : (
				<Notice kind="info" title={words.closedTitle}>
					<p>{words.closed}</p>
					<p>{words.closedHint}</p>
				</Notice>
			)}
		</section>
	);
};
