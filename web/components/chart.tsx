/**
 * Bars over time as SVG drawn by the server, and the same numbers as a table for who cannot see them or wants them
 * exactly. Colours come from the style sheet by class and differ in lightness; nothing is told by colour alone, since the
 * legend stands in the order of the stack and the table has every number. Without any it says so in a line.
 */
import type { FC } from "hono/jsx";
import { trafficWords } from "../locales/traffic.ts";
import { usePage, useWords } from "../page-context.ts";
import { formatCount } from "./moment.tsx";

export interface Series {
	readonly label: string;
	readonly tone: "well" | "busy" | "trouble" | "plain";
	/** A level, not an amount: the legend tells the most there was, not the sum. */
	readonly isLevel?: boolean;
	/** One for each slice. */
	readonly values: readonly number[];
}

interface ChartProps {
	readonly title: string;
	/** Of each slice, for the table. */
	readonly labels: readonly string[];
	/** At the bottom, few: which slice, and what to write. */
	readonly ticks: readonly { readonly at: number; readonly label: string }[];
	/** Stacked, the first at the bottom. */
	readonly series: readonly Series[];
	/** Heading of the first column of the table. */
	readonly sliceLabel: string;
	readonly tableLabel: string;
}

/** Units of the drawing, which is stretched to the room there is. */
const WIDTH = 600;
const HEIGHT = 144;
const GAP_SHARE = 0.2;

export const Chart: FC<ChartProps> = (props) => {
	const { title, labels, ticks, series } = props;
	const { language } = usePage();
	const totals = labels.map((_, slice) => series.reduce((sum, { values }) => sum + (values[slice] ?? 0), 0));
	const isEmpty = totals.every((total) => total === 0);
	const top = niceTop(Math.max(1, ...totals));
	const sliceWidth = WIDTH / Math.max(1, labels.length);
	const yOf = (value: number) => round(HEIGHT * (1 - value / top));
	return (
		<figure class="chart">
			<figcaption>
				<span class="chart-title">{title}</span>
				{isEmpty ? null : (
					<ul class="legend">
						{series.map(({ label, tone, values, isLevel }) => (
							<li>
								<span class={`swatch ${tone}`} aria-hidden="true" />
								{label}:{" "}
								{formatCount(
									language,
									isLevel === true ? Math.max(0, ...values) : values.reduce((sum, value) => sum + value, 0),
								)}
							</li>
						))}
					</ul>
				)}
			</figcaption>
			{isEmpty ? (
				<p class="chart-none">{useWords(trafficWords).nothing}</p>
			) : (
				<>
					<svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={title} preserveAspectRatio="none">
						{[0.5, 1].map((share) => (
							<line class="grid" x1={0} x2={WIDTH} y1={yOf(top * share)} y2={yOf(top * share)} />
						))}
						{series.map(({ tone, values }, index) => (
							<path class={`bars ${tone}`} d={barsOf(values, below(series, index), sliceWidth, yOf)} />
						))}
					</svg>
					<div class="chart-ticks" aria-hidden="true">
						{ticks.map(({ label }) => (
							<span>{label}</span>
						))}
					</div>
					<div class="chart-scale" aria-hidden="true">
						<span>{formatCount(language, top)}</span>
						<span>{formatCount(language, top / 2)}</span>
						<span>0</span>
					</div>
					<Numbers {...props} />
				</>
			)}
		</figure>
	);
};

/** What lies under a series, slice by slice. */
function below(series: readonly Series[], index: number): readonly number[] {
	const under = series.slice(0, index);
	const length = series[index]?.values.length ?? 0;
	return Array.from({ length }, (_, slice) =>
		under.reduce((sum, { values }) => sum + (values[slice] ?? 0), 0),
	);
}

/** One path for all bars of a series: a page with three charts stays small. */
function barsOf(
	values: readonly number[],
	under: readonly number[],
	sliceWidth: number,
	yOf: (value: number) => number,
): string {
	const width = round(sliceWidth * (1 - GAP_SHARE));
	return values
		.map((value, slice) => {
			if (value <= 0) return "";
			const base = under[slice] ?? 0;
			const [from, to] = [yOf(base), yOf(base + value)];
			const x = round(slice * sliceWidth + (sliceWidth - width) / 2);
			// What is there is seen, however little.
			const height = Math.max(1.5, round(from - to));
			return `M${x} ${round(from - height)}h${width}v${round(height)}h-${width}z`;
		})
		.join("");
}

const Numbers: FC<ChartProps> = ({ labels, series, sliceLabel, tableLabel, title }) => {
	const { language } = usePage();
	return (
		<details>
			<summary>{tableLabel}</summary>
			<section class="table-wrap" tabindex={0} aria-label={title}>
				<table>
					<thead>
						<tr>
							<th scope="col">{sliceLabel}</th>
							{series.map(({ label }) => (
								<th scope="col" class="number">
									{label}
								</th>
							))}
						</tr>
					</thead>
					<tbody>
						{labels.map((label, slice) => (
							<tr>
								<th scope="row">{label}</th>
								{series.map(({ values }) => (
									<td class="number">{formatCount(language, values[slice] ?? 0)}</td>
								))}
							</tr>
						))}
					</tbody>
				</table>
			</section>
		</details>
	);
};

/** The next of 2, 4, 6, 10, 20, 40, … so that the scale can be read, and its half with it. */
function niceTop(value: number): number {
	const power = 10 ** Math.floor(Math.log10(value));
	const step = [2, 4, 6, 10].find((candidate) => candidate * power >= value) ?? 10;
	return step * power;
}

function round(value: number): number {
	return Math.round(value * 10) / 10;
}
