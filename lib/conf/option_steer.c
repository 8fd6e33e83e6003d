/* SPDX-License-Identifier: BSD-3-Clause */
#include "conf/option_set.h"
#include "conf/text.h"

DLO_CONF_SETTER(steer)
{
	char why[DLO_STEER_ERR];

	(void)conf;
	if (dlo_steer_parse(value, port->steer.rules, &port->steer.nb_rules, why) != 0)
		return dlo_conf_fail(err, "'%s': %s", value, why);
	return 0;
}
