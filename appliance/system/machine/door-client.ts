/**
 * Asks the machine door for what needs root (door.ts). For the appliance, which has no rights of its own.
 *
 * Throws `UserError`: what the door refused, as it was there; `not-the-firmware` where there is no door; `machine-silent`
 * and `machine-unreachable` where it does not answer as it should. The door is trusted, its answers are bounded all the same.
 */
import net from "node:net";
import path from "node:path";
import type * as z from "zod";
import { asError, errorCode, UserError } from "../../errors.ts";
import { FIRMWARE } from "../../words/firmware.ts";
import type { DoorLine } from "./door.ts";
import type { Progress } from "./machine-request.ts";
import type { MACHINE_REQUESTS } from "./requests.ts";

const DOOR_SOCKET = "/run/postern-machine.sock";

/** Where the door is, by the machine's root folder (image-facts.ts). */
export function doorSocket(root: string): string {
	return path.join(root, DOOR_SOCKET);
}

/** Between two lines: starting the door takes a small board seconds. */
const SILENCE_TIMEOUT_MS = 60_000;
const LARGEST_ANSWER_BYTES = 1024 * 1024;

type Known = (typeof MACHINE_REQUESTS)[number];
type Named<Do extends string> = Extract<Known, { readonly do: Do }>;

/** zod takes an object without fields for one that has none at all, `do` neither. */
type InputOf<Do extends MachineDo> = keyof Named<Do>["fields"] extends never
	? unknown
	: z.input<z.ZodObject<Named<Do>["fields"]>>;

export type MachineDo = Known["do"];

/** A request, as its file in this folder has it. */
export type MachineAsk<Do extends MachineDo> = { readonly do: Do } & InputOf<Do>;

export type MachineAnswer<Do extends MachineDo> = Awaited<ReturnType<Named<Do>["run"]>>;

export interface AskOptions {
	readonly onProgress?: (progress: Progress) => void;
	/** For a request that is long silent. */
	readonly silenceTimeoutMs?: number;
	/** `doorSocket`, where the machine's root folder is another one. */
	readonly socket?: string;
}

export function askMachine<Do extends MachineDo>(
	request: MachineAsk<Do>,
	{ onProgress, silenceTimeoutMs = SILENCE_TIMEOUT_MS, socket = DOOR_SOCKET }: AskOptions = {},
): Promise<MachineAnswer<Do>> {
	return new Promise((resolve, reject) => {
		const connection = net.connect(socket);
		let rest = "";
		let sizeBytes = 0;
		const end = (settle: () => void) => {
			connection.destroy();
			settle();
		};
		const take = (line: string) => {
			const answer = JSON.parse(line) as DoorLine;
			if ("progress" in answer) onProgress?.(answer.progress);
			else if ("done" in answer) end(() => resolve(answer.done as MachineAnswer<Do>));
			else end(() => reject(refusalOf(answer.refused)));
		};
		connection.setTimeout(silenceTimeoutMs, () =>
			end(() => reject(new UserError("machine-silent", FIRMWARE.doorSilent, FIRMWARE.doorSilentDo))),
		);
		connection.setEncoding("utf8").on("data", (chunk) => {
			sizeBytes += chunk.length;
			if (sizeBytes > LARGEST_ANSWER_BYTES) return end(() => reject(unreachable("too much")));
			const lines = (rest + String(chunk)).split("\n");
			rest = lines.pop() ?? "";
			try {
				for (const line of lines) take(line);
			} catch (thrown) {
				end(() => reject(unreachable(thrown)));
			}
		});
		connection.once("error", (error) => end(() => reject(connectionError(error))));
		connection.once("close", () => end(() => reject(unreachable("closed"))));
		connection.write(`${JSON.stringify(request)}\n`);
	});
}

function refusalOf({ code, text, hint }: Extract<DoorLine, { refused: unknown }>["refused"]): UserError {
	return new UserError(String(code), String(text), String(hint));
}

function connectionError(error: Error): UserError {
	if (errorCode(error) !== "ENOENT") return unreachable(error);
	return new UserError("not-the-firmware", FIRMWARE.notTheFirmware, FIRMWARE.notTheFirmwareDo, {
		cause: error,
	});
}

function unreachable(cause: unknown): UserError {
	return new UserError("machine-unreachable", FIRMWARE.doorShut, FIRMWARE.doorShutDo, {
		cause: asError(cause),
	});
}
