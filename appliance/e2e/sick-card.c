/*
 * LD_PRELOAD shim: a card that fails as it is told, under one folder, while the program runs.
 *
 * SICK_FOLDER   what is in it fails; everything else is left alone
 * SICK_CONTROL  file that says how, read again at each call:
 *                 NUMBER                         of this plan; another number begins the counting anew
 *                 OPS PART SKIP COUNT ERRNO      one line a rule
 *               OPS    of write flush open truncate rename unlink read, joined by commas
 *               PART   of the path below the folder; "*" for any
 *               SKIP   this many matching calls pass first; COUNT of them fail then (0: all)
 *
 * Each failure is a line "PLAN OP PATH ERRNO" at the end of SICK_CONTROL.struck. Opening counts where it makes a file or opens
 * one for writing. A write that fails writes nothing; a flush that fails has flushed nothing that matters, as far as
 * the program may know. Without the variables the shim does nothing.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define MOST_RULES 16

struct rule {
	char ops[64];
	char part[128];
	long skip;
	long count;
	long error;
	long seen;
};

static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;
static struct rule rules[MOST_RULES];
static int rules_used;
static long plan = -1;

/* By the kernel alone: the functions below are what is intercepted. */
static void read_plan(const char *name)
{
	char text[4096];
	long got;
	int used = 0;
	char *line, *rest = NULL;
	int file = (int)syscall(SYS_openat, AT_FDCWD, name, O_RDONLY | O_CLOEXEC, 0);

	if (file < 0)
		return;
	got = syscall(SYS_read, file, text, sizeof text - 1);
	syscall(SYS_close, file);
	if (got <= 0)
		return;
	text[got] = '\0';
	line = strtok_r(text, "\n", &rest);
	if (line == NULL || atol(line) == plan)
		return;
	plan = atol(line);
	while ((line = strtok_r(NULL, "\n", &rest)) != NULL && used < MOST_RULES) {
		struct rule *rule = &rules[used];

		if (sscanf(line, "%63s %127s %ld %ld %ld", rule->ops, rule->part, &rule->skip, &rule->count,
			   &rule->error) != 5)
			continue;
		rule->seen = 0;
		used += 1;
	}
	rules_used = used;
}

/* 0, or the error to fail with. */
static int verdict(const char *op, const char *path)
{
	const char *folder = getenv("SICK_FOLDER");
	const char *control = getenv("SICK_CONTROL");
	size_t length = folder == NULL ? 0 : strlen(folder);
	int error = 0;

	if (folder == NULL || control == NULL || strncmp(path, folder, length) != 0)
		return 0;
	path += length;
	pthread_mutex_lock(&turn);
	read_plan(control);
	for (int index = 0; index < rules_used && error == 0; index += 1) {
		struct rule *rule = &rules[index];

		if (strstr(rule->ops, op) == NULL)
			continue;
		if (strcmp(rule->part, "*") != 0 && strstr(path, rule->part) == NULL)
			continue;
		rule->seen += 1;
		if (rule->seen > rule->skip && (rule->count == 0 || rule->seen <= rule->skip + rule->count))
			error = (int)rule->error;
	}
	pthread_mutex_unlock(&turn);
	if (error != 0) {
		char told[PATH_MAX + 64], name[PATH_MAX];
		int size = snprintf(told, sizeof told, "%ld %s %s %d\n", plan, op, path, error);
		int file;

		snprintf(name, sizeof name, "%s.struck", control);
		file = (int)syscall(SYS_openat, AT_FDCWD, name, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
		syscall(SYS_write, file, told, (size_t)size);
		syscall(SYS_close, file);
	}
	return error;
}

static int verdict_of(const char *op, int file)
{
	char link[64], path[PATH_MAX];
	ssize_t length;

	snprintf(link, sizeof link, "/proc/self/fd/%d", file);
	length = readlink(link, path, sizeof path - 1);
	if (length <= 0)
		return 0;
	path[length] = '\0';
	return verdict(op, path);
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

#define FAILS(error)             \
	do {                     \
		int e = (error); \
		if (e != 0) {    \
			errno = e; \
			return -1; \
		}                \
	} while (0)

ssize_t write(int file, const void *bytes, size_t size)
{
	FAILS(verdict_of("write", file));
	return REAL(write)(file, bytes, size);
}

ssize_t pwrite(int file, const void *bytes, size_t size, off_t at)
{
	FAILS(verdict_of("write", file));
	return REAL(pwrite)(file, bytes, size, at);
}

ssize_t pwrite64(int file, const void *bytes, size_t size, off64_t at)
{
	FAILS(verdict_of("write", file));
	return REAL(pwrite64)(file, bytes, size, at);
}

ssize_t writev(int file, const struct iovec *parts, int count)
{
	FAILS(verdict_of("write", file));
	return REAL(writev)(file, parts, count);
}

ssize_t pwritev(int file, const struct iovec *parts, int count, off_t at)
{
	FAILS(verdict_of("write", file));
	return REAL(pwritev)(file, parts, count, at);
}

ssize_t pwritev64(int file, const struct iovec *parts, int count, off64_t at)
{
	FAILS(verdict_of("write", file));
	return REAL(pwritev64)(file, parts, count, at);
}

ssize_t read(int file, void *bytes, size_t size)
{
	FAILS(verdict_of("read", file));
	return REAL(read)(file, bytes, size);
}

ssize_t pread(int file, void *bytes, size_t size, off_t at)
{
	FAILS(verdict_of("read", file));
	return REAL(pread)(file, bytes, size, at);
}

ssize_t pread64(int file, void *bytes, size_t size, off64_t at)
{
	FAILS(verdict_of("read", file));
	return REAL(pread64)(file, bytes, size, at);
}

int fsync(int file)
{
	FAILS(verdict_of("flush", file));
	return REAL(fsync)(file);
}

int fdatasync(int file)
{
	FAILS(verdict_of("flush", file));
	return REAL(fdatasync)(file);
}

int ftruncate(int file, off_t size)
{
	FAILS(verdict_of("truncate", file));
	return REAL(ftruncate)(file, size);
}

int ftruncate64(int file, off64_t size)
{
	FAILS(verdict_of("truncate", file));
	return REAL(ftruncate64)(file, size);
}

int unlink(const char *path)
{
	FAILS(verdict("unlink", path));
	return REAL(unlink)(path);
}

int rename(const char *from, const char *to)
{
	FAILS(verdict("rename", to));
	return REAL(rename)(from, to);
}

static int opening(const char *path, int flags)
{
	return (flags & (O_CREAT | O_WRONLY | O_RDWR)) == 0 ? 0 : verdict("open", path);
}

#define MODE_OF(flags, mode)                                     \
	do {                                                     \
		if (((flags) & (O_CREAT | O_TMPFILE)) != 0) {    \
			va_list rest;                            \
			va_start(rest, flags);                   \
			mode = va_arg(rest, mode_t);             \
			va_end(rest);                            \
		}                                                \
	} while (0)

int open(const char *path, int flags, ...)
{
	mode_t mode = 0;

	MODE_OF(flags, mode);
	FAILS(opening(path, flags));
	return REAL(open)(path, flags, mode);
}

int open64(const char *path, int flags, ...)
{
	mode_t mode = 0;

	MODE_OF(flags, mode);
	FAILS(opening(path, flags));
	return REAL(open64)(path, flags, mode);
}

int openat(int folder, const char *path, int flags, ...)
{
	mode_t mode = 0;

	MODE_OF(flags, mode);
	FAILS(opening(path, flags));
	return REAL(openat)(folder, path, flags, mode);
}
