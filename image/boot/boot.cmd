# U-Boot chooses the slot. Its state says in which order and how many tries each has left; every start takes one, and a
# start that went well gives them back (RAUC). It is there twice, 4 kB each with a checksum, before the first partition: at 1
# and at 5 MiB, because a card that loses a block in a cut may lose 4 MiB. RAUC writes the first copy, this script both, the
# second first. When a cut has damaged the first, the second is the state of the start before.
test -n "${devtype}" || setenv devtype virtio
test -n "${devnum}" || setenv devnum 0
${devtype} dev ${devnum}
setenv found 0
${devtype} read ${scriptaddr} 0x800 0x8
if env import -c ${scriptaddr} 0x1000 BOOT_ORDER BOOT_A_LEFT BOOT_B_LEFT POSTERN_LAST_RESORT; then setenv found 1; fi
if test ${found} = 0; then
  ${devtype} read ${scriptaddr} 0x2800 0x8
  if env import -c ${scriptaddr} 0x1000 BOOT_ORDER BOOT_A_LEFT BOOT_B_LEFT POSTERN_LAST_RESORT; then setenv found 2; fi
fi
test -n "${BOOT_ORDER}" || setenv BOOT_ORDER "A B"
test -n "${BOOT_A_LEFT}" || setenv BOOT_A_LEFT 3
test -n "${BOOT_B_LEFT}" || setenv BOOT_B_LEFT 0
setenv slot
for s in ${BOOT_ORDER}; do
  if test -z "${slot}"; then
    if test "${s}" = "A" && test ${BOOT_A_LEFT} -gt 0; then setexpr BOOT_A_LEFT ${BOOT_A_LEFT} - 1; setenv slot A; setenv part 2; fi
  fi
  if test -z "${slot}"; then
    if test "${s}" = "B" && test ${BOOT_B_LEFT} -gt 0; then setexpr BOOT_B_LEFT ${BOOT_B_LEFT} - 1; setenv slot B; setenv part 3; fi
  fi
done
if test -z "${slot}"; then
  # Both are used up: once more from the beginning, and it is on record.
  setenv POSTERN_LAST_RESORT 1; setenv BOOT_A_LEFT 2; setenv BOOT_B_LEFT 3; setenv slot A; setenv part 2
fi
env export -c -s 0x1000 ${scriptaddr} BOOT_ORDER BOOT_A_LEFT BOOT_B_LEFT POSTERN_LAST_RESORT
${devtype} write ${scriptaddr} 0x2800 0x8
${devtype} write ${scriptaddr} 0x800 0x8
echo "postern: slot ${slot}, order ${BOOT_ORDER}, left A ${BOOT_A_LEFT} B ${BOOT_B_LEFT}, state from copy ${found}"
setenv bootargs "postern.slot=50057e12-0${part} postern.data=50057e12-04 rauc.slot=${slot} panic=10 quiet ${extraargs}"
setenv tree ${fdtcontroladdr}
# The Raspberry Pi's firmware has put its own into memory, with the board's addresses in it; other boards set fdt_addr as well, to
# something else. Its serial line is ttyAMA10 on the Pi 5; what a board has not, the kernel passes over.
if test "${board}" = "rpi" && test -n "${fdt_addr}"; then
  setenv tree ${fdt_addr}; setenv bootargs "console=tty0 console=ttyAMA10,115200 console=ttyS1,115200 ${bootargs}"
fi
if load ${devtype} ${devnum}:${part} ${kernel_addr_r} Image; then
  if load ${devtype} ${devnum}:${part} ${ramdisk_addr_r} initrd.img; then
    booti ${kernel_addr_r} ${ramdisk_addr_r}:${filesize} ${tree}
  fi
fi
echo "postern: slot ${slot} does not start"
sleep 5
reset
