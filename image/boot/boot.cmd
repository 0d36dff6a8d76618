# U-Boot chooses the slot. Its state says in which order and how many tries each has left; every start takes one, and a
# start that went well gives them back (RAUC). It is there twice, 4 kB each with a checksum, before the first partition: at 1
# and at 5 MiB, because a card that loses a block in a cut may lose 4 MiB. RAUC writes the first copy, this script both, the
# second first. When a cut has damaged the first, the second is the state of the start before.
test -n "${devtype}" || setenv devtype virtio
test -n "${devnum}" || setenv devnum 0
${devtype} dev ${devnum}
setenv found 0
${devtype} read ${scriptaddr} 0x800 0x8
if env import -c ${scriptaddr} 0x1000 BOOT_ORDER BOOT_A_LEFT BOOT_B_LEFT POSTERN_LAST_RESORT POSTERN_GREEN_PIN POSTERN_RED_PIN POSTERN_BUTTON_PIN; then setenv found 1; fi
if test ${found} = 0; then
  ${devtype} read ${scriptaddr} 0x2800 0x8
  if env import -c ${scriptaddr} 0x1000 BOOT_ORDER BOOT_A_LEFT BOOT_B_LEFT POSTERN_LAST_RESORT POSTERN_GREEN_PIN POSTERN_RED_PIN POSTERN_BUTTON_PIN; then setenv found 2; fi
fi
test -n "${BOOT_ORDER}" || setenv BOOT_ORDER "A B"
test -n "${BOOT_A_LEFT}" || setenv BOOT_A_LEFT 3
test -n "${BOOT_B_LEFT}" || setenv BOOT_B_LEFT 0
setenv slot
for s in ${BOOT_ORDER}; do
  if test -z "${slot}"; then
    if test "${s}" = "A" && test ${BOOT_A_LEFT} -gt 0; then setexpr BOOT_A_LEFT ${BOOT_A_LEFT} - 1; setenv slot A; setenv part 2; setenv left ${BOOT_A_LEFT}; fi
  fi
  if test -z "${slot}"; then
    if test "${s}" = "B" && test ${BOOT_B_LEFT} -gt 0; then setexpr BOOT_B_LEFT ${BOOT_B_LEFT} - 1; setenv slot B; setenv part 3; setenv left ${BOOT_B_LEFT}; fi
  fi
done
if test -z "${slot}"; then
  # Both are used up: once more from the beginning, and it is on record.
  setenv POSTERN_LAST_RESORT 1; setenv BOOT_A_LEFT 2; setenv BOOT_B_LEFT 3; setenv slot A; setenv part 2; setenv left 0
fi
env export -c -s 0x1000 ${scriptaddr} BOOT_ORDER BOOT_A_LEFT BOOT_B_LEFT POSTERN_LAST_RESORT POSTERN_GREEN_PIN POSTERN_RED_PIN POSTERN_BUTTON_PIN
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
# Pins that the owner has named (decisions/0035) become lights and a button in the kernel's eyes. By node and property, which no
# overlay compiled ahead could do for any pin; and in a copy, since U-Boot lives by its own. A start that did not come to its
# end is tried again without them.
if test -n "${POSTERN_GREEN_PIN}${POSTERN_RED_PIN}${POSTERN_BUTTON_PIN}" && test ${left} -ge 2; then
  fdt addr ${tree}
  fdt move ${tree} ${fdt_addr_r} 0x80000
  setenv tree ${fdt_addr_r}
  setenv controller
  # The header's pins are on a chip of their own on the Pi 5.
  for label in rp1_gpio gpio; do
    if test -z "${controller}"; then
      if fdt get value place /__symbols__ ${label}; then fdt get value controller ${place} phandle; fi
    fi
  done
  if test -n "${controller}"; then
    if test -n "${POSTERN_GREEN_PIN}${POSTERN_RED_PIN}"; then
      fdt mknode / postern-lights
      fdt set /postern-lights compatible gpio-leds
    fi
    if test -n "${POSTERN_GREEN_PIN}"; then
      fdt mknode /postern-lights green
      fdt set /postern-lights/green label postern:green
      fdt set /postern-lights/green gpios <${controller} ${POSTERN_GREEN_PIN} 0>
    fi
    if test -n "${POSTERN_RED_PIN}"; then
      fdt mknode /postern-lights red
      fdt set /postern-lights/red label postern:red
      fdt set /postern-lights/red gpios <${controller} ${POSTERN_RED_PIN} 0>
    fi
    if test -n "${POSTERN_BUTTON_PIN}"; then
      fdt mknode / postern-button
      fdt set /postern-button compatible gpio-keys
      fdt set /postern-button label postern-button
      fdt mknode /postern-button button
      # To ground, with the chip's own resistor to 3.3 V (17: active low, pulled up); KEY_PROG1, which nothing else acts on.
      fdt set /postern-button/button gpios <${controller} ${POSTERN_BUTTON_PIN} 17>
      fdt set /postern-button/button linux,code <148>
      fdt set /postern-button/button debounce-interval <30>
    fi
  fi
fi
if load ${devtype} ${devnum}:${part} ${kernel_addr_r} Image; then
  if load ${devtype} ${devnum}:${part} ${ramdisk_addr_r} initrd.img; then
    booti ${kernel_addr_r} ${ramdisk_addr_r}:${filesize} ${tree}
  fi
fi
echo "postern: slot ${slot} does not start"
sleep 5
reset
