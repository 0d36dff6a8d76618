/** Exactly what to type into a device, in the words of its menu, to be read at arm's length or printed; then its first connection. */
import type { Child, FC } from "hono/jsx";
import type { Secret } from "../../../appliance/secret.ts";
import type { DevicePort, DeviceSettings, SessionLog, SettingField } from "../../../appliance/services.ts";
import { Notice } from "../../components/notice.tsx";
import { Card, Copyable, LinkButton, PageHead } from "../../components/page-parts.tsx";
import { Qr } from "../../components/qr.tsx";
import { commonWords } from "../../locales/common.ts";
import { deviceWords } from "../../locales/devices.ts";
import { useWords } from "../../page-context.ts";
import { LastSession } from "./list-page.tsx";

interface CardPageProps {
	readonly settings: DeviceSettings;
	/** Just made. */
	readonly password: Secret | undefined;
	/** Since the card is shown. */
	readonly last: SessionLog | undefined;
}

export const CardPage: FC<CardPageProps> = ({ settings, password, last }) => {
	const words = useWords(deviceWords);
	const common = useWords(commonWords);
	const { device, hints } = settings;
	const [best, ...others] = settings.ports;
	const path = `/devices/${encodeURIComponent(device.name)}`;
	const pairs = usePairs(settings, best, password);
	return (
		<>
			<PageHead
				title={words.card.title(device.name)}
				lead={words.card.lead}
				back={{ href: path, label: device.name }}
			>
				<button type="button" class="button quiet" data-print hidden>
					{common.print}
				</button>
			</PageHead>
			{password === undefined ? null : <Notice kind="info" title={common.shownOnce} />}
			<Card class="device-card">
				{best === undefined ? <Notice kind="trouble" title={words.card.noPort} /> : null}
				<dl class="card-pairs">
					{pairs.map(({ label, value, text }) => (
						<div>
							<dt>{label}</dt>
							<dd>{text === undefined ? value : <Copyable text={text} label={label} isLarge />}</dd>
						</div>
					))}
				</dl>
				<Qr
					label={words.card.qr}
					text={pairs.map(({ label, text, value }) => `${label}: ${text ?? String(value)}`).join("\n")}
				/>
			</Card>
			<div class="cards">
				{others.length === 0 ? null : (
					<Card title={words.card.others}>
						<ul>
							{others.map((port) => (
								<li>
									{words.card.words.port} {port.port}, {hints?.words.security ?? words.card.words.security}:{" "}
									{hints?.securityWords[port.security] ?? words.card.security[port.security]}
								</li>
							))}
						</ul>
					</Card>
				)}
				{hints === null || hints.notes.length === 0 ? null : (
					<Card title={words.card.notes}>
						<ul>
							{hints.notes.map((note) => (
								<li>{note}</li>
							))}
						</ul>
					</Card>
				)}
				{hints === null || hints.tryIf.length === 0 ? null : (
					<Card title={words.card.tryIf}>
						<ul>
							{hints.tryIf.map(({ turnOn, when }) => (
								<li>
									{words.card.tryTurn}{" "}
									<a href={`${path}/rules`}>
										{turnOn === "hide_ehlo" ? words.rule.hide : words.rule.switch[turnOn]}
									</a>
									: {when}
								</li>
							))}
						</ul>
					</Card>
				)}
			</div>
			<Card id="first-session" live="devices mail" class="no-print">
				{last === undefined ? (
					<ol class="steps" data-poll="3">
						<li class="busy">
							<span class="spinner" aria-hidden="true" />
							<span>{words.card.waiting}</span>
						</li>
					</ol>
				) : (
					<div>
						<p>
							<strong>{words.card.seen}</strong> <LastSession of={last} />
						</p>
						{last.ownerTexts.map((text) => (
							<p>{text}</p>
						))}
						<p>
							<a href={`${path}/sessions`}>{words.raw}</a>
						</p>
					</div>
				)}
				<div class="actions">
					<LinkButton href={`${path}/test`}>{words.test}</LinkButton>
					<LinkButton href={path} kind="primary">
						{words.card.done}
					</LinkButton>
				</div>
			</Card>
		</>
	);
};

interface Pair {
	readonly label: string;
	readonly value?: Child;
	/** To be typed. */
	readonly text?: string;
}

function usePairs(
	settings: DeviceSettings,
	best: DevicePort | undefined,
	password: Secret | undefined,
): Pair[] {
	const { card } = useWords(deviceWords);
	const { hints, server, username, sender } = settings;
	const label = (field: SettingField) => hints?.words[field] ?? card.words[field];
	const pairs: Pair[] = [{ label: label("server"), text: server }];
	if (best !== undefined) {
		pairs.push({ label: label("port"), text: String(best.port) });
		pairs.push({
			label: label("security"),
			value: hints?.securityWords[best.security] ?? card.security[best.security],
		});
	}
	if (username === "") pairs.push({ label: label("username"), value: card.noSignIn });
	else {
		pairs.push({ label: label("username"), text: username });
		pairs.push(
			password === undefined
				? { label: label("password"), value: card.passwordGone }
				: { label: label("password"), text: password.reveal() },
		);
	}
	pairs.push(
		sender === ""
			? { label: label("sender"), value: card.anySender }
			: { label: label("sender"), text: sender },
	);
	return pairs;
}
