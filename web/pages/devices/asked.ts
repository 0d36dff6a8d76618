/** What several pages of devices ask of a request or of the appliance. */
import type { AccountService } from "../../../appliance/services.ts";
import { Form } from "../../form.ts";
import type { PageRequest } from "../../render.tsx";

/** Nothing is done by reading an address. */
export async function isConfirmed(context: PageRequest): Promise<boolean> {
	return context.req.method === "POST" && (await Form.of(context)).text("confirmed") === "yes";
}

/** Those of the owner's: nothing but what is its person's own uses one that came by self-service. */
export async function accountAddresses(accounts: AccountService): Promise<readonly string[]> {
	return (await accounts.list()).flatMap(({ account }) =>
		account.joinedAt === undefined ? [account.address] : [],
	);
}
