/** Network settings on trial: where the box is to be found now, how long they last, and the button that keeps them. */
import type { FC } from "hono/jsx";
import type { NetworkTrial } from "../../../appliance/services.ts";
import { ActionButton } from "../../components/form.tsx";
import { Card, PageHead } from "../../components/page-parts.tsx";
import { boxWords } from "../../locales/box.ts";
import { networkWords } from "../../locales/network.ts";
import { useWords } from "../../page-context.ts";
import { TimeLeft } from "../microsoft-365/time-left.tsx";

interface NetworkTrialPageProps {
	readonly trial: NetworkTrial;
	/** Of the box with the new settings; the page is there, too. */
	readonly addresses: readonly string[];
}

export const NetworkTrialPage: FC<NetworkTrialPageProps> = ({ trial, addresses }) => {
	const words = useWords(networkWords);
	const box = useWords(boxWords);
	const until = new Date(Date.now() + trial.secondsLeft * 1000).toISOString();
	return (
		<>
			<PageHead title={words.trialTitle} back={{ href: "/system", label: box.title }} />
			<Card class="narrow" id="trial">
				<p>{trial.isInForce ? words.trialNow : words.trialText}</p>
				<ul>
					{addresses.map((address) => (
						<li>
							<a href={`${address}/system/network`}>{address}</a>
						</li>
					))}
				</ul>
				<TimeLeft until={until} />
				<div class="actions">
					<ActionButton action="/system/network/keep" kind="primary">
						{words.keep}
					</ActionButton>
					<ActionButton action="/system/network/return">{words.goBack}</ActionButton>
				</div>
				<p class="quiet">{words.trialElse}</p>
			</Card>
		</>
	);
};
