/* SPDX-License-Identifier: BSD-3-Clause */
#include "report.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <jansson.h>
#include <rte_cycles.h>
#include <rte_version.h>

#include "claims.h"
#include "forward.h"
#include "log.h"
#include "talks.h"
#include "watch.h"

/** An object of counters with all keys of a range of verdicts; NULL when memory is short. */
static json_t *
verdicts_json(const struct dlo_counters *c, unsigned int first, unsigned int end)
{
	json_t *obj = json_object();

	for (unsigned int v = first; v < end; v++) {
		if (json_object_set_new(obj, dlo_verdict_name(v), json_integer(c->verdict[v])) != 0) {
			json_decref(obj);
			return NULL;
		}
	}
	return obj;
}

/** Add a member; when that fails, or one of the two is NULL, there is nothing left of both. */
static json_t *
with_member(json_t *obj, const char *key, json_t *value)
{
	if (obj != NULL && json_object_set_new_nocheck(obj, key, value) == 0)
		return obj;
	if (obj == NULL)
		json_decref(value);
	json_decref(obj);
	return NULL;
}

static json_t *
port_json(const struct port *port)
{
	struct dlo_counters c;
	struct watch_times times;
	json_t *obj;

	app_port_counters(port, &c);
	watch_port_times(port, &times);
	/* "o" takes the reference, and fails the whole on NULL. */
	obj = json_pack("{s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:o, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:o}",
		"name", port->name, "driver", port->driver, "mode", dlo_mode_name(port->conf.mode),
		"rx", (json_int_t)c.rx, "tx", (json_int_t)c.tx, "bytes_rx", (json_int_t)c.rx_bytes,
		"bytes_tx", (json_int_t)c.tx_bytes, "reflected",
		(json_int_t)c.verdict[DLO_REFLECTED], "answered",
		verdicts_json(&c, DLO_ANSWERED_FIRST, DLO_DROP_FIRST), "punted",
		(json_int_t)c.verdict[DLO_PUNTED], "forwarded",
		(json_int_t)c.verdict[DLO_FORWARDED], "held", (json_int_t)c.held, "dup",
		(json_int_t)c.dup, "no_mbuf", (json_int_t)app_port_no_mbuf(port), "missed",
		(json_int_t)app_port_missed(port), "tx_errors", (json_int_t)app_port_tx_errors(port), "drops",
		verdicts_json(&c, DLO_DROP_FIRST, DLO_VERDICT_MAX));
	return with_member(obj, "residence_ns", talks_times_json(&times));
}

static json_t *
loopback_json(const struct app *app, unsigned int i)
{
	const struct dlo_conf_loopback *lo = &app->conf.loopbacks[i];
	struct loopback_counters c;
	char text[DLO_PREFIX_STRLEN];
	uint64_t conflicts;
	bool contested;

	forward_counters(app, i, &c);
	claims_loopback(app, i, &conflicts, &contested);
	return json_pack("{s:s, s:s, s:b, s:I, s:I, s:I, s:I}", "name", lo->name, "address",
		dlo_prefix_format(&lo->addr, text), "shut", lo->shut, "answered", (json_int_t)c.answered, "punted",
		(json_int_t)c.punted, "forwarded", (json_int_t)c.forwarded, "conflicts",
		(json_int_t)conflicts);
}

static json_t *
worker_json(const struct worker *w)
{
	return json_pack("{s:i, s:I, s:I, s:I}", "lcore", (int)w->lcore, "busy_cycles",
		(json_int_t)dlo_count_read(&w->busy_cycles), "idle_cycles",
		(json_int_t)dlo_count_read(&w->idle_cycles), "frames",
		(json_int_t)dlo_count_read(&w->frames));
}

static json_t *
report_tree(const struct app *app)
{
	double seconds = (double)(rte_get_tsc_cycles() - app->start_tsc) / rte_get_tsc_hz();
	const char *dpdk = rte_version();
	json_t *ports = json_array();
	json_t *lcores = json_array();
	json_t *loopbacks = json_array();
	bool ok = ports != NULL && lcores != NULL && loopbacks != NULL;

	/* "DPDK 22.11.11": the key says the first word already. */
	if (strncmp(dpdk, "DPDK ", 5) == 0)
		dpdk += 5;
	for (unsigned int i = 0; ok && i < app->nb_ports; i++)
		ok = json_array_append_new(ports, port_json(&app->ports[i])) == 0;
	for (unsigned int i = 0; ok && i < app->nb_workers; i++)
		ok = json_array_append_new(lcores, worker_json(&app->workers[i])) == 0;
	for (unsigned int i = 0; ok && i < app->conf.nb_loopbacks; i++)
		ok = json_array_append_new(loopbacks, loopback_json(app, i)) == 0;
	if (!ok) {
		json_decref(ports);
		json_decref(lcores);
		json_decref(loopbacks);
		return NULL;
	}
	return with_member(json_pack("{s:s, s:s, s:f, s:o, s:o, s:o}", "version", DLO_VERSION, "dpdk",
				   dpdk, "seconds", seconds, "ports", ports, "lcores", lcores,
				   "loopbacks", loopbacks),
		"localhost", talks_json(app));
}

/** Write @p root and close @p fd. @return 0, or -errno */
static int
dump_and_close(const json_t *root, int fd)
{
	FILE *f = fdopen(fd, "w");
	int rc = 0;

	if (f == NULL) {
		rc = -errno;
		close(fd);
		return rc;
	}
	errno = 0;
	if (json_dumpf(root, f, JSON_INDENT(2)) != 0 || fputc('\n', f) == EOF || fflush(f) != 0)
		rc = errno != 0 ? -errno : -EIO;
	if (fclose(f) != 0 && rc == 0)
		rc = -errno;
	return rc;
}

/** A pipe, a terminal, a link: written in place, because a rename would replace the thing itself. */
static int
write_in_place(const json_t *root, const char *path)
{
	int fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);

	return fd >= 0 ? dump_and_close(root, fd) : -errno;
}

static int
write_and_rename(const json_t *root, const char *path)
{
	char temp[PATH_MAX];
	int fd, rc;

	if (snprintf(temp, sizeof(temp), "%s.%d.tmp", path, (int)getpid()) >= (int)sizeof(temp))
		return -ENAMETOOLONG;
	fd = open(temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (fd < 0)
		return -errno;
	rc = dump_and_close(root, fd);
	if (rc == 0 && rename(temp, path) != 0)
		rc = -errno;
	if (rc != 0)
		unlink(temp);
	return rc;
}

int
report_json(const struct app *app, const char *path)
{
	json_t *root = report_tree(app);
	struct stat st;
	int rc;

	if (root == NULL) {
		rc = -ENOMEM;
	} else if (strcmp(path, "-") == 0) {
		/* One line: it comes after the notices, where `tail -n 1` finds it. */
		rc = json_dumpf(root, stdout, 0) == 0 && putchar('\n') != EOF &&
				fflush(stdout) == 0 ?
			0 : -EIO;
	} else if (lstat(path, &st) == 0 && !S_ISREG(st.st_mode)) {
		rc = write_in_place(root, path);
	} else {
		rc = write_and_rename(root, path);
	}
	json_decref(root);
	if (rc != 0)
		say_error("cannot write the report %s: %s; give --json a path in a directory that can "
			"be written to",
			path, strerror(-rc));
	return rc;
}
