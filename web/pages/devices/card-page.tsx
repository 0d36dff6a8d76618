/**
 * Exactly what to type into a device, in the words of its menu: large, to be read at arm's length, printed, or taken along
 * as a QR. Below it what the box hears of it meanwhile.
 */
import type { FC } from "hono/jsx";
import type { DeviceSettings, SessionLog, StrangerRow } from "../../../appliance/services.ts";
import { Icon } from "../../components/icon.tsx";
import { Notice } from "../../components/notice.tsx";
import { Card, Copyable, LinkButton, PageHead } from "../../components/page-parts.tsx";
import { Qr } from "../../components/qr.tsx";
import { commonWords } from "../../locales/common.ts";
import { deviceRuleWords } from "../../locales/device-rules.ts";
import { deviceSetupWords } from "../../locales/device-setup.ts";
import { said } from "../../locales/said.ts";
import { useMay, usePage, useWords } from "../../page-context.ts";
import { devicePath, strangerPath } from "./paths.ts";
import { Dialogue, SessionFacts, SessionMails, Verdict } from "./session-parts.tsx";
import { linesToType, type TypedLine, textOf } from "./settings-text.ts";

interface CardPageProps {
	readonly settings: DeviceSettings;
	readonly session: SessionLog | undefined;
	/** Who knocked in the last minutes: it may be this device with a wrong password. */
	readonly strangers: readonly StrangerRow[];
	/** Where the box's authority is to be had, for notes that speak of it. */
	readonly origin: string;
}

export const CardPage: FC<CardPageProps> = (props) => {
	const { settings } = props;
	const { device } = settings;
	const words = useWords(deviceSetupWords);
	const common = useWords(commonWords);
	return (
		<>
			<PageHead
				title={words.card}
				lead={words.cardLead(device.name)}
				back={{ href: devicePath(device.name), label: device.name }}
			>
				<button type="button" class="button quiet" data-print hidden>
					<Icon name="print" size={20} />
					{common.print}
				</button>
			</PageHead>
			<ToType settings={settings} />
			<div class="cards no-print">
				<Watch {...props} />
				<Notes {...props} />
			</div>
		</>
	);
};

export const ToType: FC<{ readonly settings: DeviceSettings }> = ({ settings }) => {
	const words = useWords(deviceSetupWords);
	const { device, ports, password } = settings;
	const lines = linesToType(settings, words);
	return (
		<Card>
			{ports.length === 0 ? (
				<Notice kind="trouble" title={words.noPort}>
					<p>{words.noPortText}</p>
				</Notice>
			) : null}
			{password === null ? null : <Notice kind="info" title={words.passwordOnce} />}
			<div class="to-type">
				<div class="stack">
					<dl class="typed">
						{lines.map((line) => (
							<Line {...line} device={device} />
						))}
					</dl>
					<OtherWays settings={settings} />
				</div>
				<figure>
					<Qr text={textOf(device.name, lines)} label={words.qrLabel} />
					<figcaption class="quiet small">{words.qr}</figcaption>
				</figure>
			</div>
		</Card>
	);
};

const OtherWays: FC<{ readonly settings: DeviceSettings }> = ({ settings: { ports, hints } }) => {
	const words = useWords(deviceSetupWords);
	const [, ...others] = ports;
	if (others.length === 0) return null;
	return (
		<div class="stack-small">
			<h2>{words.otherWays}</h2>
			<ul class="plain-list">
				{others.map(({ port, security }) => (
					<li>{words.otherWay(String(port), hints?.securityWords[security] ?? words.security[security])}</li>
				))}
			</ul>
		</div>
	);
};

const Line: FC<TypedLine & Pick<DeviceSettings, "device">> = ({
	field,
	label,
	usual,
	value,
	note,
	device,
}) => {
	const words = useWords(deviceSetupWords);
	const mayRenew = useMay("operator") && device.origin === "saved";
	return (
		<div>
			<dt>
				<span lang={usual === undefined ? undefined : "en"}>{label}</span>
				{usual === undefined ? null : <span class="quiet small"> ({usual})</span>}
			</dt>
			<dd>
				{value === undefined ? null : field === "security" ? (
					<strong class="typed-word">{value}</strong>
				) : (
					<Copyable text={value} label={label} isLarge />
				)}
				{note === undefined ? null : <span class="quiet">{note}</span>}
				{field === "password" && value === undefined && mayRenew ? (
					<a class="no-print" href={devicePath(device.name, "password")}>
						{words.newPassword}
					</a>
				) : null}
			</dd>
		</div>
	);
};

/** What the box hears of it while its owner stands before it. */
const Watch: FC<CardPageProps> = ({ settings: { device }, session, strangers }) => {
	const words = useWords(deviceSetupWords);
	const mayAct = useMay("operator");
	return (
		<Card title={session === undefined ? words.watch : words.latest} id="watch" live="devices mail">
			<div class="stack" aria-live="polite" data-poll={session === undefined ? "3" : undefined}>
				{session === undefined ? <Waiting /> : <Heard session={session} />}
				{strangers.length === 0 || session?.outcome === "accepted" ? null : <Strangers of={strangers} />}
			</div>
			<div class="actions">
				{mayAct ? <LinkButton href={devicePath(device.name, "test")}>{words.sendTest}</LinkButton> : null}
				<LinkButton href={devicePath(device.name)}>{words.toDevice}</LinkButton>
			</div>
		</Card>
	);
};

const Waiting: FC = () => {
	const words = useWords(deviceSetupWords);
	return (
		<ol class="steps">
			<li class="busy">
				<span class="spinner" aria-hidden="true" />
				<span>
					<strong>{words.waiting}</strong>
					<br />
					{words.waitingText}
				</span>
			</li>
		</ol>
	);
};

const Heard: FC<{ readonly session: SessionLog }> = ({ session }) => (
	<>
		<Verdict session={session} />
		<SessionFacts session={session} />
		<SessionMails session={session} />
		<Dialogue lines={session.lines} />
	</>
);

const Strangers: FC<{ readonly of: readonly StrangerRow[] }> = ({ of }) => {
	const words = useWords(deviceSetupWords);
	return (
		<Notice kind="info">
			<p>{words.strangersNear}</p>
			<ul class="plain-list">
				{of.map(({ address, helo }) => (
					<li>
						<a href={strangerPath(address)}>{address}</a>
						{helo === "" ? "" : ` (${helo})`}
					</li>
				))}
			</ul>
		</Notice>
	);
};

const Notes: FC<CardPageProps> = ({ settings: { device, hints }, origin }) => {
	const { language } = usePage();
	const words = useWords(deviceSetupWords);
	if (hints === null || hints.notes.length + hints.tryIf.length === 0) return null;
	return (
		<Card title={words.notes}>
			{hints.notes.length === 0 ? null : (
				<ul class="plain-list">
					{hints.notes.map((note) => (
						<li>{said(note, language).replaceAll("http://THIS-BOX", origin)}</li>
					))}
				</ul>
			)}
			<TryIf hints={hints} device={device} />
		</Card>
	);
};

/** Switches that help its kind. */
export const TryIf: FC<Pick<DeviceSettings, "hints" | "device">> = ({ hints, device }) => {
	const words = useWords(deviceSetupWords);
	const rules = useWords(deviceRuleWords);
	const { language } = usePage();
	const mayAct = useMay("operator") && device.origin === "saved";
	if (hints === null || hints.tryIf.length === 0) return null;
	return (
		<>
			<p>{words.tryTitle}</p>
			<ul class="plain-list">
				{hints.tryIf.map(({ turnOn, when }) => (
					<li>
						<strong>{rules.switches[turnOn]}</strong> {words.tryIf(said(when, language))}
					</li>
				))}
			</ul>
			{mayAct ? (
				<div class="actions">
					<LinkButton href={devicePath(device.name, "rules")}>{words.changeRules}</LinkButton>
				</div>
			) : null}
		</>
	);
};
