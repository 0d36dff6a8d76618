/**
 * The owner saves two settings at once, again and again, while mail comes. After a cut both are as they were saved last, or as they were
 * being saved; never one of them, and never an older pair.
 */
import { KEY_SCOPES, type Setting } from "../../../appliance/console-services.ts";
import { ConsoleVisitor } from "../../../appliance/e2e/console-visitor.ts";
import { askAs } from "../../../appliance/e2e/earlier-state.ts";
import type { House } from "../../../appliance/e2e/house.ts";
import type { Scenario } from "../scenario.ts";
import { devicesSend } from "../traffic.ts";

/** Any two that take a count of days. */
const KEYS = ["queue.expire_after", "queue.keep_failed"] as const;
const FIRST_DAYS = 10;

export function settingsScenario(): Scenario {
	let key = "";
	/** Of each save that was answered; the first is what holds at the beginning. */
	const saved: { readonly values: string; readonly position: number }[] = [];
	return {
		// A port that is known without asking, after each start.
		house: { console: 'listen = ["127.0.0.1:18080"]\nlisten_tls = []' },
		async furnish({ house }) {
			const owner = new ConsoleVisitor(house);
			await owner.claim("four words in a row");
			key = await owner.makeKey("everything", KEY_SCOPES);
			saved.push({ values: await valuesNow(house, key), position: 0 });
		},
		async live(life) {
			const { house, flushes, wantedFlushes, position } = life;
			await house.start();
			const isEnough = () => flushes() >= wantedFlushes;
			const save = async () => {
				while (!isEnough()) {
					await askAs(
						house,
						key,
						"PATCH",
						"/settings",
						Object.fromEntries(KEYS.map((name) => [name, nth(saved.length)])),
					);
					saved.push({ values: pairOf(nth(saved.length)), position: position() });
				}
			};
			await Promise.all([devicesSend(life, isEnough), save()]);
		},
		async inspect({ house }, { reached }) {
			const last = saved.findLastIndex(({ position }) => position <= reached);
			const right = [saved[last]?.values ?? "", pairOf(nth(last + 1))];
			const found = await valuesNow(house, key);
			return right.includes(found) ? [] : [`the settings are ${found}, and should be ${right.join(" or ")}`];
		},
	};
}

const nth = (save: number) => `${FIRST_DAYS + save}d`;

const pairOf = (value: string) => KEYS.map(() => value).join(", ");

async function valuesNow(house: House, key: string): Promise<string> {
	const settings = await askAs<readonly Setting[]>(house, key, "GET", "/settings");
	return KEYS.map((name) => settings.find((setting) => setting.key === name)?.value).join(", ");
}
