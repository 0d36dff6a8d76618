/**
 * What the console asks of a running appliance beyond what the command line does (services.ts), a subject a file in
 * console-services/; importers name this one. Interfaces only; in process, so some values are streams. Times are ISO 8601 in
 * UTC.
 *
 * Methods throw `UserError` for what a person can mend.
 */

import type { BackupDesk } from "./console-services/backups.ts";
import type { HookService } from "./console-services/hooks.ts";
import type { JoinService } from "./console-services/joining.ts";
import type { KeyService } from "./console-services/keys.ts";
import type { MachineService } from "./console-services/machine.ts";
import type { MailService } from "./console-services/mail.ts";
import type { MovingService } from "./console-services/moving.ts";
import type { NewsService } from "./console-services/news.ts";
import type { PairService } from "./console-services/pairing.ts";
import type { PeopleService } from "./console-services/people.ts";
import type { SettingsService } from "./console-services/settings.ts";
import type { TrafficService } from "./console-services/traffic.ts";
import type { Services } from "./services.ts";

export * from "./console-services/backups.ts";
export * from "./console-services/hooks.ts";
export type * from "./console-services/joining.ts";
export * from "./console-services/keys.ts";
export type * from "./console-services/machine.ts";
export type * from "./console-services/mail.ts";
export * from "./console-services/moving.ts";
export * from "./console-services/news.ts";
export type * from "./console-services/pairing.ts";
export type * from "./console-services/people.ts";
export type * from "./console-services/settings.ts";
export type * from "./console-services/traffic.ts";

export interface ConsoleServices extends Services {
	readonly mail: MailService;
	readonly people: PeopleService;
	readonly keys: KeyService;
	readonly settings: SettingsService;
	readonly traffic: TrafficService;
	readonly news: NewsService;
	readonly machine: MachineService;
	readonly backups: BackupDesk;
	readonly moving: MovingService;
	readonly pair: PairService;
	readonly hooks: HookService;
	readonly joining: JoinService;
}
