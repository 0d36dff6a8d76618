/**
 * The executable for the architecture that this machine is not (on a PC: arm64, the Pi's) does a day's work under QEMU's
 * user emulation, with the libraries of that architecture's Debian.
 */
import path from "node:path";
import { afterEach, describe } from "vitest";
import { itWith } from "../../../appliance/e2e/clients.ts";
import { House } from "../../../appliance/e2e/house.ts";
import { ARCHITECTURES } from "../architecture.ts";
import { commandFor } from "../foreign.ts";
import { DIST } from "../places.ts";
import { worksForADay } from "./working-day.ts";

let house: House | undefined;
afterEach(() => house?.close());

describe.each(ARCHITECTURES.filter(({ name }) => name !== process.arch))(
	"the $name executable",
	(architecture) => {
		itWith(
			// Which takes programs of that architecture alone.
			architecture.emulator,
			"does a day's work in emulation",
			async () => {
				const executable = path.join(DIST, `postern-linux-${architecture.name}`);
				const [command = "", ...argv] = [...commandFor(architecture), executable];
				house = await House.build({ program: { command, argv } });
				await worksForADay(house);
			},
			600_000,
		);
	},
);
