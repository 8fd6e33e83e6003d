/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_REFLECT_MODE_H
#define DLO_REFLECT_MODE_H

/**
 * @file
 * Modes (how a frame comes back) and accept rules (which destination MACs come back at all).
 * Plain enums and names: no mbuf, so that the configuration can use them too.
 */

/** X(ENUM, name, help). A mode goes as deep as the frame allows. */
#define DLO_MODES(X)                                                                               \
	X(WIRE, "wire", "unchanged, as a cable would")                                             \
	X(MAC, "mac", "Ethernet addresses swapped")                                                \
	X(IP, "ip", "mac, and IPv4/IPv6 addresses swapped")                                        \
	X(L4, "l4", "ip, and TCP/UDP/SCTP ports swapped")

/** X(ENUM, name, help). */
#define DLO_ACCEPTS(X)                                                                             \
	X(OWN, "own", "only the port's software MAC")                                              \
	X(UNICAST, "unicast", "any unicast destination MAC")                                       \
	X(ANY, "any", "every destination MAC (multicast still meets the guards)")

enum dlo_mode {
#define X(e, n, h) DLO_MODE_##e,
	DLO_MODES(X)
#undef X
	DLO_MODE_MAX
};

enum dlo_accept {
#define X(e, n, h) DLO_ACCEPT_##e,
	DLO_ACCEPTS(X)
#undef X
	DLO_ACCEPT_MAX
};

/** @return the name ("wire"), a static string; "?" when out of range. Thread: any. */
const char *dlo_mode_name(enum dlo_mode mode);
const char *dlo_accept_name(enum dlo_accept accept);

#endif
