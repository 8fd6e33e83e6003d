/* SPDX-License-Identifier: BSD-3-Clause */
#include "rfc_search.h"

struct probe {
	const struct rfc_binary *conf;
	rfc_trial_fn trial;
	void *arg;
	struct rfc_found *found;
};

/* @return 1: passes, 0: loses frames again and again, or -errno */
static int
passes(struct probe *p, double load)
{
	struct rfc_outcome outcome;

	for (unsigned int i = 0; i <= p->conf->verify; i++) {
		int rc = p->trial(p->arg, load, p->conf->seconds, &outcome);

		if (rc != 0)
			return rc;
		p->found->trials++;
		if (outcome.loss == 0) {
			p->found->load = load;
			p->found->offered = outcome.offered;
			return 1;
		}
	}
	return 0;
}

int
rfc_search_binary(const struct rfc_binary *conf, rfc_trial_fn trial, void *arg,
	struct rfc_found *ret)
{
	struct probe p = { conf, trial, arg, ret };
	double low = 0, high = conf->max;
	int rc;

	*ret = (struct rfc_found){ 0 };
	rc = passes(&p, high);
	while (rc >= 0 && ret->load != conf->max && high - low > conf->width && high > conf->min) {
		double middle = (low + high) / 2;

		rc = passes(&p, middle);
		if (rc == 1)
			low = middle;
		else if (rc == 0)
			high = middle;
	}
	return rc < 0 ? rc : 0;
}
