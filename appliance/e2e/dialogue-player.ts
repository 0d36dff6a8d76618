/**
 * Plays one dialogue over a real connection and says where it went another way. It throws with the
 * file, the line, and all that was said until then; it judges replies, not what arrives.
 */
import { createHmac } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { ConnectionOptions } from "node:tls";
import { matches, type Step } from "./dialogue.ts";
import type { Part } from "./dialogue-cast.ts";
import { formatWireReply, Wire, type WireReply } from "./wire.ts";

/** For an answer that must not come: long enough for this machine to have given it. */
const SILENCE_MS = 50;

export async function playDialogue({ dialogue, address }: Part, port: number): Promise<void> {
	const wire = await Wire.connect({ port, from: address });
	const player = new Player(wire, tlsOptions(dialogue.head.get("tls-version")));
	try {
		const implicit = dialogue.head.get("port") === "implicit-tls" && dialogue.head.get("tls") !== "no";
		if (implicit || dialogue.head.get("tls") === "yes") await player.encrypt();
		if (dialogue.head.get("tls") === "starttls") await player.startTls();
		for (const step of dialogue.steps) await player.play(step);
		await player.end();
	} finally {
		wire.destroy();
	}
}

class Player {
	readonly #wire: Wire;
	readonly #tls: ConnectionOptions;
	readonly #said: string[] = [];
	#last: WireReply | undefined;
	#gone = false;

	constructor(wire: Wire, tls: ConnectionOptions) {
		this.#wire = wire;
		this.#tls = tls;
	}

	encrypt(): Promise<void> {
		return this.#wire.encrypt(this.#tls);
	}

	/** Greeting, EHLO and STARTTLS, for dialogues that are about something else. */
	async startTls(): Promise<void> {
		await this.#expect("220");
		for (const [line, code] of [
			["EHLO device.test", "250"],
			["STARTTLS", "220"],
		] as const) {
			this.#send(Buffer.from(`${line}\r\n`));
			await this.#expect(code);
		}
		await this.encrypt();
	}

	async play(step: Step): Promise<void> {
		try {
			await this.#play(step);
		} catch (thrown) {
			const why = thrown instanceof Error ? thrown.message : String(thrown);
			throw new Error(`${step.at}: ${why}\n\n${this.#said.slice(-60).join("\n")}`, { cause: thrown });
		}
	}

	/** Nothing was said that the dialogue does not know of. */
	async end(): Promise<void> {
		if (this.#gone) return;
		// A peer that stays on the line has nothing more to say, which is as good as one that hangs up.
		await this.#wire.hangsUp(SILENCE_MS);
		const [first] = this.#wire.unread();
		if (first !== undefined) {
			throw new Error(`after the end, unasked: ${formatWireReply(first)}\n\n${this.#said.join("\n")}`);
		}
	}

	async #play(step: Step): Promise<void> {
		switch (step.type) {
			case "send":
				return this.#send(step.bytes);
			case "expect":
				return await this.#expect(step.pattern);
			case "has":
			case "lacks": {
				const found = this.#last?.lines.some((line) => matches(step.pattern, line)) === true;
				if (found === (step.type === "has")) return;
				throw new Error(`the reply ${found ? "has" : "has not"} the line: ${step.pattern}`);
			}
			case "lines": {
				const count = this.#last?.lines.length;
				if (count === step.count) return;
				throw new Error(`the reply has ${count} lines, not ${step.count}`);
			}
			case "cram":
				return this.#answerChallenge(step.username, step.password);
			case "pause":
				return await sleep(step.ms);
			case "tls":
				return await this.encrypt();
			case "half-close":
				return this.#wire.halfClose();
			case "close":
				this.#gone = true;
				return this.#wire.destroy();
			case "closed":
				return await this.#expect("closed");
			case "no-tls":
				return await this.#expectNoTls();
		}
	}

	#send(bytes: Buffer): void {
		this.#said.push(`C: ${JSON.stringify(bytes.toString("latin1").slice(0, 200))}`);
		this.#wire.send(bytes);
	}

	/** RFC 2195: the digest of the challenge, keyed with the password. */
	#answerChallenge(username: string, password: string): void {
		const challenge = Buffer.from(this.#last?.lines[0] ?? "", "base64");
		const digest = createHmac("md5", password).update(challenge).digest("hex");
		this.#send(Buffer.from(`${Buffer.from(`${username} ${digest}`).toString("base64")}\r\n`));
	}

	async #expect(pattern: string): Promise<void> {
		const reply = await this.#wire.reply();
		this.#last = reply;
		const said = reply === undefined ? "(closed)" : formatWireReply(reply);
		this.#said.push(...said.split("\n").map((line) => `S: ${line}`));
		const text = reply === undefined ? "closed" : `${reply.code} ${reply.lines.at(-1)}`.trim();
		const fits = pattern
			.split("|")
			.some((one) => (/^\d{3}$/.test(one) ? reply?.code === one : matches(one, text)));
		if (!fits) throw new Error(`expected ${pattern}, heard ${text}`);
	}

	async #expectNoTls(): Promise<void> {
		this.#gone = true;
		const refused = await this.encrypt().then(
			() => false,
			() => true,
		);
		if (!refused) throw new Error("the handshake succeeded");
	}
}

/** Versions that OpenSSL still knows but no longer likes. */
function tlsOptions(version: string | undefined): ConnectionOptions {
	if (version === undefined) return {};
	const name = `TLSv${version}`.replace(/^TLSv1\.0$/, "TLSv1") as "TLSv1";
	return { minVersion: name, maxVersion: name, ciphers: "DEFAULT@SECLEVEL=0" };
}
