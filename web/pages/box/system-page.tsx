/** The machine, its certificate, help, restart, web-hooks. */
import type { FC } from "hono/jsx";
import {
	type CertificateState,
	HOOK_EVENTS,
	type Hook,
	type MachineState,
} from "../../../appliance/console-services.ts";
import type { UserError } from "../../../appliance/errors.ts";
import type { Secret } from "../../../appliance/secret.ts";
import { ActionButton, Button, CheckField, Form, TextField } from "../../components/form.tsx";
import { formatSize, Moment, Size } from "../../components/moment.tsx";
import { Notice, Refused } from "../../components/notice.tsx";
import { Card, Copyable, Facts, LinkButton, PageHead } from "../../components/page-parts.tsx";
import { backupWords } from "../../locales/backup.ts";
import { boxWords } from "../../locales/box.ts";
import { commonWords } from "../../locales/common.ts";
import { lightWords } from "../../locales/lights.ts";
import { networkWords } from "../../locales/network.ts";
import { updateWords } from "../../locales/update.ts";
import { useMay, usePage, useWords } from "../../page-context.ts";
import { BoxCard } from "../overview/box-card.tsx";

interface SystemPageProps {
	readonly machine: MachineState;
	readonly certificate: CertificateState;
	readonly hooks: readonly Hook[];
	/** Of a web-hook that was just added. */
	readonly hookSecret?: Secret | undefined;
	readonly refused?: UserError | undefined;
}

export const SystemPage: FC<SystemPageProps> = (props) => {
	const words = useWords(boxWords);
	const network = useWords(networkWords);
	const lights = useWords(lightWords);
	const update = useWords(updateWords);
	const isOwner = useMay("owner");
	const { machine, certificate, refused } = props;
	return (
		<>
			<PageHead title={words.title}>
				<LinkButton href="/system/lights">{lights.title}</LinkButton>
				{isOwner ? (
					<>
						<LinkButton href="/setup/check">{words.check}</LinkButton>
						<LinkButton href="/system/network">{network.title}</LinkButton>
						<LinkButton href="/system/update">{update.title}</LinkButton>
						<LinkButton href="/system/settings">{words.settings}</LinkButton>
					</>
				) : null}
			</PageHead>
			<Refused error={refused} />
			<div class="cards">
				<BoxCard machine={machine} />
				<MachineCard machine={machine} />
			</div>
			<CertificateCard certificate={certificate} />
			{isOwner ? <OwnersCards {...props} /> : null}
		</>
	);
};

const MachineCard: FC<{ readonly machine: MachineState }> = ({ machine }) => {
	const words = useWords(boxWords);
	const network = useWords(networkWords);
	const { language } = usePage();
	const { memory, postern, card } = machine;
	const used = memory.totalBytes - memory.availableBytes;
	return (
		<Card title={words.machine}>
			<Facts
				of={[
					machine.model === "" ? null : [words.model, machine.model],
					[words.os, machine.operatingSystem],
					[words.version, postern.version],
					[
						words.memory,
						<>
							{words.memoryOf(formatSize(language, used), formatSize(language, memory.totalBytes))}{" "}
							<Size bytes={postern.memoryBytes} />
						</>,
					],
					card.writtenBytes === null ? null : [words.written, <Size bytes={card.writtenBytes} />],
					[network.clock, <ClockVerdict clock={machine.clock} />],
					[words.names, machine.names.join(", ")],
					[
						words.links,
						machine.links
							.map(({ name, isUp, mac, addresses }) =>
								isUp ? `${name} (${mac}): ${addresses.join(", ")}` : `${name}: ${words.linkDown}`,
							)
							.join("; "),
					],
				]}
			/>
			{machine.can.lights || machine.can.update ? null : <p class="quiet small">{words.later}</p>}
		</Card>
	);
};

const ClockVerdict: FC<{ readonly clock: MachineState["clock"] }> = ({ clock }) => {
	const words = useWords(networkWords);
	const { isSynchronised, source, errorMs } = clock;
	if (isSynchronised === null || source === null) return <>{words.clockUnknown}</>;
	if (isSynchronised) return <>{words.clockBy[source]}</>;
	return <>{words.clockWrong(Math.round(Math.abs(errorMs) / 60_000))}</>;
};

const CertificateCard: FC<{ readonly certificate: CertificateState }> = ({ certificate }) => {
	const words = useWords(boxWords);
	return (
		<Card title={words.certificate} id="certificate">
			<p>{certificate.isOwners ? words.certificateOwners : words.certificateOwn}</p>
			<Facts
				of={[
					[words.forNames, certificate.names.join(", ")],
					[words.expires, <Moment at={certificate.expiresAt} isAbsolute />],
					[words.fingerprint, <code class="small">{certificate.fingerprintSha256}</code>],
				]}
			/>
			{certificate.isOwners ? null : (
				<div class="actions">
					<LinkButton href="/authority.crt" isDownload>
						{words.authorityCrt}
					</LinkButton>
					<LinkButton href="/authority.pem" isDownload>
						{words.authorityPem}
					</LinkButton>
				</div>
			)}
		</Card>
	);
};

const OwnersCards: FC<SystemPageProps> = ({ machine, hooks, hookSecret }) => {
	const words = useWords(boxWords);
	const backup = useWords(backupWords);
	const common = useWords(commonWords);
	return (
		<>
			<Card title={words.hooks} id="hooks">
				<p class="quiet">{words.hooksText}</p>
				{hookSecret === undefined ? null : (
					<Notice kind="info" title={words.hookSecret} isNew>
						<Copyable text={hookSecret.reveal()} label={words.hookSecret} />
						<p>{common.shownOnce}</p>
					</Notice>
				)}
				{hooks.length === 0 ? (
					<p>{words.noHooks}</p>
				) : (
					<ul class="rows">
						{hooks.map((hook) => (
							<li>
								<div>
									<code>{hook.url}</code>
									<div class="quiet small">{hook.events.map((event) => words.events[event]).join(", ")}</div>
									{hook.lastAnswer === "" ? null : (
										<div class="small">
											{words.hookAnswer}: {hook.lastAnswer}
										</div>
									)}
								</div>
								<div class="actions">
									<ActionButton action={`/system/hooks/${encodeURIComponent(hook.id)}/test`}>
										{words.hookTest}
									</ActionButton>
									<ActionButton action={`/system/hooks/${encodeURIComponent(hook.id)}/remove`} kind="danger">
										{words.remove}
									</ActionButton>
								</div>
							</li>
						))}
					</ul>
				)}
				<details>
					<summary>{words.hookAdd}</summary>
					<Form action="/system/hooks">
						<TextField label={words.hookUrl} name="url" type="url" maxlength={2000} isCode />
						<fieldset class="field">
							<legend>{words.hookEvents}</legend>
							{HOOK_EVENTS.map((event) => (
								<CheckField
									label={words.events[event]}
									name="event"
									id={`event-${event}`}
									value={event}
									isOn={event === "failed" || event === "needs-sign-in"}
								/>
							))}
						</fieldset>
						<TextField
							label={words.hookMinutes}
							name="minutes"
							type="number"
							value="30"
							inputmode="numeric"
						/>
						<div class="actions">
							<Button kind="quiet">{words.hookAdd}</Button>
						</div>
					</Form>
				</details>
			</Card>
			<Card title={backup.title} id="backup">
				<p>{backup.lead}</p>
				<p class="quiet">{backup.cardText}</p>
				<div class="actions">
					<LinkButton href="/system/backup">{backup.makeOne}</LinkButton>
					<LinkButton href="/system/restore">{backup.restoreTitle}</LinkButton>
				</div>
			</Card>
			<Card title={words.support}>
				<p>{words.supportText}</p>
				<div class="actions">
					<LinkButton href="/system/support.txt" isDownload>
						{words.supportGet}
					</LinkButton>
				</div>
			</Card>
			{machine.can.restart ? (
				<Card title={words.restart}>
					<p>{words.restartText}</p>
					<ActionButton action="/system/restart">{words.restart}</ActionButton>
				</Card>
			) : null}
		</>
	);
};
