// A disk whose faults a test brings about: a shared object that stands before the C library's functions in a process that
// keeps its database by them, as SQLite does. It knows two files, the database and its log; all others are left alone.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

// faults is the file that the test writes to; disktest.go has the same.
struct faults {
	int64_t full;     // whether no file may grow
	int64_t fails[3]; // by operation: which files fail, a bit for each
	int64_t failed;   // how many calls have failed
};
enum { WRITE, SYNC, READ };

// record stands before each entry of the record; a write's bytes come after it.
struct record {
	int64_t what, file, at, size; // of a sync: at is how long the record was when it began
};
enum { WRITTEN, CUT, SYNCED };

static ssize_t (*real_pwrite)(int, const void *, size_t, off64_t);
static ssize_t (*real_pread)(int, void *, size_t, off64_t);
static int (*real_fsync)(int);
static int (*real_ftruncate)(int, off64_t);

static volatile struct faults *faults;
static const char *database;
static int recorder = -1;
static int64_t recorded;
static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER; // what is recorded is in the order in which it was done

__attribute__((constructor)) static void begin(void) {
	real_pwrite = dlsym(RTLD_NEXT, "pwrite64");
	real_pread = dlsym(RTLD_NEXT, "pread64");
	real_fsync = dlsym(RTLD_NEXT, "fsync");
	real_ftruncate = dlsym(RTLD_NEXT, "ftruncate64");
	database = getenv("DISKTEST_DATABASE");
	int fd = open(getenv("DISKTEST_FAULTS"), O_RDWR);
	void *mapped = mmap(NULL, sizeof(struct faults), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (mapped == MAP_FAILED) abort();
	close(fd);
	faults = mapped;
	if (getenv("DISKTEST_RECORD")) recorder = open(getenv("DISKTEST_RECORD"), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

// file is 0 for the database, 1 for its log, and -1 for all else.
static int file(int fd) {
	char name[32], path[PATH_MAX];
	snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
	ssize_t n = readlink(name, path, sizeof path - 1);
	size_t length = strlen(database);
	if (n < (ssize_t)length || strncmp(path, database, length) != 0) return -1;
	path[n] = 0;
	if (path[length] == 0) return 0;
	return strcmp(path + length, "-wal") == 0 ? 1 : -1;
}

static int fails(int what, int file) {
	if (file < 0 || !(faults->fails[what] & (1 << file))) return 0;
	__atomic_add_fetch(&faults->failed, 1, __ATOMIC_SEQ_CST);
	errno = EIO;
	return 1;
}

static void note(int64_t what, int64_t file, int64_t at, const void *bytes, int64_t size) {
	struct record r = {what, file, at, size};
	if (write(recorder, &r, sizeof r) != sizeof r || (bytes && write(recorder, bytes, size) != size)) abort();
	recorded += sizeof r + (bytes ? size : 0);
}

ssize_t pwrite64(int fd, const void *bytes, size_t size, off64_t at) {
	int f = file(fd);
	if (fails(WRITE, f)) return -1;
	struct stat is;
	// Of a write that does not fit, a full disk takes what does.
	if (faults->full && fstat(fd, &is) == 0 && S_ISREG(is.st_mode) && at + (off64_t)size > is.st_size) {
		__atomic_add_fetch(&faults->failed, 1, __ATOMIC_SEQ_CST);
		if (at >= is.st_size) {
			errno = ENOSPC;
			return -1;
		}
		size = is.st_size - at;
	}
	if (recorder < 0 || f < 0) return real_pwrite(fd, bytes, size, at);
	pthread_mutex_lock(&turn);
	ssize_t n = real_pwrite(fd, bytes, size, at);
	if (n > 0) note(WRITTEN, f, at, bytes, n);
	pthread_mutex_unlock(&turn);
	return n;
}

ssize_t pread64(int fd, void *bytes, size_t size, off64_t at) {
	return fails(READ, file(fd)) ? -1 : real_pread(fd, bytes, size, at);
}

int ftruncate64(int fd, off64_t size) {
	int f = file(fd);
	if (fails(WRITE, f)) return -1;
	if (recorder < 0 || f < 0) return real_ftruncate(fd, size);
	pthread_mutex_lock(&turn);
	int failed = real_ftruncate(fd, size);
	if (!failed) note(CUT, f, size, NULL, 0);
	pthread_mutex_unlock(&turn);
	return failed;
}

int fsync(int fd) {
	int f = file(fd);
	if (fails(SYNC, f)) return -1;
	if (recorder < 0 || f < 0) return real_fsync(fd);
	pthread_mutex_lock(&turn);
	int64_t began = recorded;
	pthread_mutex_unlock(&turn);
	if (real_fsync(fd)) return -1;
	pthread_mutex_lock(&turn);
	note(SYNCED, f, began, NULL, 0);
	pthread_mutex_unlock(&turn);
	return 0;
}
