/**
 * Folders and the listing of their messages: `$filter`, `$orderby`, `$top`, `$skip`, `@odata.nextLink`
 * (learn.microsoft.com: "List messages"). What it does not understand it refuses, rather than list all.
 */
import { badRequest, type GraphError, graphError } from "./graph-errors.ts";
import { folderId, folderOfPath, itemJson, taggedProperties, timestamp } from "./graph-item.ts";
import type { MailRequest } from "./graph-request.ts";
import { FOLDERS, type Folder, folderAt, type Item } from "./mailbox.ts";

const DEFAULT_PAGE = 10;
const LARGEST_PAGE = 1000;
const FOLDER_NAMES: Readonly<Record<Folder, string>> = {
	inbox: "Inbox",
	drafts: "Drafts",
	sentitems: "Sent Items",
	deleteditems: "Deleted Items",
};
const FOLDER_NOT_FOUND: GraphError = {
	status: 404,
	code: "ErrorFolderNotFound",
	message: "The specified folder could not be found in the store.",
};

export function listFolders(request: MailRequest): Response {
	const value = FOLDERS.map((folder) => folderJson(request, folder));
	return request.c.json({ "@odata.context": `${request.world.baseUrl}/v1.0/$metadata#mailFolders`, value });
}

export function getFolder(request: MailRequest): Response {
	const folder = folderOfPath(request, request.c.req.param("folder") ?? "");
	if (folder === undefined) return graphError(request.c, FOLDER_NOT_FOUND);
	return request.c.json(folderJson(request, folder));
}

function folderJson(request: MailRequest, folder: Folder) {
	const items = request.mailbox.all().filter((item) => folderAt(item, request.world.now()) === folder);
	return {
		id: folderId(request, folder),
		displayName: FOLDER_NAMES[folder],
		childFolderCount: 0,
		totalItemCount: items.length,
		unreadItemCount: items.filter(({ isRead }) => !isRead).length,
		isHidden: false,
	};
}

export function listMessages(request: MailRequest): Response {
	const { c, world, mailbox } = request;
	const name = c.req.param("folder");
	const folder = name === undefined ? undefined : folderOfPath(request, name);
	if (name !== undefined && folder === undefined) return graphError(c, FOLDER_NOT_FOUND);
	const filter = parseFilter(c.req.query("$filter"));
	const order = parseOrder(c.req.query("$orderby"));
	const page = parsePage(c.req.query("$top"), c.req.query("$skip"));
	if ("code" in filter) return graphError(c, filter);
	if ("code" in order) return graphError(c, order);
	if ("code" in page) return graphError(c, page);
	const inefficient = filter.properties.length > 0 && order.property !== undefined;
	if (inefficient && filter.properties[0] !== order.property)
		return graphError(c, {
			status: 400,
			code: "InefficientFilter",
			message: "The restriction or sort order is too complex for this operation.",
		});
	const candidates = filter.messageId === undefined ? mailbox.all() : mailbox.withMessageId(filter.messageId);
	const found = candidates.filter(
		(item) => (folder === undefined || folderAt(item, world.now()) === folder) && filter.matches(item),
	);
	// Items stand in the order they came; newest first unless asked otherwise.
	if (!order.ascending) found.reverse();
	const { top, skip } = page;
	const value = found.slice(skip, skip + top).map((item) => itemJson(request, item));
	const next = skip + top < found.length ? { "@odata.nextLink": nextLink(request, skip + top) } : {};
	return c.json({ "@odata.context": `${world.baseUrl}/v1.0/$metadata#messages`, value, ...next });
}

function nextLink({ c, world }: MailRequest, skip: number): string {
	const url = new URL(c.req.url);
	url.searchParams.set("$skip", String(skip));
	// A batch step is addressed without the version.
	const path = url.pathname.replace(/^(?!\/v1\.0\/)/, "/v1.0");
	return `${world.baseUrl}${path}${url.search}`;
}

interface Filter {
	/** In the order they stand, for the rule about `$orderby`. */
	readonly properties: readonly string[];
	/** When the filter asks for one: found by index. */
	readonly messageId: string | undefined;
	readonly matches: (item: Item) => boolean;
}

const TERMS: readonly [RegExp, (match: RegExpExecArray) => (item: Item) => boolean][] = [
	[
		/^internetMessageId eq '((?:[^']|'')*)'$/,
		([, id = ""]) =>
			(item) =>
				item.message.summary.messageId === unquote(id),
	],
	[
		/^(?:isRead|isDraft) eq (?:true|false)$/,
		([term]) =>
			(item) =>
				(term.startsWith("isRead") ? item.isRead : item.isDraft) === term.endsWith("true"),
	],
	[
		/^(?:receivedDateTime|sentDateTime) (ge|gt|le|lt) '?([\d:.TZ-]+)'?$/,
		([, operator, date = ""]) =>
			(item) => {
				const atMs = Date.parse(timestamp(item.receivedAtMs));
				const limitMs = Date.parse(date);
				if (operator === "ge") return atMs >= limitMs;
				if (operator === "gt") return atMs > limitMs;
				return operator === "le" ? atMs <= limitMs : atMs < limitMs;
			},
	],
	[
		/^singleValueExtendedProperties\/any\(\w+: ?\w+\/id eq '((?:[^']|'')*)' and \w+\/value eq '((?:[^']|'')*)'\)$/i,
		([, id = "", value = ""]) =>
			(item) =>
				taggedProperties(item).some((tag) => tag.id === unquote(id) && tag.value === unquote(value)),
	],
];

function parseFilter(text: string | undefined): Filter | GraphError {
	if (text === undefined) return { properties: [], messageId: undefined, matches: () => true };
	const tests: ((item: Item) => boolean)[] = [];
	const properties: string[] = [];
	let messageId: string | undefined;
	for (const term of splitTerms(text)) {
		const test = termTest(term);
		if (test === undefined) return badRequest(`Invalid filter clause: '${term}'.`);
		tests.push(test);
		properties.push(/^\w+/.exec(term)?.[0] ?? "");
		messageId ??= unquoted(/^internetMessageId eq '(.*)'$/.exec(term)?.[1]);
	}
	return { properties, messageId, matches: (item) => tests.every((test) => test(item)) };
}

function termTest(term: string): ((item: Item) => boolean) | undefined {
	for (const [pattern, make] of TERMS) {
		const match = pattern.exec(term);
		if (match !== null) return make(match);
	}
	return undefined;
}

/** At the `and`s that stand outside brackets and quotes. */
function splitTerms(text: string): string[] {
	const terms = text.match(/(?:'(?:[^']|'')*'|\((?:'(?:[^']|'')*'|[^()'])*\)|(?! and )[^'(])+/g) ?? [];
	// A match after the first begins with the word it stopped at.
	return terms.map((term) => term.trim().replace(/^and /, "")).filter((term) => term !== "");
}

/** OData: a quote in a text is written twice. */
function unquote(text: string): string {
	return text.replaceAll("''", "'");
}

function unquoted(text: string | undefined): string | undefined {
	return text === undefined ? undefined : unquote(text);
}

function parseOrder(
	text: string | undefined,
): { property: string | undefined; ascending: boolean } | GraphError {
	if (text === undefined) return { property: undefined, ascending: false };
	const match = /^(receivedDateTime|sentDateTime|createdDateTime)(?: (asc|desc))?$/i.exec(text.trim());
	if (match === null) return badRequest(`Invalid orderby clause: '${text}'.`);
	return { property: match[1] ?? "", ascending: match[2]?.toLowerCase() !== "desc" };
}

function parsePage(
	top: string | undefined,
	skip: string | undefined,
): { top: number; skip: number } | GraphError {
	const size = top === undefined ? DEFAULT_PAGE : Number(top);
	const start = skip === undefined ? 0 : Number(skip);
	if (!Number.isInteger(size) || size < 1 || size > LARGEST_PAGE)
		return badRequest(`The limit of '${LARGEST_PAGE}' for Top query has been exceeded or is invalid.`);
	if (!Number.isInteger(start) || start < 0) return badRequest("Invalid value for $skip.");
	return { top: size, skip: start };
}
