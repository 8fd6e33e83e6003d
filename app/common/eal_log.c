/* SPDX-License-Identifier: BSD-3-Clause */
#include "eal_log.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <rte_log.h>

static FILE *stream;
static bool capturing, shown;
static int real_stdout = -1, real_stderr = -1;
static char first_error[256];

/* "EAL: " of the log type and "vdev_probe(): " of the function say nothing to a user. */
static const char *
skip_prefix(const char *message)
{
	size_t word = strspn(message, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789");

	if (word > 1 && strncmp(message + word, ": ", 2) == 0)
		message += word + 2;
	word = strcspn(message, " (");
	if (strncmp(message + word, "(): ", 4) == 0)
		message += word + 4;
	return message;
}

/* Made part of a sentence: one line, no full stop. */
static void
keep(const char *message, size_t size)
{
	char text[sizeof(first_error)];
	size_t len;

	snprintf(text, sizeof(text), "%.*s", (int)size, message);
	snprintf(first_error, sizeof(first_error), "%s", skip_prefix(text));
	len = strcspn(first_error, "\n");
	while (len > 0 && strchr(" .\r\t", first_error[len - 1]) != NULL)
		len--;
	first_error[len] = '\0';
}

static ssize_t
write_log(void *cookie, const char *buf, size_t size)
{
	int level = rte_log_cur_msg_loglevel();

	(void)cookie;
	/* A thread of EAL's may still hold the stream when we have let go of it. */
	if (!capturing)
		return write(STDERR_FILENO, buf, size);
	if (shown && write(real_stderr, buf, size) < 0)
		return 0;
	if (level > 0 && level <= (int)RTE_LOG_ERR && first_error[0] == '\0')
		keep(buf, size);
	return size;
}

static int
divert(int fd)
{
	int real = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

	if (real >= 0 && null >= 0)
		dup2(null, fd);
	if (null >= 0)
		close(null);
	return real;
}

static void
restore(int fd, int *real)
{
	if (*real < 0)
		return;
	dup2(*real, fd);
	close(*real);
	*real = -1;
}

void
eal_log_capture(bool show, bool hush)
{
	static const cookie_io_functions_t io = { .write = write_log };

	first_error[0] = '\0';
	shown = show;
	fflush(stdout);
	fflush(stderr);
	if (hush) {
		real_stdout = divert(STDOUT_FILENO);
		real_stderr = divert(STDERR_FILENO);
	} else {
		real_stderr = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
	}
	capturing = true;
	/* Made once and never closed, see write_log(). */
	if (stream == NULL)
		stream = fopencookie(NULL, "w", io);
	if (stream != NULL)
		rte_openlog_stream(stream);
}

void
eal_log_release(void)
{
	rte_openlog_stream(NULL);
	capturing = false;
	fflush(stdout);
	fflush(stderr);
	restore(STDOUT_FILENO, &real_stdout);
	restore(STDERR_FILENO, &real_stderr);
}

const char *
eal_log_first_error(void)
{
	return first_error;
}
