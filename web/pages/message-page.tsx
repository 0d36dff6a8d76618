/** A page that only says something: an address that leads nowhere, a method not offered, a fault. */
import type { FC } from "hono/jsx";
import { Layout } from "./layout.tsx";

interface MessagePageProps {
	readonly title: string;
	readonly text: string;
}

export const MessagePage: FC<MessagePageProps> = ({ title, text }) => (
	<Layout title={title} name="Postern">
		<main class="card">
			<h1>{title}</h1>
			<p>{text}</p>
			<p>
				<a href="/">Go to the status page</a>
			</p>
		</main>
	</Layout>
);
