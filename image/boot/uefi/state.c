/*
 * U-Boot's environment: four bytes of CRC-32, the lowest first, and then `name=value` after `name=value`, each ended by a zero and all
 * of it by one more.
 */
#include "state.h"

#define CHECKSUM_BYTES 4
#define TEXT_BYTES (STATE_BYTES - CHECKSUM_BYTES)
#define TRIES 3
#define LAST_RESORT "POSTERN_LAST_RESORT"

static unsigned checksum_of(const unsigned char *text)
{
	unsigned sum = 0xffffffff;
	for (unsigned at = 0; at < TEXT_BYTES; at++) {
		sum ^= text[at];
		for (int bit = 0; bit < 8; bit++)
			sum = (sum >> 1) ^ (0xedb88320 & -(sum & 1));
	}
	return ~sum;
}

static int is_whole(const unsigned char *copy)
{
	unsigned told = copy[0] | copy[1] << 8 | copy[2] << 16 | (unsigned)copy[3] << 24;
	return told == checksum_of(copy + CHECKSUM_BYTES);
}

/* The length of the entry at `at`, without its zero; 0 at the end. */
static unsigned entry_length(const char *text, unsigned at)
{
	unsigned length = 0;
	while (at + length < TEXT_BYTES && text[at + length] != 0)
		length++;
	return length;
}

/* The value, where the entry is the one of that name; else none. */
static const char *value_of(const char *entry, unsigned length, const char *name)
{
	unsigned at = 0;
	for (; name[at] != 0; at++)
		if (at >= length || entry[at] != name[at])
			return 0;
	return at < length && entry[at] == '=' ? entry + at + 1 : 0;
}

/* As U-Boot's `test -gt 0` takes it: what is no number is none. More than RAUC ever gives is as good as three. */
static unsigned tries_of(const char *digits, unsigned length)
{
	unsigned tries = 0;
	if (length == 0)
		return 0;
	for (unsigned at = 0; at < length; at++) {
		if (digits[at] < '0' || digits[at] > '9')
			return 0;
		tries = tries * 10 + (unsigned)(digits[at] - '0');
		if (tries > TRIES)
			tries = TRIES;
	}
	return tries;
}

struct writer {
	char *text;
	unsigned at;
};

static void put(struct writer *to, const char *from, unsigned length)
{
	for (unsigned at = 0; at < length && to->at < TEXT_BYTES - 2; at++)
		to->text[to->at++] = from[at];
}

static void put_entry(struct writer *to, const char *name, const char *value)
{
	unsigned length = 0;
	while (name[length] != 0)
		length++;
	put(to, name, length);
	put(to, "=", 1);
	for (length = 0; value[length] != 0;)
		length++;
	put(to, value, length);
	to->text[to->at++] = 0;
}

static void put_tries(struct writer *to, const char *name, unsigned tries)
{
	char digit[2] = { (char)('0' + tries), 0 };
	put_entry(to, name, digit);
}

/* What is not the loader's own stays; what no longer fits does not. */
static void put_others(struct writer *to, const char *from, int is_last_resort)
{
	for (unsigned at = 0, length; (length = entry_length(from, at)) > 0; at += length + 1) {
		const char *entry = from + at;
		if (value_of(entry, length, "BOOT_ORDER") || value_of(entry, length, "BOOT_A_LEFT") ||
		    value_of(entry, length, "BOOT_B_LEFT") || to->at + length + 2 > TEXT_BYTES)
			continue;
		if (is_last_resort && value_of(entry, length, LAST_RESORT))
			continue;
		put(to, entry, length);
		to->text[to->at++] = 0;
	}
}

static void read_state(struct choice *into, const char *text)
{
	for (unsigned at = 0, length; (length = entry_length(text, at)) > 0; at += length + 1) {
		const char *entry = text + at, *value;
		if ((value = value_of(entry, length, "BOOT_ORDER")) != 0) {
			unsigned size = length - (unsigned)(value - entry);
			/* An order that long is none. */
			if (size == 0 || size >= ORDER_BYTES)
				continue;
			for (unsigned copied = 0; copied < size; copied++)
				into->order[copied] = value[copied];
			into->order[size] = 0;
		}
		if ((value = value_of(entry, length, "BOOT_A_LEFT")) != 0 && value < entry + length)
			into->left_a = tries_of(value, length - (unsigned)(value - entry));
		if ((value = value_of(entry, length, "BOOT_B_LEFT")) != 0 && value < entry + length)
			into->left_b = tries_of(value, length - (unsigned)(value - entry));
	}
}

static void take(struct choice *into, char slot)
{
	unsigned *left = slot == 'A' ? &into->left_a : &into->left_b;
	if (into->slot != 0 || *left == 0)
		return;
	*left -= 1;
	into->slot = slot;
}

struct choice choose_slot(const unsigned char first[STATE_BYTES], const unsigned char second[STATE_BYTES],
			  unsigned char next[STATE_BYTES])
{
	struct choice choice = { .left_a = TRIES, .order = "A B" };
	const unsigned char *believed = is_whole(first) ? first : is_whole(second) ? second : 0;
	struct writer to = { (char *)next + CHECKSUM_BYTES, 0 };
	int is_last_resort = 0;

	for (unsigned at = 0; at < STATE_BYTES; at++)
		next[at] = 0;
	if (believed != 0) {
		choice.copy = believed == first ? 1 : 2;
		read_state(&choice, (const char *)believed + CHECKSUM_BYTES);
	}
	for (unsigned at = 0; choice.order[at] != 0; at++) {
		int is_word = (at == 0 || choice.order[at - 1] == ' ') &&
			      (choice.order[at + 1] == ' ' || choice.order[at + 1] == 0);
		if (is_word && (choice.order[at] == 'A' || choice.order[at] == 'B'))
			take(&choice, choice.order[at]);
	}
	if (choice.slot == 0) {
		/* Both are used up: once more from the beginning, and it is on record. */
		is_last_resort = 1;
		choice.left_a = TRIES - 1;
		choice.left_b = TRIES;
		choice.slot = 'A';
	}
	choice.partition = choice.slot == 'A' ? 2 : 3;
	put_entry(&to, "BOOT_ORDER", choice.order);
	put_tries(&to, "BOOT_A_LEFT", choice.left_a);
	put_tries(&to, "BOOT_B_LEFT", choice.left_b);
	if (is_last_resort)
		put_entry(&to, LAST_RESORT, "1");
	if (believed != 0)
		put_others(&to, (const char *)believed + CHECKSUM_BYTES, is_last_resort);
	unsigned sum = checksum_of(next + CHECKSUM_BYTES);
	for (int at = 0; at < CHECKSUM_BYTES; at++)
		next[at] = (unsigned char)(sum >> 8 * at);
	return choice;
}
