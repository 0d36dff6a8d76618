/**
 * `dist/postern-VERSION-oci-ARCHITECTURE.tar`: a container image that `docker load` and `podman load` take from the file,
 * made without either (decisions/0028). For package.ts. The same inputs give the same bytes.
 *
 * The archive is an OCI image layout (github.com/opencontainers/image-spec, image-layout.md) and has, for engines that know
 * no such, the `manifest.json` of `docker save` beside it, which names the same files.
 */
import { createHash } from "node:crypto";
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { configSchema } from "../../appliance/config/schema.ts";
import { imageRoot, STATE_DIR, USER_ID } from "./image-root.ts";
import type { PackageOptions } from "./package-options.ts";
import { DIST, ROOT } from "./places.ts";
import { type TapeEntry, tape } from "./tape.ts";

const compress = promisify(gzip);

/** Of no registry: an engine that does not find it here asks nobody for it. */
const NAME = "localhost/postern";

/** Gives the path of the archive. */
export async function makeContainerImage(options: PackageOptions): Promise<string> {
	const { architecture, version, epochSeconds } = options;
	const layer = tape(imageRoot(architecture, options.executable), epochSeconds);
	const compressed = blob("application/vnd.oci.image.layer.v1.tar+gzip", await compress(layer, { level: 9 }));
	const config = blob(
		"application/vnd.oci.image.config.v1+json",
		json(imageConfig(options, `sha256:${sha256(layer)}`)),
	);
	const manifestType = "application/vnd.oci.image.manifest.v1+json";
	const manifest = blob(
		manifestType,
		json({
			schemaVersion: 2,
			mediaType: manifestType,
			config: config.descriptor,
			layers: [compressed.descriptor],
		}),
	);
	const archive = tape(
		[
			text("oci-layout", { imageLayoutVersion: "1.0.0" }),
			text("index.json", index(manifest.descriptor, options)),
			text("manifest.json", [
				{
					Config: config.entry.path,
					RepoTags: [`${NAME}:${version}`],
					Layers: [compressed.entry.path],
				},
			]),
			...[config, compressed, manifest].map(({ entry }) => entry),
			...["blobs", "blobs/sha256"].map((name) => ({ path: name, mode: 0o755, content: null })),
		],
		epochSeconds,
	);
	const output = path.join(DIST, `postern-${version}-oci-${architecture.debian}.tar`);
	writeFileSync(`${output}.${process.pid}`, archive);
	renameSync(`${output}.${process.pid}`, output);
	return output;
}

/** image-spec, config.md; `Healthcheck` is reserved there for what docker means by it. */
function imageConfig({ architecture, version, epochSeconds }: PackageOptions, layer: string): object {
	const created = new Date(epochSeconds * 1_000).toISOString();
	return {
		created,
		architecture: architecture.debian,
		os: "linux",
		config: {
			User: `${USER_ID}:${USER_ID}`,
			ExposedPorts: Object.fromEntries(defaultPorts().map((port) => [`${port}/tcp`, {}])),
			Env: ["PATH=/usr/bin", ...environmentOfService()],
			Entrypoint: ["/usr/bin/postern"],
			Cmd: ["serve"],
			Volumes: { [`/${STATE_DIR}`]: {} },
			WorkingDir: "/",
			StopSignal: "SIGTERM",
			Healthcheck: {
				// Asks the running one, and ends with 1 where it does not answer.
				Test: ["CMD", "/usr/bin/postern", "status"],
				Interval: nanoseconds(30),
				Timeout: nanoseconds(20),
				// A large queue is looked through, and a restored backup put in place, before it is ready.
				StartPeriod: nanoseconds(600),
				Retries: 3,
			},
			Labels: {
				"org.opencontainers.image.title": "Postern",
				"org.opencontainers.image.description":
					"Lets devices that only speak old mail send and fetch through Microsoft 365",
				"org.opencontainers.image.licenses": "MIT",
				"org.opencontainers.image.version": version,
			},
		},
		rootfs: { type: "layers", diff_ids: [layer] },
		history: [{ created, created_by: "npm run package" }],
	};
}

/** As docker writes them: the first is what containerd and podman call the image, the second its tag for other tools. */
function index(manifest: Descriptor, { architecture, version }: PackageOptions): object {
	const annotations = {
		"io.containerd.image.name": `${NAME}:${version}`,
		"org.opencontainers.image.ref.name": version,
	};
	const platform = { architecture: architecture.debian, os: "linux" };
	return {
		schemaVersion: 2,
		mediaType: "application/vnd.oci.image.index.v1+json",
		manifests: [{ ...manifest, platform, annotations }],
	};
}

function defaultPorts(): readonly number[] {
	const { smtp, pop3, console } = configSchema.parse({});
	const listeners = [
		...[smtp.listen, smtp.listen_submission, smtp.listen_tls, smtp.listen_auto],
		...[pop3.listen, pop3.listen_tls, console.listen, console.listen_tls],
	];
	return listeners.flat().map(({ port }) => port);
}

/** The unit says why. */
function environmentOfService(): readonly string[] {
	const unit = readFileSync(path.join(ROOT, "systemd", "postern.service"), "utf8");
	return /^Environment=(.*)$/m.exec(unit)?.[1]?.split(" ") ?? [];
}

interface Descriptor {
	readonly mediaType: string;
	readonly digest: string;
	readonly size: number;
}

/** As a file of the layout, and as what refers to it. */
function blob(mediaType: string, content: Buffer): { descriptor: Descriptor; entry: TapeEntry } {
	const sum = sha256(content);
	return {
		descriptor: { mediaType, digest: `sha256:${sum}`, size: content.length },
		entry: { path: `blobs/sha256/${sum}`, mode: 0o644, content },
	};
}

function text(name: string, value: unknown): TapeEntry {
	return { path: name, mode: 0o644, content: json(value) };
}

function json(value: unknown): Buffer {
	return Buffer.from(JSON.stringify(value));
}

function sha256(content: Uint8Array): string {
	return createHash("sha256").update(content).digest("hex");
}

function nanoseconds(seconds: number): number {
	return seconds * 1e9;
}
