/** Signing in with a code: where to open, what to enter, how long it is good. */
import type { FC } from "hono/jsx";
import type { SignInNews } from "../../../appliance/services.ts";
import { Card, Copyable } from "../../components/page-parts.tsx";
import { Qr } from "../../components/qr.tsx";
import { accountSignInWords } from "../../locales/account-sign-in.ts";
import { useWords } from "../../page-context.ts";
import { TimeLeft } from "./time-left.tsx";

export const CodeSteps: FC<{ readonly prompt: Extract<SignInNews, { type: "prompt" }> }> = ({ prompt }) => {
	const words = useWords(accountSignInWords);
	const { verificationUri, userCode, expiresAt } = prompt;
	return (
		<Card class="sign-in-code">
			<div class="stack">
				<section>
					<h2>{words.openAt}</h2>
					<p>
						<a href={verificationUri} rel="noreferrer noopener" target="_blank">
							{verificationUri}
						</a>
					</p>
				</section>
				<section>
					<h2>{words.codeAt}</h2>
					<p class="code-row">
						<Copyable text={userCode} label={words.code} isLarge />
					</p>
					<TimeLeft until={expiresAt} />
				</section>
				<section>
					<h2>{words.acceptAt}</h2>
				</section>
			</div>
			<figure>
				<Qr text={verificationUri} label={words.qr} />
				<figcaption class="hint">{words.qr}</figcaption>
			</figure>
		</Card>
	);
};
