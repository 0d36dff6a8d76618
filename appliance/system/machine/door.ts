/**
 * The machine door: one request from standard input, done as root, answered line by line on standard output. systemd starts
 * it for each connection to `/run/postern-machine.sock` (postern-machine@.service); the firmware has it, other installs do
 * not. Who may connect is the socket's to say (root and the service's user); what comes is bounded and checked all the same.
 *
 * `{"progress":{…}}` as often as there is something to say, then `{"done":…}` or `{"refused":{"code","text","hint"}}`. A
 * request that has begun is carried to its end although whoever asked has gone. Rejects on faults of our own, after they
 * were answered in general words.
 */
import type { Readable, Writable } from "node:stream";
import * as z from "zod";
import { asError, UserError } from "../../errors.ts";
import { type Log, openLog } from "../../log.ts";
import { FIRMWARE } from "../../words/firmware.ts";
import { doorContext, type MachineRequest, type Progress } from "./machine-request.ts";
import { MACHINE_REQUESTS } from "./requests.ts";

export const LARGEST_REQUEST_BYTES = 64 * 1024;
/** Whoever asks writes its request at once. */
const REQUEST_TIMEOUT_MS = 10_000;

/** What the door answers, a line each. */
export type DoorLine =
	| { readonly progress: Progress }
	| { readonly done: unknown }
	| { readonly refused: { readonly code: string; readonly text: string; readonly hint: string } };

type AnyRequest = MachineRequest<string, z.ZodRawShape, unknown>;

const REQUESTS: ReadonlyMap<string, AnyRequest> = new Map(
	MACHINE_REQUESTS.map((request) => [request.do, request as AnyRequest]),
);

const REQUEST = z.looseObject({ do: z.string().max(100) });

export interface DoorOptions {
	readonly input: Readable;
	readonly output: Writable;
	readonly root: string;
}

export async function answerOneRequest({ input, output, root }: DoorOptions): Promise<void> {
	const log = openLog("info");
	const answer = (line: DoorLine) => void output.write(`${JSON.stringify(line)}\n`);
	try {
		const { request, fields } = readRequest(await requestLine(input));
		log.info("machine-request", { do: request.do });
		const context = doorContext(root, log, (progress) => answer({ progress }));
		const done = await request.run(fields, context);
		answer({ done: done ?? {} });
	} catch (thrown) {
		refuse(thrown, answer, log);
	}
}

function refuse(thrown: unknown, answer: (line: DoorLine) => void, log: Log): void {
	if (thrown instanceof UserError) {
		const { code, message, hint } = thrown;
		log.warning("machine-request-refused", { code, text: message });
		answer({ refused: { code, text: message, hint } });
		return;
	}
	answer({ refused: { code: "machine-fault", text: FIRMWARE.doorFault, hint: FIRMWARE.doorFaultDo } });
	throw asError(thrown);
}

/** Up to the end of the line or of the input; no more than a request may have, and no longer than it takes to write one. */
async function requestLine(input: Readable): Promise<string> {
	const late = AbortSignal.timeout(REQUEST_TIMEOUT_MS);
	late.addEventListener("abort", () => input.destroy(notUnderstood("it did not come in time")), {
		once: true,
	});
	let text = "";
	for await (const chunk of input.setEncoding("utf8")) {
		text += String(chunk);
		if (Buffer.byteLength(text) > LARGEST_REQUEST_BYTES) throw notUnderstood("it is too long");
		if (text.includes("\n")) break;
	}
	return text.split("\n")[0] ?? "";
}

/** Faults are named by where they are, never by what stood there: that may be a secret. */
function readRequest(line: string): { request: AnyRequest; fields: Record<string, unknown> } {
	const parsed = REQUEST.safeParse(jsonOf(line));
	if (!parsed.success) throw notUnderstood("it is no JSON object that says what to do");
	const { do: name, ...fields } = parsed.data;
	const request = REQUESTS.get(name);
	if (request === undefined) throw notUnderstood("this machine cannot do it");
	const checked = z.strictObject(request.fields).safeParse(fields);
	if (checked.success) return { request, fields: checked.data };
	const places = checked.error.issues.map(({ path, code }) => `${path.join(".")} (${code})`);
	throw notUnderstood(places.slice(0, 5).join(", "));
}

function jsonOf(line: string): unknown {
	try {
		return JSON.parse(line);
	} catch {
		return undefined;
	}
}

function notUnderstood(why: string): UserError {
	return new UserError("machine-request-unknown", `The machine did not take the request: ${why}.`);
}
