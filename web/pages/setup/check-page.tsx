/** Step 3: does the box reach Microsoft, and does it know the time. */
import type { FC } from "hono/jsx";
import type { MachineState } from "../../../appliance/console-services.ts";
import type { TestStep } from "../../../appliance/services.ts";
import { Button, Form } from "../../components/form.tsx";
import { Moment } from "../../components/moment.tsx";
import { Card, Facts, LinkButton, PageHead } from "../../components/page-parts.tsx";
import { RunSteps } from "../../components/steps.tsx";
import { setupWords } from "../../locales/setup.ts";
import { useWords } from "../../page-context.ts";
import type { Run } from "../../runs.ts";

interface CheckPageProps {
	readonly machine: MachineState;
	readonly run: Run<TestStep> | undefined;
}

/** Less is nobody's trouble. */
const CLOCK_ERROR_SHOWN_MS = 60_000;

export const CheckPage: FC<CheckPageProps> = ({ machine, run }) => {
	const words = useWords(setupWords);
	const addresses = machine.links.flatMap((link) => (link.isUp ? link.addresses : []));
	return (
		<>
			<PageHead title={words.checkTitle} back={{ href: "/setup", label: words.backToSteps }} />
			<Card class="narrow">
				<Facts
					of={[
						[words.addresses, addresses.length === 0 ? words.noLink : addresses.join(", ")],
						[
							words.clockNow,
							<>
								<Moment at={machine.clock.now} isAbsolute />: <ClockVerdict clock={machine.clock} />
							</>,
						],
					]}
				/>
				{run === undefined ? null : <RunSteps run={run} id="check-steps" />}
				<Form action="/setup/check">
					<div class="actions">
						<Button kind={run?.isOver === true ? "quiet" : "primary"}>
							{run === undefined ? words.checkButton : words.checkAgain}
						</Button>
						<LinkButton href="/microsoft/app" kind={run?.isOver === true ? "primary" : "quiet"}>
							{words.goOn}
						</LinkButton>
					</div>
				</Form>
			</Card>
		</>
	);
};

const ClockVerdict: FC<{ readonly clock: MachineState["clock"] }> = ({ clock }) => {
	const words = useWords(setupWords);
	if (clock.isSynchronised === null) return <>{words.clockUnknown}</>;
	const errorMs = Math.abs(clock.errorMs);
	if (errorMs < CLOCK_ERROR_SHOWN_MS) return <>{words.clockRight}</>;
	const minutes = Math.round(errorMs / 60_000);
	return <>{words.clockOff(minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`)}</>;
};
