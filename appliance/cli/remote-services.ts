/**
 * `Services` of the running appliance, as seen from the command line: each method is one request of
 * the API under `/api/v1` (web/api.ts). Throws what the appliance threw, or ControlClient's errors.
 */
import { Secret } from "../secret.ts";
import type { ConfigOrigin, Services, WifiAround } from "../services.ts";
import type { ControlClient } from "./control-client.ts";

/** For what is not cancelled. */
const NEVER = new AbortController().signal;

/** What a `UserError` for an unknown name needs is on the other side; nothing is checked here. */
export function remoteServices(client: ControlClient): Services {
	return {
		appliance: {
			status: () => client.ask("GET", "/status"),
			authority: () => client.ask("GET", "/authority"),
			reload: () => client.ask("POST", "/reload"),
			configOrigins: () => client.ask<readonly ConfigOrigin[]>("GET", "/config/origins"),
			selfTest: () => client.follow("/machine/self-test", undefined, NEVER),
		},
		queue: {
			list: () => client.ask("GET", "/queue"),
			show: (id) => client.ask("GET", `/queue/${encodeURIComponent(id)}`),
			act: (action, ids) => client.ask("POST", "/queue/actions", { action, ids }),
			counts: () => client.ask("GET", "/queue/counts"),
		},
		devices: {
			list: () => client.ask("GET", "/devices"),
			kinds: () => client.ask("GET", "/device-kinds"),
			show: (name) => client.ask("GET", `/devices/${encodeURIComponent(name)}`),
			add: (draft) => client.ask("POST", "/devices", draft),
			remove: async (name) => {
				await client.ask("DELETE", `/devices/${encodeURIComponent(name)}`);
			},
			strangers: () => client.ask("GET", "/strangers"),
			allow: (address, draft) => client.ask("POST", `/strangers/${encodeURIComponent(address)}/allow`, draft),
			refuse: (address) => client.ask("DELETE", `/strangers/${encodeURIComponent(address)}`),
			log: (nameOrAddress) => client.ask("GET", `/devices/${encodeURIComponent(nameOrAddress)}/log`),
			test: (draft, signal) =>
				client.follow(`/devices/${encodeURIComponent(draft.name)}/test`, draft, signal),
		},
		deviceRules: {
			rules: (name) => client.ask("GET", `/devices/${encodeURIComponent(name)}/rules`),
			change: async (name, rules) => {
				await client.ask("PATCH", `/devices/${encodeURIComponent(name)}`, rules);
			},
			rename: async (name, newName) => {
				await client.ask("POST", `/devices/${encodeURIComponent(name)}/name`, { name: newName });
			},
			newPassword: async (name) => {
				const path = `/devices/${encodeURIComponent(name)}/password`;
				const { password } = await client.ask<{ password: string }>("POST", path);
				return new Secret(password);
			},
		},
		mailboxes: {
			list: () => client.ask("GET", "/mailboxes"),
			place: () => client.ask("GET", "/mailbox-place"),
			add: (draft) => client.ask("POST", "/mailboxes", draft),
			remove: async (username) => {
				await client.ask("DELETE", `/mailboxes/${encodeURIComponent(username)}`);
			},
			test: ({ username, password }, signal) =>
				client.follow(`/mailboxes/${encodeURIComponent(username)}/test`, { password }, signal),
		},
		network: {
			state: () => client.ask("GET", "/machine/network"),
			tryOut: (settings, names) => client.ask("POST", "/machine/network/try", { ...settings, ...names }),
			keep: async () => {
				await client.ask("POST", "/machine/network/keep");
			},
			goBack: async () => {
				await client.ask("POST", "/machine/network/return");
			},
			scan: async (country) => {
				const answer = client.ask<{ networks: readonly WifiAround[] }>("POST", "/machine/network/scan", {
					country,
				});
				return (await answer).networks;
			},
		},
		lights: {
			state: () => client.ask("GET", "/machine/lights"),
			test: (signal) => client.follow("/machine/lights-test", undefined, signal),
		},
		updates: {
			state: () => client.ask("GET", "/machine/update"),
			receive: (content) => client.upload("/machine/update/received", content, {}),
			install: (options) => client.follow("/machine/update", options, NEVER),
			goBack: () => client.ask("POST", "/machine/update/back"),
			acknowledge: async () => {
				await client.ask("POST", "/machine/update/seen");
			},
		},
		console: {
			resetPassword: () => client.ask("POST", "/console/password"),
		},
		accounts: {
			list: () => client.ask("GET", "/accounts"),
			add: (draft, signal) => client.follow("/accounts", draft, signal),
			paste: async (address, pasted) => {
				await client.ask("POST", `/accounts/${encodeURIComponent(address)}/paste`, { pasted });
			},
			returned: async (query) => {
				const { account } = await client.ask<{ account: string }>("POST", "/accounts/returned", { query });
				return account;
			},
			certificate: (address, renew) =>
				client.ask("POST", `/accounts/${encodeURIComponent(address)}/certificate`, { renew }),
			test: (address, signal) =>
				client.follow(`/accounts/${encodeURIComponent(address)}/test`, undefined, signal),
			remove: async (address) => {
				await client.ask("DELETE", `/accounts/${encodeURIComponent(address)}`);
			},
		},
	};
}
