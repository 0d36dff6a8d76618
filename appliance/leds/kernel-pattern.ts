/**
 * A rhythm in the words of the kernel's LED triggers (Documentation/leds/ledtrig-pattern.rst, leds-class.rst): the kernel
 * blinks by itself, at no cost, and goes on when nobody runs. Pure.
 */
import type { Rhythm } from "./rhythms.ts";

/**
 * For the file `pattern`: pairs of brightness and duration. Between two that differ the kernel dims slowly; the second pair of
 * each step, of the same brightness and no duration, makes it a step.
 */
export function patternText(rhythm: Rhythm, brightness: number): string {
	const steps = rhythm.map((ms, index) => {
		const level = index % 2 === 0 ? brightness : 0;
		return `${level} ${ms} ${level} 0`;
	});
	return steps.join(" ");
}

/** Dark until something else is written. */
export function darkPattern(): string {
	return patternText([10_000], 0);
}

/** The trigger in force: `none timer [pattern]`. */
export function activeTrigger(text: string): string {
	return /\[(.+?)\]/.exec(text)?.[1] ?? "";
}
