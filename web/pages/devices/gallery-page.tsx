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
	server: "server",
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
				<Family title={words.families[family]} icon={ICONS[family]} id={family} kinds={members} />
			))}
			{lone.length === 0 ? null : (
				<Family title={words.families.other} icon={ICONS.other} id="other" kinds={lone} />
			)}
		</>
	);
};

interface FamilyProps {
	readonly title: string;
	readonly icon: IconName;
	readonly id: string;
	readonly kinds: readonly KindHints[];
}

const Family: FC<FamilyProps> = ({ title, icon, id, kinds }) => (
	<section aria-labelledby={`family-${id}`} class="stack-small">
		<h2 id={`family-${id}`} class="family">
			<Icon name={icon} /> {title}
		</h2>
		<ul class="kinds">
			{kinds.map((kind) => (
				<li>
					<a href={`/devices/new/${encodeURIComponent(kind.kind)}`}>
						<KindName of={kind} />
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
