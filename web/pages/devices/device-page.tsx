/** One device: how it fares, its traffic, its rules in short, and what can be done with it. */
import type { FC } from "hono/jsx";
import type { TrafficPoint } from "../../../appliance/console-services.ts";
import type { UserError } from "../../../appliance/errors.ts";
import type { SessionLog, TestStep } from "../../../appliance/services.ts";
import { Chart } from "../../components/chart.tsx";
import { ActionButton, Button, Form, TextField } from "../../components/form.tsx";
import { Refused } from "../../components/notice.tsx";
import { Card, Facts, LinkButton, PageHead } from "../../components/page-parts.tsx";
import { RunSteps } from "../../components/steps.tsx";
import { chartTicks, sliceLabels } from "../../components/traffic-times.ts";
import { commonWords } from "../../locales/common.ts";
import { deviceWords } from "../../locales/devices.ts";
import { overviewWords } from "../../locales/overview.ts";
import { trafficWords } from "../../locales/traffic.ts";
import { useMay, usePage, useWords } from "../../page-context.ts";
import type { Run } from "../../runs.ts";
import { type Device, LastSession } from "./list-page.tsx";

interface DevicePageProps {
	readonly device: Device;
	readonly rules: Readonly<Record<string, unknown>>;
	readonly last: SessionLog | undefined;
	readonly series: readonly TrafficPoint[];
}

export const DevicePage: FC<DevicePageProps> = ({ device, rules, last, series }) => {
	const words = useWords(deviceWords);
	const mayAct = useMay("operator");
	const path = `/devices/${encodeURIComponent(device.name)}`;
	const isSaved = device.origin === "saved";
	return (
		<>
			<PageHead
				title={device.name}
				back={{ href: "/devices", label: words.title }}
				lead={isSaved ? undefined : words.fromFile}
			>
				<LinkButton href={`${path}/card`}>{words.settings}</LinkButton>
				<LinkButton href={`${path}/sessions`}>{words.sessions}</LinkButton>
				{mayAct ? <LinkButton href={`${path}/test`}>{words.test}</LinkButton> : null}
			</PageHead>
			<Card title={words.lastSession} id="last-session" live="devices mail">
				<p>
					<LastSession of={last} />
				</p>
				{last?.ownerTexts.map((text) => (
					<p>{text}</p>
				))}
			</Card>
			<Card id="device-traffic" live="mail">
				<Traffic series={series} />
			</Card>
			<Card
				title={words.rules}
				actions={mayAct ? <LinkButton href={`${path}/rules`}>{words.changeRules}</LinkButton> : undefined}
			>
				<RuleFacts rules={rules} />
			</Card>
			{mayAct && isSaved ? <Changes device={device} path={path} /> : null}
		</>
	);
};

const Traffic: FC<{ readonly series: readonly TrafficPoint[] }> = ({ series }) => {
	const words = useWords(deviceWords);
	const names = useWords(overviewWords).series;
	const table = useWords(trafficWords);
	const { language } = usePage();
	return (
		<Chart
			title={words.traffic}
			labels={sliceLabels(language, "day", series)}
			ticks={chartTicks(language, "day", series)}
			sliceLabel={table.slice.day}
			tableLabel={table.asTable}
			series={[
				{ label: names.accepted, tone: "well", values: series.map(({ accepted }) => accepted) },
				{ label: names.refused, tone: "plain", values: series.map(({ refused }) => refused) },
			]}
		/>
	);
};

const RuleFacts: FC<{ readonly rules: Readonly<Record<string, unknown>> }> = ({ rules }) => {
	const words = useWords(deviceWords);
	const common = useWords(commonWords);
	const text = (key: string) => {
		const value = rules[key];
		if (value === null || value === undefined || value === "") return common.none;
		return Array.isArray(value) ? value.join(", ") || common.none : String(value);
	};
	const from = rules["from"];
	const fromText =
		from === "keep" ? words.rule.fromKeep : from === "force" ? words.rule.fromForce : text("from");
	const on = Object.entries(words.rule.switch).filter(([key]) => rules[key] === true);
	return (
		<Facts
			of={[
				[words.form.username, text("username")],
				[words.rule.addresses, text("addresses")],
				[words.account, text("account")],
				[words.rule.from, fromText],
				[words.rule.recipients, text("recipients")],
				[words.rule.rate, text("rate")],
				[words.rule.quota, text("quota")],
				rules["urgent"] === true ? [words.rule.urgent, common.yes] : null,
				on.length === 0 ? null : [words.rule.switches, on.map(([, label]) => label).join(", ")],
			]}
		/>
	);
};

const Changes: FC<{ readonly device: Device; readonly path: string }> = ({ device, path }) => {
	const words = useWords(deviceWords);
	return (
		<Card>
			<details>
				<summary>{words.rename}</summary>
				<Form action={`${path}/name`}>
					<TextField label={words.newName} name="name" value={device.name} maxlength={100} />
					<div class="actions">
						<Button kind="quiet">{words.rename}</Button>
					</div>
				</Form>
			</details>
			{device.username === "" ? null : (
				<details>
					<summary>{words.newPassword}</summary>
					<p>{words.newPasswordText}</p>
					<ActionButton action={`${path}/password`}>{words.newPassword}</ActionButton>
				</details>
			)}
			<div class="actions">
				<ActionButton action={`${path}/remove`} kind="danger">
					{words.remove}
				</ActionButton>
			</div>
		</Card>
	);
};

/** Asked before what cannot be undone. */
export const ConfirmPage: FC<{
	readonly title: string;
	readonly text: string;
	readonly action: string;
	readonly button: string;
	readonly back: string;
}> = ({ title, text, action, button, back }) => {
	const common = useWords(commonWords);
	return (
		<Card class="narrow">
			<h1>{title}</h1>
			<p>{text}</p>
			<Form action={action}>
				<input type="hidden" name="confirmed" value="yes" />
				<div class="actions">
					<Button kind="danger">{button}</Button>
					<LinkButton href={back}>{common.cancel}</LinkButton>
				</div>
			</Form>
		</Card>
	);
};

interface TestPageProps {
	readonly device: Device;
	readonly to: string;
	readonly run: Run<TestStep> | undefined;
	readonly refused?: UserError | undefined;
}

export const TestPage: FC<TestPageProps> = ({ device, to, run, refused }) => {
	const words = useWords(deviceWords);
	const path = `/devices/${encodeURIComponent(device.name)}`;
	return (
		<>
			<PageHead title={words.testTitle} lead={words.testText} back={{ href: path, label: device.name }} />
			<Card class="narrow">
				<Refused error={refused} />
				{run === undefined ? null : <RunSteps run={run} id="test-steps" />}
				<Form action={`${path}/test`}>
					<TextField label={words.testTo} name="to" type="email" value={to} maxlength={320} />
					{device.username === "" ? null : (
						<TextField
							label={words.testPassword}
							name="password"
							type="password"
							hint={words.testPasswordHint}
							maxlength={256}
							isOptional={device.addresses.length > 0}
						/>
					)}
					<div class="actions">
						<Button>{words.testGo}</Button>
					</div>
				</Form>
			</Card>
		</>
	);
};
