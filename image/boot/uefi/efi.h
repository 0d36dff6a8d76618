/*
 * Of UEFI's tables (UEFI Specification 2.10) what loader.c uses, each entry at its place; what lies between is counted, not named.
 * On 64-bit ARM the firmware's functions are called as any others.
 */
#ifndef POSTERN_EFI_H
#define POSTERN_EFI_H

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long u64;
typedef u64 efi_status;
typedef void *efi_handle;

_Static_assert(sizeof(u64) == 8 && sizeof(void *) == 8, "64 bits");

#define EFI_SUCCESS 0
#define EFI_ERROR(number) ((number) | 1ul << 63)
#define EFI_INVALID_PARAMETER EFI_ERROR(2)
#define EFI_UNSUPPORTED EFI_ERROR(3)
#define EFI_BUFFER_TOO_SMALL EFI_ERROR(5)
#define EFI_NOT_FOUND EFI_ERROR(14)

typedef struct {
	u32 a;
	u16 b, c;
	u8 d[8];
} efi_guid;

#define BLOCK_IO_GUID { 0x964e5b21, 0x6459, 0x11d2, { 0x8e, 0x39, 0x00, 0xa0, 0xc9, 0x69, 0x72, 0x3b } }
#define DEVICE_PATH_GUID { 0x09576e91, 0x6d3f, 0x11d2, { 0x8e, 0x39, 0x00, 0xa0, 0xc9, 0x69, 0x72, 0x3b } }
#define FILE_SYSTEM_GUID { 0x964e5b22, 0x6459, 0x11d2, { 0x8e, 0x39, 0x00, 0xa0, 0xc9, 0x69, 0x72, 0x3b } }
#define GRAPHICS_GUID { 0x9042a9de, 0x23dc, 0x4a38, { 0x96, 0xfb, 0x7a, 0xde, 0xd0, 0x80, 0x51, 0x6a } }
#define LOADED_IMAGE_GUID { 0x5b1b31a1, 0x9562, 0x11d2, { 0x8e, 0x3f, 0x00, 0xa0, 0xc9, 0x69, 0x72, 0x3b } }
#define LOAD_FILE_2_GUID { 0x4006c0c1, 0xfcb3, 0x403e, { 0x99, 0x6d, 0x4a, 0x6c, 0x87, 0x24, 0xe0, 0x6d } }
/* Where the kernel asks for its initrd (Linux, Documentation/arch/x86/boot.rst and drivers/firmware/efi/libstub). */
#define INITRD_GUID { 0x5568e427, 0x68fc, 0x4f3d, { 0xac, 0x74, 0xca, 0x55, 0x52, 0x31, 0xcc, 0x68 } }

typedef struct {
	u8 type, subtype, length[2];
} device_path;

#define PATH_MEDIA 4
#define PATH_MEDIA_HARD_DRIVE 1
#define PATH_MEDIA_VENDOR 3
#define PATH_MEDIA_FILE 4
#define PATH_END 0x7f
#define PATH_END_WHOLE 0xff

typedef struct text_output {
	void *reset;
	efi_status (*say)(struct text_output *, const u16 *);
} text_output;

typedef struct {
	u32 revision;
	efi_handle parent;
	void *system;
	efi_handle device;
	device_path *file;
	void *reserved;
	u32 options_bytes;
	void *options;
} loaded_image;

typedef struct {
	u32 media_id;
	u8 is_removable, is_present, is_partition, is_read_only, is_caching;
	u32 block_bytes;
	u32 alignment;
} block_media;

typedef struct block_io {
	u64 revision;
	block_media *media;
	void *reset;
	efi_status (*read)(struct block_io *, u32 media_id, u64 block, u64 bytes, void *);
	efi_status (*write)(struct block_io *, u32 media_id, u64 block, u64 bytes, void *);
	efi_status (*flush)(struct block_io *);
} block_io;

typedef struct efi_file {
	u64 revision;
	efi_status (*open)(struct efi_file *, struct efi_file **, const u16 *name, u64 mode, u64 attributes);
	efi_status (*close)(struct efi_file *);
	void *delete;
	efi_status (*read)(struct efi_file *, u64 *bytes, void *);
	void *write;
	efi_status (*position)(struct efi_file *, u64 *);
	efi_status (*seek)(struct efi_file *, u64);
} efi_file;

#define FILE_READ 1
#define FILE_END ~0ul

typedef struct file_system {
	u64 revision;
	efi_status (*open)(struct file_system *, efi_file **);
} file_system;

typedef struct load_file {
	efi_status (*load)(struct load_file *, const device_path *, u8 is_boot, u64 *bytes, void *);
} load_file;

enum { SEARCH_BY_PROTOCOL = 2 };
enum { INTERFACE_NATIVE = 0 };
enum { MEMORY_LOADER_DATA = 2 };
enum { RESET_COLD = 0 };

typedef struct {
	u8 header[24];
	void *levels[2];
	void *memory[3];
	efi_status (*allocate)(int type, u64 bytes, void **);
	void *release;
	void *events[6];
	efi_status (*install)(efi_handle *, const efi_guid *, int type, void *);
	void *installed[2];
	efi_status (*protocol)(efi_handle, const efi_guid *, void **);
	void *notify[2];
	efi_status (*locate_handles)(int how, const efi_guid *, void *key, u64 *bytes, efi_handle *);
	efi_status (*locate_path)(const efi_guid *, device_path **, efi_handle *);
	void *configure;
	efi_status (*load_image)(u8 is_boot, efi_handle parent, device_path *, void *source, u64 bytes, efi_handle *);
	efi_status (*start_image)(efi_handle, u64 *bytes, u16 **);
	void *images[4];
	efi_status (*stall)(u64 microseconds);
	void *watchdog;
	efi_status (*connect)(efi_handle, efi_handle *, device_path *, u8 is_recursive);
	void *open[6];
	efi_status (*locate)(const efi_guid *, void *, void **);
} boot_services;

_Static_assert(__builtin_offsetof(boot_services, load_image) == 24 + 22 * 8, "LoadImage");
_Static_assert(__builtin_offsetof(boot_services, locate) == 24 + 37 * 8, "LocateProtocol");

typedef struct {
	u8 header[24];
	void *others[10];
	void (*reset)(int how, efi_status, u64 bytes, void *);
} runtime_services;

typedef struct {
	u8 header[24];
	const u16 *vendor;
	u32 revision;
	efi_handle console_in_handle;
	void *console_in;
	efi_handle console_out_handle;
	text_output *console_out;
	efi_handle errors_handle;
	text_output *errors;
	runtime_services *runtime;
	boot_services *boot;
} system_table;

#endif
