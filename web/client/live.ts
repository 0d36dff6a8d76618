/**
 * Keeps an open page true. The box says which topics have changed (server-sent events at /live); elements marked with one of
 * them (`data-live="mail devices"`, with an `id`) are fetched anew with their page and what differs is put in place. A page with
 * something under way (`data-poll="seconds"`) asks by itself. While the box cannot be reached the page says so (`#out-of-reach`),
 * since what it shows may be old by then. Nothing is replaced while somebody types in it, nor what says that it
 * is still the same (`data-version`): a code that is being copied stays in place while its countdown runs.
 */
import { morph } from "./morph.ts";

const SOONEST_MS = 1000;
/** More than two signs of life that did not come (routes/live.ts): a box without power cuts no connection. */
const SILENT_MS = 60_000;
/** A stream that ends in good order is back sooner. */
const TOLD_AFTER_MS = 6000;
/** Where the browser does not try again by itself. */
const AGAIN_MS = 5000;

export function enableLive(enable: (root: ParentNode) => void): void {
	const reach = new Reach();
	let asking = false;
	let wanted = false;
	let lastMs = 0;

	async function refresh(): Promise<void> {
		if (asking) {
			wanted = true;
			return;
		}
		asking = true;
		try {
			await new Promise((resolve) => setTimeout(resolve, Math.max(0, lastMs + SOONEST_MS - Date.now())));
			lastMs = Date.now();
			const response = await fetch(location.href, { headers: { "X-Live": "1" }, redirect: "manual" });
			// Signed out meanwhile, or the page is gone: the browser shows what there is now.
			if (response.type === "opaqueredirect" || response.status === 404) location.reload();
			if (response.ok) replace(new DOMParser().parseFromString(await response.text(), "text/html"));
			reach.found();
		} catch {
			// The box restarts, or the phone is out of reach: the next news or poll tries again.
			reach.lost();
		} finally {
			asking = false;
		}
		if (wanted) {
			wanted = false;
			await refresh();
		}
	}

	function replace(fresh: Document): void {
		for (const old of document.querySelectorAll<HTMLElement>("[data-live][id]")) {
			const next = fresh.getElementById(old.id);
			if (next === null || isBusy(old) || isSame(old, next)) continue;
			morph(old, next, enable);
		}
		document.title = fresh.title;
		poll();
	}

	let timer: ReturnType<typeof setTimeout> | undefined;
	function poll(): void {
		const seconds = Number(document.querySelector<HTMLElement>("[data-poll]")?.dataset["poll"] ?? 0);
		clearTimeout(timer);
		if (seconds > 0) timer = setTimeout(() => void refresh().then(poll), seconds * 1000);
	}
	poll();

	const topics = new Set(
		[...document.querySelectorAll<HTMLElement>("[data-live]")].flatMap(
			// Empty where the page only asks by itself: who is not signed in is told no news.
			(element) => element.dataset["live"]?.split(" ").filter((topic) => topic !== "") ?? [],
		),
	);
	if (topics.size === 0) return;
	let events: EventSource | undefined;
	let again: ReturnType<typeof setTimeout> | undefined;
	let silence: ReturnType<typeof setTimeout> | undefined;
	function heard(): void {
		clearTimeout(silence);
		silence = setTimeout(() => {
			reach.lost();
			listen();
		}, SILENT_MS);
	}
	function listen(): void {
		clearTimeout(again);
		events?.close();
		events = new EventSource("/live");
		heard();
		events.addEventListener("alive", heard);
		events.addEventListener("open", () => {
			// What happened meanwhile was told to nobody.
			if (reach.found()) void refresh();
		});
		events.addEventListener("error", (event) => {
			reach.lost();
			if ((event.target as EventSource).readyState !== EventSource.CLOSED) return;
			// It was refused, as after a sign-out: asking for the page shows what there is now.
			void refresh();
			again = setTimeout(listen, AGAIN_MS);
		});
		events.addEventListener("changed", (event) => {
			const changed = (event as MessageEvent<string>).data.split(" ");
			if (changed.some((topic) => topics.has(topic))) void refresh();
		});
	}
	function stop(): void {
		clearTimeout(silence);
		clearTimeout(again);
		events?.close();
	}
	// A page that nobody looks at holds no connection: the box has few to give.
	document.addEventListener("visibilitychange", () => {
		stop();
		if (document.hidden) return;
		listen();
		void refresh();
	});
	addEventListener("pagehide", stop);
	if (!document.hidden) listen();
}

function isSame(old: HTMLElement, next: HTMLElement): boolean {
	const version = old.dataset["version"];
	return version !== undefined && version === next.dataset["version"];
}

/** Somebody types or has marked something in it. */
function isBusy(element: HTMLElement): boolean {
	const active = document.activeElement;
	const types = active !== null && element.contains(active) && active.matches("input, textarea, select");
	return types || element.querySelector("input[type=checkbox][data-mark]:checked") !== null;
}

/** Whether the box can be reached, told when it could not for a while. */
class Reach {
	#since: ReturnType<typeof setTimeout> | undefined;

	lost(): void {
		this.#since ??= setTimeout(() => this.#tell(true), TOLD_AFTER_MS);
	}

	/** Whether it was lost before. */
	found(): boolean {
		const wasLost = this.#since !== undefined;
		clearTimeout(this.#since);
		this.#since = undefined;
		this.#tell(false);
		return wasLost;
	}

	#tell(isLost: boolean): void {
		const place = document.getElementById("out-of-reach");
		if (place === null) return;
		const { title = "", text = "" } = place.dataset;
		place.replaceChildren(...(isLost ? [notice(title, text)] : []));
	}
}

/** As components/notice.tsx has it, without the mark. */
function notice(title: string, text: string): HTMLElement {
	const paragraphs = [title, text].map((said) => {
		const paragraph = document.createElement("p");
		paragraph.textContent = said;
		return paragraph;
	});
	paragraphs[0]?.classList.add("notice-title");
	const inner = document.createElement("div");
	inner.append(...paragraphs);
	const outer = document.createElement("div");
	outer.className = "notice trouble";
	outer.append(inner);
	return outer;
}
