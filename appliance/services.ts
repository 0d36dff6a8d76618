/**
 * What the console and the command line may ask of a running appliance, a subject a file in services/; importers name this
 * one. Interfaces only, so that web/ and cli/ depend on no part that does the work. Everything here crosses the control
 * socket as JSON, so values are plain data; times are ISO 8601 in UTC.
 *
 * Methods throw `UserError` for what the owner can mend (unknown name, wrong state).
 */

import type { AccountService } from "./services/accounts.ts";
import type { ApplianceService } from "./services/appliance.ts";
import type { ConsoleRescueService } from "./services/console-rescue.ts";
import type { DeviceRuleService } from "./services/device-rules.ts";
import type { DeviceService } from "./services/devices.ts";
import type { LightService } from "./services/lights.ts";
import type { MailboxService } from "./services/mailboxes.ts";
import type { NetworkService } from "./services/network.ts";
import type { QueueService } from "./services/queue.ts";
import type { UpdateService } from "./services/updates.ts";

export type * from "./services/accounts.ts";
export type * from "./services/appliance.ts";
export type * from "./services/console-rescue.ts";
export type * from "./services/device-rules.ts";
export type * from "./services/devices.ts";
export type * from "./services/lights.ts";
export type * from "./services/mailboxes.ts";
export type * from "./services/network.ts";
export type * from "./services/queue.ts";
export type * from "./services/status.ts";
export type * from "./services/trying.ts";
export type * from "./services/updates.ts";

export interface Services {
	readonly appliance: ApplianceService;
	readonly queue: QueueService;
	readonly devices: DeviceService;
	readonly deviceRules: DeviceRuleService;
	readonly accounts: AccountService;
	readonly mailboxes: MailboxService;
	readonly lights: LightService;
	readonly console: ConsoleRescueService;
	readonly network: NetworkService;
	readonly updates: UpdateService;
}
