/**
 * A stranger whose mail is kept for the owner, as the policy sees it: a device without rules, under a name
 * that no device has. Its mail does not leave. For session-policy.ts.
 */
import type { Device } from "../accounts/model.ts";
import { strangerName } from "../queue/stranger-lane.ts";

export function guestOf(address: string): Device {
	return { ...GUEST, name: strangerName(address) };
}

const GUEST: Omit<Device, "name"> = {
	addresses: [],
	username: "",
	account: "",
	kind: "",
	from: "keep",
	recipients: ["*"],
	rate: undefined,
	quota: undefined,
	coalesceMs: undefined,
	dropRepeats: false,
	urgent: false,
	newestFirst: false,
	compatibility: {
		legacyTls: false,
		lfLineEnds: false,
		authWithoutTls: false,
		acceptAnyCredentials: false,
		cramMd5: false,
		hideEhlo: [],
	},
	origin: "saved",
};
