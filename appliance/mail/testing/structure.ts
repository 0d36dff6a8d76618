/**
 * What a message holds, as Python's `email` module reads it: a judge that shares nothing with us. For tests.
 * Throws when python3 is not there: setup installs it.
 */
import { spawnSync } from "node:child_process";

export interface Structure {
	readonly subject: string;
	readonly from: readonly string[];
	readonly to: readonly string[];
	readonly cc: readonly string[];
	/** Every leaf; a message within the message is one. */
	readonly leaves: readonly StructureLeaf[];
}

export interface StructureLeaf {
	readonly type: string;
	readonly name: string;
	readonly disposition: string;
	readonly contentId: string;
	readonly sizeBytes: number;
	/** Of the decoded octets, hexadecimal. */
	readonly sha256: string;
	/** Of text/plain and text/html, decoded to characters. */
	readonly text: string;
}

const READER = String.raw`
import email, email.policy, email.utils, hashlib, json, struct, sys
from email.header import decode_header, make_header

def shown(value):
    try:
        return str(make_header(decode_header(str(value))))
    except Exception:
        return str(value)

def addresses(message, name):
    return [address.lower() for _, address in email.utils.getaddresses([str(v) for v in message.get_all(name, [])])]

def octets(part):
    if part.get_content_type() == "message/rfc822":
        inner = part.get_payload()
        if isinstance(inner, list):
            return inner[0].as_bytes(policy=email.policy.compat32.clone(linesep="\r\n", max_line_length=None))
    return part.get_payload(decode=True) or b""

def leaves(part):
    if part.get_content_maintype() == "multipart" and part.is_multipart():
        for inner in part.get_payload():
            yield from leaves(inner)
    else:
        yield part

def described(part):
    data = octets(part)
    text = ""
    if part.get_content_type() in ("text/plain", "text/html"):
        charset = part.get_content_charset() or "utf-8"
        try:
            text = data.decode(charset, "replace")
        except LookupError:
            text = data.decode("latin-1")
    name = part.get_filename() or ""
    return {
        "type": part.get_content_type(),
        "name": shown(name),
        "disposition": (part.get_content_disposition() or ""),
        "contentId": str(part.get("Content-ID", "")).strip().strip("<>"),
        "sizeBytes": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
        "text": text,
    }

found = []
stream = sys.stdin.buffer
while True:
    head = stream.read(4)
    if len(head) < 4:
        break
    message = email.message_from_bytes(stream.read(struct.unpack(">I", head)[0]))
    found.append({
        "subject": shown(message.get("Subject", "")),
        "from": addresses(message, "From"),
        "to": addresses(message, "To"),
        "cc": addresses(message, "Cc"),
        "leaves": [described(part) for part in leaves(message)],
    })
json.dump(found, sys.stdout)
`;

export function structureOf(message: Buffer): Structure {
	const [structure] = structuresOf([message]);
	if (structure === undefined) throw new Error("python3 read nothing");
	return structure;
}

/** Of many, with one start of Python. */
function structuresOf(messages: readonly Buffer[]): Structure[] {
	const input = Buffer.concat(
		messages.flatMap((message) => {
			const length = Buffer.alloc(4);
			length.writeUInt32BE(message.length);
			return [length, message];
		}),
	);
	const { status, stdout, stderr } = spawnSync("python3", ["-c", READER], {
		input,
		maxBuffer: 256 * 1024 * 1024,
	});
	if (status !== 0) throw new Error(`python3 could not read the messages: ${stderr}`);
	return JSON.parse(stdout.toString("utf8")) as Structure[];
}
