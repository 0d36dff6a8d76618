/** `/api/v1/console/password`: a new password for the console's owner. For the control socket alone. */
import * as z from "zod";
import type { Services } from "../../appliance/services.ts";
import { json } from "../answer-shapes.ts";
import { routesOver } from "../api-route.ts";

export const CONSOLE_PASSWORD_ROUTES = [
	routesOver<Pick<Services, "console">>()({
		...{ method: "post", path: "/console/password", scope: "control" },
		summary: "A new password for the console's owner.",
		answer: json(z.strictObject({ name: z.string(), password: z.string() })),
		handle: ({ services }) => services.console.resetPassword(),
	}),
];
