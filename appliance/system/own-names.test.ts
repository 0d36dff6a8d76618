/** Under which names the console answers. */
import { describe, expect, it } from "vitest";
import { OwnNames, searchDomains } from "./own-names.ts";

const names = new OwnNames(
	() => ({ name: "Postern", names: ["mail.contoso.com"] }),
	() => 0,
);

describe("the box's own names", () => {
	it.each(["postern", "postern.local", "postern.fritz.box", "postern.home.arpa", "mail.contoso.com"])(
		"are %s",
		(host) => {
			expect(names.has(host)).toBe(true);
		},
	);

	it.each(["evil.example", "postern.evil.example", "xpostern.local", "local", "", "postern.", "contoso.com"])(
		"are not %j",
		(host) => {
			expect(names.has(host)).toBe(false);
		},
	);

	it("are in the search domains that the network gave", () => {
		const file = "# by DHCP\nnameserver 192.168.1.1\nsearch office.contoso.com. corp.example\ndomain com\n";
		expect(searchDomains(file)).toEqual(["office.contoso.com", "corp.example"]);
	});
});
