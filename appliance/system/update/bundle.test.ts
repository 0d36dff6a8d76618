/** What RAUC 1.13 says of bundles, as it said it, and whether a box takes them. */
import { describe, expect, it } from "vitest";
import { assertMayBeTaken, assertWhole, compareVersions, readInfo, signatureRefusal } from "./bundle.ts";

const INFO = {
	update: { version: "0.2.0", compatible: "postern-arm64" },
	images: [{ "slot-class": "system", filename: "system.img", checksum: "d7af", size: 3_000_000, hooks: [] }],
	"manifest-hash": "3be0",
	bundle: { format: "plain" },
	meta: { postern: { schema: "7", "least-version": "0.1.0" } },
};
const BUNDLE = { version: "0.2.0", compatible: "postern-arm64", schema: 7, leastVersion: "0.1.0" };
const TAKER = { version: "0.1.0", compatible: "postern-arm64", oldestReader: 7 };

const codeOf = (work: () => unknown) => {
	try {
		work();
	} catch (thrown) {
		return (thrown as { code: string }).code;
	}
	return "taken";
};

describe("what a bundle says of itself", () => {
	it("is read", () => {
		expect(readInfo(JSON.stringify(INFO))).toEqual(BUNDLE);
	});

	it.each([
		["nothing", ""],
		["no JSON", "compatible=postern"],
		["of another product", JSON.stringify({ ...INFO, meta: {} })],
		[
			"with a version that is none",
			JSON.stringify({ ...INFO, update: { ...INFO.update, version: "$(id)" } }),
		],
	])("is no update: %s", (_, text) => {
		expect(codeOf(() => readInfo(text))).toBe("update-not-a-bundle");
	});

	it.each([
		["an update", {}, {}, "taken"],
		["the same once more", { version: "0.1.0" }, {}, "taken"],
		["an older one that reads the data", { version: "0.0.9" }, {}, "taken"],
		["one that knows less of the data", { schema: 6 }, {}, "update-too-old"],
		["one for another board", { compatible: "postern-riscv" }, {}, "update-foreign"],
		["one that cannot follow directly", { leastVersion: "0.1.5" }, {}, "update-needs-between"],
		["the same on what is between", { leastVersion: "0.1.5" }, { version: "0.1.5" }, "taken"],
	])("%s: %o %o is %s", (_, change, taker, code) => {
		expect(codeOf(() => assertMayBeTaken({ ...BUNDLE, ...change }, { ...TAKER, ...taker }))).toBe(code);
	});
});

describe("versions", () => {
	it("stand in their order", () => {
		const inOrder = ["0.1.0-rc.1", "0.1.0", "0.1.1", "0.2.0~beta", "0.2.0", "0.10.0", "1.0.0"];
		const shuffled = [...inOrder].reverse();
		expect(shuffled.sort(compareVersions)).toEqual(inOrder);
		expect(compareVersions("0.1.0", "0.1.0+build.5")).toBe(0);
	});
});

describe("a file", () => {
	const whole = { sizeBytes: 10_000, isImage: true, imageBytes: 9_000, signatureBytes: 992 };

	it.each([
		["a bundle", {}, "taken"],
		["no image", { isImage: false }, "update-not-a-bundle"],
		["the image cut short", { sizeBytes: 5_000 }, "update-incomplete"],
		[
			"the signature cut short",
			{ sizeBytes: 9_500, signatureBytes: 3_295_655_868_959_972 },
			"update-incomplete",
		],
		["an image alone", { sizeBytes: 9_000, signatureBytes: 0 }, "update-unsigned"],
		["an image and what fills its block", { sizeBytes: 12_288, signatureBytes: 0 }, "update-unsigned"],
	])("is %s: %o is %s", (_, change, code) => {
		expect(codeOf(() => assertWhole({ ...whole, ...change }))).toBe(code);
	});
});

describe("what RAUC says of a signature", () => {
	const says = (words: string) =>
		`Command failed: /usr/bin/rauc info\nrauc-Message: 13:31:21.145: Verifying bundle signature... \n${words}\n`;

	it.each([
		["signature verification failed: Verify error: self-signed certificate", "update-stranger"],
		[
			"signature verification failed: Verify error: unable to get local issuer certificate",
			"update-stranger",
		],
		["signature verification failed: error:1700009E:CMS routines::verification failure", "update-damaged"],
		["Invalid bundle format: Signature size is 0", "update-unsigned"],
		["Invalid bundle format: Signature size (3295655868959972281) exceeds bundle size", "update-incomplete"],
		["Invalid bundle identifier", "update-not-a-bundle"],
	])("%s is %s", (words, code) => {
		expect(signatureRefusal(says(words))?.code).toBe(code);
	});

	it("is nothing of the owner's, when it could not do its work", () => {
		expect(signatureRefusal(says("Failed to create tmp dir: Read-only file system"))).toBeUndefined();
	});
});
