/** The password of a device that was just made, on its way to the card that shows it for a while. */
import { Secret } from "../../../appliance/secret.ts";
import type { DeviceSettings } from "../../../appliance/services.ts";
import type { PageRequest } from "../../render.tsx";

export function keepPassword(
	context: PageRequest,
	{ device, password }: Pick<DeviceSettings, "device" | "password">,
): void {
	const { session, desk } = context.var;
	if (session === undefined || password === null) return;
	desk.reveals.put(session.id, topicOf(device.name), new Secret(password));
}

/** For who has made it, and as long as it is revealed. */
export function revealedPassword(context: PageRequest, name: string): string | null {
	const { session, desk } = context.var;
	if (session === undefined) return null;
	return desk.reveals.find(session.id, topicOf(name))?.reveal() ?? null;
}

function topicOf(name: string): string {
	return `device ${name}`;
}
