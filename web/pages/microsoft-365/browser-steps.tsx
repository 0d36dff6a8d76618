/** Signing in with a browser: the link, and the address at which it ends, pasted or brought back by itself. */
import type { FC } from "hono/jsx";
import type { SignInNews } from "../../../appliance/services.ts";
import { Button, Form, TextField } from "../../components/form.tsx";
import { Card, Copyable } from "../../components/page-parts.tsx";
import { accountSignInWords } from "../../locales/account-sign-in.ts";
import { useWords } from "../../page-context.ts";
import { TimeLeft } from "./time-left.tsx";

interface BrowserStepsProps {
	readonly open: Extract<SignInNews, { type: "open" }>;
	/** Who is to sign in. */
	readonly address: string;
	/** Where what is pasted is sent. */
	readonly pasteTo: string;
}

export const BrowserSteps: FC<BrowserStepsProps> = ({ open, address, pasteTo }) => {
	const returnsHere = returnsByItself(open.endsAt);
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
				<h2>{words.browserSignIn(address)}</h2>
			</section>
			<section class="stack">
				<h2>{returnsHere ? words.browserReturns : words.browserPaste}</h2>
				<p>
					{returnsHere ? words.browserReturnsText : words.browserPasteText}{" "}
					{returnsHere ? null : <code>{open.endsAt}</code>}
				</p>
				<Form action={pasteTo}>
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

/** `microsoft.redirect` leads to the console's own route. */
function returnsByItself(endsAt: string): boolean {
	return endsAt.endsWith("/sign-in/return");
}
