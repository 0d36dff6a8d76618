/** A page that only says something: an address that leads nowhere, a form that was refused, a fault. */
import { LinkButton } from "../components/page-parts.tsx";
import { commonWords } from "../locales/common.ts";
import { type PageRequest, type PageStatus, show } from "../render.tsx";

export interface Message {
	readonly title: string;
	readonly text: string;
	readonly hint?: string;
	readonly status: PageStatus;
}

export function showMessage(context: PageRequest, { title, text, hint, status }: Message) {
	const isSignedIn = context.var.session !== undefined;
	const body = (
		<div class="card narrow">
			<h1>{title}</h1>
			<p>{text}</p>
			{hint === undefined || hint === "" ? null : <p>{hint}</p>}
			<p>
				<LinkButton href="/">{commonWords[context.var.language].faults.home}</LinkButton>
			</p>
		</div>
	);
	return show(context, { title, body, ...(isSignedIn ? { section: "elsewhere" as const } : {}) }, status);
}
