/** How far somebody is who signs up, from the news of their run. Pure. */
import type { JoinDraft, JoinNews } from "../../../appliance/console-services.ts";
import type { Run } from "../../runs.ts";
import { type Stage, stageOf } from "../microsoft-365/sign-in-stage.ts";

/** What was typed; comes back when it has to be typed again. */
export type Typed = Pick<JoinDraft, "address" | "method" | "wish">;

type Joined = Omit<Extract<JoinNews, { type: "joined" }>, "password">;

/** News as a run keeps them: the password is elsewhere, since it is shown for a while only. */
export type VisitNews =
	| Exclude<JoinNews, { type: "joined" }>
	| Joined
	| { readonly type: "begun"; readonly typed: Typed };

export type VisitStage =
	| Exclude<Stage, { kind: "signed-in" | "none" }>
	| ({ readonly kind: "joined" } & Omit<Joined, "type">)
	| { readonly kind: "left" };

export interface Visit {
	readonly typed: Typed;
	readonly stage: VisitStage;
}

/** Undefined: none is known. */
export function visitOf(run: Run<VisitNews> | undefined): Visit | undefined {
	const typed = run?.news.find((one) => one.type === "begun")?.typed;
	if (run === undefined || typed === undefined) return undefined;
	return { typed, stage: stageIn(run) };
}

function stageIn(run: Run<VisitNews>): VisitStage {
	const end = run.news.find((one) => one.type === "joined" || one.type === "left");
	if (end?.type === "joined") {
		const { isNew, settings, fetching } = end;
		return { kind: "joined", isNew, settings, fetching };
	}
	if (end?.type === "left") return { kind: "left" };
	const news = run.news.flatMap((one) =>
		one.type === "begun" || one.type === "joined" || one.type === "left" ? [] : [one],
	);
	const stage = stageOf({ ...run, news });
	return stage.kind === "none" || stage.kind === "signed-in" ? { kind: "starting" } : stage;
}
