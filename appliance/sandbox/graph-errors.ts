/**
 * Refusals as Microsoft Graph words them (learn.microsoft.com: "Microsoft Graph error responses and
 * resource types"), with the ids a client quotes to support.
 */
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { HttpContext } from "./http.ts";
import type { GraphRefusal } from "./magic.ts";

export interface GraphError {
	readonly status: number;
	readonly code: string;
	readonly message: string;
	readonly retryAfterSeconds?: number;
}

export const ACCESS_DENIED: GraphError = {
	status: 403,
	code: "ErrorAccessDenied",
	message: "Access is denied. Check credentials and try again.",
};
export const ITEM_NOT_FOUND: GraphError = {
	status: 404,
	code: "ErrorItemNotFound",
	message: "The specified object was not found in the store.",
};
export const MALFORMED_ID: GraphError = {
	status: 400,
	code: "ErrorInvalidIdMalformed",
	message: "Id is malformed.",
};
export const NO_RECIPIENTS: GraphError = {
	status: 400,
	code: "ErrorInvalidRecipients",
	message: "At least one recipient is not valid.",
};
/** The body seen at 413; the service closes no connection over it. */
export const REQUEST_TOO_LARGE: GraphError = {
	status: 413,
	code: "BadRequest",
	message: "The maximum request length supported is 4MB.",
};
export const UNREADABLE_JSON: GraphError = {
	status: 400,
	code: "BadRequest",
	message:
		"Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.",
};

export function badRequest(message: string): GraphError {
	return { status: 400, code: "BadRequest", message };
}

export function unauthorized(message: string): GraphError {
	return { status: 401, code: "InvalidAuthenticationToken", message };
}

const FAULT_ERRORS: Readonly<Record<number, Omit<GraphError, "status">>> = {
	400: { code: "BadRequest", message: "The request is invalid." },
	401: { code: "InvalidAuthenticationToken", message: "Lifetime validation failed, the token is expired." },
	403: { code: "ErrorAccessDenied", message: "Access is denied. Check credentials and try again." },
	404: { code: "ErrorItemNotFound", message: "The specified object was not found in the store." },
	413: { code: "BadRequest", message: "The maximum request length supported is 4MB." },
	429: { code: "ApplicationThrottled", message: "Application is over its MailboxConcurrency limit." },
	500: {
		code: "ErrorInternalServerTransientError",
		message: "An internal server error occurred. Try again later.",
	},
	502: { code: "UnknownError", message: "" },
	503: { code: "ServiceNotAvailable", message: "The service is unavailable." },
	504: { code: "UnknownError", message: "" },
};

/** The documented body of a status that a test ordered. */
export function errorOfStatus(status: number): GraphError {
	return { status, ...(FAULT_ERRORS[status] ?? { code: "generalException", message: "General exception." }) };
}

export function graphError(c: HttpContext, error: GraphError | GraphRefusal): Response {
	const requestId = c.get("requestId");
	if (error.retryAfterSeconds !== undefined) c.header("Retry-After", String(error.retryAfterSeconds));
	if (error.status === 401) {
		c.header(
			"WWW-Authenticate",
			'Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", client_id="00000003-0000-0000-c000-000000000000"',
		);
	}
	const body = {
		error: {
			code: error.code,
			message: error.message,
			innerError: {
				date: new Date().toISOString().slice(0, 19),
				"request-id": requestId,
				"client-request-id": c.req.header("client-request-id") ?? requestId,
			},
		},
	};
	return c.json(body, error.status as ContentfulStatusCode);
}
