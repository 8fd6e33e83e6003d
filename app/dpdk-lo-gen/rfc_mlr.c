/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rfc_search.h"

#define LOADS 128
#define TRIALS 128 /* at one load */

enum bound {
	UNDECIDED,
	LOWER,
	UPPER,
};

struct load {
	double load;
	double seconds[RFC_GOALS][2]; /* of trials that met the goal, that exceeded it */
	unsigned int nb;
	double losses[TRIALS];
};

struct mlr {
	const struct rfc_mlr *conf;
	rfc_trial_fn trial;
	void *arg;
	unsigned int trials;
	unsigned int nb;
	struct load loads[LOADS];
};

static enum bound
classify(const struct load *l, unsigned int goal, double sum)
{
	double good = l->seconds[goal][0], bad = l->seconds[goal][1];
	double whole = good + bad > sum ? good + bad : sum;
	double missing = whole - good - bad;

	if (bad > RFC_EXCEED * whole)
		return UPPER;
	/* Durations are sums of fractions. */
	if (bad + missing <= RFC_EXCEED * whole + 1e-9)
		return LOWER;
	return UNDECIDED;
}

static struct load *
load_at(struct mlr *m, double load)
{
	for (unsigned int i = 0; i < m->nb; i++) {
		if (fabs(m->loads[i].load - load) < 1e-6 * load)
			return &m->loads[i];
	}
	if (m->nb == LOADS)
		return NULL;
	m->loads[m->nb] = (struct load){ .load = load };
	return &m->loads[m->nb++];
}

static int
one_trial(struct mlr *m, struct load *l)
{
	struct rfc_outcome outcome;
	int rc;

	if (l->nb == TRIALS)
		return -E2BIG;
	rc = m->trial(m->arg, l->load, m->conf->seconds, &outcome);
	if (rc != 0)
		return rc;
	m->trials++;
	l->losses[l->nb++] = outcome.loss;
	for (unsigned int g = 0; g < RFC_GOALS; g++)
		l->seconds[g][outcome.loss > m->conf->loss[g]] += m->conf->seconds;
	return 0;
}

/* Until @p load is a bound for @p goal. */
static int
decide(struct mlr *m, double load, unsigned int goal, double sum)
{
	struct load *l = load_at(m, load);
	int rc = l != NULL ? 0 : -E2BIG;

	while (rc == 0 && classify(l, goal, sum) == UNDECIDED)
		rc = one_trial(m, l);
	return rc;
}

/* The tightest upper bound, and the tightest lower one below it. */
static void
bounds(const struct mlr *m, unsigned int goal, double sum, double *ret_low, double *ret_high)
{
	*ret_low = 0;
	*ret_high = INFINITY;
	for (unsigned int i = 0; i < m->nb; i++) {
		if (classify(&m->loads[i], goal, sum) == UPPER && m->loads[i].load < *ret_high)
			*ret_high = m->loads[i].load;
	}
	for (unsigned int i = 0; i < m->nb; i++) {
		if (classify(&m->loads[i], goal, sum) == LOWER && m->loads[i].load < *ret_high &&
			m->loads[i].load > *ret_low)
			*ret_low = m->loads[i].load;
	}
}

/* Down from an upper bound in steps that double, else in the middle. */
static double
next_load(double low, double high, double width, unsigned int *steps)
{
	double step = width * high * (double)(1U << *steps);

	if (low > 0)
		return (low + high) / 2;
	if (*steps < 16)
		++*steps;
	return step < high / 2 ? high - step : high / 2;
}

static int
search_goal(struct mlr *m, unsigned int goal, double sum, double guess)
{
	double width = m->conf->width, low, high;
	unsigned int steps = 0;
	int rc = decide(m, m->conf->max, goal, sum);

	if (rc == 0 && guess > 0 && guess < m->conf->max)
		rc = decide(m, guess, goal, sum);
	while (rc == 0) {
		bounds(m, goal, sum, &low, &high);
		if (low == m->conf->max || high - low <= width * high || high < width * m->conf->max)
			return 0;
		rc = decide(m, next_load(low, high, width, &steps), goal, sum);
	}
	return rc;
}

static int
ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void
fill(struct mlr *m, unsigned int goal, struct rfc_bound *ret)
{
	double high;
	struct load *l;

	bounds(m, goal, m->conf->sum, &ret->load, &high);
	ret->carried = 0;
	if (ret->load == 0)
		return;
	l = load_at(m, ret->load);
	qsort(l->losses, l->nb, sizeof(l->losses[0]), ascending);
	ret->carried = ret->load * (1 - l->losses[(unsigned int)(l->nb * (1 - RFC_EXCEED))]);
}

int
rfc_search_mlr(const struct rfc_mlr *conf, rfc_trial_fn trial, void *arg,
	struct rfc_bound ret[RFC_GOALS], unsigned int *ret_trials)
{
	struct mlr *m = calloc(1, sizeof(*m));
	int rc = m != NULL ? 0 : -ENOMEM;

	memset(ret, 0, RFC_GOALS * sizeof(*ret));
	*ret_trials = 0;
	if (m == NULL)
		return rc;
	m->conf = conf;
	m->trial = trial;
	m->arg = arg;
	/* The goal that allows more loss first: its bound is where to look for the other one. */
	for (unsigned int g = RFC_GOALS; rc == 0 && g-- > 0;) {
		double low = 0, high;

		rc = search_goal(m, g, conf->seconds, 0);
		bounds(m, g, conf->seconds, &low, &high);
		if (rc == 0 && conf->sum > conf->seconds)
			rc = search_goal(m, g, conf->sum, low);
		ret[g].whole = rc == 0;
	}
	for (unsigned int g = 0; g < RFC_GOALS; g++)
		fill(m, g, &ret[g]);
	*ret_trials = m->trials;
	free(m);
	return rc;
}
