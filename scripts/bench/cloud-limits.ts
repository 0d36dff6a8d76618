/** The limits that the sink draws on request, for itself and for the figures that are measured against them. */

/** Requests at once (learn.microsoft.com/graph/throttling-limits, Outlook). */
export const LIMIT_AT_ONCE = 4;
/** As long as an answer takes then; the real one takes some hundreds of milliseconds. */
export const LIMITED_ANSWER_MS = 100;
