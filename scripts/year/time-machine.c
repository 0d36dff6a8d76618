/*
 * LD_PRELOAD shim: the process lives in a time that the harness moves (time-machine.ts), and the harness sees when it sleeps.
 *
 * TIME_MACHINE        file of PAGE_BYTES, mapped by every process: the page below, in the machine's byte order
 * TIME_MACHINE_WRONG  set: this process is the box: its wall clock goes wrong when the page says so, its writes are counted
 *
 * Time runs as fast as the real one, and is moved between: the monotonic clocks are the real one plus `shift`, the wall clock is
 * that plus `wall`. Where TIME_MACHINE_WRONG is set, the wall clock is `wrong` by so much: a clock step. A wait for events with an end, and a wait for a condition with one, end when
 * that time has come here; each thread's wait is on the page, with its end. What waits without an end is left alone, and so are
 * sleeps of a thread (SQLite's busy handler), the kernel's own times (of files) and clocks of processor time.
 *
 * A page that cannot be mapped, or one without room for another thread, ends the program: a year of which a part was spent in
 * another time would be a wrong figure.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define PAGE_BYTES 4096
#define MOST_THREADS 120
#define BLOCK_BYTES 4096
#define NANOSECONDS 1000000000LL
/* How late a moved clock may be seen. */
/* Of the kernel, not of glibc's sigset_t. */
#define KERNEL_SIGSET_BYTES 8
#define SLICE_NS 200000LL

struct place {
	_Atomic int32_t pid; /* 0: free */
	_Atomic uint32_t waits; /* how often it went to wait */
	_Atomic int64_t until; /* 0: awake; INT64_MAX: waits without an end; else nanoseconds of the monotonic clock */
	_Atomic int64_t reserved;
};

struct page {
	_Atomic int64_t shift; /* nanoseconds */
	_Atomic int64_t wall; /* nanoseconds */
	_Atomic int64_t wrong; /* nanoseconds */
	/* Of the processes with TIME_MACHINE_WRONG: */
	_Atomic uint64_t flushes;
	_Atomic uint64_t written; /* bytes given to files, each write in whole blocks */
	_Atomic int64_t reserved[3];
	struct place places[MOST_THREADS];
};
_Static_assert(sizeof(struct page) <= PAGE_BYTES, "the page has room");

static struct page *page;
static int is_wrong;
static pthread_key_t at_end;
static __thread struct place *mine;

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static int64_t nanoseconds(const struct timespec *time)
{
	return time->tv_sec * NANOSECONDS + time->tv_nsec;
}

static struct timespec timespec_of(int64_t ns)
{
	return (struct timespec){ .tv_sec = ns / NANOSECONDS, .tv_nsec = ns % NANOSECONDS };
}

/* Not through libc: it is this library that libc's callers reach. */
static int64_t real_ns(clockid_t clock)
{
	static __typeof__(&clock_gettime) ask;
	struct timespec time;

	if (ask == NULL)
		ask = REAL(clock_gettime);
	ask(clock, &time);
	return nanoseconds(&time);
}

static int64_t monotonic_ns(void)
{
	return real_ns(CLOCK_MONOTONIC) + atomic_load(&page->shift);
}

static int64_t wall_ns(void)
{
	return monotonic_ns() + atomic_load(&page->wall) + (is_wrong ? atomic_load(&page->wrong) : 0);
}

static void leave(void *place)
{
	atomic_store(&((struct place *)place)->pid, 0);
}

/* After a fork the child is another process, in the parent's place. */
static void forked(void)
{
	mine = NULL;
}

__attribute__((constructor)) static void prepare(void)
{
	const char *path = getenv("TIME_MACHINE");
	int fd = path == NULL ? -1 : open(path, O_RDWR | O_CLOEXEC);
	void *map = fd < 0 ? MAP_FAILED : mmap(NULL, PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (map == MAP_FAILED) {
		perror("time-machine: cannot map TIME_MACHINE");
		_exit(111);
	}
	close(fd);
	page = map;
	is_wrong = getenv("TIME_MACHINE_WRONG") != NULL;
	pthread_key_create(&at_end, leave);
	pthread_atfork(NULL, NULL, forked);
}

static struct place *own_place(void)
{
	if (mine != NULL)
		return mine;
	for (int number = 0; number < MOST_THREADS; number += 1) {
		int32_t free = 0;
		struct place *place = &page->places[number];

		if (!atomic_compare_exchange_strong(&place->pid, &free, (int32_t)getpid()))
			continue;
		atomic_store(&place->until, 0);
		pthread_setspecific(at_end, place);
		return mine = place;
	}
	fputs("time-machine: too many threads\n", stderr);
	_exit(111);
}

int clock_gettime(clockid_t clock, struct timespec *time)
{
	static __typeof__(&clock_gettime) ask;

	switch (clock) {
	case CLOCK_MONOTONIC:
	case CLOCK_MONOTONIC_RAW:
	case CLOCK_MONOTONIC_COARSE:
	case CLOCK_BOOTTIME:
		if (page == NULL)
			break;
		*time = timespec_of(monotonic_ns());
		return 0;
	case CLOCK_REALTIME:
	case CLOCK_REALTIME_COARSE:
	case CLOCK_TAI:
		if (page == NULL)
			break;
		*time = timespec_of(wall_ns());
		return 0;
	}
	if (ask == NULL)
		ask = REAL(clock_gettime);
	return ask(clock, time);
}

int gettimeofday(struct timeval *restrict time, void *restrict zone)
{
	struct timespec now;

	(void)zone;
	clock_gettime(CLOCK_REALTIME, &now);
	time->tv_sec = now.tv_sec;
	time->tv_usec = now.tv_nsec / 1000;
	return 0;
}

time_t time(time_t *place)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	if (place != NULL)
		*place = now.tv_sec;
	return now.tv_sec;
}

/* libuv's wait. In slices, so that a moved clock ends it; to the kernel they are of real time. */
int epoll_pwait(int epfd, struct epoll_event *events, int most, int timeout_ms, const sigset_t *mask)
{
	struct place *place;
	int64_t until;
	int found;

	if (timeout_ms == 0)
		return REAL(epoll_pwait)(epfd, events, most, 0, mask);
	place = own_place();
	until = timeout_ms < 0 ? INT64_MAX : monotonic_ns() + timeout_ms * 1000000LL;
	atomic_fetch_add(&place->waits, 1);
	atomic_store(&place->until, until);
	if (timeout_ms < 0) {
		found = REAL(epoll_pwait)(epfd, events, most, -1, mask);
	} else {
		for (;;) {
			int64_t left = until - monotonic_ns();
			struct timespec slice = timespec_of(left <= 0 ? 0 : left < SLICE_NS ? left : SLICE_NS);

			found = (int)syscall(SYS_epoll_pwait2, epfd, events, most, &slice, mask, KERNEL_SIGSET_BYTES);
			if (found != 0 || left <= 0)
				break;
		}
	}
	int saved = errno;
	atomic_store(&place->until, 0);
	errno = saved;
	return found;
}

int epoll_wait(int epfd, struct epoll_event *events, int most, int timeout_ms)
{
	return epoll_pwait(epfd, events, most, timeout_ms, NULL);
}

/* `now` of the clock that `until` is of. */
static int wait_for_condition(pthread_cond_t *condition, pthread_mutex_t *mutex, int64_t until, int64_t (*now)(void))
{
	for (;;) {
		int64_t left = until - now();
		struct timespec slice;
		int result;

		if (left <= 0)
			return ETIMEDOUT;
		/* Fewer slices than of a wait for events: nothing but V8's own work waits so. */
		slice = timespec_of(real_ns(CLOCK_MONOTONIC) + (left < 50 * SLICE_NS ? left : 50 * SLICE_NS));
		result = REAL(pthread_cond_clockwait)(condition, mutex, CLOCK_MONOTONIC, &slice);
		if (result != ETIMEDOUT)
			return result;
	}
}

int pthread_cond_clockwait(pthread_cond_t *condition, pthread_mutex_t *mutex, clockid_t clock, const struct timespec *until)
{
	return wait_for_condition(condition, mutex, nanoseconds(until), clock == CLOCK_REALTIME ? wall_ns : monotonic_ns);
}

/* Which clock a condition was made for does not show: it is the one that its time is nearer to. */
int pthread_cond_timedwait(pthread_cond_t *restrict condition, pthread_mutex_t *restrict mutex,
			   const struct timespec *restrict until)
{
	int64_t ns = nanoseconds(until);
	int64_t to_monotonic = llabs(ns - monotonic_ns());
	int64_t to_wall = llabs(ns - wall_ns());

	return wait_for_condition(condition, mutex, ns, to_wall < to_monotonic ? wall_ns : monotonic_ns);
}

/* What a card must take at least, if each write is flushed before the next; a file system's own journal comes on top. The kernel's
 * count (proc_pid_io(5)) will not do: it takes a write of some bytes for one of the whole folio, which may be a megabyte. */
static ssize_t written(int fd, off64_t offset, ssize_t bytes)
{
	struct stat file;
	int saved = errno;

	if (is_wrong && bytes > 0 && fstat(fd, &file) == 0 && S_ISREG(file.st_mode)) {
		int64_t begin = offset >= 0 ? offset : lseek64(fd, 0, SEEK_CUR) - bytes;

		atomic_fetch_add(&page->written,
				 ((begin + bytes - 1) / BLOCK_BYTES - begin / BLOCK_BYTES + 1) * BLOCK_BYTES);
	}
	errno = saved;
	return bytes;
}

ssize_t write(int fd, const void *bytes, size_t count)
{
	return written(fd, -1, REAL(write)(fd, bytes, count));
}

ssize_t writev(int fd, const struct iovec *parts, int count)
{
	return written(fd, -1, REAL(writev)(fd, parts, count));
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t offset)
{
	return written(fd, offset, REAL(pwrite)(fd, bytes, count, offset));
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t offset)
{
	return written(fd, offset, REAL(pwrite64)(fd, bytes, count, offset));
}

ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t offset)
{
	return written(fd, offset, REAL(pwritev)(fd, parts, count, offset));
}

ssize_t pwritev64(int fd, const struct iovec *parts, int count, off64_t offset)
{
	return written(fd, offset, REAL(pwritev64)(fd, parts, count, offset));
}

static void flushed(void)
{
	if (is_wrong)
		atomic_fetch_add(&page->flushes, 1);
}

int fsync(int fd)
{
	flushed();
	return REAL(fsync)(fd);
}

int fdatasync(int fd)
{
	flushed();
	return REAL(fdatasync)(fd);
}
