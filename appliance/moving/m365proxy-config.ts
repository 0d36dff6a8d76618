/**
 * Reads the config.json of m365proxy, of any version. Pure; what is no such file is refused whole.
 *
 * Sources (facts only), repository sh0rch/m365proxy: m365proxy/config.py (keys, defaults; 2.0 reads `tls.cert` and
 * `tls.key`, later ones `tls.tls_cert` and `tls.tls_key`), m365proxy/helpers/configure.py (what its wizard and its template
 * write), m365proxy/auth/auth.py (bcrypt; tokens under a key made of the client id), README.md (`https_proxy.user`).
 */
import { isTree, type Tree } from "../config/source.ts";
import { foreign } from "./source-file.ts";

/** @param file for the refusal. Throws `moving-foreign`. */
export function readM365proxyConfig(text: string, file: string): Tree {
	const value = parseJson(text, file);
	if (!isTree(value)) throw foreign(file, "there is no object in it");
	if (!Array.isArray(value["mailboxes"])) {
		throw foreign(file, "a config.json of m365proxy has a list `mailboxes`, and this has none");
	}
	if (value["mailboxes"].length > MOST_MAILBOXES) {
		throw foreign(file, `it has more than ${MOST_MAILBOXES} mailboxes`);
	}
	return value;
}

const MOST_MAILBOXES = 1_000;

function parseJson(text: string, file: string): unknown {
	try {
		return JSON.parse(text);
	} catch (error) {
		if (!(error instanceof SyntaxError)) throw error;
		// The engine's message may quote what stands there.
		throw foreign(file, "it is no valid JSON; it may be damaged", error);
	}
}
