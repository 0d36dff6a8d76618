/** `postern doctor`: what is wrong and what to do, whether Postern runs or not. Exit 0 when nothing is. */
import type { Command } from "./command.ts";
import { followTest } from "./test-steps.ts";

export const doctorCommand: Command = {
	name: "doctor",
	summary: "what is wrong and what to do, whether it runs or not",
	details: `Of a Postern that runs: what needs you, the card, the certificate, the way to Microsoft. Of one that does
not: its configuration, its state folder, its ports, the way to Microsoft. Changes nothing.`,
	async run(invocation) {
		const interrupted = invocation.interrupted();
		const { service, close } = await invocation.checkup();
		try {
			return await followTest(invocation, service.steps(interrupted), interrupted);
		} finally {
			await close();
		}
	},
};
