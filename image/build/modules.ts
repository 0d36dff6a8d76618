/**
 * Which of the kernel's modules the boards need, and what those need: the rest, nine tenths of them, is left out of the
 * image. For root.ts and initrd.ts. Throws with the name of a module that the kernel does not have.
 */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";

/** To find and mount the slot and the data. */
export const EARLY_MODULES = [
	...["virtio_blk", "virtio_mmio", "virtio_pci"],
	...["sdhci-iproc", "sdhci-brcmstb", "bcm2835", "pcie-brcmstb", "nvme", "xhci-pci", "usb-storage", "uas"],
	// disks of other machines, and those at USB
	...["ahci", "virtio_scsi", "sdhci-acpi", "sd_mod"],
	...["loop", "erofs", "ext4", "vfat", "nls_cp437", "nls_ascii", "nls_iso8859-1"],
];

export const MODULES = [
	...EARLY_MODULES,
	// QEMU's machine
	...["virtio_net", "virtio_console", "virtio-rng", "i6300esb"],
	// watchdog, random numbers, clock speed and temperature of the Raspberry Pi
	...["bcm2835_wdt", "bcm2835-rng", "iproc-rng200", "raspberrypi-cpufreq", "bcm2835_thermal"],
	...["clk-raspberrypi", "gpio-raspberrypi-exp", "reset-raspberrypi", "bcm2711_thermal"],
	// Ethernet: Pi 3, 3+, 4, 5; adapters for the Zero 2 W
	...[
		"smsc95xx",
		"lan78xx",
		"genet",
		"broadcom",
		"macb",
		"microchip",
		"r8152",
		"asix",
		"ax88179_178a",
		"cdc_ether",
	],
	// Ethernet and watchdog of machines with UEFI
	...["e1000e", "igb", "igc", "r8169", "realtek", "sbsa_gwdt"],
	// USB
	...["dwc2", "xhci-plat-hcd", "usbhid"],
	// sticks with an update: what lies between their driver, which is above, and a file
	"exfat",
	// Pi 5
	...["rp1-pci", "clk-rp1", "pinctrl-rp1", "irq-bcm2712-mip", "pinctrl-brcmstb-bcm2712", "gpio-brcmstb"],
	// Wi-Fi
	...["brcmfmac", "brcmfmac-wcc", "brcmfmac-cyw"],
	// lights and button
	...[
		"leds-gpio",
		"ledtrig-pattern",
		"ledtrig-timer",
		"ledtrig-heartbeat",
		"ledtrig-default-on",
		"ledtrig-oneshot",
	],
	...["gpio-sim", "gpio_keys", "evdev"],
	// systemd asks for it at every start
	"autofs4",
	// firewall, VLAN, updates, compressed memory
	...["nf_tables", "nft_ct", "nft_reject_inet", "nft_limit", "8021q", "squashfs", "zram"],
];

/** Files of `names` and of what they need, below the modules' folder. */
export function moduleFiles(folder: string, names: readonly string[]): ReadonlySet<string> {
	const dependencies = readDependencies(path.join(folder, "modules.dep"));
	const builtIn = new Set(readFileSync(path.join(folder, "modules.builtin"), "utf8").split("\n").map(nameOf));
	const files = new Set<string>();
	for (const name of names) {
		const entry = dependencies.get(nameOf(name));
		if (entry !== undefined) for (const file of entry) files.add(file);
		else if (!builtIn.has(nameOf(name))) throw new Error(`the kernel has no module ${name}`);
	}
	return files;
}

/** modules.dep(5): a module, a colon, all that it needs. */
function readDependencies(file: string): ReadonlyMap<string, readonly string[]> {
	if (!existsSync(file)) throw new Error(`${file} is not there: depmod has not run`);
	return new Map(
		readFileSync(file, "utf8")
			.split("\n")
			.filter(Boolean)
			.map((line) => {
				const [module = "", needed = ""] = line.split(":");
				return [nameOf(module), [module, ...needed.split(" ").filter(Boolean)]];
			}),
	);
}

/** The kernel does not tell `-` from `_`. */
function nameOf(file: string): string {
	return path
		.basename(file)
		.replace(/\.ko(\.xz)?$/, "")
		.replaceAll("-", "_");
}
