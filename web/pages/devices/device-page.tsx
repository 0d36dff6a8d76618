/** One device: does it work, and if not what to change; what it has sent; its rules; what can be done with it. */
import type { FC } from "hono/jsx";
import type { TrafficPoint, TrafficSpan } from "../../../appliance/console-services.ts";
import type { DeviceSettings, SessionLog } from "../../../appliance/services.ts";
import { Chart } from "../../components/chart.tsx";
import { ActionButton } from "../../components/form.tsx";
import { Card, LinkButton, PageHead } from "../../components/page-parts.tsx";
import { chartTicks, sliceLabels } from "../../components/traffic-times.ts";
import { commonWords } from "../../locales/common.ts";
import { deviceWords } from "../../locales/devices.ts";
import { overviewWords } from "../../locales/overview.ts";
import { trafficWords } from "../../locales/traffic.ts";
import { useMay, usePage, useWords } from "../../page-context.ts";
import { TryIf } from "./card-page.tsx";
import { devicePath } from "./paths.ts";
import { RuleFacts } from "./rule-facts.tsx";
import type { RuleValues } from "./rule-values.ts";
import { Dialogue, SessionFacts, SessionMails, Verdict } from "./session-parts.tsx";

export const SPANS: readonly TrafficSpan[] = ["hour", "day", "month"];

interface DevicePageProps {
	readonly settings: DeviceSettings;
	readonly session: SessionLog | undefined;
	readonly rules: RuleValues;
	readonly span: TrafficSpan;
	readonly series: readonly TrafficPoint[];
}

export const DevicePage: FC<DevicePageProps> = (props) => {
	const words = useWords(deviceWords);
	const mayAct = useMay("operator");
	const { device } = props.settings;
	return (
		<>
			<PageHead
				title={device.name}
				lead={device.origin === "file" ? words.lockedTitle : undefined}
				back={{ href: "/devices", label: words.title }}
			>
				{mayAct ? (
					<LinkButton href={devicePath(device.name, "test")} kind="primary">
						{words.test}
					</LinkButton>
				) : null}
				<LinkButton href={devicePath(device.name, "card")}>{words.settings}</LinkButton>
			</PageHead>
			<State {...props} />
			<TrafficOf {...props} />
			<Rules {...props} mayAct={mayAct} />
			{mayAct && device.origin === "saved" ? <Actions device={device} /> : null}
		</>
	);
};

const State: FC<DevicePageProps> = ({ settings, session }) => {
	const words = useWords(deviceWords);
	const { device } = settings;
	const hasFailed = session?.outcome === "refused" || session?.outcome === "broken";
	return (
		<Card id="state" live="devices mail">
			<Verdict session={session} />
			{session === undefined ? null : (
				<>
					<SessionFacts session={session} />
					<SessionMails session={session} />
					{hasFailed ? <Dialogue lines={session.lines} /> : null}
				</>
			)}
			{hasFailed && settings.hints !== null && settings.hints.tryIf.length > 0 ? (
				<details>
					<summary>{words.tryTitle}</summary>
					<div class="stack-small">
						<TryIf hints={settings.hints} device={device} />
					</div>
				</details>
			) : null}
			<div class="actions">
				<LinkButton href={devicePath(device.name, "sessions")}>{words.allSessions}</LinkButton>
				<LinkButton href={`/mail?${new URLSearchParams({ device: device.name }).toString()}`}>
					{words.itsMail}
				</LinkButton>
			</div>
		</Card>
	);
};

const TrafficOf: FC<DevicePageProps> = ({ settings: { device }, span, series }) => {
	const words = useWords(deviceWords);
	const overview = useWords(overviewWords);
	const table = useWords(trafficWords);
	const { language } = usePage();
	const of = (key: "delivered" | "failed" | "refused") => series.map((point) => point[key]);
	return (
		<Card
			title={words.traffic}
			id="traffic"
			live="mail"
			actions={
				<nav class="segments" aria-label={words.traffic}>
					{SPANS.map((one) => (
						<a
							href={`${devicePath(device.name)}?span=${one}`}
							aria-current={one === span ? "true" : undefined}
						>
							{overview.spans[one]}
						</a>
					))}
				</nav>
			}
		>
			<Chart
				title={overview.trafficOf[span]}
				labels={sliceLabels(language, span, series)}
				ticks={chartTicks(language, span, series)}
				sliceLabel={table.slice[span]}
				tableLabel={table.asTable}
				series={[
					{ label: overview.series.delivered, tone: "well", values: of("delivered") },
					{ label: overview.series.failed, tone: "trouble", values: of("failed") },
					{ label: overview.series.refused, tone: "plain", values: of("refused") },
				]}
			/>
		</Card>
	);
};

const Rules: FC<DevicePageProps & { readonly mayAct: boolean }> = ({ settings, rules, mayAct }) => {
	const words = useWords(deviceWords);
	const { device, hints } = settings;
	const mayChange = mayAct && device.origin === "saved";
	return (
		<Card
			title={words.rules}
			actions={
				<LinkButton href={devicePath(device.name, "rules")}>
					{mayChange ? words.changeRules : words.seeRules}
				</LinkButton>
			}
		>
			<RuleFacts rules={rules} hints={hints} />
		</Card>
	);
};

const Actions: FC<Pick<DeviceSettings, "device">> = ({ device: { name, username } }) => {
	const words = useWords(deviceWords);
	const common = useWords(commonWords);
	return (
		<div class="actions">
			{username === "" ? null : (
				<ActionButton action={devicePath(name, "password")} confirm={words.newPasswordText}>
					{words.newPassword}
				</ActionButton>
			)}
			<LinkButton href={devicePath(name, "rename")}>{words.rename}</LinkButton>
			<ActionButton
				action={devicePath(name, "remove")}
				kind="danger"
				confirm={`${words.removeTitle(name)} ${words.removeText}`}
			>
				{common.remove}
			</ActionButton>
		</div>
	);
};
