/**
 * What the small readers of configuration values return when a text is not what it should be: why,
 * as the end of a sentence that begins with the value (`"150XB"` … `is no size; …`). Data, never thrown.
 */

export class Refusal {
	readonly why: string;

	constructor(why: string) {
		this.why = why;
	}
}
