/**
 * `/api/v1/devices…`, `/device-kinds` and `/strangers…`: who may send, and who would like to. Adding one answers with
 * what to type into it, password included. A test takes a while, so it answers with a stream of steps.
 */
import * as z from "zod";
import type { DeviceDraft, Services } from "../../appliance/services.ts";
import { json, lines } from "../answer-shapes.ts";
import { routesOver } from "../api-route.ts";
import { COUNT, TEST_STEP } from "../api-schema.ts";
import { given } from "../given.ts";
import { MAIL_ADDRESS, NAME, SWITCHES } from "./device-input.ts";
import {
	ALLOWED_STRANGER,
	DEVICE,
	DEVICE_KIND,
	DEVICE_SETTINGS,
	SESSION,
	STRANGER,
} from "./device-shapes.ts";

const ALLOW_INPUT = z.strictObject({
	name: NAME,
	username: z.string().min(1).max(100).optional(),
	account: z.string().min(1).max(320).optional(),
	kind: z.string().min(1).max(100).optional(),
	switches: SWITCHES.optional(),
});

const DRAFT_INPUT = ALLOW_INPUT.extend({
	addresses: z.array(z.string().min(1).max(64)).max(64).default([]),
});

const TEST_INPUT = z.strictObject({
	name: NAME.optional(),
	to: MAIL_ADDRESS,
	from: MAIL_ADDRESS.optional(),
	password: z.string().min(1).max(256).optional(),
});

const route = routesOver<Pick<Services, "devices">>();

export const DEVICE_ROUTES = [
	route({
		...{ method: "get", path: "/devices", scope: "read" },
		summary: "The devices that may send.",
		answer: json(z.array(DEVICE)),
		handle: ({ services }) => services.devices.list(),
	}),
	route({
		...{ method: "get", path: "/device-kinds", scope: "read" },
		summary: "The kinds of devices that Postern knows, and what helps each.",
		answer: json(z.array(DEVICE_KIND)),
		handle: ({ services }) => services.devices.kinds(),
	}),
	route({
		...{ method: "get", path: "/devices/{name}", scope: "read" },
		summary: "A device and what is typed into it, without its password.",
		answer: json(DEVICE_SETTINGS),
		handle: ({ services, params }) => services.devices.show(params.name),
	}),
	route({
		...{ method: "post", path: "/devices", scope: "devices" },
		summary: "Adds a device; with a user name it gets a password, which is told here and never again.",
		input: DRAFT_INPUT,
		answer: json(DEVICE_SETTINGS, 201),
		handle: ({ services, input: { addresses, ...input } }) =>
			services.devices.add({ ...draftOf(input), addresses }),
	}),
	route({
		...{ method: "delete", path: "/devices/{name}", scope: "devices" },
		summary: "Removes a device. Its mail in the queue still goes out.",
		answer: json(z.strictObject({ removed: z.string() })),
		async handle({ services, params: { name } }) {
			await services.devices.remove(name);
			return { removed: name };
		},
	}),
	route({
		...{ method: "get", path: "/devices/{nameOrAddress}/log", scope: "read" },
		summary: "The last sessions of a device or of an address, latest first, passwords masked.",
		answer: json(z.array(SESSION)),
		handle: ({ services, params }) => services.devices.log(params.nameOrAddress),
	}),
	route({
		...{ method: "post", path: "/devices/{name}/test", scope: "devices" },
		summary: "Sends a message as the device would, and follows it to its end.",
		input: TEST_INPUT,
		answer: lines(TEST_STEP),
		handle: ({ services, params: { name }, input: { to, from, password }, signal }) =>
			services.devices.test({ name, to, ...given({ from, password }) }, signal),
	}),
	route({
		...{ method: "get", path: "/strangers", scope: "read" },
		summary: "Who tried to send and may not, latest first.",
		answer: json(z.array(STRANGER)),
		handle: ({ services }) => services.devices.strangers(),
	}),
	route({
		...{ method: "post", path: "/strangers/{address}/allow", scope: "devices" },
		summary: "Makes a device of a stranger and releases its mail.",
		input: ALLOW_INPUT,
		answer: json(ALLOWED_STRANGER, 201),
		handle: ({ services, params, input }) => services.devices.allow(params.address, draftOf(input)),
	}),
	route({
		...{ method: "delete", path: "/strangers/{address}", scope: "devices" },
		summary: "Refuses a stranger and deletes what is held of it.",
		answer: json(z.strictObject({ deleted: COUNT })),
		handle: ({ services, params }) => services.devices.refuse(params.address),
	}),
];

/** Without the keys that were not given. */
function draftOf({ name, switches, ...texts }: z.output<typeof ALLOW_INPUT>): Omit<DeviceDraft, "addresses"> {
	return { name, ...given(texts), ...(switches && { switches: given(switches) }) };
}
