/**
 * The platform's formatters for dates, spans and numbers, each made once and kept: making one takes as long as using it hundreds of
 * times, and a list has hundreds. For whatever shows times and numbers. The options of the callers are a handful.
 */

function kept<Options, Form>(make: (locale: string, options: Options) => Form) {
	const forms = new Map<string, Form>();
	return (locale: string, options: Options): Form => {
		const key = `${locale} ${JSON.stringify(options)}`;
		let form = forms.get(key);
		if (form === undefined) {
			form = make(locale, options);
			forms.set(key, form);
		}
		return form;
	};
}

export const dateForm = kept(
	(locale, options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(locale, options),
);

export const agoForm = kept(
	(locale, options: Intl.RelativeTimeFormatOptions) => new Intl.RelativeTimeFormat(locale, options),
);

export const numberForm = kept(
	(locale, options: Intl.NumberFormatOptions) => new Intl.NumberFormat(locale, options),
);
