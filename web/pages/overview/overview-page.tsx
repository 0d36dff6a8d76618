/** Is it working, in one glance and one sentence; what needs its owner; then the numbers. */
import type { Child, FC } from "hono/jsx";
import type { MachineState, TrafficPoint, TrafficSpan } from "../../../appliance/console-services.ts";
import type { Matter, Status } from "../../../appliance/services.ts";
import { Badge } from "../../components/badge.tsx";
import { Icon } from "../../components/icon.tsx";
import { Count, Moment } from "../../components/moment.tsx";
import { Notice } from "../../components/notice.tsx";
import { Card } from "../../components/page-parts.tsx";
import { Said } from "../../components/said.tsx";
import { overviewWords } from "../../locales/overview.ts";
import { useWords } from "../../page-context.ts";
import { BoxCard } from "./box-card.tsx";
import { TrafficCard } from "./traffic-card.tsx";

export interface OverviewProps {
	readonly status: Status;
	readonly machine: MachineState;
	readonly span: TrafficSpan;
	readonly series: readonly TrafficPoint[];
	/** Unknown devices that knock. */
	readonly strangers: number;
	readonly lastDeliveredAt: string | null;
	readonly isSetUp: boolean;
}

export const OverviewPage: FC<OverviewProps> = (props) => {
	const words = useWords(overviewWords);
	const { status, machine, strangers } = props;
	return (
		<>
			<div id="verdict" data-live="mail accounts devices machine settings mailboxes">
				<Verdict {...props} />
			</div>
			{props.isSetUp ? null : (
				<Notice kind="info" title={words.setup}>
					<p>
						<a href="/setup">{words.setupDo}</a>
					</p>
				</Notice>
			)}
			<div id="strangers" data-live="devices">
				{strangers === 0 ? null : (
					<Notice kind="info" title={words.strangers(strangers)}>
						<p>
							<a href="/devices">{words.strangersDo}</a>
						</p>
					</Notice>
				)}
			</div>
			<div class="cards">
				<QueueCard queue={status.queue} />
				<AccountsCard accounts={status.accounts} />
			</div>
			<TrafficCard span={props.span} series={props.series} />
			<BoxCard machine={machine} href="/system" />
		</>
	);
};

const Verdict: FC<OverviewProps> = ({ status, lastDeliveredAt }) => {
	const words = useWords(overviewWords);
	const { matters, queue } = status;
	const waiting = queue.incoming + queue.active + queue.deferred;
	if (matters.length === 0) {
		return (
			<section class="verdict">
				<h1 aria-live="polite">
					<Icon name="check" size={28} />
					{words.well}
				</h1>
				<p>
					{words.wellText} {waiting === 0 ? words.sentence.idle : words.sentence.waiting(waiting)}{" "}
					{lastDeliveredAt === null ? null : (
						<>
							{words.sentence.lastDelivered}: <Moment at={lastDeliveredAt} />.
						</>
					)}
				</p>
			</section>
		);
	}
	return (
		<section class="verdict trouble">
			<h1 aria-live="polite">
				<Icon name="alert" size={28} />
				{matters.length === 1 ? words.oneMatter : words.matters(matters.length)}
			</h1>
			<ul>
				{matters.map((matter) => (
					<li>
						<MatterText matter={matter} />
					</li>
				))}
			</ul>
		</section>
	);
};

const MatterText: FC<{ readonly matter: Matter }> = ({ matter }) => {
	const words = useWords(overviewWords);
	const { kind, about, count, detail } = matter;
	const say = words.kinds[kind];
	// What is about an account takes its address, what is about messages their number.
	const sentence =
		typeof say === "string"
			? say
			: kind === "failed"
				? words.kinds.failed(count)
				: (say as (about: string) => string)(about);
	return (
		<>
			<strong>{sentence}</strong>{" "}
			{detail === "" ? null : (
				<>
					<Said text={detail} />{" "}
				</>
			)}
			<a href={placeOf(matter)}>{words.doIt[kind]}</a>
		</>
	);
};

function placeOf({ kind, about }: Matter): string {
	const account = `/microsoft/${encodeURIComponent(about)}`;
	const places: Readonly<Record<Matter["kind"], string>> = {
		"card-full": "/mail",
		"card-sick": "/system",
		rebuilt: "/system/backup",
		"no-account": "/microsoft/app",
		clock: "/setup/check",
		certificate: "/system/certificate",
		port: "/system/settings",
		"needs-sign-in": account,
		account,
		"sign-in-lapses": account,
		"app-certificate": account,
		fetching: "/mailboxes",
		"no-route": "/microsoft",
		failed: "/mail?state=failed",
		paused: "/mail",
		"rolled-back": "/system/update",
		crashes: "/system/update",
		"out-of-step": "/system",
	};
	return places[kind];
}

const QueueCard: FC<{ readonly queue: Status["queue"] }> = ({ queue }) => {
	const words = useWords(overviewWords);
	return (
		<Card title={words.mail} id="queue" live="mail" href="/mail">
			<dl class="counts">
				<Figure
					label={words.counts.moving}
					href="/mail?state=incoming&state=active"
					value={queue.incoming + queue.active}
				/>
				<Figure label={words.counts.waiting} href="/mail?state=deferred" value={queue.deferred} />
				<Figure label={words.counts.held} href="/mail?state=held" value={queue.held} />
				<Figure label={words.counts.failed} href="/mail?state=failed" value={queue.failed} />
			</dl>
		</Card>
	);
};

const Figure: FC<{ readonly label: string; readonly href: string; readonly value: number }> = ({
	label,
	href,
	value,
}) => (
	<div>
		<dt>
			<a href={href}>{label}</a>
		</dt>
		<dd>
			<Count of={value} />
		</dd>
	</div>
);

const AccountsCard: FC<{ readonly accounts: Status["accounts"] }> = ({ accounts }) => {
	const words = useWords(overviewWords);
	return (
		<Card title={words.accounts} id="accounts" live="accounts mail" href="/microsoft">
			{accounts.length === 0 ? (
				<p class="quiet">{words.noAccounts}</p>
			) : (
				<ul class="rows">
					{accounts.map((account) => (
						<li>
							<a href={`/microsoft/${encodeURIComponent(account.address)}`}>{account.address}</a>
							<AccountBadge account={account} />
						</li>
					))}
				</ul>
			)}
		</Card>
	);
};

/** Also on the pages of the accounts. */
export const AccountBadge: FC<{
	readonly account: Pick<Status["accounts"][number], "state" | "circuit">;
}> = ({ account }): Child => {
	const words = useWords(overviewWords).accountStates;
	if (account.state !== "signed-in") {
		return <Badge tone={account.state === "signing-in" ? "busy" : "trouble"}>{words[account.state]}</Badge>;
	}
	if (account.circuit !== "closed") return <Badge tone="busy">{words.waits}</Badge>;
	return <Badge tone="well">{words["signed-in"]}</Badge>;
};
