/**
 * The console of a box with a full history: what a page weighs on a first visit, how soon it is answered, and how many a second
 * beside a bare server that sends the same page. Postern is compared with no other contender; each page is told of on standard error.
 */
import { ConsoleVisitor } from "../../../appliance/e2e/console-visitor.ts";
import { CountedRequests } from "../../../appliance/e2e/counted-requests.ts";
import { BareServer } from "../bare-server.ts";
import type { Contender } from "../contender.ts";
import type { Measurement, Values } from "../figure.ts";
import { finishMail } from "../finished-mail.ts";
import { crawl } from "../page-crawl.ts";
import { median } from "../statistics.ts";
import { type Bench, whileRunning, withInstallation } from "../subject.ts";

/** As many as history keeps. */
const FINISHED = 100_000;
const ACCOUNT = "bench@contoso.test";
const PASSWORD = "a password of the bench";
/** Browsers at once while requests are counted. */
const VISITORS = 4;
const OVERVIEW = "/";
const MAIL = "/mail";
/** Where the links begin, and searches that go through the whole of history. */
const FIRST_PAGES = [
	...[OVERVIEW, "/?span=hour", "/?span=month", MAIL],
	...["/mail?q=nothing-like-this", "/mail?state=expired", "/mail?device=Nobody"],
	"/mail?from=2020-01-01&until=2020-01-02",
];

const pageFigure = { wanted: [{ atMost: 100 }], unit: "ms", decimals: 1 } as const;
const rateFigure = { wanted: [], unit: "1/s", decimals: 0 } as const;

export const consoleMeasurement: Measurement = {
	name: "console",
	contenders: ["postern"],
	figures: [
		{
			title: "console: heaviest page on a first visit, everything included",
			...{ unit: "kB", value: "heaviestKilobytes", decimals: 1, wanted: [{ atMost: 60 }] },
		},
		{ title: "100,000 in history: slowest page, median", value: "slowestMs", ...pageFigure },
		{ title: "100,000 in history: slowest answer of all", value: "worstMs", ...pageFigure },
		{ title: "overview, answers a second", value: "overviewRate", ...rateFigure },
		{ title: "the same page from a bare Hono server", value: "bareOverviewRate", ...rateFigure },
		{ title: "list of 100,000 messages, answers a second", value: "mailRate", ...rateFigure },
		{ title: "the same page from a bare Hono server", value: "bareMailRate", ...rateFigure },
	],
	measure,
};

async function measure(bench: Bench, contender: Contender): Promise<Values> {
	return await withInstallation(bench, contender, async (installation) => {
		if (installation.stateFolder === undefined) throw new Error("it has no database of Postern's");
		finishMail(installation.stateFolder, FINISHED, ACCOUNT);
		const probe = await bench.shim.probe(0);
		return await whileRunning(installation, probe, async ({ consolePort: port }) => {
			if (port === undefined) throw new Error("it has no console");
			const visitor = new ConsoleVisitor({ port: () => port });
			await visitor.claim(PASSWORD);
			const { cookies } = visitor;
			return {
				...(await measurePages(bench, port, cookies)),
				...(await measureRates(bench, port, cookies)),
			};
		});
	});
}

async function measurePages(bench: Bench, port: number, cookies: string): Promise<Values> {
	using requests = new CountedRequests(port, cookies);
	const [weights, medians, slowest]: [number[], number[], number[]] = [[], [], []];
	for (const path of await crawl(requests, FIRST_PAGES)) {
		const kilobytes = (await requests.firstVisitBytes(path)) / 1000;
		const times: number[] = [];
		for (let visit = 0; visit < bench.effort.sessions; visit += 1)
			times.push((await requests.ask(path)).tookMs);
		const [middleMs, mostMs] = [median(times), Math.max(...times)];
		weights.push(kilobytes);
		medians.push(middleMs);
		slowest.push(mostMs);
		const facts = [
			`${kilobytes.toFixed(1)} kB`,
			`${middleMs.toFixed(1)} ms`,
			`at most ${mostMs.toFixed(1)} ms`,
		];
		bench.tell(`  ${facts.join(", ")}: ${path}`);
	}
	return {
		heaviestKilobytes: Math.max(...weights),
		slowestMs: Math.max(...medians),
		worstMs: Math.max(...slowest),
	};
}

async function measureRates(bench: Bench, port: number, cookies: string): Promise<Values> {
	const rates = async (path: string) => {
		using requests = new CountedRequests(port, cookies);
		const page = (await requests.ask(path)).text();
		await using bare = await BareServer.start(page);
		return [
			await answersPerSecond(bench, port, path, cookies),
			await answersPerSecond(bench, bare.port, "/", ""),
		] as const;
	};
	const [overviewRate, bareOverviewRate] = await rates(OVERVIEW);
	const [mailRate, bareMailRate] = await rates(MAIL);
	return { overviewRate, bareOverviewRate, mailRate, bareMailRate };
}

/** After a warm-up of half the time. */
async function answersPerSecond(bench: Bench, port: number, path: string, cookies: string): Promise<number> {
	const { seconds } = bench.effort;
	await answersWithin(seconds / 2, port, path, cookies);
	return (await answersWithin(seconds, port, path, cookies)) / seconds;
}

async function answersWithin(seconds: number, port: number, path: string, cookies: string): Promise<number> {
	const endMs = performance.now() + seconds * 1000;
	const visits = Array.from({ length: VISITORS }, async () => {
		using requests = new CountedRequests(port, cookies);
		let answers = 0;
		for (; performance.now() < endMs; answers += 1) {
			const { status } = await requests.ask(path);
			if (status !== 200) throw new Error(`${path} was answered ${status}`);
		}
		return answers;
	});
	return (await Promise.all(visits)).reduce((sum, answers) => sum + answers, 0);
}
