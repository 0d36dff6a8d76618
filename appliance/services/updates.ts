/** Updates of Postern as console and command line ask for them. For services.ts; the work is in update-desk.ts. */

export type UpdateFate = "broken-off" | "waiting" | "trying" | "kept" | "rolled-back";

export interface UpdateState {
	/** Who updates Postern: its firmware, or the system that it runs on. */
	readonly keeper: "firmware" | "host";
	/** What runs. */
	readonly version: string;
	/** Of the firmware; null elsewhere. */
	readonly builtAt: string | null;
	readonly slot: "A" | "B" | null;
	readonly phase: "idle" | "receiving" | "received" | "installing" | "installed";
	/** While it is installed. */
	readonly progress: UpdateProgress | null;
	/** What was last installed; null: nothing ever was. */
	readonly last: {
		readonly at: string;
		readonly from: string;
		readonly to: string;
		/** Was not written to its end, waits for the next start, is tried out, is kept, or was given up for what was before. */
		readonly fate: UpdateFate;
		/** Its owner has been told that it was given up. */
		readonly isSeen: boolean;
	} | null;
	/** Of the last one that was refused since Postern started. */
	readonly refusal: {
		readonly at: string;
		readonly code: string;
		readonly text: string;
		readonly hint: string;
	} | null;
	/** The version from before that is still on the card, and can read what is here; null: none. */
	readonly before: string | null;
	readonly crashes: CrashCount;
}

export interface UpdateProgress {
	/** Null while it cannot be told. */
	readonly percent: number | null;
	readonly text: string;
}

/** How often Postern has ended unexpectedly; kept by the firmware, none elsewhere. */
export interface CrashCount {
	readonly total: number;
	readonly lastDay: number;
	/** Times that the box was started again because Postern did not stay up. */
	readonly reboots: number;
	readonly lastAt: string | null;
	/** systemd's word for how the last one ended, or empty. */
	readonly lastResult: string;
}

export interface UpdateOptions {
	/** Refused when what runs is as new, and when it was given up here before. */
	readonly onlyNewer: boolean;
	/** The box starts again when it is installed. */
	readonly restart: boolean;
}

/** The stream ends after `installed`. */
export type UpdateNews =
	| ({ readonly type: "progress" } & UpdateProgress)
	| { readonly type: "installed"; readonly version: string; readonly restarts: boolean };

export interface UpdateService {
	state(): Promise<UpdateState>;
	/** Takes the file. Throws `not-the-firmware`, `update-busy`, `update-not-a-bundle`, `update-too-large`, `update-no-room`. */
	receive(content: AsyncIterable<Uint8Array>): Promise<{ readonly sizeBytes: number }>;
	/**
	 * Has what was received judged and installed; it goes on when nobody listens any more. Throws what `receive` does,
	 * `update-unknown`, `update-unsigned`, `update-stranger`, `update-damaged`, `update-incomplete`, `update-foreign`,
	 * `update-too-old`, `update-needs-between`, `update-not-newer`, `update-given-up`, `update-on-trial`, `update-failed`.
	 */
	install(options: UpdateOptions): AsyncIterable<UpdateNews>;
	/**
	 * The box starts again with the version from before. Throws `not-the-firmware`, `update-busy`, `update-none-before`,
	 * `update-too-old`, `update-on-trial`, `update-failed`.
	 */
	goBack(): Promise<{ readonly version: string }>;
	/** Its owner knows that the last one was given up. */
	acknowledge(): Promise<void>;
}
