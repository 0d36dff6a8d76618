/** Asks before what cannot be undone, on a page of its own: for who has no script, and where there is more to say. */
import type { Child, FC } from "hono/jsx";
import { commonWords } from "../locales/common.ts";
import { useWords } from "../page-context.ts";
import { Button, Form } from "./form.tsx";
import { Card, LinkButton } from "./page-parts.tsx";

export interface Question {
	readonly title: string;
	/** What exactly will happen. */
	readonly text: Child;
	/** Where it is sent, again, with `confirmed`. */
	readonly action: string;
	readonly button: string;
	/** Where to go instead. */
	readonly back: string;
}

export const ConfirmPage: FC<Question> = ({ title, text, action, button, back }) => {
	const words = useWords(commonWords);
	return (
		<Card class="narrow">
			<h1>{title}</h1>
			<p>{text}</p>
			<Form action={action}>
				<input type="hidden" name="confirmed" value="yes" />
				<div class="actions">
					<Button kind="danger">{button}</Button>
					<LinkButton href={back}>{words.cancel}</LinkButton>
				</div>
			</Form>
		</Card>
	);
};
