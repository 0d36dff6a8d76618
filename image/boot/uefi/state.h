/*
 * U-Boot's state, for a machine that starts by UEFI: which slot comes first, and how many tries each has left. The same bytes by
 * the same rules as boot.cmd, so that RAUC and the box need not know who started it. Asks no firmware for anything: it is
 * compiled for the test as well.
 */
#ifndef POSTERN_STATE_H
#define POSTERN_STATE_H

#define STATE_BYTES 4096
#define ORDER_BYTES 16

struct choice {
	char slot;
	/* Of the slot, in the partition table. */
	unsigned partition;
	unsigned left_a;
	unsigned left_b;
	/* The copy that was believed; 0 where neither is whole. */
	unsigned copy;
	char order[ORDER_BYTES];
};

/* From the two copies as they were read; `next` is what to write to both. Whatever is in them, a slot is chosen. */
struct choice choose_slot(const unsigned char first[STATE_BYTES], const unsigned char second[STATE_BYTES],
			  unsigned char next[STATE_BYTES]);

#endif
