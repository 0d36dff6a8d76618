/**
 * The button at a GPIO pin, where the owner has wired one. For light-desk.ts.
 *
 * systemd opens the kernel's input device of the button, and of nothing else, and passes it (`OpenFile=` in
 * image/overlay/…/lights.conf, sd_listen_fds(3)): the service itself may open no device. `cat` reads it for us, because a read
 * that waits for a person would hold one of Node's few file threads, and keep the process from ending.
 *
 * No button: nothing happens. One that breaks away is logged, and is not asked again before the next start.
 */
import { type ChildProcess, spawn } from "node:child_process";
import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import { InputEvents } from "./input-events.ts";
import { LONG_LEAST_MS, type Press, Presses } from "./presses.ts";

const NAME = "postern-button";
/** sd_listen_fds(3): the first one; the others follow. */
const FIRST_DESCRIPTOR = 3;

export interface ButtonOptions {
	readonly environment: NodeJS.ProcessEnv;
	readonly clock: Clock;
	readonly log: Log;
	readonly onPress: (press: Press) => void;
}

export class Button {
	readonly #options: ButtonOptions;
	readonly #reader: ChildProcess;
	readonly #presses = new Presses();
	#held: NodeJS.Timeout | undefined;
	#hasStopped = false;

	private constructor(options: ButtonOptions, descriptor: number) {
		this.#options = options;
		const reader = spawn("cat", [], { stdio: [descriptor, "pipe", "ignore"] });
		this.#reader = reader;
		const events = new InputEvents();
		reader.stdout?.on("data", (chunk: Buffer) => {
			for (const { isDown } of events.read(chunk)) this.#moved(isDown);
		});
		reader.once("error", (error) => this.#lost(error.message));
		reader.once("exit", () => this.#lost("it ended"));
	}

	/** Undefined where there is none. */
	static open(options: ButtonOptions): Button | undefined {
		const descriptor = passedDescriptor(options.environment);
		return descriptor === undefined ? undefined : new Button(options, descriptor);
	}

	stop(): void {
		this.#hasStopped = true;
		clearTimeout(this.#held);
		this.#reader.kill();
	}

	#moved(isDown: boolean): void {
		const { clock } = this.#options;
		clearTimeout(this.#held);
		if (!isDown) {
			this.#tell(this.#presses.up(clock.monotonicMs()));
			return;
		}
		this.#presses.down(clock.monotonicMs());
		// A timer may ring a millisecond early.
		this.#held = setTimeout(() => this.#tell(this.#presses.held(clock.monotonicMs())), LONG_LEAST_MS + 10);
		this.#held.unref();
	}

	#tell(press: Press | undefined): void {
		if (press !== undefined) this.#options.onPress(press);
	}

	#lost(reason: string): void {
		clearTimeout(this.#held);
		if (!this.#hasStopped) this.#options.log.warning("button-lost", { reason });
	}
}

/** Of the file that systemd passes under this name. */
function passedDescriptor(environment: NodeJS.ProcessEnv): number | undefined {
	if (environment["LISTEN_PID"] !== `${process.pid}`) return undefined;
	const position = (environment["LISTEN_FDNAMES"] ?? "").split(":").indexOf(NAME);
	return position < 0 ? undefined : FIRST_DESCRIPTOR + position;
}
