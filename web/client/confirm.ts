/**
 * Asks before a button does what cannot be undone (`data-confirm="question"`). Without a script the server asks,
 * on a page of its own: the button then sends without `confirmed`.
 */
export function enableConfirms(): void {
	document.addEventListener("submit", (event) => {
		const button = (event as SubmitEvent).submitter;
		const question = button?.dataset["confirm"];
		if (question === undefined || !(event.target instanceof HTMLFormElement)) return;
		if (!window.confirm(question)) {
			event.preventDefault();
			return;
		}
		const field = document.createElement("input");
		field.type = "hidden";
		field.name = "confirmed";
		field.value = "yes";
		event.target.append(field);
	});
}
