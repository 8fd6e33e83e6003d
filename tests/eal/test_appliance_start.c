/* SPDX-License-Identifier: BSD-3-Clause */

/*
 * The appliance's own start of EAL, good and bad. EAL cannot be started twice, so each case is a
 * child process; its runtime folder is a temporary one.
 */

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <dirent.h>
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>
#include <stdint.h>
#include <cmocka.h>

#include <rte_ethdev.h>
#include <rte_lcore.h>

#include "appliance.h"
#include "eal.h"

static char top[] = "/tmp/dlo-test-start-XXXXXX";

/* What a child is told to do once EAL is up; its result is the child's exit code. */
typedef int (*started_fn)(void);

static int
run_child(const char *line, started_fn started)
{
	static struct dlo_conf conf;
	static char words[512];
	static char *argv[64];
	static char name[] = "dpdk-lo";
	struct cmdline_eal eal;
	char *save = NULL;
	int argc = 0;
	int rc;

	snprintf(words, sizeof(words), "%s", line);
	argv[argc++] = name;
	for (char *w = strtok_r(words, " ", &save); w != NULL; w = strtok_r(NULL, " ", &save))
		argv[argc++] = w;
	if (cmdline_parse(&program_dpdk_lo, argc, argv, &conf, &eal) != CMDLINE_RUN)
		return EINVAL;
	rc = eal_start(&eal);
	if (rc != 0)
		return -rc;
	rc = started != NULL ? started() : 0;
	eal_stop();
	return rc;
}

static pid_t
start_child(const char *line, started_fn started, int *ret_fd)
{
	int out[2];
	pid_t pid;

	assert_int_equal(pipe(out), 0);
	fflush(NULL);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		int rc;

		dup2(out[1], STDOUT_FILENO);
		dup2(out[1], STDERR_FILENO);
		close(out[0]);
		close(out[1]);
		rc = run_child(line, started);
		fflush(NULL);
		/* Not exit(): the test harness is not this child's to end. */
		_exit(rc);
	}
	close(out[1]);
	*ret_fd = out[0];
	return pid;
}

static size_t
read_all(int fd, char *text, size_t size)
{
	size_t len = 0;
	ssize_t n;

	while (len + 1 < size && (n = read(fd, text + len, size - 1 - len)) > 0)
		len += n;
	text[len] = '\0';
	close(fd);
	return len;
}

static int
wait_child(pid_t pid)
{
	int status;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static unsigned int
nb_folders(void)
{
	char base[64];
	struct dirent *e;
	unsigned int nb = 0;
	DIR *dir;

	snprintf(base, sizeof(base), "%s/dpdk", top);
	dir = opendir(base);
	while (dir != NULL && (e = readdir(dir)) != NULL)
		nb += e->d_name[0] != '.';
	if (dir != NULL)
		closedir(dir);
	return nb;
}

static int
check_chosen(void)
{
	cpu_set_t mine, all;

	if (rte_lcore_count() != 1 || sched_getaffinity(0, sizeof(mine), &mine) != 0 ||
		sched_getaffinity(getppid(), sizeof(all), &all) != 0)
		return 100;
	/* Not pinned: the lcore runs wherever the process may. */
	if (!CPU_EQUAL(&mine, &all))
		return 101;
	if (nb_folders() != 1)
		return 102;
	return rte_eth_dev_count_avail() == 1 ? 0 : 103;
}

static void
chosen_arguments_work(void **state)
{
	char text[4096];
	int fd;
	pid_t pid = start_child("--vdev net_null0", check_chosen, &fd);

	(void)state;
	read_all(fd, text, sizeof(text));
	assert_int_equal(wait_child(pid), 0);
	/* One line, and nothing of what EAL has to say. */
	assert_int_equal(strncmp(text, "dpdk-lo: EAL arguments chosen: --no-pci --lcores 0@(", 52),
		0);
	assert_int_equal(strcspn(text, "\n"), strlen(text) - 1);
	assert_int_equal(nb_folders(), 0);
}

static void
failures_are_one_sentence(void **state)
{
	static const struct {
		const char *line;
		int error;
		const char *want;
	} cases[] = {
		{ "--vdev net_nosuch0", EINVAL, "net_nosuch0" },
		{ "--vdev net_pcap0,rx_pcap=/nonexistent/x.pcap", ENODEV,
			"port net_pcap0 cannot be made: Couldn't open /nonexistent/x.pcap" },
		{ "--vdev net_null0,nonsense=1", ENODEV, "port net_null0 cannot be made" },
		{ "-a 0000:ff:1f.7", ENODEV, "port 0000:ff:1f.7 is not there" },
		{ "--nonsense", EINVAL, "'--nonsense' is not an option of EAL" },
		{ "-l 1023", EINVAL, "EAL does not start: " },
		{ "-l", EINVAL, "-l: this EAL option needs a value" },
		{ "-d /nonexistent/x.so", EINVAL, "/nonexistent/x.so" },
		{ "--iova-mode sideways", EINVAL, "--iova-mode" },
		{ "--no-huge -m 99999999", ENOMEM, "not enough memory: 100000063 MiB are needed" },
		{ "--proc-type=secondary", EINVAL, "dpdk-lo is a primary process" },
		{ "--file-prefix no/such", EINVAL, "EAL does not start: " },
	};

	(void)state;
	for (unsigned int i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[8192];
		unsigned int errors = 0;
		char *save = NULL;
		int fd, rc;
		pid_t pid = start_child(cases[i].line, NULL, &fd);

		read_all(fd, text, sizeof(text));
		rc = wait_child(pid);
		if (rc != cases[i].error || strstr(text, cases[i].want) == NULL)
			fail_msg("'%s' ended with %d and said '%s'", cases[i].line, rc, text);
		for (char *l = strtok_r(text, "\n", &save); l != NULL;
			l = strtok_r(NULL, "\n", &save)) {
			errors += strncmp(l, "dpdk-lo: error: ", 16) == 0;
			if (strncmp(l, "dpdk-lo: ", 9) != 0)
				fail_msg("'%s' let EAL say '%s'", cases[i].line, l);
		}
		assert_int_equal(errors, 1);
		if (nb_folders() != 0)
			fail_msg("'%s' left its folder behind", cases[i].line);
	}
}

static int
say_and_sleep(void)
{
	printf("up\n");
	fflush(stdout);
	pause();
	return 0;
}

/* A child that is up and stays so. */
static pid_t
start_sleeper(const char *line, int *ret_fd)
{
	pid_t pid = start_child(line, say_and_sleep, ret_fd);
	char text[4096];
	size_t len = 0;
	ssize_t n = 1;

	while (n > 0 && (len < 3 || strcmp(text + len - 3, "up\n") != 0)) {
		n = read(*ret_fd, text + len, sizeof(text) - 1 - len);
		len += n > 0 ? n : 0;
		text[len] = '\0';
	}
	assert_true(n > 0);
	return pid;
}

static void
what_the_killed_leave_is_removed(void **state)
{
	int fd;
	pid_t pid = start_sleeper("", &fd);
	char text[4096];

	(void)state;
	assert_int_equal(nb_folders(), 1);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	close(fd);
	assert_int_equal(nb_folders(), 1);
	pid = start_child("--vdev net_null0", check_chosen, &fd);
	read_all(fd, text, sizeof(text));
	assert_int_equal(wait_child(pid), 0);
	assert_int_equal(nb_folders(), 0);
}

static void
two_at_once(void **state)
{
	int fd, other_fd;
	pid_t pid = start_sleeper("--file-prefix shared", &fd);
	char text[4096], want[128];
	pid_t other;

	(void)state;
	other = start_child("--file-prefix shared", NULL, &other_fd);
	read_all(other_fd, text, sizeof(text));
	assert_int_equal(wait_child(other), EBUSY);
	snprintf(want, sizeof(want), "--file-prefix: 'shared' is in use by process %d", (int)pid);
	assert_non_null(strstr(text, want));
	/* One with a prefix of its own neither minds nor harms the first. */
	other = start_child("", NULL, &other_fd);
	read_all(other_fd, text, sizeof(text));
	assert_int_equal(wait_child(other), 0);
	assert_int_equal(nb_folders(), 1);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	close(fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(chosen_arguments_work),
		cmocka_unit_test(failures_are_one_sentence),
		cmocka_unit_test(what_the_killed_leave_is_removed),
		cmocka_unit_test(two_at_once),
	};
	char command[64];
	int failed;

	if (mkdtemp(top) == NULL || setenv("RUNTIME_DIRECTORY", top, 1) != 0)
		return 1;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	snprintf(command, sizeof(command), "rm -rf %s", top);
	return system(command) != 0 ? 1 : failed;
}
