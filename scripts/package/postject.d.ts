/** What postject 1.0.0-alpha.6 offers; it comes without types. */
declare module "postject" {
	export function inject(
		file: string,
		resource: string,
		content: Buffer,
		options: { readonly sentinelFuse: string },
	): Promise<void>;
}
