/**
 * The delegated permissions that a sign-in asks for (microsoft/clouds.ts) and what each is for; the test holds the two
 * together. In the portal all of them stand under Microsoft Graph.
 */
import type { FC } from "hono/jsx";
import { Copyable } from "../../components/page-parts.tsx";
import { appRegistrationWords } from "../../locales/app-registration.ts";
import { useWords } from "../../page-context.ts";

type Why = keyof typeof appRegistrationWords.en.why;

export const PERMISSIONS: readonly {
	readonly name: string;
	readonly why: Why;
	readonly isNeeded: boolean;
}[] = [
	{ name: "Mail.Send", why: "send", isNeeded: true },
	{ name: "Mail.ReadWrite", why: "readWrite", isNeeded: true },
	{ name: "User.Read", why: "user", isNeeded: true },
	{ name: "offline_access", why: "offline", isNeeded: true },
	{ name: "Mail.Send.Shared", why: "shared", isNeeded: false },
	{ name: "Mail.ReadWrite.Shared", why: "shared", isNeeded: false },
	{ name: "SMTP.Send", why: "smtp", isNeeded: false },
	{ name: "POP.AccessAsUser.All", why: "pop", isNeeded: false },
];

export const PermissionTable: FC = () => {
	const words = useWords(appRegistrationWords);
	return (
		<table class="stacked">
			<thead>
				<tr>
					<th scope="col">{words.permission}</th>
					<th scope="col">{words.purpose}</th>
				</tr>
			</thead>
			<tbody>
				{PERMISSIONS.map(({ name, why, isNeeded }) => (
					<tr>
						<th scope="row" class="nowrap">
							<Copyable text={name} label={name} />
						</th>
						<td>
							{isNeeded ? <strong>{words.needed}, </strong> : null}
							{words.why[why]}
						</td>
					</tr>
				))}
			</tbody>
		</table>
	);
};
