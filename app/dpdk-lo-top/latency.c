/* SPDX-License-Identifier: BSD-3-Clause */
#include "latency.h"

#include <string.h>

bool
latency_parse(json_t *reply, struct latency *ret)
{
	json_t *ns = json_object_get(reply, "ns"), *frames = json_object_get(reply, "frames");
	size_t nb = json_array_size(ns);

	ret->nb = 0;
	if (!json_is_array(ns) || !json_is_array(frames) || nb != json_array_size(frames) ||
		nb > LATENCY_BUCKETS_MAX)
		return false;
	for (size_t i = 0; i < nb; i++) {
		json_int_t value = json_integer_value(json_array_get(ns, i));
		json_int_t count = json_integer_value(json_array_get(frames, i));

		if (value < 0 || count < 0 || (i > 0 && (uint64_t)value <= ret->ns[i - 1])) {
			ret->nb = 0;
			return false;
		}
		ret->ns[i] = (uint64_t)value;
		ret->frames[i] = (uint64_t)count;
		ret->nb = (unsigned int)i + 1;
	}
	return true;
}

/* @return false: what was counted before is not there any more */
static bool
subtract(const struct latency *now, const struct latency *before, uint64_t *more)
{
	unsigned int b = 0;

	for (unsigned int i = 0; i < now->nb; i++) {
		more[i] = now->frames[i];
		if (b == before->nb || before->ns[b] != now->ns[i])
			continue;
		if (before->frames[b] > now->frames[i])
			return false;
		more[i] -= before->frames[b++];
	}
	return b == before->nb;
}

/* The smallest time that at least @part of 100 of the frames do not exceed. */
static double
quantile(const struct latency *l, const uint64_t *frames, uint64_t all, double part)
{
	double rank = (double)all * part / 100, seen = 0;

	for (unsigned int i = 0; i < l->nb; i++) {
		seen += (double)frames[i];
		if (frames[i] > 0 && seen >= rank)
			return (double)l->ns[i];
	}
	return 0;
}

bool
latency_between(const struct latency *now, const struct latency *before, struct latency_times *ret)
{
	uint64_t more[LATENCY_BUCKETS_MAX];

	memset(ret, 0, sizeof(*ret));
	if (!subtract(now, before, more))
		memcpy(more, now->frames, now->nb * sizeof(more[0]));
	for (unsigned int i = 0; i < now->nb; i++) {
		ret->frames += more[i];
		if (more[i] > 0)
			ret->max_ns = (double)now->ns[i];
	}
	ret->p50_ns = quantile(now, more, ret->frames, 50);
	ret->p99_ns = quantile(now, more, ret->frames, 99);
	return ret->frames > 0;
}
