/** How much mail passed, over time. For console-services.ts. */

export interface TrafficPoint {
	/** The slice begins here; slices are a minute (hour), an hour (day), a day (month) long. */
	readonly startsAt: string;
	readonly accepted: number;
	readonly delivered: number;
	readonly failed: number;
	/** By SMTP, whatever it was: a sender, a recipient, a message, a sign-in, a connection. */
	readonly refused: number;
	readonly acceptedBytes: number;
	/** Most messages that waited at once during the slice; of the whole box only. */
	readonly waiting: number;
}

/** 60 minutes, 24 hours, 31 days. */
export type TrafficSpan = "hour" | "day" | "month";

export interface TrafficService {
	/** Oldest first, the last is the present one. Of one device, or of all. */
	series(span: TrafficSpan, device?: string): readonly TrafficPoint[];
	/** Since the start of this process, for `/metrics`. */
	totals(): Readonly<Record<"accepted" | "delivered" | "failed" | "refused" | "acceptedBytes", number>>;
}
