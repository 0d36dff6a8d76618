/** `postern device test`: sends as the device would, and tells its faults from Postern's. */
import type { DeviceTestDraft } from "../services.ts";
import { type Command, type Invocation, UsageError } from "./command.ts";
import { followTest } from "./test-steps.ts";

export const deviceTestCommand: Command = {
	name: "device test",
	summary: "send a message as the device would, and follow it to its end",
	operands: { text: "NAME", least: 1, most: 1 },
	options: {
		to: { type: "string", value: "ADDRESS", help: "who gets the message" },
		from: { type: "string", value: "ADDRESS", help: "its sender, instead of the one that was recommended" },
		"password-stdin": { type: "boolean", help: "the device's password comes on standard input" },
	},
	details: `If this works and the device does not, the fault is in what was typed into the device or in
the network between; \`postern device log NAME\` shows what it said.
  postern device test NAS --to you@contoso.com --password-stdin < password.txt`,
	run: test,
};

async function test(invocation: Invocation): Promise<number> {
	const { operands, options } = invocation;
	const [name = ""] = operands;
	const to = options.text("to");
	const from = options.text("from");
	if (to === undefined) throw new UsageError("--to is missing", "Give the address that gets the message.");
	const password = options.flag("password-stdin") ? await invocation.inputLine() : undefined;
	const draft: DeviceTestDraft = {
		name,
		to,
		...(from === undefined ? {} : { from }),
		...(password === undefined ? {} : { password }),
	};
	const interrupted = invocation.interrupted();
	const { devices } = await invocation.services();
	return await followTest(invocation, devices.test(draft, interrupted), interrupted);
}
