/** Devices and strangers: pages and what their forms do. */
import { Hono } from "hono";
import type { Child } from "hono/jsx";
import type { TrafficPoint } from "../../../appliance/console-services.ts";
import { UserError } from "../../../appliance/errors.ts";
import { Secret } from "../../../appliance/secret.ts";
import type {
	DeviceRules,
	DeviceSettings,
	DeviceSwitches,
	KindHints,
	TestStep,
} from "../../../appliance/services.ts";
import { attempt } from "../../attempt.ts";
import type { ConsoleEnvironment } from "../../environment.ts";
import { Form } from "../../form.ts";
import { deviceWords } from "../../locales/devices.ts";
import { goTo, type PageRequest, show } from "../../render.tsx";
import { CardPage } from "./card-page.tsx";
import { ConfirmPage, DevicePage, TestPage } from "./device-page.tsx";
import { type DeviceTyped, GalleryPage, NewDevicePage, NOTHING_TYPED } from "./gallery-page.tsx";
import { DevicesPage } from "./list-page.tsx";
import { RulesPage, SWITCHES } from "./rules-page.tsx";
import { SessionsPage } from "./sessions-page.tsx";

export function devicePages(): Hono<ConsoleEnvironment> {
	const routes = new Hono<ConsoleEnvironment>();
	addListAndNew(routes);
	addDevice(routes);
	addStrangers(routes);
	return routes;
}

function addListAndNew(routes: Hono<ConsoleEnvironment>): void {
	routes.get("/devices", async (context) => {
		const { devices, traffic } = context.var.desk.services;
		const [all, strangers] = await Promise.all([devices.list(), devices.strangers()]);
		const lines = await Promise.all(
			all.map(async (device) => {
				const [last] = await devices.log(device.name);
				return { device, last, ...sumOf(traffic.series("day", device.name)) };
			}),
		);
		return page(context, <DevicesPage lines={lines} strangers={strangers} />);
	});

	routes.get("/devices/new", async (context) =>
		page(context, <GalleryPage kinds={await context.var.desk.services.devices.kinds()} />),
	);
	routes.get("/devices/new/:kind", async (context) => {
		const kind = await kindOf(context, context.req.param("kind"));
		return showNew(context, kind, NOTHING_TYPED);
	});
	routes.post("/devices/new/:kind", async (context) => {
		const kind = await kindOf(context, context.req.param("kind"));
		const form = await Form.of(context);
		const typed = typedIn(form);
		const tried = await attempt(() =>
			context.var.desk.services.devices.add({
				name: nameOf(typed.name),
				addresses: typed.address === "" ? [] : [typed.address],
				...(typed.username === "" ? {} : { username: typed.username }),
				...(typed.account === "" ? {} : { account: typed.account }),
				...(kind === undefined ? {} : { kind: kind.kind }),
				switches: switchesOf(typed.switches),
			}),
		);
		if (tried.refused !== undefined) return showNew(context, kind, typed, tried.refused);
		return toCard(context, tried.done);
	});
}

function addDevice(routes: Hono<ConsoleEnvironment>): void {
	routes.get("/devices/:name", async (context) => {
		const name = context.req.param("name");
		const { devices, deviceRules, traffic } = context.var.desk.services;
		const { device } = await devices.show(name);
		const [rules, [last]] = await Promise.all([deviceRules.rules(device.name), devices.log(device.name)]);
		const series = traffic.series("day", device.name);
		return page(
			context,
			<DevicePage device={device} rules={rules} last={last} series={series} />,
			device.name,
		);
	});

	routes.get("/devices/:name/card", async (context) => {
		const { desk, session } = context.var;
		const settings = await desk.services.devices.show(context.req.param("name"));
		const { name } = settings.device;
		const password = session && desk.reveals.find(session.id, `device ${name}`);
		const [last] = await desk.services.devices.log(name);
		return page(context, <CardPage settings={settings} password={password} last={last} />, name, 5);
	});

	routes.get("/devices/:name/sessions", async (context) => {
		const { devices } = context.var.desk.services;
		const { device } = await devices.show(context.req.param("name"));
		const back = { href: `/devices/${encodeURIComponent(device.name)}`, label: device.name };
		const body = <SessionsPage name={device.name} back={back} sessions={await devices.log(device.name)} />;
		return page(context, body, device.name);
	});

	routes.get("/devices/:name/rules", (context) => showRules(context));
	routes.post("/devices/:name/rules", async (context) => {
		const name = context.req.param("name");
		const form = await Form.of(context);
		const rules = rulesIn(form);
		const tried = await attempt(() => context.var.desk.services.deviceRules.change(name, rules));
		if (tried.refused !== undefined) {
			const { switches, ...others } = rules;
			return showRules(context, { rules: { ...others, ...switches }, refused: tried.refused });
		}
		return goTo(context, pathOf(name), { kind: "done", text: words(context).saved });
	});

	routes.post("/devices/:name/name", async (context) => {
		const newName = nameOf((await Form.of(context)).text("name"));
		await context.var.desk.services.deviceRules.rename(context.req.param("name"), newName);
		return goTo(context, pathOf(newName), { kind: "done", text: words(context).saved });
	});

	routes.post("/devices/:name/password", async (context) => {
		const name = context.req.param("name");
		const { desk, session } = context.var;
		const password = await desk.services.deviceRules.newPassword(name);
		const { device } = await desk.services.devices.show(name);
		if (session !== undefined) desk.reveals.put(session.id, `device ${device.name}`, password);
		return goTo(context, `${pathOf(device.name)}/card`);
	});

	routes.post("/devices/:name/remove", async (context) => {
		const name = context.req.param("name");
		const { removeTitle, removeText, remove, removed } = words(context);
		if ((await Form.of(context)).text("confirmed") !== "yes") {
			const asked = { title: `${removeTitle} ${name}`, text: removeText, button: remove, back: pathOf(name) };
			return page(context, <ConfirmPage {...asked} action={`${pathOf(name)}/remove`} />, name);
		}
		await context.var.desk.services.devices.remove(name);
		return goTo(context, "/devices", { kind: "done", text: removed });
	});

	routes.get("/devices/:name/test", (context) => showTest(context, ""));
	routes.post("/devices/:name/test", async (context) => {
		const name = context.req.param("name");
		const form = await Form.of(context);
		const [to, password] = [form.text("to"), form.secret("password").reveal()];
		const { services, runs } = context.var.desk;
		if (!/^[^\s@<>]{1,64}@[^\s@<>]{1,255}$/.test(to)) {
			const refused = new UserError("device-invalid", "That is no mail address.", "Such as you@example.com.");
			return showTest(context, to, refused);
		}
		const draft = { name, to, ...(password === "" ? {} : { password }) };
		runs.forget(testKey(name));
		runs.start(testKey(name), (signal) => services.devices.test(draft, signal));
		return goTo(context, `${pathOf(name)}/test`);
	});
}

function addStrangers(routes: Hono<ConsoleEnvironment>): void {
	routes.get("/strangers/:address", (context) => showAllow(context, NOTHING_TYPED));
	routes.post("/strangers/:address", async (context) => {
		const form = await Form.of(context);
		const typed = typedIn(form);
		const kind = form.optional("kind");
		const tried = await attempt(() =>
			context.var.desk.services.devices.allow(context.req.param("address"), {
				name: nameOf(typed.name),
				...(kind === undefined ? {} : { kind }),
				...(typed.account === "" ? {} : { account: typed.account }),
			}),
		);
		if (tried.refused !== undefined) return showAllow(context, typed, tried.refused);
		const { released, device } = tried.done;
		const text = words(context).stranger.allowed(released);
		return goTo(context, `${pathOf(device.name)}/card`, { kind: "done", text });
	});
	routes.post("/strangers/:address/refuse", async (context) => {
		const address = context.req.param("address");
		const { devices } = context.var.desk.services;
		const { refuseTitle, refuseText, refuse, refused } = words(context).stranger;
		if ((await Form.of(context)).text("confirmed") !== "yes") {
			const held = (await devices.strangers()).find((one) => one.address === address)?.heldMessages ?? 0;
			const asked = { title: `${refuseTitle} ${address}`, text: refuseText(held), button: refuse };
			const action = `/strangers/${encodeURIComponent(address)}/refuse`;
			return page(context, <ConfirmPage {...asked} back="/devices" action={action} />);
		}
		await devices.refuse(address);
		return goTo(context, "/devices", { kind: "done", text: refused });
	});
	routes.get("/strangers/:address/sessions", async (context) => {
		const address = context.req.param("address");
		const sessions = await context.var.desk.services.devices.log(address);
		const back = { href: "/devices", label: words(context).title };
		return page(context, <SessionsPage name={address} back={back} sessions={sessions} />);
	});
}

function words(context: PageRequest) {
	return deviceWords[context.var.language];
}

function page(context: PageRequest, body: Child, title = words(context).title, refreshSeconds?: number) {
	const refresh = refreshSeconds === undefined ? {} : { refreshSeconds };
	return show(context, { title, section: "devices", body, ...refresh });
}

function pathOf(name: string): string {
	return `/devices/${encodeURIComponent(name)}`;
}

function testKey(name: string): string {
	return `device-test:${name.toLowerCase()}`;
}

function sumOf(series: readonly TrafficPoint[]) {
	const sum = (key: "accepted" | "refused") => series.reduce((total, point) => total + point[key], 0);
	return { accepted: sum("accepted"), refused: sum("refused") };
}

async function accountsOf(context: PageRequest): Promise<readonly string[]> {
	return (await context.var.desk.services.accounts.list()).map(({ account }) => account.address);
}

/** Undefined: something else. Throws `device-kind-unknown`. */
async function kindOf(context: PageRequest, name: string): Promise<KindHints | undefined> {
	if (name === "other") return undefined;
	const kind = (await context.var.desk.services.devices.kinds()).find((one) => one.kind === name);
	if (kind === undefined) throw new UserError("device-kind-unknown", "There is no such kind of device.");
	return kind;
}

function typedIn(form: Form): DeviceTyped {
	return {
		name: form.text("name"),
		address: form.text("address"),
		username: form.text("username"),
		account: form.text("account"),
		switches: form.all("switch"),
	};
}

/** Names stand in addresses, lists and logs. */
function nameOf(text: string): string {
	if (/^(?!\.{1,2}$)[^\p{C}]{1,100}$/u.test(text)) return text;
	throw new UserError("device-invalid", "A device needs a name of 1 to 100 characters.", "Type one.");
}

function switchesOf(names: readonly string[]): DeviceSwitches {
	return Object.fromEntries(SWITCHES.flatMap((name) => (names.includes(name) ? [[name, true]] : [])));
}

function rulesIn(form: Form): DeviceRules {
	const from = form.text("from");
	return {
		from: from === "list" ? form.lines("from_list") : from === "force" ? "force" : "keep",
		recipients: form.lines("recipients"),
		rate: form.optional("rate") ?? null,
		quota: form.optional("quota") ?? null,
		coalesce: form.optional("coalesce") ?? null,
		urgent: form.isOn("urgent"),
		newest_first: form.isOn("newest_first"),
		drop_repeats: form.isOn("drop_repeats"),
		addresses: form.lines("addresses"),
		username: form.optional("username") ?? null,
		account: form.optional("account") ?? null,
		kind: form.optional("kind") ?? null,
		switches: {
			...Object.fromEntries(SWITCHES.map((name) => [name, form.isOn(name)])),
			hide_ehlo: form.lines("hide_ehlo"),
		},
	};
}

async function showNew(
	context: PageRequest,
	kind: KindHints | undefined,
	typed: DeviceTyped,
	refused?: UserError,
) {
	const body = (
		<NewDevicePage
			action={`/devices/new/${encodeURIComponent(kind?.kind ?? "other")}`}
			title={kind?.title ?? words(context).something}
			kind={kind}
			accounts={await accountsOf(context)}
			typed={typed}
			refused={refused}
			back="/devices/new"
		/>
	);
	return show(context, { title: words(context).add, section: "devices", body }, refused ? 400 : 200);
}

async function showAllow(context: PageRequest, typed: DeviceTyped, refused?: UserError) {
	const address = context.req.param("address") ?? "";
	const body = (
		<NewDevicePage
			action={`/strangers/${encodeURIComponent(address)}`}
			title={`${words(context).stranger.allowTitle}: ${address}`}
			kind={undefined}
			kinds={await context.var.desk.services.devices.kinds()}
			accounts={await accountsOf(context)}
			typed={typed}
			hasAddress
			refused={refused}
			back="/devices"
		/>
	);
	return show(context, { title: words(context).add, section: "devices", body }, refused ? 400 : 200);
}

function toCard(context: PageRequest, { device, password }: DeviceSettings) {
	const { desk, session } = context.var;
	if (session !== undefined && password !== null) {
		desk.reveals.put(session.id, `device ${device.name}`, new Secret(password));
	}
	return goTo(context, `${pathOf(device.name)}/card`);
}

async function showRules(
	context: PageRequest,
	typed?: { readonly rules: Readonly<Record<string, unknown>>; readonly refused: UserError },
) {
	const { devices, deviceRules } = context.var.desk.services;
	const { device } = await devices.show(context.req.param("name") ?? "");
	const rules = typed?.rules ?? (await deviceRules.rules(device.name));
	const [accounts, kinds] = await Promise.all([accountsOf(context), devices.kinds()]);
	const props = { device, rules, accounts, kinds, refused: typed?.refused };
	const title = `${words(context).rules}: ${device.name}`;
	return show(context, { title, section: "devices", body: <RulesPage {...props} /> }, typed ? 400 : 200);
}

async function showTest(context: PageRequest, to: string, refused?: UserError) {
	const { services, runs } = context.var.desk;
	const { device } = await services.devices.show(context.req.param("name") ?? "");
	const run = runs.find<TestStep>(testKey(device.name));
	const body = <TestPage device={device} to={to} run={run} refused={refused} />;
	const refresh = run?.isOver === false ? { refreshSeconds: 2 } : {};
	return show(
		context,
		{ title: words(context).test, section: "devices", body, ...refresh },
		refused ? 400 : 200,
	);
}
