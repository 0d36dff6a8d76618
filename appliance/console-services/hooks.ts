/** Web-hooks: events told to programs elsewhere. For console-services.ts. */
import type { Secret } from "../secret.ts";
import type { TestStep } from "../services.ts";

export const HOOK_EVENTS = ["failed", "needs-sign-in", "offline", "storage", "stranger", "update"] as const;
export type HookEvent = (typeof HOOK_EVENTS)[number];

export interface Hook {
	readonly id: string;
	/** http or https. */
	readonly url: string;
	readonly events: readonly HookEvent[];
	/** `offline` is told after so long. */
	readonly offlineAfterMinutes: number;
	readonly lastTriedAt: string | null;
	/** What the last call got, in words; empty before the first. */
	readonly lastAnswer: string;
}

export interface HookService {
	list(): readonly Hook[];
	/** The secret signs each call (`X-Postern-Signature`); shown once. Throws `hook-invalid`. */
	add(draft: {
		readonly url: string;
		readonly events: readonly HookEvent[];
		readonly offlineAfterMinutes: number;
	}): Promise<{ readonly hook: Hook; readonly secret: Secret }>;
	/** Throws `hook-unknown`. */
	remove(id: string): Promise<void>;
	/** Calls it now. Throws `hook-unknown`. */
	test(id: string): Promise<TestStep>;
}
