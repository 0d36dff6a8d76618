/**
 * What a form asks to be done with mail: with the marked messages, or with all that a filter finds. Deleting is asked about
 * first. What was done, and what not and why, is said on the page that the person came from.
 */
import type { MailFilter, MailState } from "../../../appliance/console-services.ts";
import type { QueueAction } from "../../../appliance/services.ts";
import { attempt } from "../../attempt.ts";
import type { Flash } from "../../flashes.ts";
import { Form } from "../../form.ts";
import { mailWords } from "../../locales/mail.ts";
import { goTo, type PageRequest, show } from "../../render.tsx";
import { ownPath } from "../sign-in/routes.tsx";
import { DeletePage, type DoomedRow } from "./delete-page.tsx";
import { actionsPath, filterOf, listPath, pageOf, readQuery } from "./filter.ts";
import { ACTIONS, type Scope } from "./list-rows.tsx";

const MOST_IDS = 500;
const MOST_SHOWN = 10;
const DELETABLE: readonly MailState[] = ["incoming", "deferred", "held", "failed"];

interface Wish {
	readonly scope: Scope;
	readonly action: QueueAction;
	/** Empty for all that match. */
	readonly ids: readonly string[];
	readonly filter: MailFilter;
	readonly back: string;
}

export async function actOnMail(context: PageRequest) {
	const form = await Form.of(context);
	const query = readQuery(new URL(context.req.url).searchParams);
	const words = mailWords[context.var.language];
	const back = ownPath(form.optional("back") ?? listPath(query, pageOf(query)));
	const wanted = readAction(form.text("do"));
	const ids = [...new Set(form.all("id"))].slice(0, MOST_IDS);
	if (wanted === undefined || (wanted.scope === "marked" && ids.length === 0)) {
		return goTo(context, back, { kind: "trouble", text: words.nothingMarked });
	}
	const wish = { ...wanted, ids: wanted.scope === "all" ? [] : ids, filter: filterOf(query), back };
	if (wish.action === "delete" && form.text("confirmed") !== "yes") {
		return askToDelete(context, wish, actionsPath(query));
	}
	return goTo(context, back, await act(context, wish));
}

function readAction(text: string): Pick<Wish, "scope" | "action"> | undefined {
	const [scope, name] = text.split(":");
	const action = ACTIONS.find((one) => one === name);
	if (action === undefined || (scope !== "marked" && scope !== "all")) return undefined;
	return { scope, action };
}

async function act(context: PageRequest, { scope, action, ids, filter }: Wish): Promise<Flash> {
	const { mail } = context.var.desk.services;
	const words = mailWords[context.var.language];
	const { changed, skipped } =
		scope === "all" ? { ...(await mail.actOnAll(action, filter)), skipped: 0 } : await mail.act(action, ids);
	const done = changed > 0 ? [words.changed[action](changed)] : [];
	const left = skipped > 0 ? [words.skipped(skipped), words.why[action]] : [];
	const text = [...done, ...left].join(" ");
	return { kind: changed > 0 ? "done" : "trouble", text: text === "" ? words.nothingApplies : text };
}

async function askToDelete(context: PageRequest, wish: Wish, action: string) {
	const { scope, ids, back } = wish;
	const words = mailWords[context.var.language];
	const { rows, hasMore } =
		scope === "all" ? await foundOf(context, wish.filter) : await markedOf(context, ids);
	if (rows.length === 0) return goTo(context, back, { kind: "trouble", text: words.nothingApplies });
	const body = <DeletePage {...{ scope, ids, rows, hasMore, action, back }} />;
	return show(context, { title: words.deleteTitle, section: "mail", body });
}

interface Doomed {
	readonly rows: readonly DoomedRow[];
	readonly hasMore: boolean;
}

async function foundOf(context: PageRequest, filter: MailFilter): Promise<Doomed> {
	const states = DELETABLE.filter((state) => filter.states?.includes(state) !== false);
	if (states.length === 0) return { rows: [], hasMore: false };
	const page = await context.var.desk.services.mail.search({ ...filter, states }, { limit: MOST_SHOWN });
	return { rows: page.rows, hasMore: page.older !== null };
}

/** What is gone meanwhile is not shown, and not there to be deleted. */
async function markedOf(context: PageRequest, ids: readonly string[]): Promise<Doomed> {
	const { mail } = context.var.desk.services;
	const found = await Promise.all(ids.slice(0, MOST_SHOWN).map((id) => attempt(() => mail.show(id))));
	const rows = found.flatMap(({ done }) => (done === undefined ? [] : [rowOf(done)]));
	return { rows, hasMore: ids.length > MOST_SHOWN };
}

const MOST_RECIPIENTS = 3;

function rowOf(mail: Omit<DoomedRow, "recipientCount">): DoomedRow {
	return {
		...mail,
		recipients: mail.recipients.slice(0, MOST_RECIPIENTS),
		recipientCount: mail.recipients.length,
	};
}
