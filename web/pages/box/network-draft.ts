/** Between the network settings and the fields of their form. Pure; what is typed wrongly goes through as it is, and is refused where it is judged. */
import type { NetworkDraft, NetworkNames } from "../../../appliance/services.ts";
import type { Form } from "../../form.ts";

/** As it stands in the fields. */
export interface NetworkFields extends NetworkDraft, Required<NetworkNames> {}

export const METHODS = { ipv4: ["dhcp", "static", "off"], ipv6: ["auto", "static", "off"] } as const;
export const SECURITIES = ["wpa2", "wpa3", "open"] as const;

export function fieldsOf(form: Form): NetworkFields {
	const vlan = form.text("vlan");
	return {
		ipv4: familyOf(form, "ipv4", METHODS.ipv4[0], "off"),
		ipv6: familyOf(form, "ipv6", METHODS.ipv6[0], "off"),
		dns: form.lines("dns"),
		ntp: form.lines("ntp"),
		// What is no number is one that no VLAN has.
		vlan: vlan === "" ? null : /^\d{1,4}$/.test(vlan) ? Number(vlan) : 0,
		wifi: form.text("ssid") === "" ? null : wifiOf(form),
		name: form.text("name"),
		proxy: form.text("proxy"),
	};
}

function familyOf<const Word extends string, const Off extends string>(
	form: Form,
	family: "ipv4" | "ipv6",
	word: Word,
	off: Off,
): { readonly method: Word | Off } | { readonly method: "static"; address: string; gateway: string } {
	const method = form.text(`${family}-method`);
	if (method === "static") {
		const [address, gateway] = [form.text(`${family}-address`), form.text(`${family}-gateway`)];
		return { method, address, gateway };
	}
	return { method: method === off ? off : word };
}

function wifiOf(form: Form): NonNullable<NetworkDraft["wifi"]> {
	return {
		country: form.text("country"),
		ssid: form.text("ssid"),
		security: SECURITIES.find((security) => security === form.text("security")) ?? "wpa2",
		passphrase: form.secret("passphrase").reveal(),
		isHidden: form.isOn("hidden"),
	};
}
