import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fieldValue, HEADER_LIMIT_BYTES, scanHeader } from "./header.ts";

function scanned(text: string) {
	const message = Buffer.from(text);
	const scan = scanHeader(message);
	const fields = scan.fields.map((field) => [field.name, fieldValue(message, field)]);
	return { fields, ending: scan.ending, body: message.toString("utf8", scan.bodyStart) };
}

describe("a header", () => {
	it("is cut into its fields, folds included", () => {
		expect(scanned("Subject: a\r\n\tb\r\nTo : x@y.example\r\n\r\nBody: text\r\n")).toEqual({
			fields: [
				["Subject", "a\tb"],
				["To", "x@y.example"],
			],
			ending: "separated",
			body: "Body: text\r\n",
		});
	});

	it("may end its lines with LF", () => {
		expect(scanned("A: 1\nB: 2\n 3\n\nbody\n")).toMatchObject({ ending: "separated", body: "body\n" });
	});

	it("ends where a line is no field, when the empty line is missing", () => {
		expect(scanned("A: 1\r\nHello there: you\r\n")).toMatchObject({
			ending: "body",
			fields: [["A", "1"]],
			body: "Hello there: you\r\n",
		});
	});

	it("is open until its end has been seen", () => {
		for (const text of ["", "Subj", "A: 1", "A: 1\r\n", "A: 1\r\n\r", "A: 1\r\nSubj"]) {
			expect(scanned(text).ending).toBe("open");
		}
	});

	it("is given up when it has no end", () => {
		const text = "X: y\r\n".repeat(HEADER_LIMIT_BYTES / 6 + 2);
		expect(scanned(text).ending).toBe("oversized");
	});

	it("may hold bytes that are no UTF-8", () => {
		const message = Buffer.from("Subject: gr\xfc\xdfe\r\n\r\n", "latin1");
		const [field] = scanHeader(message).fields;
		expect(field && fieldValue(message, field)).toBe("grüße");
	});
});

it("no bytes are lost or counted twice, whatever they are", () => {
	const unit = fc.constantFrom("\r", "\n", "\r\n", " ", "\t", ":", "A", "é", "\u0000", "Subject: ");
	fc.assert(
		fc.property(fc.string({ unit, maxLength: 60 }), (text) => {
			const message = Buffer.from(text);
			const { fields, fieldsEnd, bodyStart } = scanHeader(message);
			let at = 0;
			for (const { start, end, valueStart } of fields) {
				expect(start).toBe(at);
				expect(valueStart).toBeGreaterThan(start);
				expect(valueStart).toBeLessThanOrEqual(end);
				at = end;
			}
			expect(fieldsEnd).toBe(at);
			expect(message.toString("latin1", fieldsEnd, bodyStart)).toMatch(/^(\r?\n)?$/);
		}),
	);
});
