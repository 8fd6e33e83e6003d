/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdio.h>
#include <stdlib.h>

#include <rte_telemetry.h>

#include "app.h"
#include "claims.h"
#include "compat.h"

/* In one reply: the longest object is under 300 bytes, and DPDK cuts a reply at 16 KiB. */
#define CLAIMS_PER_REPLY 32
/* In one live line. */
#define CONFLICTS_SAID 4

int
claims_conflicts(const struct app *app, char *buf, size_t size)
{
	unsigned int nb = 0;
	int len = 0;

	buf[0] = '\0';
	for (unsigned int i = 0; i < app->nb_ports; i++) {
		const struct port *p = &app->ports[i];

		for (unsigned int k = 0; p->claims != NULL && k < p->claims->nb; k++) {
			const struct port_claim *c = &p->claims->claims[k];
			char text[INET6_ADDRSTRLEN], mac[RTE_ETHER_ADDR_FMT_SIZE];
			const char *lo = claim_loopback_name(app, c);

			if (!c->claim.contested || ++nb > CONFLICTS_SAID || (size_t)len >= size)
				continue;
			rte_ether_format_addr(mac, sizeof(mac), &c->claim.others[0]);
			len += snprintf(buf + len, size - (size_t)len, "%s%s%s%s%s on %s is also used by %s",
				nb > 1 ? ", " : "", claim_address(c, text), lo != NULL ? " (" : "",
				lo != NULL ? lo : "", lo != NULL ? ")" : "", app_port_label(p), mac);
		}
	}
	if (nb > CONFLICTS_SAID && (size_t)len < size)
		len += snprintf(buf + len, size - (size_t)len, " and %u more", nb - CONFLICTS_SAID);
	return len;
}

void
claims_loopback(const struct app *app, unsigned int i, uint64_t *ret_conflicts, bool *ret_contested)
{
	*ret_conflicts = 0;
	*ret_contested = false;
	for (unsigned int k = 0; k < app->nb_ports; k++) {
		const struct port_claims *claims = app->ports[k].claims;

		for (unsigned int n = 0; claims != NULL && n < claims->nb; n++) {
			const struct port_claim *c = &claims->claims[n];

			if (!c->is_loopback || c->slot != app->loopback_slots[i])
				continue;
			*ret_conflicts += c->claim.nb_conflicts;
			*ret_contested |= c->claim.contested;
		}
	}
}

static void
add_claim(struct rte_tel_data *d, const struct app *app, const struct port *p,
	const struct port_claim *c)
{
	char text[INET6_ADDRSTRLEN], mac[RTE_ETHER_ADDR_FMT_SIZE] = "";
	const char *lo = claim_loopback_name(app, c);

	rte_tel_data_add_dict_string(d, "address", claim_address(c, text));
	rte_tel_data_add_dict_string(d, "port", p->name);
	rte_tel_data_add_dict_string(d, "loopback", lo != NULL ? lo : "");
	rte_tel_data_add_dict_string(d, "state", dlo_claim_state_name(&c->claim));
	if (c->claim.contested)
		rte_ether_format_addr(mac, sizeof(mac), &c->claim.others[0]);
	rte_tel_data_add_dict_string(d, "answered", dlo_claim_in_use(&c->claim) ? "yes" : "no");
	rte_tel_data_add_dict_string(d, "other", mac);
	dlo_tel_add_dict_uint(d, "conflicts", c->claim.nb_conflicts);
}

/* An object of objects by number, as in reply_ports() of telemetry.c. */
int
claims_reply(const struct app *app, const char *params, struct rte_tel_data *d)
{
	unsigned long from = params != NULL ? strtoul(params, NULL, 10) : 0, nb = 0;
	char key[24];

	rte_tel_data_start_dict(d);
	for (unsigned int i = 0; i < app->nb_ports; i++) {
		const struct port_claims *claims = app->ports[i].claims;

		for (unsigned int k = 0; claims != NULL && k < claims->nb; k++, nb++) {
			struct rte_tel_data *one;

			if (nb < from || nb - from >= CLAIMS_PER_REPLY)
				continue;
			one = rte_tel_data_alloc();
			if (one == NULL)
				return 0;
			rte_tel_data_start_dict(one);
			add_claim(one, app, &app->ports[i], &claims->claims[k]);
			snprintf(key, sizeof(key), "%lu", nb);
			if (rte_tel_data_add_dict_container(d, key, one, 0) != 0)
				rte_tel_data_free(one);
		}
	}
	return 0;
}
