/**
 * What is kept on the card of a maildrop, for times without internet: what it was last seen to hold, some of its messages,
 * and what a program has deleted meanwhile. For maildrops.ts.
 *
 * Deletions are on the card before the program hears of them. A message that was cut off by a power cut is not taken for
 * whole: its file has its name only when all of it is on the card. What cannot be read counts as not there.
 */
import { createHash, randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import * as z from "zod";
import type { DocumentStore } from "../store/documents.ts";
import type { ListedMessage } from "./graph-listing.ts";

const Kept = z.object({
	listed: z.array(z.object({ id: z.string(), uid: z.string(), storeOctets: z.number() })),
	/** Graph's ids of what is still to be removed there. */
	removals: z.array(z.string()),
});
type Document = z.infer<typeof Kept>;

export interface KeptMaildropOptions {
	/** Of the login. */
	readonly key: string;
	readonly stateDir: string;
	readonly documents: DocumentStore;
	readonly limitBytes: number;
	/** Is there room on the card for so many bytes? */
	readonly hasRoom: (sizeBytes: number) => Promise<boolean>;
}

const SUFFIX = ".eml";

export class KeptMaildrop {
	readonly #options: KeptMaildropOptions;
	readonly #folder: string;
	#document: Document | undefined;
	/** Octets of the messages that are here, by UIDL. */
	readonly #files = new Map<string, number>();
	/** Writes one after the other. */
	#writing: Promise<unknown> = Promise.resolve();

	private constructor(options: KeptMaildropOptions) {
		this.#options = options;
		const name = createHash("sha256").update(options.key).digest("hex").slice(0, 40);
		this.#folder = path.join(options.stateDir, "maildrops", name);
	}

	/** Rejects when the store or the file system does. */
	static async open(options: KeptMaildropOptions): Promise<KeptMaildrop> {
		const kept = new KeptMaildrop(options);
		const stored = (await options.documents.list("maildrop")).find(({ key }) => key === options.key);
		kept.#document = Kept.safeParse(stored?.value).data;
		await mkdir(kept.#folder, { recursive: true, mode: 0o700 });
		for (const name of await readdir(kept.#folder)) {
			const file = path.join(kept.#folder, name);
			// Cut off half way.
			if (name.endsWith(SUFFIX)) kept.#files.set(name.slice(0, -SUFFIX.length), (await stat(file)).size);
			else await rm(file, { force: true });
		}
		return kept;
	}

	/** As it was last seen, without what was deleted since; undefined: it never was. */
	get listed(): readonly ListedMessage[] | undefined {
		const removals = new Set(this.#document?.removals);
		return this.#document?.listed.filter(({ id }) => !removals.has(id));
	}

	get removals(): readonly string[] {
		return this.#document?.removals ?? [];
	}

	has(uid: string): boolean {
		return this.#files.has(uid);
	}

	/** Written only when something has changed: a program that asks every minute wears nothing. */
	async see(listed: readonly ListedMessage[]): Promise<void> {
		await this.#write((before) => ({ listed: [...listed], removals: before.removals }));
		const wanted = new Set(listed.map(({ uid }) => uid));
		for (const uid of [...this.#files.keys()]) if (!wanted.has(uid)) await this.#drop(uid);
	}

	/** On the card when it resolves. Rejects when the card refuses. */
	async removeLater(ids: readonly string[]): Promise<void> {
		await this.#write(({ listed, removals }) => ({ listed, removals: [...new Set([...removals, ...ids])] }));
	}

	async removed(id: string): Promise<void> {
		await this.#write(({ listed, removals }) => ({
			listed: listed.filter((message) => message.id !== id),
			removals: removals.filter((other) => other !== id),
		}));
	}

	/** Reading throws what the file system throws. */
	read(uid: string): AsyncIterable<Buffer> {
		return createReadStream(this.#fileOf(uid));
	}

	/** False when there is no room for it. Throws what the source and the file system throw; then nothing is kept. */
	async keep(uid: string, sizeBytes: number, body: AsyncIterable<Buffer>): Promise<boolean> {
		const used = [...this.#files.values()].reduce((sum, size) => sum + size, 0);
		if (used + sizeBytes > this.#options.limitBytes || !(await this.#options.hasRoom(sizeBytes)))
			return false;
		const temporary = path.join(this.#folder, `${randomBytes(6).toString("hex")}.tmp`);
		let octets = 0;
		const file = await open(temporary, "wx", 0o600);
		try {
			for await (const chunk of body) {
				await file.writeFile(chunk);
				octets += chunk.length;
			}
			await file.sync();
		} catch (error) {
			await rm(temporary, { force: true });
			throw error;
		} finally {
			await file.close();
		}
		await rename(temporary, this.#fileOf(uid));
		this.#files.set(uid, octets);
		return true;
	}

	/** The login is gone: nothing of its mail stays on the card. */
	async erase(): Promise<void> {
		await this.#writing;
		this.#document = undefined;
		this.#files.clear();
		await this.#options.documents.remove("maildrop", this.#options.key);
		await rm(this.#folder, { recursive: true, force: true });
	}

	async #drop(uid: string): Promise<void> {
		this.#files.delete(uid);
		await rm(this.#fileOf(uid), { force: true });
	}

	#fileOf(uid: string): string {
		return path.join(this.#folder, `${uid}${SUFFIX}`);
	}

	#write(change: (before: Document) => Document): Promise<void> {
		const written = this.#writing.then(async () => {
			const before = this.#document ?? { listed: [], removals: [] };
			const after = change(before);
			if (this.#document !== undefined && JSON.stringify(after) === JSON.stringify(before)) return;
			await this.#options.documents.put("maildrop", this.#options.key, after);
			this.#document = after;
		});
		this.#writing = written.catch(() => undefined);
		return written;
	}
}
