/** A `struct input_event` of a 64-bit kernel, of the button's key: 1 down, 0 up, 2 repeated. For tests. */
export function keyEvent(value: 0 | 1 | 2): Buffer {
	const event = Buffer.alloc(24);
	event.writeUInt16LE(1, 16);
	event.writeUInt16LE(148, 18);
	event.writeInt32LE(value, 20);
	return event;
}
