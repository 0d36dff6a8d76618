/** `MovingService` of the running appliance, over its control socket (web/routes/moving.ts). */
import type { MovingService } from "../console-services.ts";
import type { ControlClient } from "./control-client.ts";

export function remoteMoving(client: ControlClient): MovingService {
	return { move: (draft, { isTrial }) => client.ask("POST", "/moving", { draft, isTrial }) };
}
