/** Updates: what runs and what became of the last one, one that is under way, the form for a new one, unexpected ends. */
import type { FC } from "hono/jsx";
import type { UserError } from "../../../appliance/errors.ts";
import type { UpdateState } from "../../../appliance/services.ts";
import { ActionButton, Button, Form, TextField } from "../../components/form.tsx";
import { Moment } from "../../components/moment.tsx";
import { Notice, Refused } from "../../components/notice.tsx";
import { Card, Facts, LinkButton, PageHead } from "../../components/page-parts.tsx";
import { Said } from "../../components/said.tsx";
import { boxWords } from "../../locales/box.ts";
import { updateWords } from "../../locales/update.ts";
import { useWords } from "../../page-context.ts";

interface UpdatePageProps {
	readonly state: UpdateState;
	readonly refused?: UserError | undefined;
}

export const UpdatePage: FC<UpdatePageProps> = ({ state, refused }) => {
	const words = useWords(updateWords);
	const box = useWords(boxWords);
	const { keeper, phase } = state;
	return (
		<>
			<PageHead title={words.title} back={{ href: "/system", label: box.title }} />
			<Refused error={refused} />
			<RolledBack state={state} />
			<PresentCard state={state} />
			{keeper === "host" ? (
				<Card class="narrow">
					<p>{words.ofHost}</p>
				</Card>
			) : phase === "idle" || phase === "received" ? (
				<>
					<InstallCard />
					<BackCard state={state} />
				</>
			) : (
				<UnderWay state={state} />
			)}
		</>
	);
};

const RolledBack: FC<Pick<UpdatePageProps, "state">> = ({ state: { last } }) => {
	const words = useWords(updateWords);
	if (last?.fate !== "rolled-back" || last.isSeen) return null;
	return (
		<Notice kind="trouble" title={`${words.fromTo(last.from, last.to)}: ${words.fates["rolled-back"]}`}>
			<ActionButton action="/system/update/seen">{words.understood}</ActionButton>
		</Notice>
	);
};

const PresentCard: FC<Pick<UpdatePageProps, "state">> = ({ state }) => {
	const words = useWords(updateWords);
	const { version, builtAt, slot, last, refusal, crashes, keeper } = state;
	const fate =
		last === null ? (
			words.never
		) : (
			<>
				{words.fromTo(last.from, last.to)}: {words.fates[last.fate]} (<Moment at={last.at} />)
			</>
		);
	return (
		<Card title={words.present} class="narrow" id="update-present" {...pollOf(state)}>
			<Facts
				of={[
					["Postern", version],
					builtAt === null ? null : [words.built, <Moment at={builtAt} isAbsolute />],
					slot === null ? null : [words.slot, slot],
					keeper === "host" ? null : [words.last, fate],
					refusal === null ? null : [words.refused, <Said text={refusal.text} />],
					keeper === "host"
						? null
						: [
								words.crashes,
								crashes.total === 0 ? words.noCrashes : words.crashCount(crashes.total, crashes.lastDay),
							],
					crashes.lastAt === null
						? null
						: [
								words.crashLast,
								<>
									<Moment at={crashes.lastAt} isAbsolute /> <code>{crashes.lastResult}</code>
								</>,
							],
					crashes.reboots === 0 ? null : [words.crashReboots, words.times(crashes.reboots)],
				]}
			/>
		</Card>
	);
};

/** What is being tried out is kept or given up soon. */
function pollOf({ last }: UpdateState): { readonly poll?: number } {
	return last?.fate === "trying" ? { poll: 5 } : {};
}

const InstallCard: FC = () => {
	const words = useWords(updateWords);
	return (
		<Card title={words.install} class="narrow">
			<p>{words.installText}</p>
			<Form action="/system/update" isUpload>
				<TextField label={words.file} name="file" type="file" hint={words.fileHint} />
				<Button>{words.send}</Button>
				<p class="quiet small">{words.patience}</p>
			</Form>
		</Card>
	);
};

const BackCard: FC<Pick<UpdatePageProps, "state">> = ({ state: { before } }) => {
	const words = useWords(updateWords);
	if (before === null) return null;
	return (
		<Card title={words.back} class="narrow">
			<p>{words.backText(before)}</p>
			<details>
				<summary>{words.back}</summary>
				<ActionButton action="/system/update/back">{words.backDo(before)}</ActionButton>
			</details>
		</Card>
	);
};

const UnderWay: FC<Pick<UpdatePageProps, "state">> = ({ state: { phase, progress } }) => {
	const words = useWords(updateWords);
	const isOver = phase === "installed";
	const what = phase === "receiving" ? words.receiving : undefined;
	return (
		<Card class="narrow" id="update-progress" poll={2} title={isOver ? words.restarting : words.underWay}>
			<ol class="steps" aria-live="polite">
				<li class="busy">
					<span class="spinner" aria-hidden="true" />
					<span>
						{isOver ? words.restartingText : (what ?? <Said text={progress?.text ?? ""} />)}
						{progress?.percent == null ? null : ` (${progress.percent} %)`}
					</span>
				</li>
			</ol>
			{isOver ? null : <p>{words.doNotUnplug}</p>}
			<div class="actions">
				<LinkButton href="/system/update">{words.look}</LinkButton>
			</div>
		</Card>
	);
};
