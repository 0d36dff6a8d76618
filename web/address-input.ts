/** Whether a text is a mail address as the appliance takes them: one, bounded, without blanks, angle brackets or control characters. */
const LONGEST_ADDRESS = 320;

export function isMailAddress(text: string): boolean {
	return text.length <= LONGEST_ADDRESS && /^[^\s@<>\p{C}]+@[^\s@<>\p{C}]+$/u.test(text);
}
