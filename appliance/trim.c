/*
 * What memory.ts cannot do by itself, and what the C library is told once. Compiled by scripts/package/trim-addon.ts for
 * each architecture. It needs no header but Node's: what it declares is the same on every 64-bit Linux.
 */
#include <node_api.h>

/* malloc_trim(3), mallopt(3), madvise(2), dl_iterate_phdr(3), elf(5) */
extern int malloc_trim(size_t pad);
extern int mallopt(int parameter, int value);
extern int madvise(void *address, size_t length, int advice);

struct segment {
	uint32_t type;
	uint32_t flags;
	uint64_t offset;
	uint64_t address;
	uint64_t physical_address;
	uint64_t size_in_file;
	uint64_t size;
	uint64_t alignment;
};

struct loaded {
	uint64_t base;
	const char *name;
	const struct segment *segments;
	uint16_t segments_count;
};

extern int dl_iterate_phdr(int (*look)(struct loaded *, size_t, void *), void *data);

#define M_MMAP_THRESHOLD (-3)
/* glibc's own at the start. */
#define LARGE (128 * 1024)

#define PT_LOAD 1
#define PF_W 2
#define MADV_DONTNEED 4
/* Inside by this much at both ends: a page of any size that shares another segment's bytes stays. */
#define PAGE 65536ULL

/* Gives the system back what glibc holds in pages that are free. */
static napi_value trim(napi_env env, napi_callback_info info)
{
	(void)env;
	(void)info;
	malloc_trim(0);
	return NULL;
}

/* What is written once and then protected (RELRO) lies in segments that may be written, and stays. */
static int forget(struct loaded *object, size_t size, void *data)
{
	(void)size;
	(void)data;
	for (uint16_t at = 0; at < object->segments_count; at++) {
		const struct segment *segment = &object->segments[at];
		uint64_t begin = (object->base + segment->address + PAGE - 1) & ~(PAGE - 1);
		uint64_t end = (object->base + segment->address + segment->size) & ~(PAGE - 1);

		if (segment->type == PT_LOAD && (segment->flags & PF_W) == 0 && end > begin)
			madvise((void *)(uintptr_t)begin, end - begin, MADV_DONTNEED);
	}
	return 0;
}

/*
 * Unmaps the pages of code and constants, which are as they are in their files: what is used again is mapped again, from
 * the system's cache or from the card. What only the start has used stays away.
 */
static napi_value forget_code(napi_env env, napi_callback_info info)
{
	(void)env;
	(void)info;
	dl_iterate_phdr(forget, NULL);
	return NULL;
}

static void add(napi_env env, napi_value exports, const char *name, napi_callback callback)
{
	napi_value function;

	if (napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, NULL, &function) == napi_ok)
		napi_set_named_property(env, exports, name, function);
}

/*
 * Large blocks go back to the system when they are freed. Left alone, glibc takes the first that is freed for what is usual and
 * keeps the next ones: the 19 MB of a password's hash in each thread that ever made one, where malloc_trim does not reach.
 */
NAPI_MODULE_INIT()
{
	mallopt(M_MMAP_THRESHOLD, LARGE);
	add(env, exports, "trim", trim);
	add(env, exports, "forgetCode", forget_code);
	return exports;
}
