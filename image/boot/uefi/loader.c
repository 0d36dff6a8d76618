/*
 * Starts the box on a machine with UEFI, as EFI/BOOT/BOOTAA64.EFI on the boot partition: what boot.cmd is to U-Boot. Chooses the slot by
 * the same state, takes one of its tries, and hands over to the kernel, which is a UEFI program itself. Of the disk that it was
 * itself read from; nothing is written but the two copies of the state.
 *
 * Whatever fails, the machine starts again after five seconds and a try is gone: the next start comes to the other slot.
 */
#include "efi.h"
#include "state.h"

#define MEGABYTE (1024 * 1024)
#define SECOND_US 1000000
/* boot.cmd, and build/disk.ts, which leaves room for them. */
static const u64 COPIES_AT[] = { 1 * MEGABYTE, 5 * MEGABYTE };
#define DISK_ID "50057e12"
#define ARGUMENTS "postern.slot=" DISK_ID "-0# postern.data=" DISK_ID "-04 rauc.slot=@ panic=10 quiet"

static system_table *firmware;

static const efi_guid block_io_guid = BLOCK_IO_GUID, device_path_guid = DEVICE_PATH_GUID, file_system_guid = FILE_SYSTEM_GUID,
		      graphics_guid = GRAPHICS_GUID, loaded_image_guid = LOADED_IMAGE_GUID, load_file_2_guid = LOAD_FILE_2_GUID;

/* The compiler calls it as well. */
void *memcpy(void *to, const void *from, u64 bytes)
{
	for (u64 at = 0; at < bytes; at++)
		((u8 *)to)[at] = ((const u8 *)from)[at];
	return to;
}

/* In `form` # stands for the partition, @ for the slot, < and > for the tries that A and B have left, ~ for the order, % for the copy. */
static void write_out(u16 *to, const char *form, const struct choice *choice)
{
	for (; *form != 0; form++) {
		switch (*form) {
		case '#':
			*to++ = (u16)('0' + choice->partition);
			break;
		case '@':
			*to++ = (u8)choice->slot;
			break;
		case '<':
			*to++ = (u16)('0' + choice->left_a);
			break;
		case '>':
			*to++ = (u16)('0' + choice->left_b);
			break;
		case '%':
			*to++ = (u16)('0' + choice->copy);
			break;
		case '~':
			for (const char *letter = choice->order; *letter != 0; letter++)
				*to++ = (u8)*letter;
			break;
		default:
			*to++ = (u8)*form;
		}
	}
	*to = 0;
}

#define LINE_CHARACTERS 160

static void say(const char *form, const struct choice *choice)
{
	u16 line[LINE_CHARACTERS];
	write_out(line, form, choice);
	if (firmware->console_out != 0)
		firmware->console_out->say(firmware->console_out, line);
}

static void *protocol_of(efi_handle handle, const efi_guid *guid)
{
	void *found = 0;
	return firmware->boot->protocol(handle, guid, &found) == EFI_SUCCESS ? found : 0;
}

static u32 length_of(const device_path *node)
{
	return node->length[0] | (u32)node->length[1] << 8;
}

static const device_path *after(const device_path *node)
{
	return (const device_path *)((const u8 *)node + length_of(node));
}

static int is_end(const device_path *node)
{
	return node->type == PATH_END || length_of(node) < sizeof(device_path);
}

/* How long the path is up to its partition's node; 0 where it has none. */
static u32 disk_bytes_of(const device_path *path)
{
	for (const device_path *node = path; !is_end(node); node = after(node))
		if (node->type == PATH_MEDIA && node->subtype == PATH_MEDIA_HARD_DRIVE)
			return (u32)((const u8 *)node - (const u8 *)path);
	return 0;
}

/* The partition's number is unaligned there. */
static u32 partition_of(const device_path *path, u32 disk_bytes)
{
	const u8 *number = (const u8 *)path + disk_bytes + sizeof(device_path);
	return number[0] | (u32)number[1] << 8 | (u32)number[2] << 16 | (u32)number[3] << 24;
}

static int is_same(const void *one, const void *other, u32 bytes)
{
	for (u32 at = 0; at < bytes; at++)
		if (((const u8 *)one)[at] != ((const u8 *)other)[at])
			return 0;
	return 1;
}

struct disk {
	const device_path *path;
	u32 path_bytes;
	block_io *blocks;
};

/* A path's first bytes and an end: what the firmware finds a device by. */
static device_path *path_copy(const device_path *path, u32 bytes, const void *more, u32 more_bytes)
{
	static const device_path end = { PATH_END, PATH_END_WHOLE, { sizeof(device_path), 0 } };
	void *made = 0;
	if (firmware->boot->allocate(MEMORY_LOADER_DATA, bytes + more_bytes + sizeof end, &made) != EFI_SUCCESS)
		return 0;
	memcpy(made, path, bytes);
	memcpy((u8 *)made + bytes, more, more_bytes);
	memcpy((u8 *)made + bytes + more_bytes, &end, sizeof end);
	return made;
}

/* The disk that this program was read from. */
static int find_disk(efi_handle self, struct disk *disk)
{
	loaded_image *image = protocol_of(self, &loaded_image_guid);
	disk->path = image == 0 ? 0 : protocol_of(image->device, &device_path_guid);
	disk->path_bytes = disk->path == 0 ? 0 : disk_bytes_of(disk->path);
	if (disk->path_bytes == 0)
		return 0;
	device_path *whole = path_copy(disk->path, disk->path_bytes, 0, 0);
	efi_handle handle = 0;
	if (whole == 0 || firmware->boot->locate_path(&block_io_guid, &whole, &handle) != EFI_SUCCESS || !is_end(whole))
		return 0;
	disk->blocks = protocol_of(handle, &block_io_guid);
	return disk->blocks != 0;
}

/* A disk whose state can be neither read nor written starts all the same, from the slot that is first. */
static struct choice choose(const struct disk *disk)
{
	/* Disks may ask for memory that begins at a multiple of something; a page is enough for all. */
	static u8 copies[2][STATE_BYTES] __attribute__((aligned(4096))), next[STATE_BYTES] __attribute__((aligned(4096)));
	block_io *blocks = disk->blocks;
	u32 block_bytes = blocks->media->block_bytes;
	for (int copy = 0; copy < 2; copy++)
		blocks->read(blocks, blocks->media->media_id, COPIES_AT[copy] / block_bytes, STATE_BYTES, copies[copy]);
	struct choice choice = choose_slot(copies[0], copies[1], next);
	/* The second first: at every moment one of the two is whole. */
	for (int copy = 1; copy >= 0; copy--) {
		blocks->write(blocks, blocks->media->media_id, COPIES_AT[copy] / block_bytes, STATE_BYTES, next);
		blocks->flush(blocks);
	}
	return choice;
}

/* The partition of that number on that disk. */
static efi_handle find_partition(const struct disk *disk, u32 number)
{
	u64 bytes = 0;
	efi_handle *handles = 0;
	if (firmware->boot->locate_handles(SEARCH_BY_PROTOCOL, &block_io_guid, 0, &bytes, 0) != EFI_BUFFER_TOO_SMALL ||
	    firmware->boot->allocate(MEMORY_LOADER_DATA, bytes, (void **)&handles) != EFI_SUCCESS ||
	    firmware->boot->locate_handles(SEARCH_BY_PROTOCOL, &block_io_guid, 0, &bytes, handles) != EFI_SUCCESS)
		return 0;
	for (u64 at = 0; at < bytes / sizeof(efi_handle); at++) {
		const device_path *path = protocol_of(handles[at], &device_path_guid);
		if (path != 0 && disk_bytes_of(path) == disk->path_bytes && is_same(path, disk->path, disk->path_bytes) &&
		    partition_of(path, disk->path_bytes) == number)
			return handles[at];
	}
	return 0;
}

/* The kernel takes its initrd from a function. There is one initrd, and so one place. */
static void *initrd;
static u64 initrd_bytes;

static efi_status give_initrd(load_file *self, const device_path *path, u8 is_boot, u64 *bytes, void *to)
{
	(void)self, (void)path;
	if (is_boot)
		return EFI_UNSUPPORTED;
	if (bytes == 0)
		return EFI_INVALID_PARAMETER;
	u64 room = *bytes;
	*bytes = initrd_bytes;
	if (to == 0 || room < initrd_bytes)
		return EFI_BUFFER_TOO_SMALL;
	memcpy(to, initrd, initrd_bytes);
	return EFI_SUCCESS;
}

static int read_initrd(efi_handle partition)
{
	file_system *files = protocol_of(partition, &file_system_guid);
	efi_file *folder = 0, *file = 0;
	if (files == 0 || files->open(files, &folder) != EFI_SUCCESS ||
	    folder->open(folder, &file, L"\\initrd.img", FILE_READ, 0) != EFI_SUCCESS)
		return 0;
	if (file->seek(file, FILE_END) != EFI_SUCCESS || file->position(file, &initrd_bytes) != EFI_SUCCESS ||
	    file->seek(file, 0) != EFI_SUCCESS || initrd_bytes == 0 ||
	    firmware->boot->allocate(MEMORY_LOADER_DATA, initrd_bytes, &initrd) != EFI_SUCCESS)
		return 0;
	u64 bytes = initrd_bytes;
	return file->read(file, &bytes, initrd) == EFI_SUCCESS && bytes == initrd_bytes;
}

static int offer_initrd(void)
{
	static struct {
		device_path node;
		efi_guid guid;
		device_path end;
	} path = {
		{ PATH_MEDIA, PATH_MEDIA_VENDOR, { sizeof(device_path) + sizeof(efi_guid), 0 } },
		INITRD_GUID,
		{ PATH_END, PATH_END_WHOLE, { sizeof(device_path), 0 } },
	};
	static load_file loader;
	efi_handle handle = 0;
	loader.load = give_initrd;
	return firmware->boot->install(&handle, &device_path_guid, INTERFACE_NATIVE, &path) == EFI_SUCCESS &&
	       firmware->boot->install(&handle, &load_file_2_guid, INTERFACE_NATIVE, &loader) == EFI_SUCCESS;
}

/* Comes back only when the kernel has not taken over. */
static void start(efi_handle self, const struct disk *disk, const struct choice *choice)
{
	static struct {
		device_path node;
		u16 name[7];
	} kernel = { { PATH_MEDIA, PATH_MEDIA_FILE, { sizeof kernel, 0 } }, L"\\Image" };
	static u16 arguments[LINE_CHARACTERS];
	efi_handle partition = find_partition(disk, choice->partition), image = 0;
	if (partition == 0)
		return;
	/* Firmware in a hurry has looked only at the partition that it starts from. */
	firmware->boot->connect(partition, 0, 0, 1);
	if (!read_initrd(partition) || !offer_initrd())
		return;
	const device_path *path = protocol_of(partition, &device_path_guid);
	const device_path *end = path;
	while (!is_end(end))
		end = after(end);
	device_path *file = path_copy(path, (u32)((const u8 *)end - (const u8 *)path), &kernel, sizeof kernel);
	if (file == 0 || firmware->boot->load_image(0, self, file, 0, 0, &image) != EFI_SUCCESS)
		return;
	loaded_image *loaded = protocol_of(image, &loaded_image_guid);
	void *screen = 0;
	int has_screen = firmware->boot->locate(&graphics_guid, 0, &screen) == EFI_SUCCESS;
	if (loaded == 0)
		return;
	/* Where there is a screen, it is one of those that hear the kernel; the serial line is the firmware's to name. */
	write_out(arguments, has_screen ? "console=tty0 " ARGUMENTS : ARGUMENTS, choice);
	u32 length = 0;
	while (arguments[length] != 0)
		length++;
	loaded->options = arguments;
	loaded->options_bytes = (length + 1) * sizeof(u16);
	firmware->boot->start_image(image, 0, 0);
}

/* U-Boot offers UEFI as well. It has boot.cmd, which knows more: the board's pins, its serial lines. */
static int is_u_boot(void)
{
	static const u16 name[] = L"Das U-Boot";
	for (u32 at = 0; name[at] != 0; at++)
		if (firmware->vendor == 0 || firmware->vendor[at] != name[at])
			return 0;
	return 1;
}

efi_status efi_main(efi_handle self, system_table *system)
{
	struct disk disk;
	firmware = system;
	if (is_u_boot())
		return EFI_NOT_FOUND;
	if (!find_disk(self, &disk)) {
		static const struct choice none;
		say("postern: the disk of this program is not found\r\n", &none);
		return EFI_NOT_FOUND;
	}
	struct choice choice = choose(&disk);
	say("postern: slot @, order ~, left A < B >, state from copy %\r\n", &choice);
	start(self, &disk, &choice);
	say("postern: slot @ does not start\r\n", &choice);
	firmware->boot->stall(5 * SECOND_US);
	firmware->runtime->reset(RESET_COLD, EFI_SUCCESS, 0, 0);
	return EFI_NOT_FOUND;
}
