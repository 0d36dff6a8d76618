/**
 * Network settings in force: the files that the door writes, read by the real systemd-networkd, in a network namespace with a
 * cable to a site that has a DHCP server (networkd's own, at the other end). What is booted is the image tests' to show.
 */
import { type ChildProcess, execFile, spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { askMachine, type MachineAsk } from "../system/machine/door-client.ts";
import { openTestDoor, type TestDoor } from "../system/machine/testing-door.ts";

const SCRIPT = path.join(import.meta.dirname, "../../image/overlay/usr/lib/postern/network");
const NETWORKD = "/lib/systemd/systemd-networkd";

const missing = whyNot();
if (missing !== undefined) console.log(`skipped, systemd-networkd in a namespace: ${missing}`);

function whyNot(): string | undefined {
	for (const program of [NETWORKD, "/usr/bin/networkctl", "/usr/bin/dbus-daemon", "/usr/bin/nsenter"]) {
		if (!existsSync(program)) return `${program} is not installed`;
	}
	const trial = "mount -t tmpfs tmpfs /run && ip link add name one9 type veth peer name two9";
	const { status } = spawnSync("unshare", ["-m", "-n", "sh", "-c", trial]);
	return status === 0 ? undefined : "this user may make no namespaces";
}

const hasVlan =
	missing === undefined &&
	spawnSync("unshare", ["-n", "sh", "-c", "ip link add link lo name v9 type vlan id 9"]).status === 0;
if (missing === undefined && !hasVlan) console.log("skipped, a VLAN that works: this kernel has none");

/** The box's socket is eth9; far9 is the site's. All of it is in memory, and gone with its namespace. */
const PLACE = `set -eu
mount -t tmpfs -o mode=755 tmpfs /run
mount -t sysfs -o ro sysfs /sys
mkdir -p /run/dbus /run/systemd/network /run/systemd/netif/links /run/systemd/netif/leases
mount --bind "$ROOT/run/systemd/network" /run/systemd/network
chown -R systemd-network:systemd-network /run/systemd/netif
ip link set lo up
ip link add eth9 type veth peer name far9
mount -t tmpfs -o mode=755 tmpfs /etc/systemd/network
cat >/etc/systemd/network/05-far.network <<'X'
[Match]
Name=far9
[Network]
Address=10.9.0.1/24
DHCPServer=yes
IPv6AcceptRA=no
[DHCPServer]
PoolOffset=100
EmitDNS=no
EmitNTP=no
X
dbus-daemon --system --fork --nopidfile
${NETWORKD} 2>"$ROOT/networkd.log" &
echo ready
exec cat
`;

/** A namespace has no socket of hardware: eth9 stands for it. */
const NETWORKCTL = `sed -i 's/^Type=ether$/Name=eth9/; /^Kind=!/d' /run/systemd/network/10-postern-*.network
exec /usr/bin/networkctl "$@"`;

let root: string;
let door: TestDoor;
let holder: ChildProcess;
beforeAll(async () => {
	if (missing !== undefined) return;
	root = await mkdtemp(path.join(tmpdir(), "postern-networkd-"));
	door = await openTestDoor(root);
	for (const name of ["/usr/bin/systemctl", "/usr/sbin/modprobe"]) await door.program(name);
	await door.program("/usr/bin/networkctl", NETWORKCTL);
	await mkdir(path.join(root, "run/systemd/network"), { recursive: true });
	for (const name of ["sys", "proc"]) await symlink(`/${name}`, path.join(root, name));
	holder = spawn("unshare", ["-m", "-n", "-p", "-f", "--kill-child", "--mount-proc", "sh", "-c", PLACE], {
		env: { ...process.env, ROOT: root },
		stdio: ["pipe", "pipe", "inherit"],
	});
	await new Promise((resolve) => holder.stdout?.once("data", resolve));
}, 60_000);
afterAll(async () => {
	holder?.kill("SIGKILL");
	await door?.[Symbol.asyncDispose]();
	if (root !== undefined) await rm(root, { recursive: true, force: true });
});

/** On the box. */
async function inside(command: string): Promise<string> {
	const child = spawnSync("pgrep", ["-P", String(holder.pid)], { encoding: "utf8" }).stdout.trim();
	const env = { POSTERN_ROOT: root, PATH: `${root}/usr/bin:${process.env["PATH"] ?? ""}` };
	const args = ["-t", child, "-m", "-n", "-p", "sh", "-c", command];
	return (await promisify(execFile)("nsenter", args, { env, encoding: "utf8" })).stdout;
}
const network = (verb: "boot" | "try" | "return") => inside(`sh '${SCRIPT}' ${verb}`);
const addresses = (link: string) => inside(`ip -o addr show dev ${link} 2>/dev/null || true`);
const log = () => inside(`cat '${root}/networkd.log'`);
/** A lease is one from the hundredth on. */
const BY_SITE = /inet 10\.9\.0\.[12]\d\d\/24/;
const becomes = (link: string, wanted: RegExp) =>
	expect.poll(() => addresses(link), { timeout: 20_000, interval: 300 }).toMatch(wanted);

const SITE: MachineAsk<"network-try"> = {
	...{ do: "network-try", ipv4: { method: "dhcp" }, ipv6: { method: "auto" } },
	...{ dns: [], ntp: [], vlan: null, wifi: null },
};
const tryOut = async (draft: Partial<typeof SITE>) => {
	await askMachine({ ...SITE, ...draft }, { socket: door.socket });
	await network("try");
};

describe.skipIf(missing !== undefined)("systemd-networkd", { timeout: 90_000 }, () => {
	it("takes what the site gives, until the owner says otherwise", async () => {
		await tryOut({});
		await becomes("eth9", BY_SITE);
		await askMachine({ do: "network-keep" }, { socket: door.socket });
	});

	it("puts addresses of one's own in force, and gives the site's back when nobody keeps them", async () => {
		await tryOut({
			ipv4: { method: "static", address: "192.168.7.5/24", gateway: "192.168.7.1" },
			ipv6: { method: "static", address: "fd00:7::5/64", gateway: "fe80::1" },
			dns: ["192.168.7.1"],
		});
		await becomes("eth9", /inet 192\.168\.7\.5\/24/);
		await becomes("eth9", /inet6 fd00:7::5\/64/);
		expect(await addresses("eth9")).not.toContain("10.9.0.");
		expect(await inside("ip route")).toContain("default via 192.168.7.1 dev eth9");
		expect(await inside("ip -6 route")).toContain("default via fe80::1 dev eth9");
		await network("return");
		await becomes("eth9", BY_SITE);
		expect(await addresses("eth9")).not.toMatch(/192\.168\.7\.5|fd00:7::5/);
		expect(await inside("ip route")).not.toContain("192.168.7.1");
	});

	it("is asked for a VLAN, and goes back from one that cannot be", async () => {
		const own = { method: "static", gateway: "", address: "192.168.9.5/24" } as const;
		await tryOut({ vlan: 7, ipv4: own, dns: ["192.168.9.1"] });
		const asked = hasVlan ? /postern-vlan/ : /stacked netdev: Unknown device type/;
		await expect.poll(log, { timeout: 20_000 }).toMatch(asked);
		await network("return");
		await becomes("eth9", BY_SITE);
	});

	it.skipIf(!hasVlan)("makes a VLAN, another one, and takes it away again", async () => {
		const own = { method: "static", gateway: "", address: "192.168.9.5/24" } as const;
		await tryOut({ vlan: 7, ipv4: own, dns: ["192.168.9.1"] });
		await becomes("postern-vlan", /inet 192\.168\.9\.5\/24/);
		expect(await inside("ip -d link show postern-vlan")).toContain("vlan protocol 802.1Q id 7");
		expect(await addresses("eth9")).not.toContain("10.9.0.");
		await tryOut({ vlan: 8, ipv4: own, dns: ["192.168.9.1"] });
		await expect
			.poll(() => inside("ip -d link show postern-vlan || true"), { timeout: 20_000 })
			.toContain("802.1Q id 8");
		await becomes("postern-vlan", /inet 192\.168\.9\.5\/24/);
		await network("return");
		await becomes("eth9", BY_SITE);
		expect(await addresses("postern-vlan")).toBe("");
	});

	it("finds nothing in the files that it does not know", async () => {
		expect(await log()).not.toMatch(/Unknown key|Failed to parse|ignoring assignment/);
	});
});
