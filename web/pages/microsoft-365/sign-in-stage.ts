/** How far a sign-in is, from the news of its run: what its page shows. Pure. */
import type { UserError } from "../../../appliance/errors.ts";
import type { SignInNews } from "../../../appliance/services.ts";
import type { Run } from "../../runs.ts";

type News<Type extends SignInNews["type"]> = Extract<SignInNews, { type: Type }>;

export type Waiting = News<"prompt"> | News<"open"> | News<"certificate">;

export type Stage =
	/** None is known. */
	| { readonly kind: "none" }
	| { readonly kind: "starting" }
	/** A person has to do something. `note`: what has come up meanwhile, in the appliance's words. */
	| { readonly kind: "waiting"; readonly on: Waiting; readonly note: string }
	| { readonly kind: "signed-in"; readonly who: string }
	| { readonly kind: "refused"; readonly why: News<"refused"> }
	/** It ended before it got to Microsoft. */
	| { readonly kind: "failed"; readonly error: UserError }
	| { readonly kind: "cancelled" };

export function stageOf(run: Run<SignInNews> | undefined): Stage {
	if (run === undefined) return { kind: "none" };
	const { news, refusal, isOver } = run;
	if (refusal !== undefined) return { kind: "failed", error: refusal };
	const end = news.find((one) => one.type === "signed-in" || one.type === "refused");
	if (end?.type === "signed-in") return { kind: "signed-in", who: end.who };
	if (end?.type === "refused") return { kind: "refused", why: end };
	if (isOver) return { kind: "cancelled" };
	const on = news.find(isWaiting);
	return on === undefined ? { kind: "starting" } : { kind: "waiting", on, note: noteOf(news, on) };
}

function isWaiting(news: SignInNews): news is Waiting {
	return news.type === "prompt" || news.type === "open" || news.type === "certificate";
}

/** That it waits goes without saying, so the first such news after a code is none. */
function noteOf(news: readonly SignInNews[], on: Waiting): string {
	const texts = news.flatMap((one) => (one.type === "waiting" ? [one.text] : []));
	return (on.type === "prompt" ? texts.slice(1) : texts).at(-1) ?? "";
}
