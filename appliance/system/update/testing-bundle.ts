/** For tests: a file that looks like a bundle from outside, and a program in RAUC's place that says what RAUC 1.13 says. */

/** Squashfs' head with its length, random octets, a signature, its length. */
export function bundleFile({ isSigned = true, cutTo = 0 } = {}): Buffer {
	const image = Buffer.alloc(40_960, 7);
	image.write("hsqs", "latin1");
	image.writeBigUInt64LE(BigInt(image.length), 40);
	if (!isSigned) return image;
	const [signature, length] = [Buffer.alloc(700, 3), Buffer.alloc(8)];
	length.writeBigUInt64BE(BigInt(signature.length));
	const whole = Buffer.concat([image, signature, length]);
	return cutTo === 0 ? whole : whole.subarray(0, cutTo);
}

/** In the root folder of the machine: `rauc-info.json` is what it says of any bundle. */
export const RAUC = `case $1 in
info) cat "$POSTERN_ROOT/rauc-info.json" ;;
install)
	echo installing
	echo '  0% Installing'
	echo ' 40% Copying image to system.1'
	echo 'Installing succeeded'
	;;
esac`;

interface Said {
	readonly version?: string;
	readonly compatible?: string;
	readonly schema?: string;
	readonly leastVersion?: string;
}

export function infoOf({
	version = "0.2.0",
	compatible = "postern-arm64",
	schema = "7",
	leastVersion = "0.1.0",
}: Said): string {
	return JSON.stringify({
		update: { version, compatible },
		meta: { postern: { schema, "least-version": leastVersion } },
	});
}
