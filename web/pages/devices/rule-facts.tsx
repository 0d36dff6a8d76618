/** The rules of a device in brief: what is as usual is left out, save what everybody asks for. */
import type { Child, FC } from "hono/jsx";
import type { KindHints } from "../../../appliance/services.ts";
import { Facts } from "../../components/page-parts.tsx";
import { deviceRuleWords } from "../../locales/device-rules.ts";
import { useWords } from "../../page-context.ts";
import { KindName } from "./gallery-page.tsx";
import { type Limit, linesOf, type RuleValues } from "./rule-values.ts";

type Fact = readonly [name: Child, value: Child];

interface RuleFactsProps {
	readonly rules: RuleValues;
	readonly hints: KindHints | null;
}

export const RuleFacts: FC<RuleFactsProps> = ({ rules, hints }) => {
	const words = useWords(deviceRuleWords);
	const list = (text: string) => linesOf(text).join(", ");
	const given = (name: string, value: string): Fact | null => (value === "" ? null : [name, value]);
	const limit = (name: string, { count, size, time }: Limit, isPause: boolean): Fact | null => {
		if (count === "") return null;
		const units = words.units as Readonly<Record<string, string>>;
		const many = words.many as Readonly<Record<string, string>>;
		return isPause
			? [name, `${count} ${many[time] ?? time}`]
			: [name, `${count}${size === "" ? "" : ` ${size}`} / ${units[time] ?? time}`];
	};
	const recipients = list(rules.recipients);
	const on = [
		...(rules.urgent ? [words.urgent] : []),
		...(rules.newestFirst ? [words.newestFirst] : []),
		...rules.switches.map((flag) => words.switches[flag]),
	];
	return (
		<Facts
			of={[
				hints === null ? null : [words.kind, <KindName of={hints} />],
				given(words.addresses, list(rules.addresses)),
				given(words.username, rules.username),
				[words.account, rules.account === "" ? words.onlyAccount : rules.account],
				[words.sender, rules.from === "list" ? list(rules.senders) : words.from[rules.from]],
				[words.recipients, recipients === "*" ? words.anybody : recipients],
				limit(words.rate, rules.rate, false),
				limit(words.quota, rules.quota, false),
				limit(words.coalesce, rules.coalesce, true),
				given(words.on, on.join(", ")),
				given(words.switches.hide_ehlo, list(rules.hideEhlo)),
			]}
		/>
	);
};
