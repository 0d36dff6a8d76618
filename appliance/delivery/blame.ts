/** Which recipients Graph means when it refuses a message for some of them. For both ways over Graph. Pure. */

/** "Recipient 'x' is not resolved": `x` is the address or only its local part. */
export function blamed(message: string, recipients: readonly string[]): readonly string[] {
	const names = [...message.matchAll(/'([^']+)'/g)].map(([, name]) => name?.toLowerCase() ?? "");
	return recipients.filter((recipient) => {
		const address = recipient.toLowerCase();
		return names.includes(address) || names.includes(address.slice(0, address.lastIndexOf("@")));
	});
}
