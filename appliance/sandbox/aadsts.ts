/**
 * The sign-in service's errors: AADSTS number to OAuth error, HTTP status and text, and the body in
 * which they travel. (learn.microsoft.com: "Microsoft Entra authentication and authorization error codes")
 */
import { randomUUID } from "node:crypto";

export interface AadstsError {
	/** The OAuth 2.0 error, RFC 6749 §5.2 and RFC 8628 §3.5. */
	readonly error: string;
	readonly text: string;
	readonly status?: number;
	readonly suberror?: string;
}

/** The numbers this simulation gives of itself, and those a test may ask for. */
const TABLE: Readonly<Record<number, AadstsError>> = {
	50034: { error: "invalid_grant", text: "The user account does not exist in this directory." },
	50053: { error: "invalid_grant", text: "The account is locked." },
	50057: { error: "invalid_grant", text: "The user account is disabled." },
	50076: {
		error: "interaction_required",
		text: "Due to a configuration change made by your administrator, you must use multi-factor authentication.",
		suberror: "basic_action",
	},
	50173: {
		error: "invalid_grant",
		text: "The provided grant has expired due to it being revoked, a fresh auth token is needed. The user might have changed or reset their password.",
		suberror: "bad_token",
	},
	50196: {
		error: "invalid_request",
		text: "The server terminated an operation because it encountered a client request loop.",
	},
	53003: {
		error: "invalid_grant",
		text: "Access has been blocked by Conditional Access policies. The access policy does not allow token issuance.",
		suberror: "message_only",
	},
	530033: {
		error: "invalid_grant",
		text: "Remote device flow blocked due to device based conditional access.",
		suberror: "message_only",
	},
	530036: {
		error: "invalid_grant",
		text: "The refresh token is invalid due to authentication flow checks by Conditional Access. The token will never be usable and should be deleted.",
		suberror: "bad_token",
	},
	65001: {
		error: "invalid_grant",
		text: "The user or administrator has not consented to use the application. Send an interactive authorization request for this user and resource.",
		suberror: "consent_required",
	},
	65004: { error: "access_denied", text: "The user declined to consent to access the app." },
	70000: { error: "invalid_grant", text: "Provided grant is invalid or malformed." },
	70003: { error: "unsupported_grant_type", text: "The app returned an unsupported grant type." },
	70011: { error: "invalid_scope", text: "The provided value for the input parameter 'scope' is not valid." },
	70016: {
		error: "authorization_pending",
		text: "OAuth 2.0 device flow error. Authorization is pending. The provided request has not yet been authorized by the user. The user must input their code.",
	},
	70018: { error: "authorization_declined", text: "The end user denied the authorization request." },
	70020: {
		error: "expired_token",
		text: "The provided value for the input parameter 'device_code' is not valid. This device code has expired.",
	},
	70043: {
		error: "invalid_grant",
		text: "The refresh token has expired or is invalid due to sign-in frequency checks by conditional access.",
		suberror: "bad_token",
	},
	28000: {
		error: "invalid_scope",
		text: "Provided value for the input parameter scope is not valid because it contains more than one resource.",
	},
	700016: {
		error: "unauthorized_client",
		text: "Application with the given identifier was not found in the directory.",
	},
	700082: {
		error: "invalid_grant",
		text: "The refresh token has expired due to inactivity.",
		suberror: "bad_token",
	},
	7000218: {
		error: "invalid_client",
		text: "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
		status: 401,
	},
	90002: {
		error: "invalid_tenant",
		text: "Tenant not found. Check to make sure you have the correct tenant ID.",
	},
	90033: {
		error: "temporarily_unavailable",
		text: "A transient error has occurred. Please try again.",
		status: 503,
	},
	900144: { error: "invalid_request", text: "The request body must contain the following parameter." },
	1002012: {
		error: "invalid_scope",
		text: "The provided value for scope is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).",
	},
	50011: {
		error: "invalid_request",
		text: "The redirect URI specified in the request does not match the redirect URIs configured for the application.",
	},
	50027: { error: "invalid_client", text: "JWT token is invalid or malformed.", status: 401 },
	50059: {
		error: "invalid_request",
		text: "No tenant-identifying information found in either the request or implied by any provided credentials.",
	},
	500011: { error: "invalid_resource", text: "The resource principal was not found in the tenant." },
	501481: {
		error: "invalid_grant",
		text: "The Code_Verifier does not match the code_challenge supplied in the authorization request.",
	},
	54005: {
		error: "invalid_grant",
		text: "OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing refresh token.",
	},
	70008: {
		error: "invalid_grant",
		text: "The provided authorization code or refresh token has expired due to inactivity.",
	},
	700021: {
		error: "invalid_client",
		text: "Client assertion application identifier doesn't match 'client_id' parameter.",
		status: 401,
	},
	700023: {
		error: "invalid_client",
		text: "Client assertion audience claim does not match Realm issuer.",
		status: 401,
	},
	700024: {
		error: "invalid_client",
		text: "Client assertion is not within its valid time range.",
		status: 401,
	},
	700027: { error: "invalid_client", text: "Client assertion contains an invalid signature.", status: 401 },
	9002313: { error: "invalid_request", text: "Invalid request. Request is malformed or invalid." },
	9002325: {
		error: "invalid_request",
		text: "Proof Key for Code Exchange is required for cross-origin authorization code redemption.",
	},
	50049: { error: "invalid_instance", text: "Unknown or invalid instance." },
};

export interface ErrorContext {
	readonly nowMs: number;
	/** The client's `client-request-id`, if it sent one. */
	readonly correlationId: string | undefined;
	/** Instead of the table's text. */
	readonly text?: string;
	/** Instead of the table's OAuth error: `bad_verification_code` and `slow_down` have no number of their own. */
	readonly error?: string;
}

export interface StsErrorAnswer {
	readonly status: number;
	readonly body: Readonly<Record<string, unknown>>;
}

/** Builds the answer for `code`; a number not in the table is an `invalid_grant`. */
export function stsError(code: number, context: ErrorContext): StsErrorAnswer {
	const entry = TABLE[code] ?? { error: "invalid_grant", text: "The request was refused." };
	const timestamp = `${new Date(context.nowMs).toISOString().slice(0, 19).replace("T", " ")}Z`;
	const traceId = randomUUID();
	const correlationId = context.correlationId ?? randomUUID();
	const description = [
		`AADSTS${code}: ${context.text ?? entry.text}`,
		`Trace ID: ${traceId}`,
		`Correlation ID: ${correlationId}`,
		`Timestamp: ${timestamp}`,
	].join(" ");
	return {
		status: entry.status ?? 400,
		body: {
			error: context.error ?? entry.error,
			error_description: description,
			error_codes: [code],
			timestamp,
			trace_id: traceId,
			correlation_id: correlationId,
			error_uri: `https://login.microsoftonline.com/error?code=${code}`,
			...(entry.suberror === undefined ? {} : { suberror: entry.suberror }),
		},
	};
}
