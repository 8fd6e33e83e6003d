/* SPDX-License-Identifier: BSD-3-Clause */
/* Settings of the Ethernet OAM answer. */
#include "conf/option_set.h"
#include "conf/text.h"

#define LEVEL_MAX 7
#define MEP_MAX 8191 /* IEEE 802.1Q 22.2.1 */
#define VID_MAX 4094

void
dlo_conf_oam_init(struct dlo_conf_oam *oam)
{
	*oam = (struct dlo_conf_oam){ .mep = 1 };
}

enum { LEVEL, MEP, VLAN };

static int
take(void *settings, int key, const char *value, char err[DLO_CONF_ERR])
{
	struct dlo_conf_oam *oam = settings;
	uint64_t n = 0;
	int rc;

	switch (key) {
	case LEVEL:
		rc = dlo_conf_read_uint(value, 0, LEVEL_MAX, &n, err);
		oam->level = n;
		break;
	case MEP:
		rc = dlo_conf_read_uint(value, 1, MEP_MAX, &n, err);
		oam->mep = n;
		break;
	default:
		rc = dlo_conf_read_uint(value, 1, VID_MAX, &n, err);
		oam->vlan = n;
	}
	return rc;
}

static int
set_oam(struct dlo_conf *conf, struct dlo_conf_port *port, char *list, char err[DLO_CONF_ERR])
{
	static const char *const names[] = { "level", "mep", "vlan", NULL };
	static const struct dlo_conf_keys_reader reader = { names, 0, take };
	struct dlo_conf_oam oam;
	int rc;

	(void)conf;
	dlo_conf_oam_init(&oam);
	rc = dlo_conf_read_keys(&reader, &oam, list, err);
	if (rc == 0)
		port->oam = oam;
	return rc;
}

DLO_CONF_SETTER(oam)
{
	return dlo_conf_on_copy(set_oam, conf, port, value, err);
}
