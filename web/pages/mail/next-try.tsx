/** When a message is tried next; what is due already is due now, not some seconds ago. */
import type { FC } from "hono/jsx";
import { Moment } from "../../components/moment.tsx";

export const NextTry: FC<{ readonly at: string }> = ({ at }) => (
	<Moment at={new Date(Math.max(Date.parse(at), Date.now())).toISOString()} />
);
