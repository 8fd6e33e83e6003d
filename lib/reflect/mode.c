/* SPDX-License-Identifier: BSD-3-Clause */
#include "reflect/mode.h"

#include <string.h>

static const char *const mode_names[DLO_MODE_MAX] = {
#define X(e, n, h) [DLO_MODE_##e] = n,
	DLO_MODES(X)
#undef X
};

static const char *const accept_names[DLO_ACCEPT_MAX] = {
#define X(e, n, h) [DLO_ACCEPT_##e] = n,
	DLO_ACCEPTS(X)
#undef X
};

static int
index_of(const char *const *names, int nb_names, const char *name)
{
	for (int i = 0; i < nb_names; i++) {
		if (strcmp(names[i], name) == 0)
			return i;
	}
	return -1;
}

const char *
dlo_mode_name(enum dlo_mode mode)
{
	return (unsigned int)mode < DLO_MODE_MAX ? mode_names[mode] : "?";
}

const char *
dlo_accept_name(enum dlo_accept accept)
{
	return (unsigned int)accept < DLO_ACCEPT_MAX ? accept_names[accept] : "?";
}

int
dlo_mode_by_name(const char *name)
{
	return index_of(mode_names, DLO_MODE_MAX, name);
}

int
dlo_accept_by_name(const char *name)
{
	return index_of(accept_names, DLO_ACCEPT_MAX, name);
}
