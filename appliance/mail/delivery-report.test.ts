import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { buildReport, type DeliveryReport } from "./delivery-report.ts";

const REPORT: DeliveryReport = {
	action: "failed",
	hostName: "postern",
	from: "alerts@contoso.com",
	to: "scan@contoso.com",
	messageId: "<report-1@postern.local>",
	boundary: "=_report_1",
	date: new Date("2026-11-25T08:00:00Z"),
	arrivedAt: new Date("2026-11-25T07:00:00Z"),
	device: "Copier",
	queueId: "3kXy9aBcDe",
	envid: null,
	recipients: [
		{ address: "boss@fabrikam.com", orcpt: "", reply: "550 5.1.1 Unknown", ownerText: "Check it." },
	],
	withheld: 0,
	subject: "Scan",
	original: { bytes: Buffer.from("Subject: Scan\r\n"), isWhole: false },
};

const HEADER = [
	...["From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type"],
];

describe("a delivery report", () => {
	it("has the same fields and three parts, whatever the device, its peer or Microsoft said", () => {
		const text = fc.oneof(
			fc.string({ unit: "binary", maxLength: 300 }),
			fc.constantFrom(
				"a\r\nBcc: x@y.z",
				"x\r\n\r\n--=_report_1--\r\n",
				"\n",
				"é".repeat(200),
				"=?utf-8?Q?=0D=0A?=",
			),
		);
		void fc.assert(
			fc.property(text, text, text, text, text, (subject, reply, device, ownerText, orcpt) => {
				const bytes = buildReport({
					...REPORT,
					...{ subject, device },
					recipients: [{ address: "boss@fabrikam.com", reply, ownerText, orcpt }],
				});
				const lines = bytes.toString("utf8").split("\r\n");
				const header = lines.slice(0, lines.indexOf(""));
				const names = header.filter((line) => !line.startsWith(" ")).map((line) => line.split(":", 1)[0]);
				expect(names).toEqual(HEADER);
				expect(lines.filter((line) => line === "--=_report_1")).toHaveLength(3);
				expect(lines.at(-2)).toBe("--=_report_1--");
				expect(lines.filter((line) => line.startsWith("Action:"))).toEqual(["Action: failed"]);
				expect(bytes.toString("latin1")).not.toMatch(/(?<!\r)\n|\r(?!\n)/);
			}),
		);
	});

	it("says utf-8 for addresses beyond ASCII (RFC 6533)", () => {
		const [first] = REPORT.recipients;
		const bytes = buildReport({
			...REPORT,
			recipients: first === undefined ? [] : [{ ...first, address: "jürgen@fabrikam.com" }],
		});
		const text = bytes.toString("utf8");
		expect(text).toContain("Content-Type: message/global-delivery-status\r\n");
		expect(text).toContain("Final-Recipient: utf-8; jürgen@fabrikam.com\r\n");
	});

	it("says how many reports were withheld", () => {
		const text = buildReport({ ...REPORT, withheld: 37 }).toString("latin1");
		const human = /base64\r\n\r\n([\s\S]*?)\r\n--/.exec(text)?.[1] ?? "";
		expect(Buffer.from(human, "base64").toString()).toContain("37 more messages could not be delivered");
	});
});
