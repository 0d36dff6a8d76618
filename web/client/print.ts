/** Buttons that print the page (`data-print`): hidden until there is a script. */
export function enablePrinting(root: ParentNode): void {
	for (const button of root.querySelectorAll<HTMLButtonElement>("button[data-print]")) {
		button.hidden = false;
		button.addEventListener("click", () => window.print());
	}
}
