/**
 * `/authority.pem` and `/authority.crt`: the box's own certificate authority, for an owner to import into
 * a device that checks certificates. Public data, so without a sign-in. For app.tsx.
 *
 * 404 with a sentence when the owner's own certificate is in use.
 */
import { Hono } from "hono";
import type { ApplianceService } from "../../appliance/services.ts";

const NONE_OF_ITS_OWN =
	"This Postern uses its owner's own certificate. The authority to trust is that certificate's.\n";

/** What browsers and phones take for a certificate to install. */
const DER_TYPE = "application/x-x509-ca-cert";
const PEM_TYPE = "application/x-pem-file";

export function authorityRoutes(appliance: Pick<ApplianceService, "authority">): Hono {
	const routes = new Hono();
	routes.get("/authority.pem", async (context) => {
		const authority = await appliance.authority();
		if (authority === null) return context.text(NONE_OF_ITS_OWN, 404);
		return context.body(authority.pem, 200, download(`${authority.name}-authority.pem`, PEM_TYPE));
	});
	routes.get("/authority.crt", async (context) => {
		const authority = await appliance.authority();
		if (authority === null) return context.text(NONE_OF_ITS_OWN, 404);
		return context.body(derOf(authority.pem), 200, download(`${authority.name}-authority.crt`, DER_TYPE));
	});
	return routes;
}

/** `fileName` is made of a host name, which needs no quoting. */
function download(fileName: string, type: string): Record<string, string> {
	return { "Content-Type": type, "Content-Disposition": `attachment; filename="${fileName}"` };
}

/** The bytes inside a PEM block (RFC 7468). */
export function derOf(pem: string): Uint8Array<ArrayBuffer> {
	return Uint8Array.from(Buffer.from(pem.replaceAll(/-----[^-]+-----|\s/g, ""), "base64"));
}
