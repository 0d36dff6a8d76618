/** The fields of a form as it was sent: always texts, bounded, absent ones empty. */
import type { Context } from "hono";
import { UserError } from "../appliance/errors.ts";
import { Secret } from "../appliance/secret.ts";
import { isBrokenOff } from "./answers.ts";

const LONGEST_TEXT = 10_000;

export class Form {
	readonly #fields: Readonly<Record<string, unknown>>;

	private constructor(fields: Readonly<Record<string, unknown>>) {
		this.#fields = fields;
	}

	/** Throws `UserError` `form-unreadable` when what came is no form: no browser sends that. */
	static async of(context: Context): Promise<Form> {
		try {
			return new Form(await context.req.parseBody({ all: true }));
		} catch (thrown) {
			if (isBrokenOff(thrown, context)) throw thrown;
			throw new UserError("form-unreadable", "The form did not come whole.", "Go back and send it again.", {
				cause: thrown,
			});
		}
	}

	/** Without blanks around it. */
	text(name: string): string {
		return (this.all(name).at(-1) ?? "").trim();
	}

	/** Absent when empty. */
	optional(name: string): string | undefined {
		return this.text(name) || undefined;
	}

	/** As it was typed. */
	secret(name: string): Secret {
		return new Secret(this.all(name).at(-1) ?? "");
	}

	/** Of a box that can be ticked. */
	isOn(name: string): boolean {
		return this.all(name).length > 0;
	}

	/** Of several fields with the same name. */
	all(name: string): readonly string[] {
		const value = this.#fields[name];
		const values = Array.isArray(value) ? value : [value];
		return values.flatMap((one) => (typeof one === "string" ? [one.slice(0, LONGEST_TEXT)] : []));
	}

	/** One entry a line, or separated by commas. */
	lines(name: string): readonly string[] {
		return this.text(name)
			.split(/[\n,]/)
			.map((line) => line.trim())
			.filter((line) => line !== "");
	}
}
