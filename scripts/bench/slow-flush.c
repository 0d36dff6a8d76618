/*
 * LD_PRELOAD shim: makes every flush to disk as slow as on an SD card, and counts them.
 *
 * SLOW_FLUSH_MS     milliseconds each flush takes on top of its own time; 0 only counts
 * SLOW_FLUSH_COUNT  file of at least 8 octets, mapped by every process of the program: one 64-bit
 *                   counter of flushes, in the machine's byte order
 *
 * A flush is fsync, fdatasync, msync(MS_SYNC), sync_file_range that waits for its writes, syncfs
 * and sync. Flushes of several threads or processes are slow side by side, which a card would not
 * grant: programs that flush in parallel are flattered, never the one that flushes once for many.
 * Without the variables the shim does nothing; if the counter cannot be mapped it ends the program,
 * because a figure without its count would be a wrong figure.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

static _Atomic uint64_t *counter;
static struct timespec delay;

__attribute__((constructor)) static void prepare(void)
{
	const char *ms = getenv("SLOW_FLUSH_MS");
	const char *path = getenv("SLOW_FLUSH_COUNT");

	if (ms != NULL) {
		long value = atol(ms);
		delay.tv_sec = value / 1000;
		delay.tv_nsec = value % 1000 * 1000000L;
	}
	if (path == NULL)
		return;
	int fd = open(path, O_RDWR | O_CLOEXEC);
	void *map = fd < 0 ? MAP_FAILED : mmap(NULL, 8, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED) {
		perror("slow-flush: cannot map SLOW_FLUSH_COUNT");
		_exit(111);
	}
	close(fd);
	counter = map;
}

/* Keeps errno: the caller looks at the flush's own. */
static void flushed(void)
{
	int saved = errno;
	struct timespec left = delay;

	if (counter != NULL)
		atomic_fetch_add(counter, 1);
	if (delay.tv_sec != 0 || delay.tv_nsec != 0)
		while (nanosleep(&left, &left) != 0 && errno == EINTR)
			;
	errno = saved;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

int fsync(int fd)
{
	int result = REAL(fsync)(fd);
	flushed();
	return result;
}

int fdatasync(int fd)
{
	int result = REAL(fdatasync)(fd);
	flushed();
	return result;
}

int syncfs(int fd)
{
	int result = REAL(syncfs)(fd);
	flushed();
	return result;
}

void sync(void)
{
	REAL(sync)();
	flushed();
}

int msync(void *address, size_t length, int flags)
{
	int result = REAL(msync)(address, length, flags);
	if (flags & MS_SYNC)
		flushed();
	return result;
}

int sync_file_range(int fd, off64_t offset, off64_t bytes, unsigned int flags)
{
	int result = REAL(sync_file_range)(fd, offset, bytes, flags);
	if (flags & SYNC_FILE_RANGE_WAIT_AFTER)
		flushed();
	return result;
}
