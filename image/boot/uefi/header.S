/*
 * What makes loader.c a program for UEFI: the header of a PE file (PE Format, Microsoft), written out, since Debian's linker for
 * 64-bit ARM makes no such files. The file is as it is in memory, to the byte; nothing in it depends on where that is.
 */
	.section .header, "a"
header:
	.ascii	"MZ"
	.org	header + 0x3c
	.long	signature - header

signature:
	.ascii	"PE\0\0"
	.short	0xaa64				// 64-bit ARM
	.short	2				// sections
	.long	0				// time
	.long	0, 0				// symbols
	.short	sections - optional
	.short	0x206				// runs; no line numbers, no debug

optional:
	.short	0x20b				// 64 bits
	.byte	0, 0
	.long	_text_bytes
	.long	_data_bytes
	.long	0
	.long	efi_main - header
	.long	_text - header
	.quad	0				// wherever there is room
	.long	4096				// sections begin there in memory,
	.long	4096				// and in the file
	.short	0, 0, 0, 0, 0, 0
	.long	0
	.long	_end - header
	.long	_text - header
	.long	0
	.short	10				// a program for UEFI
	.short	0x100				// nothing is both written and executed
	.quad	0, 0, 0, 0
	.long	0
	.long	6				// directories, of which it has none
	.quad	0, 0, 0, 0, 0, 0

sections:
	.ascii	".text\0\0\0"
	.long	_text_bytes, _text - header, _text_bytes, _text - header
	.long	0, 0, 0
	.long	0x60000020			// executed, read
	.ascii	".data\0\0\0"
	.long	_data_bytes, _data - header, _data_bytes, _data - header
	.long	0, 0, 0
	.long	0xc0000040			// read, written
