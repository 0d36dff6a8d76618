/** Somebody on their way: the sign-in while it goes on, then what they came for, or the way on when it did not work. */
import type { Child, FC } from "hono/jsx";
import type { UserError } from "../../../appliance/errors.ts";
import { ActionButton } from "../../components/form.tsx";
import { Icon } from "../../components/icon.tsx";
import { Notice, Refused } from "../../components/notice.tsx";
import { LinkButton, PageHead } from "../../components/page-parts.tsx";
import { Said } from "../../components/said.tsx";
import { accountSignInWords } from "../../locales/account-sign-in.ts";
import { commonWords } from "../../locales/common.ts";
import { joinWords } from "../../locales/join.ts";
import { useWords } from "../../page-context.ts";
import { ToType } from "../devices/card-page.tsx";
import { ProgramCard } from "../mailboxes/program-card.tsx";
import { BrowserSteps } from "../microsoft-365/browser-steps.tsx";
import { CodeSteps } from "../microsoft-365/code-steps.tsx";
import type { Waiting } from "../microsoft-365/sign-in-stage.ts";
import { METHODS } from "./join-page.tsx";
import type { Visit, VisitStage } from "./visit-stage.ts";

interface VisitPageProps {
	readonly visit: Visit;
	/** Of the login; null once it is no longer shown. */
	readonly password: string | null;
	/** Changes when what is shown does. */
	readonly version: string;
	/** What was pasted was of no use. */
	readonly refused?: UserError | undefined;
}

export const VisitPage: FC<VisitPageProps> = (props) => {
	const words = useWords(joinWords);
	const { visit, version, refused } = props;
	const goesOn = isUnderWay(visit.stage);
	return (
		<>
			<Refused error={refused} />
			<div
				id="visit"
				class={`stack${visit.stage.kind === "joined" ? "" : " narrow"}`}
				data-live=""
				data-version={version}
				data-poll={goesOn ? "2" : undefined}
			>
				{visit.stage.kind === "joined" ? null : <PageHead title={words.visitTitle(visit.typed.address)} />}
				<Content {...props} />
			</div>
		</>
	);
};

export function isUnderWay({ kind }: VisitStage): boolean {
	return kind === "starting" || kind === "waiting";
}

const Content: FC<VisitPageProps> = ({ visit, password }): Child => {
	const { stage, typed } = visit;
	const words = useWords(joinWords);
	switch (stage.kind) {
		case "joined":
			return <Joined stage={stage} password={password} />;
		case "left":
			return (
				<>
					<Notice kind="well" title={words.left} isNew>
						<p>{words.leftText}</p>
						<p>{words.leftMicrosoft}</p>
					</Notice>
					<StartAgain />
				</>
			);
		case "starting":
		case "waiting":
			return <UnderWay visit={visit} on={stage.kind === "waiting" ? stage.on : undefined} />;
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
					<WaysOn typed={typed} />
				</>
			);
		case "failed":
			return (
				<>
					<Refused error={stage.error} />
					<div class="toolbar">
						<StartAgain kind="primary" />
					</div>
				</>
			);
		case "cancelled":
			return (
				<>
					<Notice kind="info" title={words.cancelled}>
						<p>{words.cancelledText}</p>
					</Notice>
					<WaysOn typed={typed} />
				</>
			);
	}
};

const UnderWay: FC<{ readonly visit: Visit; readonly on: Waiting | undefined }> = ({ visit, on }) => {
	const words = useWords(joinWords);
	const signIn = useWords(accountSignInWords);
	const { typed, stage } = visit;
	return (
		<>
			{on?.type === "prompt" ? <CodeSteps prompt={on} /> : null}
			{on?.type === "open" ? <BrowserSteps open={on} address={typed.address} pasteTo="/join/paste" /> : null}
			<div>
				<p class="waiting">
					<span class="spinner" aria-hidden="true" />
					<span>{on === undefined ? signIn.starting : signIn.waiting}</span>
				</p>
				{stage.kind === "waiting" && stage.note !== "" ? (
					<p class="hint">
						<Said text={stage.note} />
					</p>
				) : null}
			</div>
			<div class="toolbar">
				<ActionButton action="/join/end">{words.cancel}</ActionButton>
			</div>
		</>
	);
};

const Joined: FC<{
	readonly stage: Extract<VisitStage, { kind: "joined" }>;
	readonly password: string | null;
}> = ({ stage, password }) => {
	const words = useWords(joinWords);
	const common = useWords(commonWords);
	return (
		<>
			<PageHead
				title={stage.isNew ? words.joined : words.renewed}
				lead={stage.isNew ? words.joinedLead : words.renewedLead}
			>
				<button type="button" class="button quiet" data-print hidden>
					<Icon name="print" size={20} />
					{common.print}
				</button>
			</PageHead>
			<ToType settings={{ ...stage.settings, password }} />
			{stage.fetching === null ? null : (
				<ProgramCard {...stage.fetching} username={stage.settings.username} password={password} />
			)}
			<div class="stack no-print">
				<p>{words.senderFixed}</p>
				<p>{words.lost}</p>
				<div class="toolbar">
					<ActionButton action="/join/end" kind="primary">
						{words.done}
					</ActionButton>
				</div>
			</div>
		</>
	);
};

const WaysOn: FC<{ readonly typed: Visit["typed"] }> = ({ typed }) => {
	const words = useWords(joinWords);
	const signIn = useWords(accountSignInWords);
	const other = METHODS.find((method) => method !== typed.method) ?? typed.method;
	return (
		<>
			<div class="toolbar">
				<ActionButton action="/join" kind="primary" fields={typed}>
					{words.again}
				</ActionButton>
				<StartAgain />
			</div>
			<p class="hint">{words.otherWay}</p>
			<div class="toolbar">
				<ActionButton action="/join" fields={{ ...typed, method: other }}>
					{signIn.methods[other]}
				</ActionButton>
			</div>
		</>
	);
};

const StartAgain: FC<{ readonly kind?: "primary" | "quiet" }> = ({ kind = "quiet" }) => (
	<LinkButton href="/join?new" kind={kind}>
		{useWords(joinWords).startAgain}
	</LinkButton>
);
