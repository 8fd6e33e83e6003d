/* SPDX-License-Identifier: BSD-3-Clause */
#include "reflect/mode.h"

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
