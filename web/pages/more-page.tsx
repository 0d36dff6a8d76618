/** What has no place in the tabs of a phone: links to the other sections. */
import type { FC } from "hono/jsx";
import { Icon } from "../components/icon.tsx";
import { PageHead } from "../components/page-parts.tsx";
import { commonWords } from "../locales/common.ts";
import { useWords } from "../page-context.ts";

const OTHERS = ["mailboxes", "log", "system", "people", "me"] as const;

export const MorePage: FC = () => {
	const words = useWords(commonWords);
	return (
		<>
			<PageHead title={words.sections.more} />
			<ul class="menu">
				{OTHERS.map((name) => (
					<li>
						<a href={`/${name}`}>
							<Icon name={name} />
							<span>{words.sections[name]}</span>
							<Icon name="forward" size={18} />
						</a>
					</li>
				))}
			</ul>
		</>
	);
};
