/** The script of every page: small helpers, each for elements that carry its mark. Pages are whole without it. */
import { enableConfirms } from "./confirm.ts";
import { enableCopying } from "./copy.ts";
import { enableCountdowns } from "./countdown.ts";
import { enableLive } from "./live.ts";
import { enableMarking } from "./mark-all.ts";
import { enablePrinting } from "./print.ts";

function enable(root: ParentNode): void {
	enableCopying(root);
	enableCountdowns(root);
	enableMarking(root);
	enablePrinting(root);
}

enable(document);
enableConfirms();
enableLive(enable);
