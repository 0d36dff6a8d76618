/** The devices, and who would like to be one. */
import type { FC } from "hono/jsx";
import type { DeviceService, SessionLog, StrangerRow } from "../../../appliance/services.ts";
import { Badge, type Tone } from "../../components/badge.tsx";
import { ActionButton } from "../../components/form.tsx";
import { Moment } from "../../components/moment.tsx";
import { Card, Empty, LinkButton, PageHead } from "../../components/page-parts.tsx";
import { deviceWords } from "../../locales/devices.ts";
import { useMay, useWords } from "../../page-context.ts";

export type Device = Awaited<ReturnType<DeviceService["list"]>>[number];

export interface DeviceLine {
	readonly device: Device;
	readonly last: SessionLog | undefined;
	readonly accepted: number;
	readonly refused: number;
}

interface DevicesPageProps {
	readonly lines: readonly DeviceLine[];
	readonly strangers: readonly StrangerRow[];
}

export const DevicesPage: FC<DevicesPageProps> = ({ lines, strangers }) => {
	const words = useWords(deviceWords);
	const mayAct = useMay("operator");
	return (
		<>
			<PageHead title={words.title}>
				{mayAct ? (
					<LinkButton href="/devices/new" kind="primary" icon="add">
						{words.add}
					</LinkButton>
				) : null}
			</PageHead>
			<div id="strangers" data-live="devices">
				{strangers.length === 0 ? null : <Strangers of={strangers} mayAct={mayAct} />}
			</div>
			<Card id="devices" live="devices mail">
				{lines.length === 0 ? (
					<Empty icon="devices" title={words.emptyTitle}>
						<p>{words.emptyText}</p>
						<LinkButton href="/devices/new" kind="primary">
							{words.add}
						</LinkButton>
					</Empty>
				) : (
					<table class="stacked">
						<thead>
							<tr>
								<th scope="col">{words.device}</th>
								<th scope="col">{words.knownBy}</th>
								<th scope="col">{words.lastSession}</th>
								<th scope="col">{words.today}</th>
							</tr>
						</thead>
						<tbody>
							{lines.map((line) => (
								<Line {...line} />
							))}
						</tbody>
					</table>
				)}
			</Card>
		</>
	);
};

const Line: FC<DeviceLine> = ({ device, last, accepted, refused }) => {
	const words = useWords(deviceWords);
	return (
		<tr>
			<th scope="row">
				<a href={`/devices/${encodeURIComponent(device.name)}`}>{device.name}</a>
			</th>
			<td data-label={words.knownBy}>
				<span>{[device.username, ...device.addresses].filter((text) => text !== "").join(", ")}</span>
			</td>
			<td data-label={words.lastSession}>
				<LastSession of={last} />
			</td>
			<td data-label={words.today}>
				<span>{words.todayCounts(accepted, refused)}</span>
			</td>
		</tr>
	);
};

export const OUTCOME_TONES: Readonly<Record<SessionLog["outcome"], Tone>> = {
	accepted: "well",
	refused: "trouble",
	broken: "trouble",
	probe: "plain",
};

export const LastSession: FC<{ readonly of: SessionLog | undefined }> = ({ of }) => {
	const words = useWords(deviceWords);
	if (of === undefined) return <span class="quiet">{words.never}</span>;
	return (
		<span>
			<Badge tone={OUTCOME_TONES[of.outcome]}>{words.outcomes[of.outcome]}</Badge>{" "}
			<Moment at={of.startedAt} />
		</span>
	);
};

const Strangers: FC<{ readonly of: readonly StrangerRow[]; readonly mayAct: boolean }> = ({ of, mayAct }) => {
	const words = useWords(deviceWords);
	return (
		<Card title={words.strangers}>
			<p class="quiet">{words.strangersText}</p>
			<ul class="rows">
				{of.map((stranger) => (
					<li>
						<div>
							<strong>{stranger.address}</strong> · {words.stranger.times(stranger.refusals)} ·{" "}
							<Moment at={stranger.lastSeenAt} />
							<div class="quiet small">
								{stranger.helo === "" ? null : `${words.stranger.says} ${stranger.helo}. `}
								{stranger.senders.length === 0
									? null
									: `${words.stranger.sendsAs} ${stranger.senders.join(", ")}. `}
								{stranger.heldMessages === 0 ? null : words.stranger.held(stranger.heldMessages)}
							</div>
						</div>
						<div class="actions">
							<LinkButton href={`/strangers/${encodeURIComponent(stranger.address)}/sessions`}>
								{words.stranger.sessions}
							</LinkButton>
							{mayAct ? (
								<>
									<LinkButton href={`/strangers/${encodeURIComponent(stranger.address)}`} kind="primary">
										{words.stranger.allow}
									</LinkButton>
									<ActionButton action={`/strangers/${encodeURIComponent(stranger.address)}/refuse`}>
										{words.stranger.refuse}
									</ActionButton>
								</>
							) : null}
						</div>
					</li>
				))}
			</ul>
		</Card>
	);
};
