/** One box that marks all of a list (`data-mark-all="name"`), and the count of what is marked. */
export function enableMarking(root: ParentNode): void {
	for (const all of root.querySelectorAll<HTMLInputElement>("input[data-mark-all]")) {
		const name = all.dataset["markAll"] ?? "";
		const boxes = () => [...document.querySelectorAll<HTMLInputElement>(`input[name="${name}"]`)];
		const label = all.closest("label, span");
		if (label instanceof HTMLElement) label.hidden = false;
		all.hidden = false;
		all.addEventListener("change", () => {
			for (const box of boxes()) box.checked = all.checked;
		});
		for (const box of boxes()) {
			box.addEventListener("change", () => {
				const marked = boxes().filter(({ checked }) => checked).length;
				all.checked = marked > 0 && marked === boxes().length;
				all.indeterminate = marked > 0 && marked < boxes().length;
			});
		}
	}
}
