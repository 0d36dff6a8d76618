/** The steps of a test as they come: each in a sentence, right or wrong in a word as well as a sign. */
import type { FC } from "hono/jsx";
import type { TestStep } from "../../appliance/services.ts";
import { stepWords } from "../locales/steps.ts";
import { useWords } from "../page-context.ts";
import type { Run } from "../runs.ts";
import { Icon } from "./icon.tsx";
import { Refused } from "./notice.tsx";
import { Said } from "./said.tsx";

/** A page with one under way asks for itself again (`data-poll`, seconds). */
export const RunSteps: FC<{ readonly run: Run<TestStep>; readonly id: string }> = ({ run, id }) => {
	const words = useWords(stepWords);
	return (
		<div id={id} data-live="run" data-poll={run.isOver ? undefined : "1"}>
			<ol class="steps" aria-live="polite">
				{run.news.map(({ ok, text }) => (
					<li class={ok ? "well" : "trouble"}>
						<Icon name={ok ? "check" : "alert"} size={20} />
						<span>
							<span class="sr-only">{ok ? words.done : words.wrong}: </span>
							<Said text={text} />
						</span>
					</li>
				))}
				{run.isOver ? null : (
					<li class="busy">
						<span class="spinner" aria-hidden="true" />
						<span>{words.underWay}</span>
					</li>
				)}
			</ol>
			<Refused error={run.refusal} />
		</div>
	);
};
