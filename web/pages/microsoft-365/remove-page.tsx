/** Asks before an account goes, and says what becomes of its mail, its devices and who fetches through it. */
import type { FC } from "hono/jsx";
import type { AccountStatus } from "../../../appliance/services.ts";
import { Button, Form } from "../../components/form.tsx";
import { LinkButton } from "../../components/page-parts.tsx";
import { commonWords } from "../../locales/common.ts";
import { microsoftWords } from "../../locales/microsoft.ts";
import { useWords } from "../../page-context.ts";
import { accountPath } from "./sign-in-draft.ts";

interface RemovePageProps {
	readonly account: AccountStatus["account"];
	readonly isOnly: boolean;
	/** Names of those that send through it. */
	readonly devices: readonly string[];
	readonly readers: readonly string[];
}

export const RemovePage: FC<RemovePageProps> = ({ account, isOnly, devices, readers }) => {
	const words = useWords(microsoftWords);
	const common = useWords(commonWords);
	const path = accountPath(account.address);
	return (
		<section class="card narrow">
			<h1>{words.removeTitle(account.address)}</h1>
			<p>{words.removeText}</p>
			{account.origin === "file" ? <p>{words.removeFile}</p> : null}
			<p>{words.removeMail}</p>
			{isOnly ? <p>{words.removeOnly}</p> : null}
			<Names text={words.removeDevices} names={devices} />
			<Names text={words.removeMailboxes} names={readers} />
			<Form action={`${path}/remove`}>
				<input type="hidden" name="confirmed" value="yes" />
				<div class="toolbar">
					<Button kind="danger">{words.remove}</Button>
					<LinkButton href={path}>{common.cancel}</LinkButton>
				</div>
			</Form>
		</section>
	);
};

/** More would only push the buttons off the page. */
const MOST_NAMES = 20;

const Names: FC<{ readonly text: string; readonly names: readonly string[] }> = ({ text, names }) =>
	names.length === 0 ? null : (
		<p>
			{text} {names.slice(0, MOST_NAMES).join(", ")}
			{names.length > MOST_NAMES ? ", …" : ""}
		</p>
	);
