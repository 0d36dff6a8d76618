/**
 * Keeps the certificate right while the appliance runs: looks every minute, and when asked, whether the
 * box has another name or address or the owner's files have changed. For listeners.ts.
 *
 * A look that fails keeps the certificate there is; the log says so once, `problem` as long as it lasts.
 */
import { asError, UserError } from "../errors.ts";
import type { Log } from "../log.ts";
import { STATUS } from "../words/status.ts";
import { type CertificateOptions, loadCertificate, type ServedCertificate } from "./certificate.ts";

export interface CertificateKeeperOptions {
	/** As configured now. */
	readonly wanted: () => CertificateOptions;
	readonly log: Log;
	/** Called when there is another certificate, and not at the start. */
	readonly onRenewed: (certificate: ServedCertificate) => void;
}

const LOOK_EVERY_MS = 60_000;

export class CertificateKeeper {
	readonly #options: CertificateKeeperOptions;
	#current: ServedCertificate;
	#problem: string | undefined;
	#looking: Promise<void> = Promise.resolve();
	readonly #timer: NodeJS.Timeout;

	private constructor(options: CertificateKeeperOptions, first: ServedCertificate) {
		this.#options = options;
		this.#current = first;
		this.#timer = setInterval(() => void this.look(), LOOK_EVERY_MS);
		this.#timer.unref();
	}

	/** Rejects with a `UserError` when the owner's files cannot be used. */
	static async open(options: CertificateKeeperOptions): Promise<CertificateKeeper> {
		return new CertificateKeeper(options, await loadCertificate(options.wanted()));
	}

	get current(): ServedCertificate {
		return this.#current;
	}

	/** Owner text, while the certificate that is wanted cannot be had. */
	get problem(): string | undefined {
		return this.#problem;
	}

	/** One look at a time; never rejects. */
	look(): Promise<void> {
		this.#looking = this.#looking.then(() => this.#look());
		return this.#looking;
	}

	stop(): void {
		clearInterval(this.#timer);
	}

	async #look(): Promise<void> {
		const { log, wanted, onRenewed } = this.#options;
		try {
			const found = await loadCertificate(wanted());
			this.#problem = undefined;
			if (found.cert === this.#current.cert && found.key === this.#current.key) return;
			onRenewed(found);
			this.#current = found;
			log.notice("certificate-renewed", { source: found.authority === undefined ? "owner" : "own" });
		} catch (thrown) {
			const problem = ownerText(thrown);
			if (problem !== this.#problem) log.error("certificate-refused", { problem });
			this.#problem = problem;
		}
	}
}

function ownerText(thrown: unknown): string {
	const error = asError(thrown);
	const advice = error instanceof UserError && error.hint !== "" ? ` ${error.hint}` : "";
	return `${error.message}${advice} ${STATUS.tlsFromBefore}`;
}
