/** Style sheets are imported as text; the bundler and the test runner both read the `?raw` suffix. */
declare module "*.css?raw" {
	const text: string;
	export default text;
}
