/** Signing in with a browser: the link, and the address at which it ends, pasted or brought back by itself. */
import type { FC } from "hono/jsx";
import type { AccountDraft, SignInNews } from "../../../appliance/services.ts";
import { Button, Form, TextField } from "../../components/form.tsx";
import { Card, Copyable } from "../../components/page-parts.tsx";
import { accountSignInWords } from "../../locales/account-sign-in.ts";
import { useWords } from "../../page-context.ts";
import { pastePath } from "./sign-in-draft.ts";
import { TimeLeft } from "./time-left.tsx";

interface BrowserStepsProps {
	readonly open: Extract<SignInNews, { type: "open" }>;
	readonly draft: AccountDraft;
	readonly returnsHere: boolean;
}

export const BrowserSteps: FC<BrowserStepsProps> = ({ open, draft, returnsHere }) => {
	const words = useWords(accountSignInWords);
	return (
		<Card>
			<section class="stack">
				<h2>{words.browserOpen}</h2>
				<p>
					<a class="button primary" href={open.url} rel="noreferrer noopener" target="_blank">
						{words.browserOpenDo}
					</a>
				</p>
				<details>
					<summary>{words.browserLink}</summary>
					<Copyable text={open.url} label={words.browserLink} />
				</details>
			</section>
			<section>
				<h2>{words.browserSignIn(draft.address)}</h2>
			</section>
			<section class="stack">
				<h2>{returnsHere ? words.browserReturns : words.browserPaste}</h2>
				<p>
					{returnsHere ? words.browserReturnsText : words.browserPasteText}{" "}
					{returnsHere ? null : <code>{open.endsAt}</code>}
				</p>
				<Form action={pastePath(draft)}>
					<TextField label={words.pasteLabel} name="pasted" isCode rows={3} />
					<div>
						<Button kind={returnsHere ? "quiet" : "primary"}>{words.pasteDo}</Button>
					</div>
				</Form>
				<TimeLeft until={open.expiresAt} />
			</section>
		</Card>
	);
};
