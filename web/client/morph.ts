/**
 * Makes a part of the page the same as its fresh copy by changing only what differs: the focus stays where it is, what was unfolded
 * stays so, a field keeps what is typed in it, and a screen reader tells only what is new. What is put in is given to `enable` first.
 */
type Enable = (root: ParentNode) => void;

/** Set by scripts and by people, not by news of the box. */
const OWN: ReadonlySet<string> = new Set(["open", "hidden"]);

export function morph(old: Element, fresh: Element, enable: Enable): void {
	if (old.isEqualNode(fresh)) return;
	copyAttributes(old, fresh);
	// Rows of a list are known by their ids, so that the one in focus is not another one when a new row comes above it.
	const wanted = new Set([...fresh.children].map(({ id }) => id));
	for (const { id } of [...old.children]) if (!wanted.has(id)) document.getElementById(id)?.remove();
	const known = new Map([...old.children].filter(({ id }) => id !== "").map((child) => [child.id, child]));
	let at: ChildNode | null = old.firstChild;
	for (const next of [...fresh.childNodes]) {
		const same: ChildNode | null = (next instanceof Element && known.get(next.id)) || at;
		if (same === null || !isAlike(same, next)) {
			old.insertBefore(ready(next, enable), at);
			continue;
		}
		if (same === at) at = at.nextSibling;
		else old.insertBefore(same, at);
		if (same instanceof Element && next instanceof Element) morph(same, next, enable);
		else if (same.nodeValue !== next.nodeValue) same.nodeValue = next.nodeValue;
	}
	while (at !== null) {
		const gone: ChildNode = at;
		at = at.nextSibling;
		gone.remove();
	}
}

/** One that counts down to another time is another one: its script knows the old time. */
function isAlike(old: Node, fresh: Node): boolean {
	if (!(old instanceof Element && fresh instanceof Element)) return old.nodeType === fresh.nodeType;
	if (old.tagName !== fresh.tagName || old.id !== fresh.id) return false;
	return (
		!old.hasAttribute("data-countdown") || old.getAttribute("datetime") === fresh.getAttribute("datetime")
	);
}

function copyAttributes(old: Element, fresh: Element): void {
	for (const { name } of [...old.attributes]) {
		if (!fresh.hasAttribute(name) && !OWN.has(name)) old.removeAttribute(name);
	}
	for (const { name, value } of [...fresh.attributes]) {
		if (old.getAttribute(name) !== value && !OWN.has(name)) old.setAttribute(name, value);
	}
}

function ready(fresh: Node, enable: Enable): DocumentFragment {
	const holder = document.createDocumentFragment();
	holder.append(document.importNode(fresh, true));
	enable(holder);
	return holder;
}
