/** Ports that the service manager listens on: no right to bind them is needed, and a restart refuses nobody. */
import { once } from "node:events";
import net from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { isInstalled } from "./clients.ts";
import { eventually, House } from "./house.ts";
import { PROGRAM } from "./program.ts";
import { ServiceManager } from "./service-manager.ts";
import { SmtpPeer } from "./smtp-peer.ts";

const RESTARTS = 4;
const SENDERS = 3;

const python = isInstalled("python3");
if (!python) console.log("skipped, ports that are passed on: python3 is not installed");

let house: House | undefined;
let manager: ServiceManager | undefined;
afterEach(async () => {
	await manager?.stop();
	await house?.close();
});

/** A program with SMTP on the first port; on the second, which is passed to it as well, nothing. */
async function served(): Promise<{ port: number; unused: number; house: House; manager: ServiceManager }> {
	house = await House.build();
	await house.end("SIGTERM");
	const command = [PROGRAM.command, ...PROGRAM.argv, "serve", "--config", house.configFile];
	manager = await ServiceManager.listen(["127.0.0.1", "127.0.0.1"], command);
	const [port = 0, unused = 0] = manager.ports;
	house.configure({
		smtp: `listen = ["127.0.0.1:${port}"]\nlisten_submission = []\nlisten_tls = []\nlisten_auto = []`,
	});
	manager.restart();
	return { port, unused, house, manager };
}

const timesReady = (manager: ServiceManager) => manager.text.split(/^\S* ?ready$/m).length - 1;

describe.skipIf(!python)("a port that is passed on", () => {
	it("is served; one that nothing is configured for turns its peers away at once", async () => {
		const { port, unused, house } = await served();
		const peer = await SmtpPeer.connect(port);
		await peer.begin();
		expect(await peer.finish()).toMatch(/^250 /);
		await eventually("it is delivered", () => house.cloud.control.arrived().length === 1);
		const turnedAway = net.connect(unused, "127.0.0.1");
		await once(turnedAway, "close");
	});

	it("refuses no connection and loses no mail while the program restarts again and again", {
		timeout: 120_000,
	}, async () => {
		const { port, house, manager } = await served();
		let sending = true;
		const refused: string[] = [];
		const accepted: string[] = [];
		const senders = Array.from({ length: SENDERS }, async (_, sender) => {
			for (let number = 0; sending; number += 1) {
				const subject = `restart ${sender}-${number}`;
				if (await sends(port, subject, refused)) accepted.push(subject);
			}
		});
		for (let restart = 1; restart <= RESTARTS; restart += 1) {
			await eventually(`start ${restart}`, () => timesReady(manager) >= restart);
			const before = accepted.length;
			await eventually("mail is taken", () => accepted.length > before + 10);
			if (restart < RESTARTS) manager.restart();
		}
		sending = false;
		await Promise.all(senders);
		expect(refused).toEqual([]);
		const timesArrived = (subject: string) =>
			house.cloud.control
				.arrived()
				.filter(({ message }) => message.bytes?.toString().includes(`Subject: ${subject}\r\n`) === true)
				.length;
		await eventually("all that was accepted has arrived", () =>
			accepted.every((one) => timesArrived(one) > 0),
		);
		expect(accepted.filter((one) => timesArrived(one) !== 1)).toEqual([]);
	});
});

/** Whether it was answered 250. Only a connection that is refused counts as that; a session may be told to come back. */
async function sends(port: number, subject: string, refused: string[]): Promise<boolean> {
	try {
		const peer = await SmtpPeer.connect(port);
		await peer.begin();
		peer.write(`Subject: ${subject}\r\n\r\nx\r\n`);
		const reply = await peer.finish();
		peer.destroy();
		return reply.startsWith("250");
	} catch (thrown) {
		if (String(thrown).includes("ECONNREFUSED")) refused.push(subject);
		return false;
	}
}
