/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_CONF_TEXT_H
#define DLO_CONF_TEXT_H

/**
 * @file
 * Strict readers of what the user wrote: whole value or nothing, no sign, no blanks, no trailing
 * garbage. Internal to lib/conf. Thread: any.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "conf/conf.h"

/** Fill @p err. @return -EINVAL, so that a setter can return it. */
int dlo_conf_fail(char err[DLO_CONF_ERR], const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/** Decimal whole number. @return 0, or -EINVAL with @p err naming the range. */
int dlo_conf_read_uint(const char *text, uint64_t min, uint64_t max, uint64_t *ret,
	char err[DLO_CONF_ERR]);

/** Decimal seconds, fractions allowed: 0, or @p min to @p max. @return 0, or -EINVAL. */
int dlo_conf_read_seconds(const char *text, double min, double max, double *ret,
	char err[DLO_CONF_ERR]);

/**
 * Index of @p text among @p names (NULL-terminated). @p what is the kind of thing for the message.
 * @return index >= 0, or -EINVAL with @p err listing what is known.
 */
int dlo_conf_read_word(const char *what, const char *const *names, const char *text,
	char err[DLO_CONF_ERR]);

/** Copy @p text when it fits. @return 0, or -EINVAL with @p err naming @p what. */
int dlo_conf_read_text(const char *what, const char *text, char *ret, size_t size,
	char err[DLO_CONF_ERR]);

/** @return the value of a hexadecimal digit of either case, 0 to 15; -1: @p c is none */
int dlo_conf_hex_digit(char c);

/** Unicast Ethernet address, six pairs of hex digits with colons. @return 0, or -EINVAL. */
int dlo_conf_read_mac(const char *text, uint8_t ret[6], char err[DLO_CONF_ERR]);

/** One item of a comma-separated list: "key=value" or a bare word. */
struct dlo_conf_item {
	char *key; /**< NULL: a bare word */
	char *value;
};

/**
 * Take the next item of a list that is cut up in place.
 * @param pos start of the rest; NULL when the list is at its end; moved on
 * @return 1 with @p ret filled, 0 at the end, -EINVAL with @p err for an empty item or value
 */
int dlo_conf_next_item(char **pos, struct dlo_conf_item *ret, char err[DLO_CONF_ERR]);

/** The keys that a list may hold, in three words of bits (1 << index). */
struct dlo_conf_keys {
	const char *const *names; /**< NULL-terminated */
	unsigned int bare; /**< take no value; the others must have one */
	unsigned int repeatable; /**< may be given more than once */
	unsigned int given; /**< seen so far */
};

/**
 * Recognise an item's key and note it as given.
 * @return its index, or -EINVAL with @p err: unknown, given twice, a value missing or too much.
 */
int dlo_conf_read_key(struct dlo_conf_keys *keys, const struct dlo_conf_item *item,
	char err[DLO_CONF_ERR]);

/** Work on a copy of @p value: lists are cut up in place. @return what @p set returned. */
int dlo_conf_on_copy(int (*set)(struct dlo_conf *conf, struct dlo_conf_port *port, char *list,
			     char err[DLO_CONF_ERR]),
	struct dlo_conf *conf, struct dlo_conf_port *port, const char *value,
	char err[DLO_CONF_ERR]);

#endif
