/** Tries what a form asked for: a `UserError` is an answer to show beside the form, all else is a fault. */
import { UserError } from "../appliance/errors.ts";

export type Attempt<Value> =
	| { readonly done: Value; readonly refused?: undefined }
	| { readonly done?: undefined; readonly refused: UserError };

export async function attempt<Value>(work: () => Promise<Value> | Value): Promise<Attempt<Value>> {
	try {
		return { done: await work() };
	} catch (thrown) {
		if (thrown instanceof UserError) return { refused: thrown };
		throw thrown;
	}
}
