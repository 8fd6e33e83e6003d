/* SPDX-License-Identifier: BSD-3-Clause */
#include "telemetry_add.h"

void
telemetry_add_mac(struct rte_tel_data *d, const char *key, const struct rte_ether_addr *mac)
{
	char text[RTE_ETHER_ADDR_FMT_SIZE];

	rte_ether_format_addr(text, sizeof(text), mac);
	rte_tel_data_add_dict_string(d, key, text);
}

void
telemetry_add_prefixes(struct rte_tel_data *d, const char *key, const struct dlo_prefix *prefixes,
	unsigned int nb)
{
	struct rte_tel_data *list = rte_tel_data_alloc();
	char text[DLO_PREFIX_STRLEN];

	if (list == NULL)
		return;
	rte_tel_data_start_array(list, RTE_TEL_STRING_VAL);
	for (unsigned int i = 0; i < nb; i++)
		rte_tel_data_add_array_string(list, dlo_prefix_format(&prefixes[i], text));
	if (rte_tel_data_add_dict_container(d, key, list, 0) != 0)
		rte_tel_data_free(list);
}

void
telemetry_add_bits(struct rte_tel_data *d, const char *key, uint64_t bits,
	const char *(*name)(unsigned int number))
{
	struct rte_tel_data *list = rte_tel_data_alloc();

	if (list == NULL)
		return;
	rte_tel_data_start_array(list, RTE_TEL_STRING_VAL);
	for (; bits != 0; bits &= bits - 1)
		rte_tel_data_add_array_string(list, name((unsigned int)__builtin_ctzll(bits)));
	if (rte_tel_data_add_dict_container(d, key, list, 0) != 0)
		rte_tel_data_free(list);
}

int
telemetry_reply_error(struct rte_tel_data *d, const char *why)
{
	rte_tel_data_start_dict(d);
	rte_tel_data_add_dict_string(d, "error", why);
	return 0;
}
