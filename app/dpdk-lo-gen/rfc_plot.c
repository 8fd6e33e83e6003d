/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "log.h"
#include "rfc2544.h"

extern char **environ;

#define PATH 512

static const char head[] = "set terminal svg size 760,420 font 'sans,12' background '#ffffff'\n"
	"set border 3 lc rgb '#777777'\nset tics nomirror\nset grid ytics lc rgb '#dddddd'\n"
	"set style fill solid\nset key outside below\n";

struct plot {
	const char *name;
	unsigned int test;
	void (*write)(FILE *, const struct rfc_size *);
	const char *script;
};

static void
write_throughput(FILE *f, const struct rfc_size *s)
{
	double bits = (s->size + GEN_WIRE_EXTRA) * 8.0 / 1e9;

	fprintf(f, "%u %.6f %.6f %.1f\n", s->size, s->throughput_pps * bits, s->max_pps * bits,
		s->throughput_pps);
}

static void
write_latency(FILE *f, const struct rfc_size *s)
{
	fprintf(f, "%u %.4f %.4f %.4f %.4f\n", s->size, s->latency.min / 1e3, s->latency.tl / 1e3,
		s->latency.wcl / 1e3, s->latency.max / 1e3);
}

static void
write_loss(FILE *f, const struct rfc_size *s)
{
	fprintf(f, "\"%u bytes\"\n", s->size);
	for (unsigned int i = 0; i < s->nb_losses; i++)
		fprintf(f, "%.0f %.6f\n", s->losses[i].percent, 100 * s->losses[i].loss);
	fprintf(f, "\n\n");
}

static void
write_burst(FILE *f, const struct rfc_size *s)
{
	if (!s->burst.skipped)
		fprintf(f, "%u %.1f %.1f %.1f\n", s->size, s->burst.avg, s->burst.min, s->burst.max);
}

static const struct plot plots[] = {
	{ "throughput", GEN_TEST_THROUGHPUT, write_throughput,
		"set title 'Throughput (RFC 2544 26.1)'\nset ylabel 'Gbit/s, layer 1'\n"
		"set xlabel 'frame size, bytes'\nset yrange [0:*]\nset style data histograms\n"
		"plot 'throughput.dat' using 3:xtic(1) title 'maximum' lc rgb '#cfd8e3', "
		"'' using 2 title 'throughput' lc rgb '#2b6cb0'\n" },
	{ "latency", GEN_TEST_LATENCY, write_latency,
		"set title 'Latency at the throughput (RFC 2544 26.2, RFC 8219)'\n"
		"set ylabel 'microseconds'\nset xlabel 'frame size, bytes'\nset logscale y\n"
		"plot 'latency.dat' using 0:2:xtic(1) with linespoints title 'minimum' lc rgb '#2f855a', "
		"'' using 0:3 with linespoints title 'median (TL)' lc rgb '#2b6cb0', "
		"'' using 0:4 with linespoints title '99.9 % (WCL)' lc rgb '#c05621', "
		"'' using 0:5 with linespoints title 'maximum' lc rgb '#9b2c2c'\n" },
	{ "loss", GEN_TEST_LOSS, write_loss,
		"set title 'Frame loss rate (RFC 2544 26.3)'\nset ylabel '% of frames'\n"
		"set xlabel '% of the maximum'\nset xrange [0:100]\nset yrange [0:*]\n"
		"plot for [i=0:n-1] 'loss.dat' index i with linespoints "
		"title columnheader(1)\n" },
	{ "back-to-back", GEN_TEST_BURST, write_burst,
		"set title 'Back-to-back frames (RFC 9004)'\nset ylabel 'frames'\n"
		"set xlabel 'frame size, bytes'\nset yrange [0:*]\n"
		"plot 'back-to-back.dat' using 0:2:3:4:xtic(1) with yerrorbars title 'average, range' "
		"lc rgb '#2b6cb0'\n" },
};

/* @return sizes with something to plot */
static unsigned int
finished(const struct rfc_results *r, const struct plot *p)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < r->nb; i++) {
		const struct rfc_size *s = &r->sizes[i];

		n += (s->done & p->test) != 0 && (p->test != GEN_TEST_BURST || !s->burst.skipped);
	}
	return n;
}

static FILE *
create(const char *dir, const char *name, const char *suffix)
{
	char path[PATH];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s%s", dir, name, suffix);
	f = fopen(path, "w");
	if (f == NULL)
		say_error("--plots: %s cannot be written: %s", path, strerror(errno));
	return f;
}

static int
write_data(const struct rfc_results *r, const char *dir, FILE *script)
{
	for (unsigned int i = 0; i < sizeof(plots) / sizeof(plots[0]); i++) {
		const struct plot *p = &plots[i];
		FILE *data;

		if (finished(r, p) == 0)
			continue;
		data = create(dir, p->name, ".dat");
		if (data == NULL)
			return -EIO;
		for (unsigned int k = 0; k < r->nb; k++) {
			if ((r->sizes[k].done & p->test) != 0)
				p->write(data, &r->sizes[k]);
		}
		fclose(data);
		fprintf(script, "reset\n%sset output '%s.svg'\nn = %u\n%s", head, p->name,
			finished(r, p), p->script);
	}
	return 0;
}

/* @return 0; -ENOENT when there is no gnuplot, which is no error */
static int
run_gnuplot(const char *dir)
{
	char command[] = "gnuplot", file[] = "plot.gp";
	char *argv[] = { command, file, NULL };
	posix_spawn_file_actions_t actions;
	int rc, status;
	pid_t pid;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addchdir_np(&actions, dir);
	rc = posix_spawnp(&pid, command, &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	if (rc != 0)
		return -rc;
	if (waitpid(pid, &status, 0) != pid || status != 0)
		return -EIO;
	return 0;
}

int
rfc_plot(const struct rfc_results *r, const char *dir)
{
	FILE *script;
	int rc;

	if (mkdir(dir, 0777) != 0 && errno != EEXIST) {
		say_error("--plots: %s cannot be made: %s", dir, strerror(errno));
		return -EIO;
	}
	script = create(dir, "plot", ".gp");
	if (script == NULL)
		return -EIO;
	rc = write_data(r, dir, script);
	fclose(script);
	if (rc != 0)
		return rc;
	rc = run_gnuplot(dir);
	if (rc == -ENOENT)
		say_warning("--plots: gnuplot is not installed: run 'gnuplot plot.gp' in %s where it is",
			dir);
	else if (rc != 0)
		say_error("--plots: gnuplot failed on %s/plot.gp", dir);
	else
		say("plots are in %s", dir);
	return rc == -ENOENT ? 0 : rc;
}
