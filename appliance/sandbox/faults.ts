/**
 * Failures ordered in advance: "the next two sendMail answers are 503", "drop the next connection
 * after taking the message". Each fault is used up in order; one that matches nothing waits.
 */
import * as z from "zod";

export const FaultSchema = z.strictObject({
	where: z.enum(["graph", "sign-in", "smtp"]),
	/** HTTP: only requests whose path contains this (`sendMail`, `/token`, `/devicecode`). */
	path: z.string().optional(),
	/** HTTP: only requests of this method. */
	method: z.enum(["GET", "POST", "PUT", "PATCH", "DELETE"]).optional(),
	/** SMTP: where in the session; `end` is after the last byte of the message. */
	stage: z.enum(["connect", "starttls", "auth", "mail", "rcpt", "end"]).default("end"),
	/**
	 * `answer`: refuse with `status` or `reply`, nothing acted on. `drop`, `hang`: reset, or never
	 * answer, nothing acted on. `accept-then-…`: act, and then answer otherwise, reset or never answer. `cut`
	 * (HTTP): act, and reset in the middle of the answer.
	 */
	action: z.enum([
		"answer",
		"drop",
		"hang",
		"accept-then-answer",
		"accept-then-drop",
		"accept-then-hang",
		"cut",
	]),
	/** HTTP status of the answer. 200 with `answer` is success in form only: nothing is sent. */
	status: z.number().int().min(200).max(599).default(503),
	retryAfterSeconds: z.number().int().min(0).optional(),
	/** HTTP: the body; else the documented error body of the status. */
	body: z.string().optional(),
	contentType: z.string().optional(),
	/** SMTP: the reply line. */
	reply: z.string().default("451 4.7.0 Temporary server error. Please try again later. PRX2"),
	times: z.number().int().min(1).default(1),
});

export type Fault = z.infer<typeof FaultSchema>;
export type FaultOrder = z.input<typeof FaultSchema>;

export class Faults {
	#waiting: { readonly fault: Fault; left: number }[] = [];

	order(order: FaultOrder): void {
		const fault = FaultSchema.parse(order);
		this.#waiting.push({ fault, left: fault.times });
	}

	takeForRequest(where: "graph" | "sign-in", method: string, path: string): Fault | undefined {
		return this.#take(
			(fault) =>
				fault.where === where && path.includes(fault.path ?? "") && (fault.method ?? method) === method,
		);
	}

	takeForSmtp(stage: Fault["stage"]): Fault | undefined {
		return this.#take((fault) => fault.where === "smtp" && fault.stage === stage);
	}

	waiting(): readonly Fault[] {
		return this.#waiting.map(({ fault, left }) => ({ ...fault, times: left }));
	}

	clear(): void {
		this.#waiting = [];
	}

	#take(matches: (fault: Fault) => boolean): Fault | undefined {
		if (this.#waiting.length === 0) return undefined;
		const entry = this.#waiting.find(({ fault }) => matches(fault));
		if (entry === undefined) return undefined;
		entry.left -= 1;
		if (entry.left === 0) this.#waiting = this.#waiting.filter((other) => other !== entry);
		return entry.fault;
	}
}
