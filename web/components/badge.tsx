/** The state of a thing in a word; its colour only underlines it. */
import type { Child, FC } from "hono/jsx";
import type { MailState } from "../../appliance/console-services.ts";
import { commonWords } from "../locales/common.ts";
import { useWords } from "../page-context.ts";

export type Tone = "well" | "busy" | "trouble" | "plain";

export const Badge: FC<{ readonly tone: Tone; readonly children: Child }> = ({ tone, children }) => (
	<span class={`badge ${tone}`}>{children}</span>
);

const TONES: Readonly<Record<MailState, Tone>> = {
	incoming: "busy",
	active: "busy",
	deferred: "busy",
	held: "trouble",
	failed: "trouble",
	delivered: "well",
	deleted: "plain",
	coalesced: "plain",
	expired: "trouble",
};

export const MailBadge: FC<{ readonly state: MailState }> = ({ state }) => (
	<Badge tone={TONES[state]}>{useWords(commonWords).states[state]}</Badge>
);
