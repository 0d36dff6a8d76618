/** What is it? Then a short form. */
import type { FC } from "hono/jsx";
import type { UserError } from "../../../appliance/errors.ts";
import type { KindHints } from "../../../appliance/services.ts";
import { Button, CheckField, Form, SelectField, TextField } from "../../components/form.tsx";
import { Icon, type IconName } from "../../components/icon.tsx";
import { Refused } from "../../components/notice.tsx";
import { Card, LinkButton, PageHead } from "../../components/page-parts.tsx";
import { commonWords } from "../../locales/common.ts";
import { deviceWords } from "../../locales/devices.ts";
import { useWords } from "../../page-context.ts";

/** By what a kind's name begins with; a printer is the rest. */
const ICONS: readonly (readonly [RegExp, IconName])[] = [
	[/camera|hikvision|dahua|axis|reolink|nvr|foscam/, "camera"],
	[/plc|siemens|s7|logo|wago|codesys|hmi/, "plc"],
	[/nas|synology|qnap|truenas/, "nas"],
	[/ups|apc|eaton/, "ups"],
	[/script|program|cron|python|php|monitoring|msmtp|postfix|software/, "script"],
];

function iconOf(kind: string): IconName {
	return ICONS.find(([pattern]) => pattern.test(kind))?.[1] ?? "devices";
}

export const GalleryPage: FC<{ readonly kinds: readonly KindHints[] }> = ({ kinds }) => {
	const words = useWords(deviceWords);
	return (
		<>
			<PageHead title={words.gallery} back={{ href: "/devices", label: words.title }} />
			<ul class="gallery">
				{kinds.map(({ kind, title }) => (
					<li>
						<a href={`/devices/new/${encodeURIComponent(kind)}`}>
							<Icon name={iconOf(kind)} size={32} />
							{title}
						</a>
					</li>
				))}
				<li>
					<a href="/devices/new/other">
						<Icon name="other" size={32} />
						{words.something}
					</a>
				</li>
			</ul>
		</>
	);
};

export interface DeviceTyped {
	readonly name: string;
	readonly address: string;
	readonly username: string;
	readonly account: string;
	readonly switches: readonly string[];
}

export const NOTHING_TYPED: DeviceTyped = { name: "", address: "", username: "", account: "", switches: [] };

interface NewDevicePageProps {
	/** `/devices/new/brother`, or that of a stranger. */
	readonly action: string;
	readonly title: string;
	/** Absent: something else. */
	readonly kind: KindHints | undefined;
	/** For a choice where the kind is not known yet. */
	readonly kinds?: readonly KindHints[];
	readonly accounts: readonly string[];
	readonly typed: DeviceTyped;
	/** Known by the address that it has knocked from. */
	readonly hasAddress?: boolean;
	readonly refused?: UserError | undefined;
	readonly back: string;
}

export const NewDevicePage: FC<NewDevicePageProps> = (props) => {
	const { action, title, kind, kinds, accounts, typed, hasAddress = false, refused, back } = props;
	const words = useWords(deviceWords);
	const common = useWords(commonWords);
	return (
		<>
			<PageHead title={title} back={{ href: back, label: common.back }} />
			<Card class="narrow">
				<Refused error={refused} />
				<Form action={action}>
					<TextField
						label={words.form.name}
						name="name"
						value={typed.name}
						hint={words.form.nameHint}
						maxlength={100}
						autofocus
					/>
					{kinds === undefined ? null : (
						<SelectField
							label={words.form.kind}
							name="kind"
							value=""
							choices={[
								{ value: "", label: words.form.noKind },
								...kinds.map((one) => ({ value: one.kind, label: one.title })),
							]}
						/>
					)}
					{hasAddress ? null : (
						<>
							<p class="hint">{words.form.either}</p>
							<TextField
								label={words.form.address}
								name="address"
								value={typed.address}
								hint={words.form.addressHint}
								maxlength={64}
								isOptional
								isCode
							/>
							<TextField
								label={words.form.username}
								name="username"
								value={typed.username}
								hint={words.form.usernameHint}
								maxlength={100}
								isOptional
								isCode
							/>
						</>
					)}
					{accounts.length < 2 ? null : (
						<SelectField
							label={words.form.account}
							name="account"
							value={typed.account}
							choices={accounts.map((account) => ({ value: account, label: account }))}
						/>
					)}
					{kind === undefined || kind.tryIf.length === 0 ? null : (
						<details open={typed.switches.length > 0}>
							<summary>{words.form.helps}</summary>
							{kind.tryIf.map(({ turnOn, when }) => (
								<CheckField
									label={turnOn === "hide_ehlo" ? words.rule.hide : words.rule.switch[turnOn]}
									name="switch"
									id={`switch-${turnOn}`}
									value={turnOn}
									hint={when}
									isOn={typed.switches.includes(turnOn)}
								/>
							))}
						</details>
					)}
					<div class="actions">
						<Button>{words.form.save}</Button>
						<LinkButton href={back}>{common.cancel}</LinkButton>
					</div>
				</Form>
			</Card>
		</>
	);
};
