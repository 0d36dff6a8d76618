/** Buttons that copy (`data-copy`): hidden until there is a script, and where the browser lets nobody copy. */
const SAID_MS = 2000;

export function enableCopying(root: ParentNode): void {
	for (const button of root.querySelectorAll<HTMLButtonElement>("button[data-copy]")) {
		button.hidden = false;
		button.addEventListener("click", () => void copy(button));
	}
}

async function copy(button: HTMLButtonElement): Promise<void> {
	const text = button.dataset["copy"] ?? "";
	// The clipboard's own interface is for https alone; on http the old way still works everywhere.
	const copied = await navigator.clipboard?.writeText(text).then(
		() => true,
		() => false,
	);
	if (copied !== true && !copyBySelection(text)) return;
	const label = button.querySelector("span") ?? button;
	const before = label.textContent;
	label.textContent = button.dataset["copied"] ?? before;
	setTimeout(() => {
		label.textContent = before;
	}, SAID_MS);
}

function copyBySelection(text: string): boolean {
	const field = document.createElement("textarea");
	field.value = text;
	field.className = "off-screen";
	document.body.append(field);
	field.select();
	const copied = document.execCommand("copy");
	field.remove();
	return copied;
}
