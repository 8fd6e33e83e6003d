/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <utime.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <stdint.h>
#include <cmocka.h>

#include "eal_facts.h"
#include "eal_runtime.h"

/* A folder of its own for each test: base, a hugetlbfs that is none, and what mounts it. */
static char top[64];

static const char *
at(const char *name)
{
	static char paths[8][256];
	static unsigned int next;
	char *path = paths[next++ % 8];

	snprintf(path, sizeof(paths[0]), "%s/%s", top, name);
	return path;
}

static void
put(const char *name, const char *text)
{
	FILE *f = fopen(at(name), "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void
make_folder(const char *name)
{
	assert_int_equal(mkdir(at(name), 0700), 0);
}

static bool
is_there(const char *name)
{
	return access(at(name), F_OK) == 0;
}

static int
setup(void **state)
{
	char mounts[512];

	(void)state;
	strcpy(top, "/tmp/dlo-test-runtime-XXXXXX");
	if (mkdtemp(top) == NULL)
		return -1;
	make_folder("base");
	make_folder("huge");
	snprintf(mounts, sizeof(mounts), "proc /proc proc rw 0 0\nnone %s/huge hugetlbfs "
		"rw,relatime,pagesize=2M 0 0\n", top);
	put("mounts", mounts);
	return 0;
}

static int
teardown(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", top);
	return system(command);
}

/* A process that does nothing but hold locks, as EAL does. */
static pid_t
start_holder(const char *config, const char *hugefile)
{
	int ready[2];
	char c;
	pid_t pid;

	assert_int_equal(pipe(ready), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 8,
			.l_len = 8 };

		if (config != NULL)
			fcntl(open(config, O_RDWR), F_SETLK, &lock);
		if (hugefile != NULL)
			flock(open(hugefile, O_RDWR), LOCK_SH);
		if (write(ready[1], "x", 1) == 1)
			pause();
		_exit(0);
	}
	assert_int_equal(read(ready[0], &c, 1), 1);
	close(ready[0]);
	close(ready[1]);
	return pid;
}

static void
stop_holder(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

/* An id that no process has any more: that of one that was waited for. */
static pid_t
dead_pid(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	waitpid(pid, NULL, 0);
	return pid;
}

static void
make_prefix(const char *prefix)
{
	char name[128];

	snprintf(name, sizeof(name), "base/%s", prefix);
	make_folder(name);
	snprintf(name, sizeof(name), "base/%s/config", prefix);
	put(name, "");
	snprintf(name, sizeof(name), "base/%s/fbarray_memzone", prefix);
	put(name, "");
	snprintf(name, sizeof(name), "huge/%smap_0", prefix);
	put(name, "");
}

static void
dead_prefixes_go(void **state)
{
	char dead[64], numbered[64], name[128];

	(void)state;
	snprintf(dead, sizeof(dead), "dlo%d", (int)dead_pid());
	snprintf(numbered, sizeof(numbered), "dlo%d-1", (int)dead_pid());
	make_prefix(dead);
	make_prefix(numbered);
	/* Not ours by their form, dead or not. */
	make_prefix("rte");
	make_prefix("dlo");
	make_prefix("dlo-test-1");
	make_prefix("dlo0");
	make_prefix("dlo12x");
	assert_int_equal(eal_runtime_clean(at("base"), at("mounts")), 2);
	snprintf(name, sizeof(name), "base/%s", dead);
	assert_false(is_there(name));
	snprintf(name, sizeof(name), "huge/%smap_0", dead);
	assert_false(is_there(name));
	snprintf(name, sizeof(name), "base/%s", numbered);
	assert_false(is_there(name));
	assert_true(is_there("base/rte/config") && is_there("huge/rtemap_0"));
	assert_true(is_there("base/dlo/config") && is_there("base/dlo-test-1/config"));
	assert_true(is_there("base/dlo0/config") && is_there("base/dlo12x/config"));
}

static void
living_prefixes_stay(void **state)
{
	char locked[64], young[64], name[128];
	pid_t pid, holder;

	(void)state;
	/* Locked, though its id is nobody's here: it lives in another pid namespace. */
	snprintf(locked, sizeof(locked), "dlo%d", (int)dead_pid());
	make_prefix(locked);
	snprintf(name, sizeof(name), "base/%s/config", locked);
	holder = start_holder(at(name), NULL);
	/* Not locked yet, but its process is there: about to start. */
	snprintf(young, sizeof(young), "dlo%d", (int)holder);
	make_prefix(young);

	assert_int_equal(eal_runtime_clean(at("base"), at("mounts")), 0);
	assert_true(eal_runtime_in_use(at("base"), locked, &pid));
	assert_int_equal(pid, holder);
	assert_false(eal_runtime_in_use(at("base"), young, &pid));
	assert_false(eal_runtime_in_use(at("base"), "nobody", &pid));
	assert_false(eal_runtime_in_use(at("base"), "../base", &pid));

	stop_holder(holder);
	assert_int_equal(eal_runtime_clean(at("base"), at("mounts")), 2);
	assert_false(is_there(name));
}

/* The id lives, but began long after the folder was made: somebody else's now. */
static void
reused_ids_are_dead(void **state)
{
	struct utimbuf old = { .actime = 1000000000, .modtime = 1000000000 };
	pid_t holder = start_holder(NULL, NULL);
	char prefix[64], name[128];

	(void)state;
	snprintf(prefix, sizeof(prefix), "dlo%d", (int)holder);
	make_prefix(prefix);
	snprintf(name, sizeof(name), "base/%s", prefix);
	assert_int_equal(utime(at(name), &old), 0);
	assert_int_equal(eal_runtime_clean(at("base"), at("mounts")), 1);
	assert_false(is_there(name));
	stop_holder(holder);
}

static void
mapped_hugefiles_stay(void **state)
{
	char prefix[64], name[128];
	pid_t holder;

	(void)state;
	snprintf(prefix, sizeof(prefix), "dlo%d", (int)dead_pid());
	make_prefix(prefix);
	snprintf(name, sizeof(name), "huge/%smap_0", prefix);
	holder = start_holder(NULL, at(name));
	assert_int_equal(eal_runtime_clean(at("base"), at("mounts")), 1);
	assert_true(is_there(name));
	stop_holder(holder);
}

static void
symbolic_links_are_not_followed(void **state)
{
	char name[128];

	(void)state;
	make_folder("precious");
	put("precious/config", "");
	snprintf(name, sizeof(name), "base/dlo%d", (int)dead_pid());
	assert_int_equal(symlink(at("precious"), at(name)), 0);
	assert_int_equal(eal_runtime_clean(at("base"), at("mounts")), 0);
	assert_true(is_there("precious/config"));
}

static void
own_folder_goes_unless_shared(void **state)
{
	pid_t holder = start_holder(NULL, NULL);
	char name[128];

	(void)state;
	make_prefix("mine");
	snprintf(name, sizeof(name), "base/mine/mp_socket_%d_1f2e", (int)holder);
	put(name, "");
	eal_runtime_remove(at("base"), "mine", at("mounts"));
	assert_true(is_there("base/mine/config") && is_there("huge/minemap_0"));
	stop_holder(holder);
	eal_runtime_remove(at("base"), "mine", at("mounts"));
	assert_false(is_there("base/mine") || is_there("huge/minemap_0"));
	assert_true(is_there("base") && is_there("huge"));
}

static void
own_prefix_is_free(void **state)
{
	char want[64], prefix[64], name[128];
	pid_t holder;

	(void)state;
	snprintf(want, sizeof(want), "dlo%d", (int)getpid());
	eal_runtime_prefix(at("base"), prefix, sizeof(prefix));
	assert_string_equal(prefix, want);
	make_prefix(want);
	snprintf(name, sizeof(name), "base/%s/config", want);
	holder = start_holder(at(name), NULL);
	eal_runtime_prefix(at("base"), prefix, sizeof(prefix));
	strcat(want, "-1");
	assert_string_equal(prefix, want);
	stop_holder(holder);
}

static void
base_depends_on_user(void **state)
{
	char base[EAL_RUNTIME_PATH];

	(void)state;
	setenv("RUNTIME_DIRECTORY", "/run/dpdk-lo", 1);
	assert_string_equal(eal_runtime_base(base), "/run/dpdk-lo/dpdk");
	unsetenv("RUNTIME_DIRECTORY");
	setenv("XDG_RUNTIME_DIR", "/run/user/7", 1);
	assert_string_equal(eal_runtime_base(base),
		getuid() == 0 ? "/var/run/dpdk" : "/run/user/7/dpdk");
	unsetenv("XDG_RUNTIME_DIR");
	assert_string_equal(eal_runtime_base(base), getuid() == 0 ? "/var/run/dpdk" : "/tmp/dpdk");
}

static void
hugepages_that_may_be_used(void **state)
{
	char mounts[1024];

	(void)state;
	make_folder("sys");
	make_folder("sys/hugepages-2048kB");
	make_folder("sys/hugepages-1048576kB");
	put("sys/hugepages-2048kB/free_hugepages", "300\n");
	put("sys/hugepages-2048kB/resv_hugepages", "44\n");
	put("sys/hugepages-1048576kB/free_hugepages", "2\n");
	put("sys/hugepages-1048576kB/resv_hugepages", "3\n");
	put("meminfo", "MemTotal: 1 kB\nMemAvailable:   12345 kB\nHugepagesize:    2048 kB\n");
	assert_int_equal(eal_facts_meminfo(at("meminfo"), "MemAvailable"), 12345);
	assert_int_equal(eal_facts_meminfo(at("meminfo"), "Mem"), 0);
	assert_int_equal(eal_facts_meminfo(at("nothing"), "MemAvailable"), 0);

	assert_int_equal(eal_facts_huge_mb(at("mounts"), at("sys"), at("meminfo")), 512);
	/* Twice the same size counts once, a mount that is not there never. */
	snprintf(mounts, sizeof(mounts), "none %s/huge hugetlbfs rw 0 0\n"
		"none %s/base hugetlbfs rw,pagesize=2048K 0 0\n"
		"none %s/gone hugetlbfs rw,pagesize=1G 0 0\n", top, top, top);
	put("mounts", mounts);
	assert_int_equal(eal_facts_huge_mb(at("mounts"), at("sys"), at("meminfo")), 512);
	/* More reserved than free: none to be had. */
	snprintf(mounts, sizeof(mounts), "none %s/huge hugetlbfs rw,pagesize=1024M 0 0\n", top);
	put("mounts", mounts);
	assert_int_equal(eal_facts_huge_mb(at("mounts"), at("sys"), at("meminfo")), 0);
	put("sys/hugepages-1048576kB/resv_hugepages", "0\n");
	assert_int_equal(eal_facts_huge_mb(at("mounts"), at("sys"), at("meminfo")), 2048);
	assert_int_equal(eal_facts_huge_mb(at("nothing"), at("sys"), at("meminfo")), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(dead_prefixes_go, setup, teardown),
		cmocka_unit_test_setup_teardown(living_prefixes_stay, setup, teardown),
		cmocka_unit_test_setup_teardown(reused_ids_are_dead, setup, teardown),
		cmocka_unit_test_setup_teardown(mapped_hugefiles_stay, setup, teardown),
		cmocka_unit_test_setup_teardown(symbolic_links_are_not_followed, setup, teardown),
		cmocka_unit_test_setup_teardown(own_folder_goes_unless_shared, setup, teardown),
		cmocka_unit_test_setup_teardown(own_prefix_is_free, setup, teardown),
		cmocka_unit_test(base_depends_on_user),
		cmocka_unit_test_setup_teardown(hugepages_that_may_be_used, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
