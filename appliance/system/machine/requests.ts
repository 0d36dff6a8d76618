/** Every request of the machine door. A new one is a file beside this and a line here. */
import { facts } from "./facts.ts";
import { reboot } from "./reboot.ts";

export const MACHINE_REQUESTS = [facts, reboot] as const;
