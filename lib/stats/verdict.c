/* SPDX-License-Identifier: BSD-3-Clause */
#include "stats/verdict.h"

static const struct {
	const char *name;
	const char *help;
} verdicts[DLO_VERDICT_MAX] = {
#define X(e, n, h) [DLO_##e] = { n, h },
	DLO_FATES(X)
#undef X
#define X(e, n, w, h) [DLO_ANSWERED_##e] = { n, h },
	DLO_ANSWERS(X)
#undef X
#define X(e, n, h) [DLO_DROP_##e] = { n, h },
	DLO_DROPS(X)
#undef X
};

const char *
dlo_verdict_name(enum dlo_verdict v)
{
	return (unsigned int)v < DLO_VERDICT_MAX ? verdicts[v].name : "?";
}

const char *
dlo_verdict_help(enum dlo_verdict v)
{
	return (unsigned int)v < DLO_VERDICT_MAX ? verdicts[v].help : "";
}

const char *
dlo_answer_name(enum dlo_answer a)
{
	return (unsigned int)a < DLO_ANSWER_MAX ? verdicts[DLO_ANSWERED_FIRST + a].name : "?";
}
