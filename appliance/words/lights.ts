/** The lights in English words, for the command line and the legend of the README: what each says, and how it looks. */
export const LIGHTS = {
	starting: { says: "starting", looks: "slow, even blinking: a second on, a second off" },
	setup: { says: "waits to be set up", looks: "a long flash and a short one" },
	working: { says: "working", looks: "steady" },
	sending: { says: "sending", looks: "on, with one short wink a second" },
	offline: { says: "offline, mail is safe", looks: "on, with two short winks every three seconds" },
	"needs-you": { says: "needs you", looks: "dark, with two short flashes" },
	storage: { says: "storage trouble", looks: "dark, with three short flashes" },
	updating: { says: "updating: leave the power on", looks: "quick, even blinking" },
	stopped: { says: "stopped", looks: "dark, with one very short flash every four seconds" },
} as const;
