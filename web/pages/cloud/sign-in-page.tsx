/** Signing an account in: the choice of the way, then its live state on any phone. */
import type { FC } from "hono/jsx";
import type { UserError } from "../../../appliance/errors.ts";
import type { SignInNews } from "../../../appliance/services.ts";
import { ActionButton, Button, Form, RadioField, SelectField, TextField } from "../../components/form.tsx";
import { Notice, Refused } from "../../components/notice.tsx";
import { Card, Copyable, LinkButton, PageHead } from "../../components/page-parts.tsx";
import { Qr } from "../../components/qr.tsx";
import { commonWords } from "../../locales/common.ts";
import { microsoftWords } from "../../locales/microsoft.ts";
import { useWords } from "../../page-context.ts";
import type { Run } from "../../runs.ts";

export const METHODS = ["device-code", "browser", "certificate"] as const;
export type Method = (typeof METHODS)[number];

export interface AccountTyped {
	readonly address: string;
	readonly method: Method;
	readonly transport: string;
	readonly clientId: string;
	readonly tenant: string;
}

export const NewAccountPage: FC<{
	readonly typed: AccountTyped;
	readonly refused?: UserError | undefined;
}> = ({ typed, refused }) => {
	const words = useWords(microsoftWords);
	return (
		<>
			<PageHead title={words.add} back={{ href: "/microsoft", label: words.title }} />
			<Card class="narrow">
				<Refused error={refused} />
				<Form action="/microsoft/new">
					<TextField
						label={words.address}
						name="address"
						type="email"
						value={typed.address}
						hint={words.addressHint}
						maxlength={320}
						autofocus
					/>
					<RadioField
						label={words.method}
						name="method"
						value={typed.method}
						choices={METHODS.map((method) => ({
							value: method,
							label: words.methods[method],
							hint: words.methodHints[method],
						}))}
					/>
					<details open={typed.clientId !== "" || typed.tenant !== ""}>
						<summary>{words.advanced}</summary>
						<div class="stack">
							<SelectField
								label={words.transport}
								name="transport"
								value={typed.transport}
								hint={words.transportHint}
								choices={(["graph", "smtp"] as const).map((value) => ({
									value,
									label: words.transports[value],
								}))}
							/>
							<TextField label={words.clientId} name="client_id" value={typed.clientId} isOptional isCode />
							<TextField label={words.tenant} name="tenant" value={typed.tenant} isOptional isCode />
						</div>
					</details>
					<div class="actions">
						<Button>{words.go}</Button>
					</div>
				</Form>
			</Card>
		</>
	);
};

interface SignInStateProps {
	readonly address: string;
	readonly run: Run<SignInNews> | undefined;
	/** Of what was pasted. */
	readonly refused?: UserError | undefined;
}

export const SignInStatePage: FC<SignInStateProps> = ({ address, run, refused }) => {
	const words = useWords(microsoftWords);
	return (
		<>
			<PageHead title={words.signingIn(address)} back={{ href: "/microsoft", label: words.title }} />
			<Card
				class="narrow"
				id="sign-in-state"
				live="run accounts"
				{...(run === undefined || run.isOver ? {} : { poll: 2 })}
			>
				<Refused error={refused} />
				<State address={address} run={run} />
			</Card>
		</>
	);
};

const State: FC<SignInStateProps> = ({ address, run }) => {
	const words = useWords(microsoftWords);
	const common = useWords(commonWords);
	const path = `/microsoft/${encodeURIComponent(address)}`;
	if (run === undefined) {
		return (
			<>
				<p>{words.nothing}</p>
				<ActionButton action={`${path}/sign-in`} kind="primary">
					{words.signIn}
				</ActionButton>
			</>
		);
	}
	const outcome = run.news.findLast(({ type }) => type === "signed-in" || type === "refused");
	if (outcome?.type === "signed-in") {
		return (
			<>
				<Notice kind="well" title={words.done(outcome.who)} isNew />
				<div class="actions">
					<LinkButton href="/setup" kind="primary">
						{words.next}
					</LinkButton>
					<LinkButton href={path}>{address}</LinkButton>
				</div>
			</>
		);
	}
	if (outcome?.type === "refused" || run.refusal !== undefined || run.isOver) {
		return <RefusedState address={address} run={run} />;
	}
	const asked = run.news.findLast(({ type }) => type !== "waiting");
	const waiting = run.news.at(-1);
	return (
		<>
			{asked?.type === "prompt" ? <CodeState news={asked} /> : null}
			{asked?.type === "open" ? <OpenState news={asked} path={path} /> : null}
			{asked?.type === "certificate" ? (
				<>
					<p>{words.certLead}</p>
					<p>
						{words.thumbprint}: <code>{asked.certificate.thumbprintSha1}</code>
					</p>
					<LinkButton href={`${path}/certificate.pem`} isDownload>
						{words.certDownload}
					</LinkButton>
				</>
			) : null}
			<ol class="steps" aria-live="polite">
				<li class="busy">
					<span class="spinner" aria-hidden="true" />
					<span>{waiting?.type === "waiting" ? waiting.text : words.waitingYou}</span>
				</li>
			</ol>
			<ActionButton action={`${path}/sign-in/cancel`}>{common.cancel}</ActionButton>
		</>
	);
};

const CodeState: FC<{ readonly news: Extract<SignInNews, { type: "prompt" }> }> = ({ news }) => {
	const words = useWords(microsoftWords);
	return (
		<>
			<p>{words.codeLead}</p>
			<p>
				<a href={news.verificationUri} rel="noreferrer" target="_blank">
					{news.verificationUri}
				</a>
			</p>
			<p class="code-large">{news.userCode}</p>
			<p>
				<Copyable text={news.userCode} label={words.codeLabel} />
			</p>
			<p class="quiet">
				{words.endsIn}{" "}
				<time data-countdown datetime={news.expiresAt} data-now={new Date().toISOString()}>
					{Math.max(0, Math.round((Date.parse(news.expiresAt) - Date.now()) / 60_000))} min
				</time>
			</p>
			<Qr text={news.verificationUri} label={words.qr} />
		</>
	);
};

const OpenState: FC<{ readonly news: Extract<SignInNews, { type: "open" }>; readonly path: string }> = ({
	news,
	path,
}) => {
	const words = useWords(microsoftWords);
	return (
		<>
			<p>{words.openLead}</p>
			<p>
				<a class="button primary" href={news.url} rel="noreferrer" target="_blank">
					{words.openButton}
				</a>
			</p>
			<p>{words.pasteLead}</p>
			<Form action={`${path}/sign-in/paste`}>
				<TextField label={words.pasteLabel} name="pasted" rows={3} isCode />
				<div class="actions">
					<Button>{words.pasteGo}</Button>
				</div>
			</Form>
		</>
	);
};

const RefusedState: FC<{ readonly address: string; readonly run: Run<SignInNews> }> = ({ address, run }) => {
	const words = useWords(microsoftWords);
	const path = `/microsoft/${encodeURIComponent(address)}`;
	const refused = run.news.findLast((news) => news.type === "refused");
	return (
		<>
			{refused?.type === "refused" ? (
				<Notice kind="trouble" title={words.refused} isNew>
					<p>{refused.ownerText}</p>
					{refused.hint === "" ? null : <p>{refused.hint}</p>}
				</Notice>
			) : run.refusal === undefined ? (
				<Notice kind="info" title={words.cancelled} isNew />
			) : (
				<Refused error={run.refusal} />
			)}
			<ActionButton action={`${path}/sign-in`} kind="primary">
				{words.again}
			</ActionButton>
			<h2>{words.otherWays}</h2>
			<div class="actions">
				{METHODS.map((method) => (
					<ActionButton action={`${path}/sign-in`} fields={{ method }}>
						{words.methods[method]}
					</ActionButton>
				))}
			</div>
		</>
	);
};
