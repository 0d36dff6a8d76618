/** Plays a device against this box, and shows each step until Microsoft has its message. */
import type { FC } from "hono/jsx";
import type { UserError } from "../../../appliance/errors.ts";
import type { TestStep } from "../../../appliance/services.ts";
import { Button, Form, TextField } from "../../components/form.tsx";
import { Refused } from "../../components/notice.tsx";
import { Card, PageHead } from "../../components/page-parts.tsx";
import { RunSteps } from "../../components/steps.tsx";
import { deviceSetupWords } from "../../locales/device-setup.ts";
import { useWords } from "../../page-context.ts";
import type { Run } from "../../runs.ts";
import type { Device } from "./device-list.ts";
import { devicePath } from "./paths.ts";

interface TestPageProps {
	readonly device: Device;
	/** As typed. */
	readonly to: string;
	readonly run: Run<TestStep> | undefined;
	readonly refused?: UserError | undefined;
}

export const TestPage: FC<TestPageProps> = ({ device, to, run, refused }) => {
	const words = useWords(deviceSetupWords);
	const { name, username, addresses } = device;
	return (
		<>
			<PageHead
				title={words.testTitle}
				lead={words.testLead(name)}
				back={{ href: devicePath(name), label: name }}
			/>
			<Refused error={refused} />
			<div id="test" class="stack" data-live="run">
				{run === undefined ? null : (
					<Card class="narrow" title={words.testRunning}>
						<RunSteps run={run} id="steps" />
					</Card>
				)}
				{run !== undefined && !run.isOver ? null : (
					<Card class="narrow">
						<Form action={devicePath(name, "test")}>
							<TextField
								label={words.testTo}
								name="to"
								type="email"
								value={to}
								hint={words.testToHint}
								maxlength={320}
							/>
							{username === "" ? null : (
								<TextField
									label={words.testPassword}
									name="password"
									type="password"
									hint={addresses.length === 0 ? words.testPasswordNeeded : words.testPasswordHint}
									maxlength={256}
									isOptional={addresses.length > 0}
								/>
							)}
							<Button>{run === undefined ? words.testButton : words.testAgain}</Button>
						</Form>
					</Card>
				)}
			</div>
		</>
	);
};
