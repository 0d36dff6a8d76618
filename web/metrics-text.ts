/**
 * The state of the box in Prometheus' text form (prometheus.io, exposition formats 0.0.4). Numbers only, and the
 * addresses of accounts, which an owner knows; never senders, recipients or devices.
 */
import type { TrafficService } from "../appliance/console-services.ts";
import type { Status } from "../appliance/services.ts";

type Sample = readonly [labels: Readonly<Record<string, string>>, value: number];

export function metricsText(status: Status, totals: ReturnType<TrafficService["totals"]>): string {
	const { queue, accounts, storage, memoryBytes, matters, startedAt } = status;
	const flag = (is: boolean) => (is ? 1 : 0);
	return [
		metric("postern_queue_messages", "gauge", "Messages in the queue by state.", [
			...Object.entries(queue).map(([state, count]): Sample => [{ state }, count]),
		]),
		metric("postern_messages_total", "counter", "Messages since the start by what became of them.", [
			[{ outcome: "accepted" }, totals.accepted],
			[{ outcome: "delivered" }, totals.delivered],
			[{ outcome: "failed" }, totals.failed],
			[{ outcome: "refused" }, totals.refused],
		]),
		metric("postern_accepted_bytes_total", "counter", "Bytes accepted since the start.", [
			[{}, totals.acceptedBytes],
		]),
		metric("postern_account_signed_in", "gauge", "1 when the account is signed in to Microsoft.", [
			...accounts.map(({ address, state }): Sample => [{ account: address }, flag(state === "signed-in")]),
		]),
		metric("postern_account_flowing", "gauge", "1 when mail flows through the account.", [
			...accounts.map(({ address, circuit }): Sample => [{ account: address }, flag(circuit === "closed")]),
		]),
		metric("postern_storage_free_bytes", "gauge", "Free space on the card.", [[{}, storage.freeBytes]]),
		metric("postern_storage_accepting", "gauge", "1 when there is room for new mail.", [
			[{}, flag(storage.accepting)],
		]),
		metric("postern_matters", "gauge", "Things that need the owner.", [[{}, matters.length]]),
		metric("postern_memory_bytes", "gauge", "Resident memory of the process.", [[{}, memoryBytes]]),
		metric("postern_start_time_seconds", "gauge", "When the process started, since 1970.", [
			[{}, Math.floor(Date.parse(startedAt) / 1000)],
		]),
	].join("");
}

function metric(name: string, type: "gauge" | "counter", help: string, samples: readonly Sample[]): string {
	const lines = samples.map(([labels, value]) => `${name}${labelText(labels)} ${value}\n`);
	return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join("")}`;
}

function labelText(labels: Readonly<Record<string, string>>): string {
	const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
	return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

function escaped(value: string): string {
	return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
