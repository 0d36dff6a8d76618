/**
 * What the help with the app registration shows of each cloud: its portal, and where a browser sign-in ends unless the
 * owner says otherwise. The latter must be what the sign-in uses (microsoft/clouds.ts), which the test holds it to.
 */
import type { Setting } from "../../../appliance/console-services.ts";

interface Cloud {
	readonly portal: string;
	readonly login: string;
}

const GLOBAL: Cloud = { portal: "https://entra.microsoft.com", login: "https://login.microsoftonline.com" };
/** learn.microsoft.com/entra/identity-platform/authentication-national-cloud, "App registration endpoints". */
const US_GOV: Cloud = { portal: "https://entra.microsoft.us", login: "https://login.microsoftonline.us" };
const CHINA: Cloud = {
	portal: "https://entra.microsoftonline.cn",
	login: "https://login.partner.microsoftonline.cn",
};
const CLOUDS: Readonly<Record<string, Cloud>> = { "us-gov": US_GOV, "us-dod": US_GOV, china: CHINA };

const APP_LIST = "/#view/Microsoft_AAD_RegisteredApps/ApplicationsListBlade";
const TENANT_AT_END = /\/(?:common|organizations|consumers|[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})$/i;

/** Settings of `[microsoft]`, by the last part of their keys. */
export type MicrosoftSettings = (
	key: "client_id" | "tenant" | "cloud" | "redirect" | "authority",
) => Setting | undefined;

export function microsoftSettings(all: readonly Setting[]): MicrosoftSettings {
	return (key) => all.find((setting) => setting.key === `microsoft.${key}`);
}

export function textOf(setting: Setting | undefined): string {
	return typeof setting?.value === "string" ? setting.value : "";
}

/** The list of app registrations in the portal of the owner's cloud. */
export function portalOf(cloud: string): string {
	return `${(CLOUDS[cloud] ?? GLOBAL).portal}${APP_LIST}`;
}

/** Microsoft's empty page, at which a browser ends. */
export function pastePageOf(settings: MicrosoftSettings): string {
	const cloud = textOf(settings("cloud"));
	const authority = textOf(settings("authority")).replace(/\/+$/, "").replace(TENANT_AT_END, "");
	const login = cloud === "custom" && authority !== "" ? authority : (CLOUDS[cloud] ?? GLOBAL).login;
	return `${login}/common/oauth2/nativeclient`;
}
