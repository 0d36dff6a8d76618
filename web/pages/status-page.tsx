/**
 * The plain status page: is it well, and if not what to do; then the numbers. For the owner's phone.
 * Asks for itself again every ten seconds.
 */
import type { FC } from "hono/jsx";
import { Layout } from "./layout.tsx";
import type { PublicStatus } from "./public-status.ts";

const REFRESH_SECONDS = 10;

export const StatusPage: FC<{ readonly status: PublicStatus }> = ({ status }) => {
	const verdict = verdictOf(status.problems.length);
	return (
		<Layout title={verdict} name={status.name} refreshSeconds={REFRESH_SECONDS}>
			<main>
				<Verdict title={verdict} status={status} />
				<QueueCard queue={status.queue} />
				<AccountsCard accounts={status.accounts} />
				<ListenersCard listeners={status.listeners} />
				<StorageCard storage={status.storage} />
			</main>
			<footer>
				<p>
					Postern {status.version} · running since {utc(status.startedAt)} · as of {utc(status.now)} (UTC)
				</p>
			</footer>
		</Layout>
	);
};

function verdictOf(problemCount: number): string {
	if (problemCount === 0) return "All is well";
	return problemCount === 1 ? "One thing needs attention" : `${problemCount} things need attention`;
}

const Verdict: FC<{ readonly title: string; readonly status: PublicStatus }> = ({ title, status }) =>
	status.problems.length === 0 ? (
		<section class="verdict well">
			<h1>✓ {title}</h1>
			<p>Devices can send, and mail goes on to Microsoft 365.</p>
		</section>
	) : (
		<section class="verdict trouble">
			<h1>! {title}</h1>
			<ul>
				{status.problems.map((problem) => (
					<li>{problem}</li>
				))}
			</ul>
		</section>
	);

const QueueCard: FC<{ readonly queue: PublicStatus["queue"] }> = ({ queue }) => (
	<section class="card">
		<h2>Mail</h2>
		<dl class="counts">
			<Count label="on the way" value={queue.incoming + queue.active} />
			<Count label="waiting" value={queue.deferred} />
			<Count label="held" value={queue.held} />
			<Count label="failed" value={queue.failed} />
		</dl>
	</section>
);

const Count: FC<{ readonly label: string; readonly value: number }> = ({ label, value }) => (
	<div>
		<dt>{label}</dt>
		<dd>{value}</dd>
	</div>
);

const AccountsCard: FC<{ readonly accounts: PublicStatus["accounts"] }> = ({ accounts }) => (
	<section class="card">
		<h2>Microsoft accounts</h2>
		{accounts.length === 0 ? (
			<p>
				None yet. Add one with <code>postern account add ADDRESS</code>.
			</p>
		) : (
			<ul class="rows">
				{accounts.map((account) => (
					<li>
						<span>{account.label}</span>
						<span class={account.well ? "quiet" : "urgent"}>
							{account.signIn}, {account.flow}
						</span>
					</li>
				))}
			</ul>
		)}
	</section>
);

const ListenersCard: FC<{ readonly listeners: PublicStatus["listeners"] }> = ({ listeners }) => (
	<section class="card">
		<h2>Ports</h2>
		{listeners.length === 0 ? (
			<p>No port is open.</p>
		) : (
			<ul class="rows">
				{listeners.map(({ port, purpose }) => (
					<li>
						<span>{port}</span>
						<span class="quiet">{purpose}</span>
					</li>
				))}
			</ul>
		)}
	</section>
);

const StorageCard: FC<{ readonly storage: PublicStatus["storage"] }> = ({ storage }) => (
	<section class="card">
		<h2>Card</h2>
		<p>
			{Math.floor(storage.freeBytes / 1_000_000).toLocaleString("en")} MB free
			{storage.accepting ? ", taking mail" : ", not taking mail until there is room"}.
		</p>
	</section>
);

/** `2026-11-20T11:38:04.123Z` as `2026-11-20 11:38`; the page says once that it is UTC. */
function utc(iso: string): string {
	return iso.slice(0, 16).replace("T", " ");
}
