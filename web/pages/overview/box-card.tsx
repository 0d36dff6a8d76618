/** The machine in a few lines: light, card, temperature, clock, network. */
import type { FC } from "hono/jsx";
import type { MachineState } from "../../../appliance/console-services.ts";
import { Badge, type Tone } from "../../components/badge.tsx";
import { formatSize } from "../../components/moment.tsx";
import { Card, Facts } from "../../components/page-parts.tsx";
import { overviewWords } from "../../locales/overview.ts";
import { usePage, useWords } from "../../page-context.ts";

const LIGHT_TONES: Readonly<Record<MachineState["light"], Tone>> = {
	starting: "busy",
	setup: "busy",
	working: "well",
	sending: "well",
	offline: "busy",
	"needs-you": "trouble",
	storage: "trouble",
	updating: "busy",
	stopped: "plain",
};

/** `href`: where there is more of it. */
export const BoxCard: FC<{ readonly machine: MachineState; readonly href?: string }> = ({
	machine,
	href,
}) => {
	const words = useWords(overviewWords);
	const { light, card, temperatureCelsius, clock, links, upSeconds } = machine;
	return (
		<Card title={words.box} id="box" live="machine" href={href}>
			<Facts
				of={[
					[words.light, <Badge tone={LIGHT_TONES[light]}>{words.lights[light]}</Badge>],
					[words.card, <CardState card={card} />],
					temperatureCelsius === null ? null : [words.temperature, `${Math.round(temperatureCelsius)} °C`],
					[words.clockName, <ClockState clock={clock} />],
					[words.link, linkText(links) || words.linkNone],
					[words.upSince, <UpTime seconds={upSeconds} />],
				]}
			/>
		</Card>
	);
};

const CardState: FC<{ readonly card: MachineState["card"] }> = ({ card }) => {
	const words = useWords(overviewWords);
	const { language } = usePage();
	if (card.isSick || card.isReadOnly) return <Badge tone="trouble">{words.cardSick}</Badge>;
	if (!card.accepting) return <Badge tone="trouble">{words.cardFull}</Badge>;
	const free = words.cardFree(formatSize(language, card.freeBytes), formatSize(language, card.totalBytes));
	return <>{card.wearPercent === null ? free : `${free}, ${words.wear(card.wearPercent)}`}</>;
};

/** Less is nobody's trouble. */
const CLOCK_ERROR_SHOWN_MS = 5 * 60_000;

const ClockState: FC<{ readonly clock: MachineState["clock"] }> = ({ clock }) => {
	const words = useWords(overviewWords);
	if (Math.abs(clock.errorMs) >= CLOCK_ERROR_SHOWN_MS)
		return <Badge tone="trouble">{words.clockWrong}</Badge>;
	return <>{clock.isSynchronised === null ? words.clockUnknown : words.clockRight}</>;
};

function linkText(links: MachineState["links"]): string {
	return links
		.filter(({ isUp, addresses }) => isUp && addresses.length > 0)
		.map(({ name, addresses }) => `${name} ${addresses[0]?.replace(/\/\d+$/, "") ?? ""}`)
		.join(", ");
}

const UpTime: FC<{ readonly seconds: number }> = ({ seconds }) => {
	const words = useWords(overviewWords);
	const minutes = Math.floor(seconds / 60);
	if (minutes < 120) return <>{words.minutes(minutes)}</>;
	const hours = Math.floor(minutes / 60);
	return <>{hours < 48 ? words.hours(hours) : words.days(Math.floor(hours / 24))}</>;
};
