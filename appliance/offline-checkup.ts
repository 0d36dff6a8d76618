/**
 * `postern doctor` where Postern does not run: what would keep it from running. For running.ts. Looks, and changes nothing: the
 * mail database is opened to be read, and a port is taken for a moment.
 *
 * Gives its findings as steps, the first that something is wrong with says what to do; never throws for what it finds.
 */
import { access, constants, stat, statfs } from "node:fs/promises";
import net from "node:net";
import path from "node:path";
import { type ConfigPlace, readConfig } from "./beginning.ts";
import { DEFAULT_STATE_DIR } from "./cli/control-path.ts";
import { SystemClock } from "./clock.ts";
import { type Endpoint, formatEndpoint } from "./config/endpoint.ts";
import { ConfigError } from "./config/problems.ts";
import type { Config } from "./config/schema.ts";
import { asError, errorCode } from "./errors.ts";
import { checkInternet } from "./internet-check.ts";
import { openLog } from "./log.ts";
import { endpointsOf } from "./microsoft/clouds.ts";
import { openHttp } from "./microsoft/http.ts";
import { proxyFor } from "./microsoft/proxy-tunnel.ts";
import type { TestStep } from "./services.ts";
import { addonFile } from "./store/addon.ts";
import { openDatabase } from "./store/database.ts";
import { holderOfPort } from "./system/port-holders.ts";
import { findMisowned } from "./system/state-owner.ts";
import { CHECKUP } from "./words/checkup.ts";
import { say } from "./words/saying.ts";

const right = (text: string): TestStep => ({ ok: true, text });
const wrong = (text: string, advice: string): TestStep => ({ ok: false, text: `${text} ${advice}` });

export async function* checkOffline(place: ConfigPlace, signal: AbortSignal): AsyncGenerator<TestStep, void> {
	let config: Config;
	try {
		const loaded = await readConfig(place, []);
		config = loaded.config;
		yield wrong(CHECKUP.notRunning, CHECKUP.notRunningDo);
		yield right(say(CHECKUP.configurationRight, { file: loaded.file ?? CHECKUP.noFile }));
	} catch (thrown) {
		if (!(thrown instanceof ConfigError)) throw thrown;
		yield wrong(thrown.message, CHECKUP.configurationDo);
		return;
	}
	yield* checkState(config);
	for (const endpoint of listensOf(config)) yield await checkPort(endpoint);
	if (!signal.aborted) yield* reachMicrosoft(place, config, signal);
}

async function* checkState({ state_dir: folder, queue }: Config): AsyncGenerator<TestStep, void> {
	const found = await stat(folder).catch((thrown: unknown) => {
		if (errorCode(thrown) === "ENOENT") return undefined;
		throw thrown;
	});
	if (found === undefined) {
		yield right(say(CHECKUP.noState, { folder }));
		return;
	}
	try {
		await access(folder, constants.R_OK | constants.W_OK | constants.X_OK);
	} catch (thrown) {
		const isReadOnly = errorCode(thrown) === "EROFS";
		yield wrong(
			say(isReadOnly ? CHECKUP.stateReadOnly : CHECKUP.stateOfAnother, { folder }),
			isReadOnly ? CHECKUP.stateReadOnlyDo : CHECKUP.stateOfAnotherDo,
		);
		return;
	}
	const misowned = await findMisowned(folder, path.resolve(folder) === DEFAULT_STATE_DIR);
	if (misowned !== undefined)
		yield wrong(
			say(CHECKUP.misowned, { ...misowned }),
			say(CHECKUP.misownedDo, { user: misowned.wanted, folder }),
		);
	const { bavail, bsize } = await statfs(folder);
	const megabytes = `${Math.round((bavail * bsize) / 1_000_000)} MB`;
	yield bavail * bsize > queue.reserve
		? right(say(CHECKUP.room, { size: megabytes }))
		: wrong(say(CHECKUP.noRoom, { folder, size: megabytes }), CHECKUP.noRoomDo);
	yield checkDatabase(path.join(folder, "postern.db"), folder);
}

function checkDatabase(file: string, folder: string): TestStep {
	try {
		const addon = addonFile(folder);
		const module = { exports: {} };
		if (addon !== "") process.dlopen(module, addon);
		const database = openDatabase({
			file,
			role: "reader",
			...(addon === "" ? {} : { addon: module.exports }),
		});
		try {
			const verdict = String(database.pragma("quick_check(1)", { simple: true }));
			if (verdict === "ok") return right(CHECKUP.databaseWhole);
			return wrong(say(CHECKUP.databaseDamaged, { why: verdict }), CHECKUP.databaseDo);
		} finally {
			database.close();
		}
	} catch (thrown) {
		if (errorCode(thrown) === "SQLITE_CANTOPEN") return right(CHECKUP.databaseNew);
		return wrong(say(CHECKUP.databaseDamaged, { why: asError(thrown).message }), CHECKUP.databaseDo);
	}
}

function listensOf({ smtp, pop3, console }: Config): readonly Endpoint[] {
	return [
		...[smtp.listen, smtp.listen_submission, smtp.listen_tls, smtp.listen_auto, pop3.listen, pop3.listen_tls],
		...[console.listen, console.listen_tls],
	].flat();
}

async function checkPort(endpoint: Endpoint): Promise<TestStep> {
	const port = formatEndpoint(endpoint);
	const server = net.createServer();
	try {
		await new Promise<void>((resolve, reject) => {
			server.once("error", reject);
			server.listen({ host: endpoint.host, port: endpoint.port, ipv6Only: false }, resolve);
		});
		return right(say(CHECKUP.portFree, { port }));
	} catch (thrown) {
		const code = errorCode(thrown);
		if (code === "EADDRINUSE") return takenPort(endpoint);
		// systemd opens it for the service; only a Postern that somebody starts by hand is concerned.
		if (code === "EACCES") return right(say(CHECKUP.portLow, { port }));
		return wrong(say(CHECKUP.portUnusable, { port, why: asError(thrown).message }), CHECKUP.portUnusableDo);
	} finally {
		server.close();
	}
}

async function takenPort(endpoint: Endpoint): Promise<TestStep> {
	const port = formatEndpoint(endpoint);
	const holder = await holderOfPort(endpoint.port);
	if (holder === undefined) return wrong(say(CHECKUP.portTaken, { port }), CHECKUP.portTakenDo);
	const { pid, program } = holder;
	// Its socket units keep the ports open while the service is not there.
	if (pid === 1) return right(say(CHECKUP.portOfSystemd, { port, program }));
	return wrong(say(CHECKUP.portTakenBy, { port, program, pid }), say(CHECKUP.portTakenByDo, { program }));
}

async function* reachMicrosoft(
	{ environment }: ConfigPlace,
	{ microsoft }: Config,
	signal: AbortSignal,
): AsyncGenerator<TestStep, void> {
	const clock = new SystemClock();
	const http = openHttp({
		...{ log: openLog("crit", environment), heardTime: () => undefined, environment },
		...(microsoft.ca_file === "" ? {} : { caFile: microsoft.ca_file }),
		...(microsoft.proxy === "" ? {} : { proxy: microsoft.proxy }),
	});
	const { loginUrl, graphUrl } = endpointsOf(microsoft);
	try {
		yield* checkInternet(
			{
				...{ urls: [loginUrl, graphUrl], http, now: () => clock.now() },
				proxyOf: (host) => proxyFor(host, { proxy: microsoft.proxy, environment }),
			},
			signal,
		);
	} finally {
		http.close();
	}
}
