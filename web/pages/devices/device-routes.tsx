/** The pages of one device: how it is, its card, its sessions, its rules, a test; another name or password; its end. */
import { Hono } from "hono";
import type { TrafficSpan } from "../../../appliance/console-services.ts";
import { UserError } from "../../../appliance/errors.ts";
import type { TestStep } from "../../../appliance/services.ts";
import { attempt } from "../../attempt.ts";
import { ConfirmPage } from "../../components/confirm.tsx";
import type { ConsoleEnvironment } from "../../environment.ts";
import { Form } from "../../form.ts";
import { deviceRuleWords } from "../../locales/device-rules.ts";
import { deviceSetupWords } from "../../locales/device-setup.ts";
import { deviceWords } from "../../locales/devices.ts";
import { sessionWords } from "../../locales/sessions.ts";
import { isAtLeast } from "../../page-context.ts";
import { goTo, type PageRequest, type PageStatus, show } from "../../render.tsx";
import { MAIL_ADDRESS } from "../../routes/device-input.ts";
import { accountAddresses, isConfirmed } from "./asked.ts";
import { CardPage } from "./card-page.tsx";
import { assertUsable } from "./device-draft.ts";
import type { Device } from "./device-list.ts";
import { DevicePage, SPANS } from "./device-page.tsx";
import { devicePath } from "./paths.ts";
import { RenamePage } from "./rename-page.tsx";
import { type RuleValues, readValues, rulesOf, valuesOf } from "./rule-values.ts";
import { RulesPage } from "./rules-page.tsx";
import { tellingSession } from "./session-parts.tsx";
import { SessionsPage } from "./sessions-page.tsx";
import { keepPassword, revealedPassword } from "./shown-password.ts";
import { TestPage } from "./test-page.tsx";

/** Who knocked so lately may be the device that its owner stands before. */
const LATELY_MS = 15 * 60_000;
const SHOWN_STRANGERS = 3;

export function singleDevicePages(): Hono<ConsoleEnvironment> {
	const routes = new Hono<ConsoleEnvironment>();

	routes.get("/devices/:name", async (context) => {
		const { devices, deviceRules, traffic } = context.var.desk.services;
		const settings = await devices.show(context.req.param("name"));
		const { name } = settings.device;
		const span = spanOf(context.req.query("span"));
		const [sessions, rules] = await Promise.all([devices.log(name), deviceRules.rules(name)]);
		const body = (
			<DevicePage
				settings={settings}
				session={tellingSession(sessions)}
				rules={valuesOf(rules)}
				span={span}
				series={traffic.series(span, name)}
			/>
		);
		return show(context, { title: name, section: "devices", body, refreshSeconds: 30 });
	});

	routes.get("/devices/:name/card", async (context) => {
		const { devices } = context.var.desk.services;
		const settings = await devices.show(context.req.param("name"));
		const { name } = settings.device;
		const password = revealedPassword(context, name);
		const [sessions, strangers] = await Promise.all([devices.log(name), devices.strangers()]);
		const since = Date.now() - LATELY_MS;
		const lately = strangers.filter(({ lastSeenAt }) => Date.parse(lastSeenAt) >= since);
		const body = (
			<CardPage
				settings={{ ...settings, password }}
				session={tellingSession(sessions)}
				strangers={lately.slice(0, SHOWN_STRANGERS)}
				origin={`http://${settings.server}`}
			/>
		);
		const refresh = sessions.length === 0 ? { refreshSeconds: 5 } : {};
		return show(context, { title: `${name}: ${setup(context).card}`, section: "devices", body, ...refresh });
	});

	routes.get("/devices/:name/sessions", async (context) => {
		const { devices } = context.var.desk.services;
		const { device } = await devices.show(context.req.param("name"));
		const sessions = await devices.log(device.name);
		const back = { href: devicePath(device.name), label: device.name };
		const title = sessionWords[context.var.language].of(device.name);
		const body = <SessionsPage of={device.name} back={back} sessions={sessions} />;
		return show(context, { title, section: "devices", body, refreshSeconds: 30 });
	});

	routes.get("/devices/:name/rules", async (context) => {
		const { devices, deviceRules } = context.var.desk.services;
		const { device } = await devices.show(context.req.param("name"));
		return showRules(context, device, valuesOf(await deviceRules.rules(device.name)));
	});

	routes.post("/devices/:name/rules", async (context) => {
		const { devices, deviceRules } = context.var.desk.services;
		const { device } = await devices.show(context.req.param("name"));
		const values = readValues(await Form.of(context));
		const tried = await attempt(() => deviceRules.change(device.name, rulesOf(values)));
		if (tried.refused !== undefined) return showRules(context, device, values, tried.refused);
		const text = deviceRuleWords[context.var.language].saved;
		return goTo(context, devicePath(device.name), { kind: "done", text });
	});

	routes.get("/devices/:name/test", async (context) => {
		const { device } = await context.var.desk.services.devices.show(context.req.param("name"));
		return showTest(context, device, await usualRecipient(context, device));
	});

	routes.post("/devices/:name/test", async (context) => {
		const { services, runs } = context.var.desk;
		const { device } = await services.devices.show(context.req.param("name"));
		const { name } = device;
		const form = await Form.of(context);
		const to = form.text("to");
		const password = form.secret("password");
		const tried = await attempt(() => {
			assertMailAddress(to);
			const given = password.reveal() === "" ? {} : { password: password.reveal() };
			runs.start(testKey(name), (signal) => services.devices.test({ name, to, ...given }, signal));
		});
		if (tried.refused !== undefined) return showTest(context, device, to, tried.refused);
		return goTo(context, devicePath(name, "test"));
	});

	routes.on(["GET", "POST"], "/devices/:name/password", async (context) => {
		const { devices, deviceRules } = context.var.desk.services;
		const { device } = await devices.show(context.req.param("name"));
		const { name } = device;
		const words = deviceWords[context.var.language];
		if (!(await isConfirmed(context))) {
			return ask(context, name, {
				title: words.newPasswordTitle(name),
				text: words.newPasswordText,
				action: devicePath(name, "password"),
				button: words.newPasswordYes,
			});
		}
		const password = await deviceRules.newPassword(name);
		keepPassword(context, { device, password: password.reveal() });
		return goTo(context, devicePath(name, "card"));
	});

	routes.get("/devices/:name/rename", async (context) => {
		const { device } = await context.var.desk.services.devices.show(context.req.param("name"));
		return showRename(context, device.name, device.name);
	});

	routes.post("/devices/:name/rename", async (context) => {
		const { devices, deviceRules } = context.var.desk.services;
		const { device } = await devices.show(context.req.param("name"));
		const newName = (await Form.of(context)).text("name");
		const tried = await attempt(() => {
			assertUsable(newName);
			return deviceRules.rename(device.name, newName);
		});
		if (tried.refused !== undefined) return showRename(context, device.name, newName, tried.refused);
		const text = deviceWords[context.var.language].renamed(newName);
		return goTo(context, devicePath(newName), { kind: "done", text });
	});

	routes.on(["GET", "POST"], "/devices/:name/remove", async (context) => {
		const { devices } = context.var.desk.services;
		const { name } = (await devices.show(context.req.param("name"))).device;
		const words = deviceWords[context.var.language];
		if (!(await isConfirmed(context))) {
			return ask(context, name, {
				title: words.removeTitle(name),
				text: words.removeText,
				action: devicePath(name, "remove"),
				button: words.removeYes,
			});
		}
		await devices.remove(name);
		return goTo(context, "/devices", { kind: "done", text: words.removed(name) });
	});

	return routes;
}

function setup(context: PageRequest) {
	return deviceSetupWords[context.var.language];
}

function spanOf(given: string | undefined): TrafficSpan {
	return SPANS.find((span) => span === given) ?? "day";
}

function ask(
	context: PageRequest,
	name: string,
	question: {
		readonly title: string;
		readonly text: string;
		readonly action: string;
		readonly button: string;
	},
) {
	const body = <ConfirmPage {...question} back={devicePath(name)} />;
	return show(context, { title: question.title, section: "devices", body });
}

async function showRules(context: PageRequest, device: Device, values: RuleValues, refused?: UserError) {
	const { devices, accounts } = context.var.desk.services;
	const [kinds, others] = await Promise.all([devices.kinds(), accountAddresses(accounts)]);
	// It may send through its person's own, which no other device may.
	const isOwn = device.person !== undefined && device.account === device.person;
	const addresses = isOwn ? [device.account, ...others] : others;
	const title = deviceRuleWords[context.var.language].title(device.name);
	const body = (
		<RulesPage
			name={device.name}
			values={values}
			kinds={kinds}
			accounts={addresses}
			isLocked={device.origin === "file"}
			isReadOnly={!isAtLeast(context.var.session?.role, "operator")}
			refused={refused}
		/>
	);
	return show(context, { title, section: "devices", body }, statusOf(refused));
}

function showRename(context: PageRequest, name: string, newName: string, refused?: UserError) {
	const title = deviceWords[context.var.language].renameTitle(name);
	const body = <RenamePage name={name} newName={newName} refused={refused} />;
	return show(context, { title, section: "devices", body }, statusOf(refused));
}

function showTest(context: PageRequest, device: Device, to: string, refused?: UserError) {
	const run = context.var.desk.runs.find<TestStep>(testKey(device.name));
	const title = setup(context).testTitle;
	const body = <TestPage device={device} to={to} run={run} refused={refused} />;
	const refresh = run?.isOver === false ? { refreshSeconds: 2 } : {};
	return show(context, { title, section: "devices", body, ...refresh }, statusOf(refused));
}

function statusOf(refused: UserError | undefined): PageStatus {
	return refused === undefined ? 200 : 409;
}

function testKey(name: string): string {
	return `device-test:${name}`;
}

/** Its account, where the owner can look; whoever tests may write another. */
async function usualRecipient(context: PageRequest, device: Device): Promise<string> {
	if (device.account !== "") return device.account;
	const [first] = await accountAddresses(context.var.desk.services.accounts);
	return first ?? "";
}

function assertMailAddress(text: string): void {
	if (MAIL_ADDRESS.safeParse(text).success) return;
	throw new UserError("mail-address-invalid", "That is no mail address.", "One is such as name@contoso.com.");
}
