/** What was sent without what was not: to a service, a key that is absent is another thing than one that is undefined. */
type Given<Value> = { [Key in keyof Value]?: Exclude<Value[Key], undefined> } & {
	[Key in keyof Value as undefined extends Value[Key] ? never : Key]: Value[Key];
};

export function given<Value extends object>(value: Value): Given<Value> {
	return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as Given<Value>;
}
