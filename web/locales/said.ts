/**
 * What the appliance says, in the language of a page. It speaks English; what it says is found again by its sayings,
 * also out of rows that are years old. What is none of them, such as words of another program's, stays English.
 */
import type { Language } from "./languages.ts";
import { saidOfConfiguring } from "./said-of-configuring.ts";
import { saidOfDelivery } from "./said-of-delivery.ts";
import { saidOfDeviceKinds } from "./said-of-device-kinds.ts";
import { saidOfFetching } from "./said-of-fetching.ts";
import { saidOfFirmware } from "./said-of-firmware.ts";
import { saidOfNetworking } from "./said-of-networking.ts";
import { saidOfReceiving } from "./said-of-receiving.ts";
import { saidOfRefusing } from "./said-of-refusing.ts";
import { saidOfSignIn } from "./said-of-sign-in.ts";
import { saidOfAmounts, saidOfStatus } from "./said-of-status.ts";
import { saidOfTests } from "./said-of-tests.ts";
import { saidOfUpdating } from "./said-of-updating.ts";
import { type Saying, Sayings } from "./sayings.ts";

/** All of them, for the proof that every page is of one language. */
export const ALL_SAYINGS: readonly Saying[] = [
	saidOfAmounts,
	saidOfConfiguring,
	saidOfDelivery,
	saidOfDeviceKinds,
	saidOfFetching,
	saidOfFirmware,
	saidOfNetworking,
	saidOfReceiving,
	saidOfRefusing,
	saidOfSignIn,
	saidOfStatus,
	saidOfTests,
	saidOfUpdating,
].flat();

const sayings = new Sayings(ALL_SAYINGS);

/** Pages of a long list say the same things over and over. */
const MOST_KEPT = 1_000;
const kept = new Map<string, string | undefined>();

/** Undefined: it is not known in this language. */
export function translated(text: string, language: Language): string | undefined {
	if (language === "en" || text === "") return text;
	const key = `${language} ${text}`;
	if (!kept.has(key)) {
		if (kept.size >= MOST_KEPT) kept.clear();
		kept.set(key, sayings.translate(text, language));
	}
	return kept.get(key);
}

/** Where there is no element to say that it is English. */
export function said(text: string, language: Language): string {
	return translated(text, language) ?? text;
}
