/** What the list shows: quick choices with the counts of the queue, and a form for the rest. Addresses that can be kept. */
import type { FC } from "hono/jsx";
import type { MailState } from "../../../appliance/console-services.ts";
import type { Status } from "../../../appliance/services.ts";
import { Button, SelectField, TextField } from "../../components/form.tsx";
import { Count } from "../../components/moment.tsx";
import { LinkButton } from "../../components/page-parts.tsx";
import { commonWords } from "../../locales/common.ts";
import { mailWords } from "../../locales/mail.ts";
import { useWords } from "../../page-context.ts";
import { isFiltered, type ListQuery, listPath, STATES } from "./filter.ts";

const QUICK: readonly (readonly [keyof typeof mailWords.en.quick, readonly MailState[]])[] = [
	["all", []],
	["waiting", ["incoming", "active", "deferred"]],
	["held", ["held"]],
	["failed", ["failed"]],
	["delivered", ["delivered"]],
];

export const QuickFilters: FC<{ readonly query: ListQuery; readonly queue: Status["queue"] }> = ({
	query,
	queue,
}) => {
	const words = useWords(mailWords);
	const counts: Readonly<Partial<Record<string, number>>> = {
		waiting: queue.incoming + queue.active + queue.deferred,
		held: queue.held,
		failed: queue.failed,
	};
	return (
		<nav class="chips" aria-label={words.state} id="quick" data-live="mail">
			{QUICK.map(([name, states]) => (
				<>
					<a
						href={listPath({ ...query, states })}
						aria-current={states.join() === query.states.join() ? "true" : undefined}
					>
						{words.quick[name]}{" "}
						{counts[name] === undefined ? null : (
							<span class="chip-count">
								<Count of={counts[name]} />
							</span>
						)}
					</a>{" "}
				</>
			))}
		</nav>
	);
};

interface FiltersProps {
	readonly query: ListQuery;
	readonly devices: readonly string[];
	readonly accounts: readonly string[];
}

/** GET: what was asked for stands in the address. */
export const Filters: FC<FiltersProps> = ({ query, devices, accounts }) => {
	const words = useWords(mailWords);
	const { device, account, from, until, states } = query;
	const isQuick = QUICK.some(([, quick]) => quick.join() === states.join());
	const isOpen = !isQuick || device !== "" || account !== "" || from !== "" || until !== "";
	return (
		<search>
			<form method="get" action="/mail" class="filter-form">
				<div class="filters">
					<TextField
						label={words.search}
						name="q"
						value={query.text}
						hint={words.searchHint}
						type="search"
						maxlength={200}
						isOptional
						isPlain
					/>
					<Button kind="quiet">{words.find}</Button>
					{isFiltered(query) ? <LinkButton href="/mail">{words.clear}</LinkButton> : null}
				</div>
				<details open={isOpen}>
					<summary>{words.more}</summary>
					<div class="filter-more">
						<StateChoice states={states} />
						<div class="filters">
							<Choice label={words.device} name="device" value={device} choices={devices} />
							<Choice label={words.account} name="account" value={account} choices={accounts} />
							<TextField label={words.from} name="from" type="date" value={from} isOptional isPlain />
							<TextField label={words.until} name="until" type="date" value={until} isOptional isPlain />
							<Button kind="quiet">{words.find}</Button>
						</div>
					</div>
				</details>
			</form>
		</search>
	);
};

const StateChoice: FC<{ readonly states: readonly MailState[] }> = ({ states }) => {
	const words = useWords(mailWords);
	const common = useWords(commonWords);
	return (
		<fieldset class="field">
			<legend>{words.state}</legend>
			<div class="ticks">
				{STATES.map((state) => (
					<>
						<label class="choice">
							<input type="checkbox" name="state" value={state} checked={states.includes(state)} />
							<span>{common.states[state]}</span>
						</label>{" "}
					</>
				))}
			</div>
		</fieldset>
	);
};

/** The present choice stays one, also where it is gone from the box: history still has its mail. */
const Choice: FC<{
	readonly label: string;
	readonly name: string;
	readonly value: string;
	readonly choices: readonly string[];
}> = ({ label, name, value, choices }) => {
	const words = useWords(mailWords);
	const all = new Set(value === "" ? choices : [...choices, value]);
	return (
		<SelectField
			label={label}
			name={name}
			value={value}
			choices={[{ value: "", label: words.any }, ...[...all].map((one) => ({ value: one, label: one }))]}
		/>
	);
};
