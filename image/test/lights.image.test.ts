/**
 * The light, seen from outside of the box: pins of the emulated board's GPIO chip, read through QEMU's monitor while the kernel
 * in the box blinks. The board has a light of its own at pin 0, as a Raspberry Pi has; another is named in the configuration.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../../appliance/e2e/house.ts";
import { MEANINGS, RHYTHMS, type Rhythm } from "../../appliance/leds/rhythms.ts";
import { Box, PATIENCE_MS } from "./box.ts";

const CHIP = "/pl061@9030000";
/** Its data register, of all eight pins at once. */
const PINS = "xp /1wx 0x090303fc";
const BOARD_PIN = 0;
const GREEN_PIN = 2;
/** Of the kernel's own simulated chip (gpio-sim): what the driver of the light does is read in the box. */
const RED_PIN = 3;
const RED_VALUE = `/sys/devices/platform/*/gpiochip*/sim_gpio${RED_PIN}/value`;
/** U-Boot finds the chip of the pins by the label that Raspberry Pis have. */
const SOLDERED = `/ {
	leds { compatible = "gpio-leds"; act { label = "ACT"; gpios = <&{${CHIP}} ${BOARD_PIN} 0>; }; };
	simulated { compatible = "gpio-simulator"; bank { gpio-controller; #gpio-cells = <2>; ngpios = <8>; }; };
	simulated-leds { compatible = "gpio-leds"; red { label = "postern:red"; gpios = <&{/simulated/bank} ${RED_PIN} 0>; }; };
	__symbols__ { gpio = "${CHIP}"; };
};`;
const LOOK_EVERY_MS = 15;
/** The box's own clock for it is no finer than 10 ms. */
const LOOKS_INSIDE = 400;
/** Three cycles of the slowest. */
const WATCHED_MS = 13_000;
/** An emulator keeps time less well than a board. */
const TOLERANCE_MS = 120;

let box: Box;
beforeAll(async () => {
	box = await Box.make({ ports: [], soldered: SOLDERED });
	await box.switchOn();
}, 2 * PATIENCE_MS);
afterAll(() => box?.close());

interface Span {
	readonly isLit: boolean;
	readonly ms: number;
}

interface Look {
	readonly atMs: number;
	readonly isLit: boolean;
}

/** Between the first change and the last. */
function spansOf(looks: readonly Look[]): readonly Span[] {
	const changes = looks.filter(({ isLit }, index) => index > 0 && looks[index - 1]?.isLit !== isLit);
	return changes.flatMap(({ atMs, isLit }, index) => {
		const next = changes[index + 1];
		return next === undefined ? [] : [{ isLit, ms: next.atMs - atMs }];
	});
}

async function watch(pin: number): Promise<readonly Span[]> {
	const looks: Look[] = [];
	const startMs = performance.now();
	for await (const told of box.monitor(PINS, LOOK_EVERY_MS)) {
		const pins = Number.parseInt(/0x([0-9a-f]+)\s*$/.exec(told.trim())?.[1] ?? "0", 16);
		looks.push({ atMs: performance.now(), isLit: (pins & (1 << pin)) !== 0 });
		if (performance.now() - startMs > WATCHED_MS) break;
	}
	return spansOf(looks);
}

async function watchInside(file: string): Promise<readonly Span[]> {
	const look = `read up rest < /proc/uptime; read lit < "$pin"; echo "$up $lit"; sleep 0.03`;
	const told = await box.run(`pin=$(echo ${file}); for i in $(seq ${LOOKS_INSIDE}); do ${look}; done`);
	const looks = [...told.matchAll(/^(\d+\.\d+) ([01])$/gm)].map(([, seconds, lit]) => ({
		...{ atMs: Number(seconds) * 1_000, isLit: lit === "1" },
	}));
	return spansOf(looks);
}

function fits(spans: readonly Span[], rhythm: Rhythm): boolean {
	const wanted = rhythm.map((ms, index) => ({ isLit: index % 2 === 0, ms }));
	const isLike = (one: Span, other: Span) =>
		one.isLit === other.isLit && Math.abs(one.ms - other.ms) <= TOLERANCE_MS;
	return (
		spans.length >= 2 &&
		spans.every((span) => wanted.some((one) => isLike(one, span))) &&
		wanted.every((one) => spans.some((span) => isLike(one, span)))
	);
}

const seen = async (pin: number) => meaningOf(await watch(pin));

function meaningOf(spans: readonly Span[]): string {
	const meanings = MEANINGS.filter((meaning) => fits(spans, RHYTHMS[meaning]));
	const heard = spans.map(({ isLit, ms }) => `${isLit ? "+" : "-"}${Math.round(ms)}`).join(" ");
	return meanings.join(" or ") || `nothing known: ${heard}`;
}

const isUp = () =>
	eventually(
		"the service is active",
		async () => (await box.run("systemctl is-active postern.service")) === "active",
		PATIENCE_MS,
	);

describe("the light of the board", () => {
	it(
		"says that it waits to be set up",
		async () => {
			await isUp();
			await eventually(
				"the light is told",
				async () => (await box.run("cat /run/postern/light 2>/dev/null")).includes("set up"),
				PATIENCE_MS,
			);
			expect(await seen(BOARD_PIN)).toBe("setup");
			const written = await box.run("stat -L -c '%U:%G %a' /sys/class/leds/ACT/pattern");
			expect(written).toBe("root:postern 664");
		},
		2 * PATIENCE_MS,
	);

	it(
		"says that Postern was killed, and that it has stopped",
		async () => {
			// It would be started again at once.
			await box.run("mkdir -p /run/systemd/system/postern.service.d");
			await box.run("printf '[Service]\\nRestart=no\\n' > /run/systemd/system/postern.service.d/dead.conf");
			await box.run("systemctl daemon-reload; systemctl kill -s KILL postern.service");
			expect(await seen(BOARD_PIN)).toBe("stopped");
			expect(meaningOf(await watchInside(RED_VALUE))).toBe("stopped");
		},
		2 * PATIENCE_MS,
	);

	it(
		"says that it starts, before Postern does, at a pin of the owner's as well",
		async () => {
			await box.run("printf 'POSTERN_LIGHTS_GREEN_PIN=%s\\n' 2 > /run/postern-test.env");
			await box.run("systemctl reset-failed postern.service; systemctl start postern.service");
			await isUp();
			await eventually(
				"U-Boot knows the pin",
				async () => (await box.run("fw_printenv -n POSTERN_GREEN_PIN 2>/dev/null")) === `${GREEN_PIN}`,
				PATIENCE_MS,
			);
			await box.restart();
			expect(await box.run("ls /sys/class/leds")).toContain("postern:green");
			await box.run("systemctl stop postern.target postern.service; /usr/lib/postern/lights prepare ACT");
			await box.run("/usr/lib/postern/lights prepare postern:green");
			expect(await seen(GREEN_PIN)).toBe("starting");
			expect(await seen(BOARD_PIN)).toBe("starting");
		},
		3 * PATIENCE_MS,
	);
});
