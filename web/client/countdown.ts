/** Counts down to a time (`<time data-countdown datetime>`), in minutes and seconds. */
const SECOND_MS = 1000;

export function enableCountdowns(root: ParentNode): void {
	for (const element of root.querySelectorAll<HTMLTimeElement>("time[data-countdown]")) {
		const endsAtMs = Date.parse(element.dateTime);
		// The phone's clock and the box's may differ: what counts is how long it was when the page was made.
		const madeAtMs = Date.parse(element.dataset["now"] ?? "");
		const skewMs = Number.isNaN(madeAtMs) ? 0 : Date.now() - madeAtMs;
		const show = () => {
			const leftSeconds = Math.max(0, Math.round((endsAtMs + skewMs - Date.now()) / SECOND_MS));
			const seconds = String(leftSeconds % 60).padStart(2, "0");
			element.textContent = `${Math.floor(leftSeconds / 60)}:${seconds}`;
			if (leftSeconds === 0 || !element.isConnected) clearInterval(timer);
		};
		const timer = setInterval(show, SECOND_MS);
		show();
	}
}
