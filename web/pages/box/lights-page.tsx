/** The lights: what they say now, and a legend that can be laid beside the box. Nothing in it is told by colour. */
import type { FC } from "hono/jsx";
import type { LightsState } from "../../../appliance/services.ts";
import { ActionButton } from "../../components/form.tsx";
import { Card, Facts, PageHead } from "../../components/page-parts.tsx";
import { boxWords } from "../../locales/box.ts";
import { lightWords } from "../../locales/lights.ts";
import { overviewWords } from "../../locales/overview.ts";
import { useMay, useWords } from "../../page-context.ts";

export const LightsPage: FC<{ readonly state: LightsState }> = ({ state }) => {
	const words = useWords(lightWords);
	const box = useWords(boxWords);
	const { lights: says } = useWords(overviewWords);
	const isOwner = useMay("owner");
	const { names, shows, legend } = state;
	return (
		<>
			<PageHead title={words.title} back={{ href: "/system", label: box.title }} />
			<Card title={words.title} id="lights" live="machine">
				<p>{words.lead}</p>
				<Facts
					of={[[words.now, says[shows]], names.length === 0 ? null : [words.lights, names.join(", ")]]}
				/>
				{names.length === 0 ? <p class="quiet">{words.none}</p> : null}
				{isOwner && names.length > 0 ? (
					<ActionButton action="/system/lights/show">{words.show}</ActionButton>
				) : null}
			</Card>
			<Card title={words.legend} id="legend">
				<div class="lights">
					<label class="check no-print">
						<input type="checkbox" class="blink" />
						{words.blink}
					</label>
					<table class="stacked">
						<thead>
							<tr>
								<th scope="col">{words.meaning}</th>
								<th scope="col">{words.looks}</th>
								<th scope="col">{words.time}</th>
							</tr>
						</thead>
						<tbody>
							{legend.map(({ meaning }) => (
								<tr>
									<th scope="row">
										<span class={`lamp ${meaning}`} aria-hidden="true" />
										{says[meaning]}
									</th>
									<td data-label={words.looks}>{words.look[meaning]}</td>
									<td data-label={words.time}>
										<div class={`rhythm ${meaning}`} aria-hidden="true" />
									</td>
								</tr>
							))}
						</tbody>
					</table>
				</div>
			</Card>
			<Card title={words.buttonTitle} id="button">
				<p>{words.buttonShort}</p>
				<p>{words.buttonLong}</p>
				<p class="quiet">
					{words.pins} <code>lights.green_pin</code>, <code>lights.red_pin</code>,{" "}
					<code>lights.button_pin</code>
				</p>
			</Card>
		</>
	);
};
