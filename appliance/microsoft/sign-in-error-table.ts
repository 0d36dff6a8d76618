/**
 * What Microsoft's sign-in errors mean for an owner, as data. For sign-in-errors.ts.
 *
 * Source: learn.microsoft.com/entra/identity-platform/reference-error-codes, which asks not to build on
 * the numbers; so a number only chooses words and how hard to try, and an unknown one loses nothing.
 */
import { SIGN_IN } from "../words/sign-in.ts";

/**
 * `dead-grant`: this sign-in will never work again. `needs-interaction`: somebody must sign in, the
 * tokens may still be good later. `misconfigured`: the app registration or configuration is wrong.
 * `blocked`: an administrator's rule or the account's state forbids it. `transient`: try again.
 */
export type FaultKind = "dead-grant" | "needs-interaction" | "misconfigured" | "blocked" | "transient";

export interface FaultMeaning {
	readonly kind: FaultKind;
	/** What is wrong, in the owner's words. */
	readonly ownerText: string;
	/** What to do next. */
	readonly hint: string;
}

/**
 * Rules on device code do not touch the other ways (`SIGN_IN.otherWays`), and what came by code is marked for good
 * (learn.microsoft.com/entra/identity/conditional-access/concept-authentication-flows, "Protocol tracking").
 */
interface FaultRow extends FaultMeaning {
	readonly codes: readonly number[];
	/** Where Microsoft says so, or who has seen it. */
	readonly source: string;
}

const REFERENCE = "learn.microsoft.com/entra/identity-platform/reference-error-codes";
const DEVICE_FLOW = "learn.microsoft.com/entra/identity-platform/v2-oauth2-device-code";
const FLOW_RULES = "learn.microsoft.com/entra/identity/conditional-access/concept-authentication-flows";
const REFRESH_TOKENS = "learn.microsoft.com/entra/identity-platform/refresh-tokens";
const CREDENTIALS = "learn.microsoft.com/entra/identity-platform/certificate-credentials";
const IDENTITY_WEB = "AzureAD/microsoft-identity-web, certificate errors";

const ROWS: readonly FaultRow[] = [
	{
		codes: [700082, 70008],
		source: REFRESH_TOKENS,
		kind: "dead-grant",
		ownerText: SIGN_IN.lapsed,
		hint: SIGN_IN.again,
	},
	{
		codes: [50173, 50132, 50133],
		source: REFRESH_TOKENS,
		kind: "dead-grant",
		ownerText: SIGN_IN.ended,
		hint: SIGN_IN.again,
	},
	{
		codes: [70043],
		source: REFERENCE,
		kind: "dead-grant",
		ownerText: SIGN_IN.setTime,
		hint: SIGN_IN.setTimeDo,
	},
	{
		codes: [530036],
		source: FLOW_RULES,
		kind: "dead-grant",
		ownerText: SIGN_IN.codesBlocked,
		hint: SIGN_IN.otherWays,
	},
	{
		codes: [70000],
		source: REFERENCE,
		kind: "dead-grant",
		ownerText: SIGN_IN.notKnown,
		hint: SIGN_IN.again,
	},
	{
		codes: [50076, 50079, 50074, 50072, 50078, 50158],
		source: REFERENCE,
		kind: "needs-interaction",
		ownerText: SIGN_IN.secondProof,
		hint: SIGN_IN.again,
	},
	{
		codes: [65001],
		source: REFERENCE,
		kind: "needs-interaction",
		ownerText: SIGN_IN.notAllowedYet,
		hint: SIGN_IN.notAllowedYetDo,
	},
	{
		codes: [65004],
		source: REFERENCE,
		kind: "needs-interaction",
		ownerText: SIGN_IN.permissionsRefused,
		hint: SIGN_IN.permissionsRefusedDo,
	},
	{
		codes: [70018],
		source: DEVICE_FLOW,
		kind: "needs-interaction",
		ownerText: SIGN_IN.declined,
		hint: SIGN_IN.declinedDo,
	},
	{
		codes: [70019, 70020],
		source: DEVICE_FLOW,
		kind: "needs-interaction",
		ownerText: SIGN_IN.codeExpired,
		hint: SIGN_IN.newCode,
	},
	{
		codes: [54005],
		source: REFERENCE,
		kind: "needs-interaction",
		ownerText: SIGN_IN.codeUsed,
		hint: SIGN_IN.newCode,
	},
	{
		codes: [50055],
		source: REFERENCE,
		kind: "needs-interaction",
		ownerText: SIGN_IN.passwordExpired,
		hint: SIGN_IN.passwordExpiredDo,
	},
	{
		codes: [50126],
		source: REFERENCE,
		kind: "needs-interaction",
		ownerText: SIGN_IN.passwordRefused,
		hint: SIGN_IN.again,
	},
	{
		codes: [90094, 90095],
		source: REFERENCE,
		kind: "blocked",
		ownerText: SIGN_IN.needsConsent,
		hint: SIGN_IN.needsConsentDo,
	},
	{
		codes: [53003],
		source: REFERENCE,
		kind: "blocked",
		ownerText: SIGN_IN.ruleForbids,
		hint: `${SIGN_IN.askAdministrator} ${SIGN_IN.ifCodesForbidden} ${SIGN_IN.otherWays}`,
	},
	{
		codes: [53000, 53001, 53002],
		source: REFERENCE,
		kind: "blocked",
		ownerText: SIGN_IN.managedDevice,
		hint: SIGN_IN.askAdministrator,
	},
	{
		codes: [530033],
		source: "azure-devops-intellij #584",
		kind: "blocked",
		ownerText: SIGN_IN.managedDeviceNoCode,
		hint: SIGN_IN.otherWays,
	},
	{
		codes: [530035, 530032, 530084],
		source: REFERENCE,
		kind: "blocked",
		ownerText: SIGN_IN.securityBlocks,
		hint: SIGN_IN.askAdministrator,
	},
	{
		codes: [50057],
		source: REFERENCE,
		kind: "blocked",
		ownerText: SIGN_IN.accountDisabled,
		hint: SIGN_IN.haveItEnabled,
	},
	{
		codes: [50053],
		source: REFERENCE,
		kind: "blocked",
		ownerText: SIGN_IN.accountLocked,
		hint: SIGN_IN.accountLockedDo,
	},
	{
		codes: [50020, 50034, 90072, 51004, 16000],
		source: REFERENCE,
		kind: "misconfigured",
		ownerText: SIGN_IN.notInTenant,
		hint: SIGN_IN.notInTenantDo,
	},
	{
		codes: [700016],
		source: REFERENCE,
		kind: "misconfigured",
		ownerText: SIGN_IN.appUnknown,
		hint: SIGN_IN.checkRegistration,
	},
	{
		codes: [7000218],
		source: REFERENCE,
		kind: "misconfigured",
		ownerText: SIGN_IN.noCodes,
		hint: SIGN_IN.noCodesDo,
	},
	{
		codes: [700027, 700030],
		source: CREDENTIALS,
		kind: "misconfigured",
		ownerText: SIGN_IN.certificateMissing,
		hint: SIGN_IN.certificateMissingDo,
	},
	{
		codes: [1000502, 7000214, 7000274, 7000277],
		source: IDENTITY_WEB,
		kind: "misconfigured",
		ownerText: SIGN_IN.certificateExpired,
		hint: SIGN_IN.certificateExpiredDo,
	},
	{
		codes: [700024],
		source: "Azure/azure-cli #28708",
		kind: "transient",
		ownerText: SIGN_IN.clockWrong,
		hint: SIGN_IN.clockWrongDo,
	},
	{
		codes: [7000229],
		source: "microsoft/teams-sdk, token errors",
		kind: "misconfigured",
		ownerText: SIGN_IN.appNotAllowed,
		hint: SIGN_IN.appNotAllowedDo,
	},
	{
		codes: [7000112],
		source: REFERENCE,
		kind: "blocked",
		ownerText: SIGN_IN.appDisabled,
		hint: SIGN_IN.appDisabledDo,
	},
	{
		codes: [700025, 7000215, 7000222],
		source: REFERENCE,
		kind: "misconfigured",
		ownerText: SIGN_IN.secretWrong,
		hint: SIGN_IN.checkRegistration,
	},
	{
		codes: [70011, 28000, 700022, 500011, 650052, 650057],
		source: REFERENCE,
		kind: "misconfigured",
		ownerText: SIGN_IN.permissionLacking,
		hint: SIGN_IN.permissionLackingDo,
	},
	{
		codes: [90002, 50059],
		source: REFERENCE,
		kind: "misconfigured",
		ownerText: SIGN_IN.tenantUnknown,
		hint: SIGN_IN.tenantUnknownDo,
	},
	{
		codes: [50194],
		source: REFERENCE,
		kind: "misconfigured",
		ownerText: SIGN_IN.oneTenantOnly,
		hint: SIGN_IN.setTenant,
	},
	{
		codes: [9002331],
		source: "AzureAD/microsoft-authentication-library-for-python #194",
		kind: "misconfigured",
		ownerText: SIGN_IN.personalOnly,
		hint: SIGN_IN.personalOnlyDo,
	},
	{
		codes: [9002332],
		source: REFERENCE,
		kind: "misconfigured",
		ownerText: SIGN_IN.workOnly,
		hint: SIGN_IN.setTenant,
	},
	{
		codes: [65002],
		source: REFERENCE,
		kind: "misconfigured",
		ownerText: SIGN_IN.microsoftsOwnApp,
		hint: SIGN_IN.microsoftsOwnAppDo,
	},
	{
		codes: [501481],
		source: REFERENCE,
		kind: "needs-interaction",
		ownerText: SIGN_IN.otherSignIn,
		hint: SIGN_IN.otherSignInDo,
	},
	{
		codes: [50011],
		source: REFERENCE,
		kind: "misconfigured",
		ownerText: SIGN_IN.redirectUnknown,
		hint: SIGN_IN.redirectUnknownDo,
	},
	{
		codes: [900144, 9002313, 90014],
		source: REFERENCE,
		kind: "misconfigured",
		ownerText: SIGN_IN.requestFaulty,
		hint: SIGN_IN.checkRegistration,
	},
	{
		codes: [90033, 90024, 90006, 90012, 50033, 50087, 90055, 50196, 50199],
		source: REFERENCE,
		kind: "transient",
		ownerText: SIGN_IN.busy,
		hint: SIGN_IN.busyDo,
	},
];

export const MEANING_BY_CODE: ReadonlyMap<number, FaultMeaning> = new Map(
	ROWS.flatMap((row) => row.codes.map((code) => [code, row] as const)),
);

/** By OAuth `error` (RFC 6749 §5.2, RFC 8628 §3.5, OpenID Connect), where no number is known. */
export const MEANING_BY_ERROR: ReadonlyMap<string, FaultMeaning> = new Map<string, FaultMeaning>([
	...["invalid_grant", "interaction_required", "login_required", "consent_required"].map(
		(error) =>
			[
				error,
				{
					kind: "needs-interaction",
					ownerText: SIGN_IN.somebodySignsIn,
					hint: SIGN_IN.again,
				},
			] as const,
	),
	["authorization_declined", meaningOf(70018)],
	["access_denied", meaningOf(65004)],
	["expired_token", meaningOf(70020)],
	["code_expired", meaningOf(70020)],
	["bad_verification_code", meaningOf(54005)],
	["invalid_client", meaningOf(7000218)],
	["unauthorized_client", meaningOf(700016)],
	["invalid_scope", meaningOf(70011)],
	["invalid_resource", meaningOf(500011)],
	["temporarily_unavailable", meaningOf(90033)],
	["server_error", meaningOf(90033)],
	["slow_down", meaningOf(90033)],
]);

function meaningOf(code: number): FaultMeaning {
	const meaning = MEANING_BY_CODE.get(code);
	if (meaning === undefined) throw new Error(`the table has no row for AADSTS${code}`);
	return meaning;
}
