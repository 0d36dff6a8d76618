/** What the firmware alone can do, and what it says where it cannot: the machine door, the network, the clock. */
export const FIRMWARE = {
	notTheFirmware: "This is not Postern's firmware: that belongs to the system that Postern runs on here.",
	notTheFirmwareDo: "Set it up there, with that system's own means.",
	doorShut: "The part of the firmware that may change the machine does not answer.",
	doorShutDo: "Restart the box; if that does not help, write it a new card.",
	doorSilent: "The machine has not answered in time.",
	doorSilentDo: "Look at the box's state, then try again.",
	doorFault: "The machine could not do it, for a reason that its log knows.",
	doorFaultDo: "Restart the box and try again; the text for whoever helps holds the log.",
	programFailed: "{program} could not do it: {why}",
	programFailedDo: "Restart the box and try again.",
} as const;
