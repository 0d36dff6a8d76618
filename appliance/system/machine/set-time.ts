/**
 * Request `set-time`: the clock, for a network in which no time server is reached and Microsoft's own `Date` has said what
 * time it is (decisions/0033). Never beside NTP, and never to a time that cannot be.
 */
import { access } from "node:fs/promises";
import * as z from "zod";
import { UserError } from "../../errors.ts";
import { NETWORKING } from "../../words/networking.ts";
import { say } from "../../words/saying.ts";
import { imageFacts } from "./image-facts.ts";
import { machineRequest } from "./machine-request.ts";

/** Made by systemd-timesyncd when a server has set the clock. */
const BY_NTP = "/run/systemd/timesync/synchronized";
const DAY_MS = 24 * 60 * 60 * 1000;
/** Longer than a board lives; a card of that age has other troubles. */
const LATEST_MS = 20 * 365 * DAY_MS;

export const setTime = machineRequest({
	do: "set-time",
	fields: { time: z.iso.datetime() },
	async run({ time }, { root, path, run, log }) {
		const isByNtp = await access(path(BY_NTP)).then(
			() => true,
			() => false,
		);
		if (isByNtp) throw new UserError("clock-kept", NETWORKING.clockKept);
		const made = (await imageFacts(root))?.builtAt ?? new Date(0).toISOString();
		const [timeMs, madeMs] = [Date.parse(time), Date.parse(made)];
		if (timeMs < madeMs - DAY_MS || timeMs > madeMs + LATEST_MS) {
			throw new UserError("clock-implausible", say(NETWORKING.clockImplausible, { time, made }));
		}
		await run("/usr/bin/date", ["--utc", "--set", `@${(timeMs / 1000).toFixed(3)}`]);
		log.notice("clock-set", { time });
		return { time };
	},
});
