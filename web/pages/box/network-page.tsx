/** The network: as it is, and, where the firmware keeps it, the form by which it is changed. */
import type { FC } from "hono/jsx";
import type { UserError } from "../../../appliance/errors.ts";
import type { NetworkState, WifiAround } from "../../../appliance/services.ts";
import { Button, CheckField, Form, RadioField, SelectField, TextField } from "../../components/form.tsx";
import { Refused } from "../../components/notice.tsx";
import { Card, Facts, LinkButton, PageHead } from "../../components/page-parts.tsx";
import { boxWords } from "../../locales/box.ts";
import { networkWords } from "../../locales/network.ts";
import { useWords } from "../../page-context.ts";
import { METHODS, type NetworkFields, SECURITIES } from "./network-draft.ts";

interface NetworkPageProps {
	readonly state: NetworkState;
	/** As it was typed and refused, or as it is set up; undefined where the host keeps it. */
	readonly fields: NetworkFields | undefined;
	readonly refused?: UserError | undefined;
	/** Looked for on this visit. */
	readonly around?: readonly WifiAround[] | undefined;
}

export const NetworkPage: FC<NetworkPageProps> = ({ state, fields, refused, around }) => {
	const words = useWords(networkWords);
	const box = useWords(boxWords);
	return (
		<>
			<PageHead title={words.title} back={{ href: "/system", label: box.title }} />
			<Refused error={refused} />
			<PresentCard state={state} />
			{around === undefined ? null : <AroundCard around={around} />}
			{fields === undefined ? (
				<Card class="narrow">
					<p>{words.ofHost}</p>
				</Card>
			) : (
				<SettingsCard fields={fields} can={state.can} />
			)}
		</>
	);
};

const PresentCard: FC<{ readonly state: NetworkState }> = ({ state }) => {
	const words = useWords(networkWords);
	const { name, links, gateways, nameServers, proxy, wifi } = state;
	const signal = wifi?.signalDbm == null ? words.wifiJoining : `${wifi.signalDbm} dBm`;
	return (
		<Card title={words.present} class="narrow">
			<Facts
				of={[
					[words.name, name],
					...links.map(
						(link) =>
							[
								<code>{link.name}</code>,
								link.isUp ? link.addresses.join(", ") || words.noAddress : words.noLink,
							] as const,
					),
					wifi === null ? null : [words.signal, signal],
					[words.gateway, gateways.join(", ") || words.none],
					[words.nameServers, nameServers.join(", ") || words.none],
					proxy === "" ? null : [words.proxy, <code>{proxy}</code>],
				]}
			/>
		</Card>
	);
};

const AroundCard: FC<{ readonly around: readonly WifiAround[] }> = ({ around }) => {
	const words = useWords(networkWords);
	return (
		<Card title={words.around} class="narrow" id="around">
			{around.length === 0 ? <p>{words.noneAround}</p> : null}
			<ul class="rows">
				{around.map(({ ssid, signalDbm, security }) => (
					<li>
						<div>
							{ssid}
							<div class="quiet small">
								{signalDbm} dBm, {security === "other" ? words.aroundOther : words.securities[security]}
							</div>
						</div>
						{security === "other" ? null : (
							<div class="actions">
								<LinkButton
									href={`/system/network?ssid=${encodeURIComponent(ssid)}&security=${security}#wifi`}
								>
									{words.choose}
								</LinkButton>
							</div>
						)}
					</li>
				))}
			</ul>
		</Card>
	);
};

interface FormProps {
	readonly fields: NetworkFields;
	readonly can: NetworkState["can"];
}

const SettingsCard: FC<FormProps> = ({ fields, can }) => {
	const words = useWords(networkWords);
	const { ipv6, dns, ntp, vlan, name, proxy } = fields;
	const hasMore = ipv6.method !== "auto" || ntp.length > 0 || vlan !== null || proxy !== "";
	return (
		<Card title={words.settings} class="narrow">
			<p class="quiet">{words.settingsLead}</p>
			<Form action="/system/network">
				<TextField label={words.name} name="name" hint={words.nameHint} value={name} maxlength={253} isCode />
				<FamilyFields family="ipv4" fields={fields} />
				<TextField
					label={words.dns}
					name="dns"
					hint={words.dnsHint}
					value={dns.join("\n")}
					rows={2}
					isCode
					isOptional
				/>
				{can.wifi ? <WifiFields wifi={fields.wifi} /> : null}
				<details open={hasMore}>
					<summary>
						{[words.ipv6, words.ntp, ...(can.vlan ? [words.vlan] : []), words.proxy].join(", ")}
					</summary>
					<div class="field group">
						<FamilyFields family="ipv6" fields={fields} />
						<TextField
							label={words.ntp}
							name="ntp"
							hint={words.ntpHint}
							value={ntp.join("\n")}
							rows={2}
							isCode
							isOptional
						/>
						{can.vlan ? (
							<TextField
								label={words.vlan}
								name="vlan"
								hint={words.vlanHint}
								value={vlan === null ? "" : String(vlan)}
								inputmode="numeric"
								maxlength={4}
								isOptional
							/>
						) : null}
						<TextField label={words.proxy} name="proxy" value={proxy} maxlength={1000} isCode isOptional />
					</div>
				</details>
				<div class="actions">
					<Button>{words.tryOut}</Button>
				</div>
			</Form>
		</Card>
	);
};

const EXAMPLES = { ipv4: "192.168.1.5/24", ipv6: "fd00::5/64" } as const;

const FamilyFields: FC<{ readonly family: "ipv4" | "ipv6"; readonly fields: NetworkFields }> = ({
	family,
	fields,
}) => {
	const words = useWords(networkWords);
	const setting = fields[family];
	const own = setting.method === "static" ? setting : { address: "", gateway: "" };
	const labels = { dhcp: words.dhcp, auto: words.auto, static: words.byHand, off: words.off } as const;
	return (
		<>
			<RadioField
				label={words[family]}
				name={`${family}-method`}
				value={setting.method}
				choices={METHODS[family].map((method) => ({ value: method, label: labels[method] }))}
			/>
			<TextField
				label={words.address}
				name={`${family}-address`}
				hint={words.addressHint(EXAMPLES[family])}
				value={own.address}
				maxlength={200}
				isCode
				isOptional
			/>
			<TextField
				label={words.gateway}
				name={`${family}-gateway`}
				value={own.gateway}
				maxlength={200}
				isCode
				isOptional
			/>
		</>
	);
};

const WifiFields: FC<{ readonly wifi: NetworkFields["wifi"] }> = ({ wifi }) => {
	const words = useWords(networkWords);
	return (
		<fieldset class="field group" id="wifi">
			<legend>{words.wifi}</legend>
			<p class="hint">{words.wifiHint}</p>
			<TextField
				label={words.ssid}
				name="ssid"
				hint={words.ssidHint}
				value={wifi?.ssid ?? ""}
				maxlength={32}
				isOptional
			/>
			<div class="actions">
				<Button kind="quiet" formaction="/system/network/scan">
					{words.scan}
				</Button>
			</div>
			<SelectField
				label={words.security}
				name="security"
				value={wifi?.security ?? "wpa2"}
				choices={SECURITIES.map((security) => ({ value: security, label: words.securities[security] }))}
			/>
			<TextField
				label={words.password}
				name="passphrase"
				type="password"
				hint={words.passwordHint}
				autocomplete="new-password"
				maxlength={64}
				isOptional
			/>
			<TextField
				label={words.country}
				name="country"
				hint={words.countryHint}
				value={wifi?.country ?? ""}
				maxlength={2}
				isOptional
			/>
			<CheckField label={words.hidden} name="hidden" isOn={wifi?.isHidden === true} />
		</fieldset>
	);
};
