/** The people of the console and the keys of programs, for an owner. */
import type { FC } from "hono/jsx";
import {
	type ApiKey,
	type JoinedPerson,
	KEY_SCOPES,
	type Person,
	type Role,
} from "../../../appliance/console-services.ts";
import type { UserError } from "../../../appliance/errors.ts";
import type { Secret } from "../../../appliance/secret.ts";
import { API_DOCUMENT } from "../../api-mount.ts";
import { Badge } from "../../components/badge.tsx";
import { ActionButton, Button, CheckField, Form, RadioField, TextField } from "../../components/form.tsx";
import { Moment } from "../../components/moment.tsx";
import { Notice, Refused } from "../../components/notice.tsx";
import { Card, Copyable, PageHead } from "../../components/page-parts.tsx";
import { commonWords } from "../../locales/common.ts";
import { peopleWords } from "../../locales/people.ts";
import { useWords } from "../../page-context.ts";
import { JoinedCard } from "./joined-card.tsx";

export const ROLES: readonly Role[] = ["viewer", "operator", "owner"];

interface PeoplePageProps {
	readonly people: readonly Person[];
	readonly keys: readonly ApiKey[];
	/** By self-service. */
	readonly joined: readonly JoinedPerson[];
	readonly isSignUpOpen: boolean;
	/** Just made: whose password, or the key. */
	readonly made?: { readonly title: string; readonly secret: Secret } | undefined;
	readonly refused?: UserError | undefined;
}

export const PeoplePage: FC<PeoplePageProps> = ({ people, keys, joined, isSignUpOpen, made, refused }) => {
	const words = useWords(peopleWords);
	const common = useWords(commonWords);
	return (
		<>
			<PageHead title={words.title} />
			<Refused error={refused} />
			{made === undefined ? null : (
				<Notice kind="info" title={made.title} isNew>
					<Copyable text={made.secret.reveal()} label={made.title} isLarge />
					<p>{common.shownOnce}</p>
				</Notice>
			)}
			<Card>
				<ul class="rows">
					{people.map((person) => (
						<PersonRow person={person} />
					))}
				</ul>
			</Card>
			<Card title={words.add} class="narrow">
				<Form action="/people">
					<TextField label={words.name} name="name" maxlength={64} />
					<RadioField
						label={words.role}
						name="role"
						value="operator"
						choices={ROLES.map((role) => ({
							value: role,
							label: common.roles[role],
							hint: words.roleHints[role],
						}))}
					/>
					<div class="actions">
						<Button>{words.add}</Button>
					</div>
				</Form>
			</Card>
			<JoinedCard joined={joined} isOpen={isSignUpOpen} />
			<Keys keys={keys} />
		</>
	);
};

const PersonRow: FC<{ readonly person: Person }> = ({ person }) => {
	const words = useWords(peopleWords);
	const common = useWords(commonWords);
	const path = `/people/${encodeURIComponent(person.name)}`;
	return (
		<li>
			<div>
				<strong>{person.name}</strong>{" "}
				{person.origin === "file" ? <Badge tone="plain">{common.roles[person.role]}</Badge> : null}
				<div class="quiet small">
					{person.lastSignInAt === null ? null : (
						<>
							{words.lastSignIn} <Moment at={person.lastSignInAt} />{" "}
						</>
					)}
					{person.hasTotp ? words.codes : ""} {person.origin === "file" ? words.fromFile : ""}
				</div>
			</div>
			{person.origin === "file" ? null : (
				<div class="actions">
					<Form action={`${path}/role`} class="inline">
						<select name="role" aria-label={`${words.role}: ${person.name}`}>
							{ROLES.map((role) => (
								<option value={role} selected={role === person.role}>
									{common.roles[role]}
								</option>
							))}
						</select>
						<Button kind="quiet">{common.save}</Button>
					</Form>
					<ActionButton action={`${path}/password`}>{words.reset}</ActionButton>
					<ActionButton action={`${path}/remove`} kind="danger">
						{words.remove}
					</ActionButton>
				</div>
			)}
		</li>
	);
};

const Keys: FC<{ readonly keys: readonly ApiKey[] }> = ({ keys }) => {
	const words = useWords(peopleWords);
	return (
		<Card title={words.keys}>
			<p class="quiet">{words.keysText}</p>
			<p class="quiet">
				{words.keysApi} <a href={API_DOCUMENT}>{API_DOCUMENT}</a>
			</p>
			{keys.length === 0 ? (
				<p>{words.noKeys}</p>
			) : (
				<ul class="rows">
					{keys.map((key) => (
						<li>
							<div>
								<strong>{key.label}</strong>
								<div class="quiet small">
									{key.scopes.map((scope) => words.scopes[scope]).join(", ")} ·{" "}
									{key.expiresAt === null ? words.keyNever : <Moment at={key.expiresAt} />}
									{key.lastUsedAt === null ? null : (
										<>
											{" "}
											· {words.keyUsed} <Moment at={key.lastUsedAt} />
										</>
									)}
								</div>
							</div>
							<ActionButton action={`/people/keys/${encodeURIComponent(key.id)}/remove`} kind="danger">
								{words.remove}
							</ActionButton>
						</li>
					))}
				</ul>
			)}
			<details>
				<summary>{words.keyAdd}</summary>
				<Form action="/people/keys">
					<TextField label={words.keyLabel} name="label" maxlength={64} />
					<fieldset class="field">
						<legend>{words.keyScopes}</legend>
						{KEY_SCOPES.map((scope) => (
							<CheckField
								label={words.scopes[scope]}
								name="scope"
								id={`scope-${scope}`}
								value={scope}
								isOn={scope === "read"}
							/>
						))}
					</fieldset>
					<TextField label={words.keyExpires} name="expires" type="date" isOptional />
					<div class="actions">
						<Button kind="quiet">{words.keyAdd}</Button>
					</div>
				</Form>
			</details>
		</Card>
	);
};
