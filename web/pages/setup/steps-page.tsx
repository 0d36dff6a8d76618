/** The steps of setting up, what is done, and the next one as a button. */
import type { FC } from "hono/jsx";
import { Badge } from "../../components/badge.tsx";
import { Card, LinkButton, PageHead } from "../../components/page-parts.tsx";
import { setupWords } from "../../locales/setup.ts";
import { useWords } from "../../page-context.ts";
import { HaveBackup } from "./have-backup.tsx";
import { type Progress, STEPS, type Step } from "./progress.ts";

const PLACES: Readonly<Record<Step, string | undefined>> = {
	password: undefined,
	name: "/setup/name",
	check: "/setup/check",
	microsoft: "/microsoft/app",
	device: "/devices/new",
	mail: "/setup/mail",
};

export const StepsPage: FC<{ readonly progress: Progress }> = ({ progress }) => {
	const words = useWords(setupWords);
	const first = STEPS.find((step) => !progress.done.has(step));
	const next = progress.isFinished || first === undefined ? undefined : PLACES[first];
	return (
		<>
			<PageHead title={words.title} lead={progress.isFinished ? words.finished : words.lead} />
			<Card id="steps" live="accounts devices mail settings machine">
				<ol class="rows">
					{STEPS.map((step) => (
						<li>
							<span>
								<StepName step={step} />
								<br />
								<span class="quiet">{words.steps[`${step}Text`]}</span>
							</span>
							<Badge tone={progress.done.has(step) ? "well" : "plain"}>
								{progress.done.has(step) ? words.done : words.toDo}
							</Badge>
						</li>
					))}
				</ol>
			</Card>
			<div class="actions">
				{next === undefined ? (
					<LinkButton href="/" kind="primary">
						{words.finish}
					</LinkButton>
				) : (
					<>
						<LinkButton href={next} kind="primary">
							{words.goOn}
						</LinkButton>
						<LinkButton href="/">{words.later}</LinkButton>
					</>
				)}
			</div>
			{progress.isFinished ? null : <HaveBackup />}
		</>
	);
};

const StepName: FC<{ readonly step: Step }> = ({ step }) => {
	const words = useWords(setupWords);
	const place = PLACES[step];
	const name = `${STEPS.indexOf(step) + 1}. ${words.steps[step]}`;
	return place === undefined ? <strong>{name}</strong> : <a href={place}>{name}</a>;
};
