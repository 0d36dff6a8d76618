/** What do you have? The kinds of devices, by family, the makes first. */
import type { FC } from "hono/jsx";
import type { KindHints } from "../../../appliance/services.ts";
import { Icon, type IconName } from "../../components/icon.tsx";
import { PageHead } from "../../components/page-parts.tsx";
import { deviceSetupWords } from "../../locales/device-setup.ts";
import { deviceWords } from "../../locales/devices.ts";
import { useWords } from "../../page-context.ts";

type Family = KindHints["family"];

const ICONS: Readonly<Record<Family, IconName>> = {
	printer: "print",
	camera: "camera",
	plc: "plc",
	storage: "nas",
	ups: "ups",
	server: "system",
	script: "script",
	other: "other",
};

/** These have no makes: one heading for both. */
const LONE: ReadonlySet<Family> = new Set(["script", "other"]);

export const GalleryPage: FC<{ readonly kinds: readonly KindHints[] }> = ({ kinds }) => {
	const words = useWords(deviceSetupWords);
	const { title } = useWords(deviceWords);
	const families = [...Map.groupBy(kinds, ({ family }) => family)].filter(([family]) => !LONE.has(family));
	const lone = kinds.filter(({ family }) => LONE.has(family));
	return (
		<>
			<PageHead
				title={words.galleryTitle}
				lead={words.galleryLead}
				back={{ href: "/devices", label: title }}
			/>
			{families.map(([family, members]) => (
				<Family title={words.families[family]} id={family} kinds={members} />
			))}
			{lone.length === 0 ? null : <Family title={words.families.other} id="other" kinds={lone} />}
		</>
	);
};

const Family: FC<{ readonly title: string; readonly id: string; readonly kinds: readonly KindHints[] }> = ({
	title,
	id,
	kinds,
}) => (
	<section aria-labelledby={`family-${id}`} class="stack-small">
		<h2 id={`family-${id}`}>{title}</h2>
		<ul class="gallery kinds">
			{kinds.map((kind) => (
				<li>
					<a href={`/devices/new/${encodeURIComponent(kind.kind)}`}>
						<Icon name={ICONS[kind.family]} />
						<span>
							<KindName of={kind} />
						</span>
					</a>
				</li>
			))}
		</ul>
	</section>
);

/** The make, or in the words of the page what has none. */
export const KindName: FC<{ readonly of: Pick<KindHints, "make" | "family"> }> = ({
	of: { make, family },
}) => <>{make === "" ? useWords(deviceSetupWords).otherMake[family] : make}</>;
