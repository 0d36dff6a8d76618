/** What a try of something tells as it goes, a step at a time. For services.ts. */

export type TestStep = { readonly ok: boolean; readonly text: string };
