/**
 * OpenSSL's names of the ciphers that old devices offer and of those in use today, by code point (the
 * IANA registry "TLS Cipher Suites"). For client-hello.ts. What is missing here is shown as a number.
 */

/** Broken, and not compiled into any OpenSSL that Node is built with. */
const GONE: readonly (readonly [number, string])[] = [
	[0x0001, "NULL-MD5"],
	[0x0002, "NULL-SHA"],
	[0x0003, "EXP-RC4-MD5"],
	[0x0004, "RC4-MD5"],
	[0x0005, "RC4-SHA"],
	[0x0006, "EXP-RC2-CBC-MD5"],
	[0x0007, "IDEA-CBC-SHA"],
	[0x0008, "EXP-DES-CBC-SHA"],
	[0x0009, "DES-CBC-SHA"],
	[0x000a, "DES-CBC3-SHA"],
	[0x0011, "EXP-EDH-DSS-DES-CBC-SHA"],
	[0x0012, "EDH-DSS-DES-CBC-SHA"],
	[0x0013, "EDH-DSS-DES-CBC3-SHA"],
	[0x0014, "EXP-EDH-RSA-DES-CBC-SHA"],
	[0x0015, "EDH-RSA-DES-CBC-SHA"],
	[0x0016, "EDH-RSA-DES-CBC3-SHA"],
	[0x0017, "EXP-ADH-RC4-MD5"],
	[0x0018, "ADH-RC4-MD5"],
	[0x0019, "EXP-ADH-DES-CBC-SHA"],
	[0x001a, "ADH-DES-CBC-SHA"],
	[0x001b, "ADH-DES-CBC3-SHA"],
	[0x0062, "EXP1024-DES-CBC-SHA"],
	[0x0064, "EXP1024-RC4-SHA"],
	[0xc002, "ECDH-ECDSA-RC4-SHA"],
	[0xc003, "ECDH-ECDSA-DES-CBC3-SHA"],
	[0xc007, "ECDHE-ECDSA-RC4-SHA"],
	[0xc008, "ECDHE-ECDSA-DES-CBC3-SHA"],
	[0xc00c, "ECDH-RSA-RC4-SHA"],
	[0xc00d, "ECDH-RSA-DES-CBC3-SHA"],
	[0xc011, "ECDHE-RSA-RC4-SHA"],
	[0xc012, "ECDHE-RSA-DES-CBC3-SHA"],
];

const USED: readonly (readonly [number, string])[] = [
	[0x002f, "AES128-SHA"],
	[0x0032, "DHE-DSS-AES128-SHA"],
	[0x0033, "DHE-RSA-AES128-SHA"],
	[0x0035, "AES256-SHA"],
	[0x0038, "DHE-DSS-AES256-SHA"],
	[0x0039, "DHE-RSA-AES256-SHA"],
	[0x003c, "AES128-SHA256"],
	[0x003d, "AES256-SHA256"],
	[0x0041, "CAMELLIA128-SHA"],
	[0x0067, "DHE-RSA-AES128-SHA256"],
	[0x006b, "DHE-RSA-AES256-SHA256"],
	[0x0084, "CAMELLIA256-SHA"],
	[0x0096, "SEED-SHA"],
	[0x009c, "AES128-GCM-SHA256"],
	[0x009d, "AES256-GCM-SHA384"],
	[0x009e, "DHE-RSA-AES128-GCM-SHA256"],
	[0x009f, "DHE-RSA-AES256-GCM-SHA384"],
	[0x1301, "TLS_AES_128_GCM_SHA256"],
	[0x1302, "TLS_AES_256_GCM_SHA384"],
	[0x1303, "TLS_CHACHA20_POLY1305_SHA256"],
	[0xc009, "ECDHE-ECDSA-AES128-SHA"],
	[0xc00a, "ECDHE-ECDSA-AES256-SHA"],
	[0xc013, "ECDHE-RSA-AES128-SHA"],
	[0xc014, "ECDHE-RSA-AES256-SHA"],
	[0xc023, "ECDHE-ECDSA-AES128-SHA256"],
	[0xc024, "ECDHE-ECDSA-AES256-SHA384"],
	[0xc027, "ECDHE-RSA-AES128-SHA256"],
	[0xc028, "ECDHE-RSA-AES256-SHA384"],
	[0xc02b, "ECDHE-ECDSA-AES128-GCM-SHA256"],
	[0xc02c, "ECDHE-ECDSA-AES256-GCM-SHA384"],
	[0xc02f, "ECDHE-RSA-AES128-GCM-SHA256"],
	[0xc030, "ECDHE-RSA-AES256-GCM-SHA384"],
	[0xcca8, "ECDHE-RSA-CHACHA20-POLY1305"],
	[0xcca9, "ECDHE-ECDSA-CHACHA20-POLY1305"],
	[0xccaa, "DHE-RSA-CHACHA20-POLY1305"],
];

export const CIPHER_NAMES: ReadonlyMap<number, string> = new Map([...GONE, ...USED]);

/** No switch brings these back. */
export const GONE_CIPHERS: ReadonlySet<number> = new Set(GONE.map(([cipher]) => cipher));
