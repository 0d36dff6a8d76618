/** Devices: who may send, adding one, and (in files beside) one device and those that are not known. */
import { Hono } from "hono";
import type { KindHints } from "../../../appliance/services.ts";
import { attempt } from "../../attempt.ts";
import type { ConsoleEnvironment } from "../../environment.ts";
import { Form } from "../../form.ts";
import { deviceSetupWords } from "../../locales/device-setup.ts";
import { deviceWords } from "../../locales/devices.ts";
import { goTo, type PageRequest, show } from "../../render.tsx";
import { operatorsOnly } from "../owners-only.ts";
import { AddPage } from "./add-page.tsx";
import { accountAddresses } from "./asked.ts";
import { deviceOf, emptyDraft, readDraft } from "./device-draft.ts";
import { pageOf } from "./device-list.ts";
import { singleDevicePages } from "./device-routes.tsx";
import { GalleryPage } from "./gallery-page.tsx";
import { ListPage } from "./list-page.tsx";
import { devicePath } from "./paths.ts";
import { tellingSession } from "./session-parts.tsx";
import { keepPassword } from "./shown-password.ts";
import { strangerPages } from "./stranger-routes.tsx";

const LONGEST_SEARCH = 200;
const CHANGES = ["/devices/new/*", "/devices/:name/test", "/devices/:name/rename"];

export function devicePages(): Hono<ConsoleEnvironment> {
	const routes = new Hono<ConsoleEnvironment>();
	for (const path of CHANGES) routes.use(path, operatorsOnly);

	routes.get("/devices", async (context) => {
		const { devices, traffic, accounts } = context.var.desk.services;
		const search = (context.req.query("q") ?? "").trim().slice(0, LONGEST_SEARCH);
		const [all, strangers, known] = await Promise.all([devices.list(), devices.strangers(), accounts.list()]);
		const found = pageOf(all, search, Number(context.req.query("page") ?? 1), context.var.language);
		const rows = await Promise.all(
			found.devices.map(async (device) => {
				const day = traffic.series("day", device.name);
				return {
					device,
					session: tellingSession(await devices.log(device.name)),
					accepted: day.reduce((sum, { accepted }) => sum + accepted, 0),
					failed: day.reduce((sum, { failed }) => sum + failed, 0),
				};
			}),
		);
		const { page, pages } = found;
		const showsAccounts = known.length > 1;
		const body = <ListPage {...{ rows, total: all.length, search, page, pages, strangers, showsAccounts }} />;
		return show(context, {
			title: deviceWords[context.var.language].title,
			section: "devices",
			body,
			refreshSeconds: 30,
		});
	});

	routes.get("/devices/new", async (context) => {
		const kinds = await context.var.desk.services.devices.kinds();
		return show(context, { ...addPlace(context), body: <GalleryPage kinds={kinds} /> });
	});

	routes.get("/devices/new/:kind", async (context) => {
		const hints = await kindOf(context);
		if (hints === undefined) return context.notFound();
		const accounts = await accountAddresses(context.var.desk.services.accounts);
		const body = <AddPage hints={hints} draft={emptyDraft(hints)} accounts={accounts} />;
		return show(context, { ...addPlace(context), body });
	});

	routes.post("/devices/new/:kind", async (context) => {
		const hints = await kindOf(context);
		if (hints === undefined) return context.notFound();
		const { devices, accounts } = context.var.desk.services;
		const draft = readDraft(await Form.of(context));
		const tried = await attempt(async () => {
			const taken = new Set((await devices.list()).map(({ username }) => username));
			return devices.add(deviceOf(draft, hints.kind, taken));
		});
		if (tried.refused !== undefined) {
			const addresses = await accountAddresses(accounts);
			const body = <AddPage {...{ hints, draft, accounts: addresses, refused: tried.refused }} />;
			return show(context, { ...addPlace(context), body }, 409);
		}
		keepPassword(context, tried.done);
		return goTo(context, devicePath(tried.done.device.name, "card"));
	});

	routes.route("/", singleDevicePages());
	routes.route("/", strangerPages());
	return routes;
}

function addPlace(context: PageRequest) {
	return { title: deviceSetupWords[context.var.language].title, section: "devices" as const };
}

async function kindOf(context: PageRequest): Promise<KindHints | undefined> {
	const wanted = context.req.param("kind");
	return (await context.var.desk.services.devices.kinds()).find(({ kind }) => kind === wanted);
}
