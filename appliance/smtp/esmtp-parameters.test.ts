import { describe, expect, it } from "vitest";
import { readMailParameters, readRcptParameters } from "./esmtp-parameters.ts";

describe("parameters of MAIL", () => {
	it("are read in any case and order, and unknown ones ignored", () => {
		expect(
			readMailParameters("body=8bitmime size=1234 X-FOO=1 SMTPUTF8 AUTH=<> ret=hdrs ENVID=QQ314159"),
		).toEqual({
			declaredBytes: 1234,
			smtpUtf8: true,
			ret: "HDRS",
			envid: "QQ314159",
		});
	});

	it("decode xtext", () => {
		expect(readMailParameters("ENVID=a+2Bb+20c")).toMatchObject({ envid: "a+b c" });
	});

	it.each(["SIZE=abc", "SIZE=", "SIZE=-1", "BODY=BINARY"])(
		"that are malformed and harmless are ignored: %s",
		(text) => {
			expect(readMailParameters(text)).toMatchObject({ declaredBytes: undefined });
		},
	);

	it.each([
		"RET=SOME",
		"RET=FULL RET=HDRS",
		"ENVID=a+ZZ",
		"ENVID=a=b",
		"ENVID=a+0Db",
		"ENVID=",
		`ENVID=${"a".repeat(101)}`,
		"BODY=BINARYMIME",
	])("refuse %s", (text) => {
		expect(readMailParameters(text)).toMatchObject({ enhanced: "5.5.4" });
	});
});

describe("parameters of RCPT", () => {
	it("keep what a bounce needs", () => {
		expect(readRcptParameters("NOTIFY=success,DELAY ORCPT=rfc822;bob+2Bx@example.com")).toEqual({
			notify: ["SUCCESS", "DELAY"],
			orcpt: "rfc822;bob+x@example.com",
		});
		expect(readRcptParameters("")).toEqual({ notify: [], orcpt: "" });
	});

	it.each(["NOTIFY=NEVER,DELAY", "NOTIFY=", "NOTIFY=OFTEN", "ORCPT=bob", "ORCPT=rfc822;+0A", "ORCPT="])(
		"refuse %s",
		(text) => {
			expect(readRcptParameters(text)).toMatchObject({ code: 501, enhanced: "5.5.4" });
		},
	);
});
