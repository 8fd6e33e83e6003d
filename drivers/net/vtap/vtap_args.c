/* SPDX-License-Identifier: BSD-3-Clause */
#include "vtap_ethdev.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <rte_ether.h>
#include <rte_kvargs.h>

struct number {
	const char *device;
	uint32_t min, max;
	uint32_t *ret;
};

static int
parse_number(const char *key, const char *value, void *arg)
{
	const struct number *n = arg;
	char *end = NULL;
	unsigned long v = 0;

	if (value != NULL && value[0] >= '0' && value[0] <= '9')
		v = strtoul(value, &end, 10);
	if (end == NULL || *end != '\0' || v < n->min || v > n->max) {
		VTAP_LOG(ERR, "%s: %s=%s is not a number from %u to %u", n->device, key,
			value != NULL ? value : "", n->min, n->max);
		return -EINVAL;
	}
	*n->ret = (uint32_t)v;
	return 0;
}

struct text {
	const char *device;
	struct vtap_args *args;
};

static int
parse_iface(const char *key, const char *value, void *arg)
{
	const struct text *t = arg;

	if (value == NULL || !vtap_tun_name_ok(value)) {
		VTAP_LOG(ERR,
			"%s: %s=%s cannot be the name of an interface: use 1 to %d letters "
			"without '/', ':', '%%' and spaces",
			t->device, key, value != NULL ? value : "", IFNAMSIZ - 1);
		return -EINVAL;
	}
	memcpy(t->args->iface, value, strlen(value) + 1);
	return 0;
}

static int
parse_mac(const char *key, const char *value, void *arg)
{
	const struct text *t = arg;
	struct rte_ether_addr mac;

	if (value == NULL || rte_ether_unformat_addr(value, &mac) != 0 ||
		!rte_is_valid_assigned_ether_addr(&mac)) {
		VTAP_LOG(ERR,
			"%s: %s=%s is not a unicast MAC address: write it as 02:00:00:00:00:01",
			t->device, key, value != NULL ? value : "");
		return -EINVAL;
	}
	t->args->mac = mac;
	return 0;
}

/* The last of two values would win; the one who wrote both meant something else. */
static int
check_once(struct rte_kvargs *kv, const char *device, const char *const *keys)
{
	for (; *keys != NULL; keys++) {
		if (rte_kvargs_count(kv, *keys) > 1) {
			VTAP_LOG(ERR, "%s: %s= is given more than once: give it once", device, *keys);
			return -EINVAL;
		}
	}
	return 0;
}

static int
parse_all(struct rte_kvargs *kv, const char *device, struct vtap_args *args)
{
	uint32_t uso = args->uso, napi = args->napi;
	struct text text = {.device = device, .args = args};
	struct number numbers[] = {
		{device, 1, VTAP_QUEUES_MAX, &args->queues},
		/* The kernel makes rings of this many pointers. */
		{device, 1, 65536, &args->txqueuelen},
		{device, 2, 65536, &args->big_mbufs},
		{device, 0, 1, &uso},
		{device, 0, 1, &napi},
	};
	static const char *const keys[] = {"queues", "txqueuelen", "big_mbufs", "uso", "napi"};

	for (unsigned int i = 0; i < RTE_DIM(keys); i++)
		if (rte_kvargs_process(kv, keys[i], parse_number, &numbers[i]) < 0)
			return -EINVAL;
	if (rte_kvargs_process(kv, "iface", parse_iface, &text) < 0 ||
		rte_kvargs_process(kv, "mac", parse_mac, &text) < 0)
		return -EINVAL;
	args->uso = uso != 0;
	args->napi = napi != 0;
	return 0;
}

int
vtap_args_parse(const char *device, const char *params, struct vtap_args *ret)
{
	static const char *const valid[] = {"iface", "mac", "queues", "txqueuelen", "big_mbufs",
		"uso", "napi", NULL};
	struct vtap_args args = {
		.queues = 1,
		.txqueuelen = 2048,
		.big_mbufs = 128,
	};
	struct rte_kvargs *kv;
	int err;

	if (params == NULL || params[0] == '\0') {
		*ret = args;
		return 0;
	}
	kv = rte_kvargs_parse(params, valid);
	if (kv == NULL) {
		VTAP_LOG(ERR, "%s: \"%s\" is not understood: the keys are " VTAP_PARAMS, device,
			params);
		return -EINVAL;
	}
	err = check_once(kv, device, valid);
	if (err == 0)
		err = parse_all(kv, device, &args);
	rte_kvargs_free(kv);
	if (err == 0)
		*ret = args;
	return err;
}
