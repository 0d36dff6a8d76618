/** What stands around a box in its owner's house: a Microsoft that it is signed in to, and a press that sends. */
import { eventually } from "../../appliance/e2e/house.ts";
import type { Sandbox } from "../../appliance/sandbox/sandbox.ts";
import { type Box, PATIENCE_MS } from "./box.ts";

export const ACCOUNT = "alerts@contoso.example";
/** As QEMU shows this machine to the box. */
const THIS_MACHINE = "10.0.2.2";

export async function isUp(box: Box): Promise<void> {
	await eventually(
		"the service is active",
		async () => (await box.run("systemctl is-active postern.service")) === "active",
		PATIENCE_MS,
	);
}

/** To be done again after each start: none of it is on the card. */
export async function reachCloud(box: Box, cloud: Sandbox): Promise<void> {
	const urls = [cloud.authorityUrl, cloud.graphUrl];
	for (const port of new Set(urls.map((url) => Number(new URL(url).port)))) await box.offerHostPort(port);
	const settings = {
		POSTERN_MICROSOFT__CLOUD: "custom",
		POSTERN_MICROSOFT__AUTHORITY: cloud.authorityUrl,
		POSTERN_MICROSOFT__GRAPH: cloud.graphUrl,
		POSTERN_MICROSOFT__CLIENT_ID: cloud.clientId,
	};
	const text = Object.entries(settings)
		.map(([name, value]) => `${name}=${value}\\n`)
		.join("");
	await box.run(`printf '${text}' > /run/postern-test.env; systemctl restart postern.service`);
	await isUp(box);
}

export async function signIn(box: Box, cloud: Sandbox): Promise<void> {
	await box.run(`(postern account add ${ACCOUNT} > /run/sign-in 2>&1 &)`);
	await eventually(
		"there is a code",
		() => {
			const codes = cloud.control.pendingUserCodes();
			for (const code of codes) cloud.control.approve(code, ACCOUNT);
			return codes.length > 0;
		},
		PATIENCE_MS,
	);
	await eventually(
		"it is signed in",
		async () =>
			(await box.run("journalctl -u postern.service -o cat --no-pager")).includes("signed-in account="),
		PATIENCE_MS,
	);
}

export async function addPress(box: Box, ...options: readonly string[]): Promise<void> {
	await box.run(["postern device add Press --address", THIS_MACHINE, ...options].join(" "));
}
