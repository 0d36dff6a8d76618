/**
 * A sign-in while it goes on, and what came of it with the way on or out. Everything that changes stands in one
 * element, which is put anew only when there is news, so that a code can be copied in peace.
 */
import type { Child, FC } from "hono/jsx";
import type { AccountDraft } from "../../../appliance/services.ts";
import { ActionButton } from "../../components/form.tsx";
import { Notice, Refused } from "../../components/notice.tsx";
import { Card, LinkButton, PageHead } from "../../components/page-parts.tsx";
import { Said } from "../../components/said.tsx";
import { accountSignInWords } from "../../locales/account-sign-in.ts";
import { microsoftWords } from "../../locales/microsoft.ts";
import { said } from "../../locales/said.ts";
import { usePage, useWords } from "../../page-context.ts";
import { BrowserSteps } from "./browser-steps.tsx";
import { CertificateSteps } from "./certificate-steps.tsx";
import { CodeSteps } from "./code-steps.tsx";
import { accountPath, fieldsOf, METHODS, pastePath, signInPath } from "./sign-in-draft.ts";
import type { Stage, Waiting } from "./sign-in-stage.ts";

export interface SignInPageProps {
	readonly draft: AccountDraft;
	/** By which it is done, also when the draft leaves it open. */
	readonly method: (typeof METHODS)[number];
	readonly stage: Stage;
	/** Changes when the stage or what is shown of it does. */
	readonly version: string;
	/** The configuration file says how; the console cannot choose another way. */
	readonly isMethodLocked: boolean;
	/** Nothing sends yet: the box is being set up. */
	readonly isSettingUp: boolean;
}

export const SignInPage: FC<SignInPageProps> = (props) => {
	const words = useWords(accountSignInWords);
	const back = { href: "/microsoft", label: useWords(microsoftWords).title };
	const { stage, draft, version } = props;
	const goesOn = stage.kind === "starting" || stage.kind === "waiting";
	return (
		<>
			<PageHead title={words.title(draft.address)} back={back} />
			<div
				id="sign-in"
				class="stack narrow"
				data-live="run"
				data-version={version}
				data-poll={goesOn ? "2" : undefined}
			>
				<StageView {...props} />
				{goesOn ? (
					<div class="toolbar">
						<ActionButton action={`${signInPath(draft)}/cancel`}>{words.cancel}</ActionButton>
					</div>
				) : null}
			</div>
		</>
	);
};

const StageView: FC<SignInPageProps> = (props): Child => {
	const words = useWords(accountSignInWords);
	const { stage, draft } = props;
	switch (stage.kind) {
		case "starting":
			return (
				<Card>
					<Busy text={words.starting} />
				</Card>
			);
		case "waiting":
			return (
				<>
					<WaitingView {...props} on={stage.on} />
					<div>
						<Busy text={words.waiting} />
						{stage.note === "" ? null : (
							<p class="hint">
								<Said text={stage.note} />
							</p>
						)}
					</div>
				</>
			);
		case "signed-in":
			return <SignedIn draft={draft} who={stage.who} isSettingUp={props.isSettingUp} />;
		case "refused":
			return (
				<>
					<Notice kind="trouble" said={stage.why.ownerText} isNew>
						{stage.why.hint === "" ? null : (
							<p>
								<Said text={stage.why.hint} />
							</p>
						)}
					</Notice>
					<WaysOn {...props} wayOut={stage.why.wayOut ?? "again"} />
				</>
			);
		case "failed":
			return (
				<>
					<Refused error={stage.error} />
					<WaysOn {...props} wayOut="again" />
				</>
			);
		case "cancelled":
		case "none":
			return (
				<>
					<Notice kind="info" title={words[stage.kind]}>
						<p>{stage.kind === "none" ? words.noneText : words.cancelledText}</p>
					</Notice>
					<WaysOn {...props} wayOut="again" />
				</>
			);
	}
};

const WaitingView: FC<SignInPageProps & { readonly on: Waiting }> = ({ on, draft }): Child => {
	switch (on.type) {
		case "prompt":
			return <CodeSteps prompt={on} />;
		case "open":
			return <BrowserSteps open={on} address={draft.address} pasteTo={pastePath(draft)} />;
		case "certificate":
			return <CertificateSteps certificate={on.certificate} />;
	}
};

const Busy: FC<{ readonly text: string }> = ({ text }) => (
	<p class="waiting">
		<span class="spinner" aria-hidden="true" />
		<span>{text}</span>
	</p>
);

interface SignedInProps {
	readonly draft: AccountDraft;
	readonly who: string;
	readonly isSettingUp: boolean;
}

const SignedIn: FC<SignedInProps> = ({ draft, who, isSettingUp }) => {
	const words = useWords(accountSignInWords);
	const isOther = who.includes("@") && who.toLowerCase() !== draft.address;
	return (
		<>
			<Notice kind="well" title={words.signedIn(said(who, usePage().language))} isNew>
				<p>{words.signedInText}</p>
			</Notice>
			{isOther ? <Notice kind="trouble" title={words.signedInOther(who, draft.address)} /> : null}
			<div class="toolbar">
				{isSettingUp ? (
					<LinkButton href="/setup" kind="primary">
						{words.toSetup}
					</LinkButton>
				) : null}
				<ActionButton action={`${accountPath(draft.address)}/test`} kind={isSettingUp ? "quiet" : "primary"}>
					{words.toTest}
				</ActionButton>
				<LinkButton href={accountPath(draft.address)}>{words.toAccount}</LinkButton>
			</div>
		</>
	);
};

type WayOut = "again" | "other-method" | "registration";

/** What is likeliest to help is offered first. */
const WaysOn: FC<SignInPageProps & { readonly wayOut: WayOut }> = (props) => {
	const { draft, method, wayOut } = props;
	const words = useWords(accountSignInWords);
	const again = (
		<ActionButton
			action={signInPath(draft)}
			kind={wayOut === "again" ? "primary" : "quiet"}
			fields={fieldsOf(draft)}
		>
			{words.again}
		</ActionButton>
	);
	const registration = (
		<LinkButton href="/microsoft/app" kind={wayOut === "registration" ? "primary" : "quiet"}>
			{words.registration}
		</LinkButton>
	);
	const others = props.isMethodLocked ? (
		<Card title={words.otherWays}>
			<p>{words.waysLocked}</p>
		</Card>
	) : (
		<Card title={words.otherWays}>
			<ul class="rows">
				{METHODS.filter((other) => other !== method).map((other, index) => (
					<li>
						<span>{words.methodHints[other]}</span>
						<ActionButton
							action={signInPath(draft)}
							kind={wayOut === "other-method" && index === 0 ? "primary" : "quiet"}
							fields={{ ...fieldsOf(draft), method: other }}
						>
							{words.methods[other]}
						</ActionButton>
					</li>
				))}
			</ul>
		</Card>
	);
	const near = (
		<div class="toolbar">{wayOut === "registration" ? [registration, again] : [again, registration]}</div>
	);
	return <>{wayOut === "other-method" ? [others, near] : [near, others]}</>;
};
