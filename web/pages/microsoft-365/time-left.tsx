/** How long something is still good, in minutes and seconds; counts where scripts run. */
import type { FC } from "hono/jsx";
import { accountSignInWords } from "../../locales/account-sign-in.ts";
import { useWords } from "../../page-context.ts";

export const TimeLeft: FC<{ readonly until: string }> = ({ until }) => {
	const words = useWords(accountSignInWords);
	const now = new Date();
	const leftSeconds = Math.max(0, Math.round((Date.parse(until) - now.getTime()) / 1000));
	const seconds = String(leftSeconds % 60).padStart(2, "0");
	return (
		<p class="hint">
			{words.left}:{" "}
			<time
				class="nowrap"
				role="timer"
				aria-live="off"
				data-countdown=""
				datetime={until}
				data-now={now.toISOString()}
			>
				{`${Math.floor(leftSeconds / 60)}:${seconds}`}
			</time>
		</p>
	);
};
