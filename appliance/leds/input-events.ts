/**
 * The kernel's input events as they come from an event device (Documentation/input/input.rst, `struct input_event` of a
 * 64-bit machine: two times of 8 octets, type, code, value). For button.ts. Pure; an event cut in two by a read is put together.
 */
export interface KeyEvent {
	readonly code: number;
	readonly isDown: boolean;
}

const EVENT_BYTES = 24;
const TYPE_AT = 16;
const CODE_AT = 18;
const VALUE_AT = 20;
const EV_KEY = 1;
const RELEASED = 0;
const PRESSED = 1;

export class InputEvents {
	#rest: Buffer = Buffer.alloc(0);

	/** Keys that went down or up; all else, and repetition, is left out. */
	read(chunk: Buffer): readonly KeyEvent[] {
		const bytes = Buffer.concat([this.#rest, chunk]);
		const whole = Math.floor(bytes.length / EVENT_BYTES);
		this.#rest = bytes.subarray(whole * EVENT_BYTES);
		return Array.from({ length: whole }, (_, index) => index * EVENT_BYTES).flatMap((at) => {
			const value = bytes.readInt32LE(at + VALUE_AT);
			const isKey = bytes.readUInt16LE(at + TYPE_AT) === EV_KEY && (value === RELEASED || value === PRESSED);
			return isKey ? [{ code: bytes.readUInt16LE(at + CODE_AT), isDown: value === PRESSED }] : [];
		});
	}
}
