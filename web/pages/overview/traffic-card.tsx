/** Throughput and depth of the queue over an hour, a day, a month. */
import type { FC } from "hono/jsx";
import type { TrafficPoint, TrafficSpan } from "../../../appliance/console-services.ts";
import { Chart } from "../../components/chart.tsx";
import { Card } from "../../components/page-parts.tsx";
import { chartTicks, sliceLabels } from "../../components/traffic-times.ts";
import { overviewWords } from "../../locales/overview.ts";
import { trafficWords } from "../../locales/traffic.ts";
import { usePage, useWords } from "../../page-context.ts";

export const SPANS: readonly TrafficSpan[] = ["hour", "day", "month"];

interface TrafficCardProps {
	readonly span: TrafficSpan;
	readonly series: readonly TrafficPoint[];
}

export const TrafficCard: FC<TrafficCardProps> = ({ span, series }) => {
	const words = useWords(overviewWords);
	const table = useWords(trafficWords);
	const { language } = usePage();
	const common = {
		labels: sliceLabels(language, span, series),
		ticks: chartTicks(language, span, series),
		sliceLabel: table.slice[span],
		tableLabel: table.asTable,
	};
	const of = (key: "accepted" | "delivered" | "failed" | "refused" | "waiting") =>
		series.map((point) => point[key]);
	return (
		<Card
			title={words.traffic}
			id="traffic"
			live="mail"
			actions={
				<nav class="segments" aria-label={words.traffic}>
					{SPANS.map((one) => (
						<a href={`/?span=${one}`} aria-current={one === span ? "true" : undefined}>
							{words.spans[one]}
						</a>
					))}
				</nav>
			}
		>
			<Chart
				{...common}
				title={words.trafficOf[span]}
				series={[
					{ label: words.series.delivered, tone: "well", values: of("delivered") },
					{ label: words.series.failed, tone: "trouble", values: of("failed") },
					{ label: words.series.refused, tone: "plain", values: of("refused") },
				]}
			/>
			<Chart
				{...common}
				title={words.depth[span]}
				series={[{ label: words.series.waiting, tone: "busy", values: of("waiting"), isLevel: true }]}
			/>
		</Card>
	);
};
