/* SPDX-License-Identifier: BSD-3-Clause */
/* Settings of the STAMP answer, and its key. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "conf/option_set.h"
#include "conf/text.h"

#define KEY_MIN 16 /* as long as the truncated digest: RFC 2104 section 3 and 5 */
#define HEX "hex:"
#define HEX_LEN 4
#define TEXT_MAX (HEX_LEN + 2 * DLO_CONF_KEY_MAX)

void
dlo_conf_stamp_init(struct dlo_conf_stamp *stamp)
{
	*stamp = (struct dlo_conf_stamp){ .port = 862 };
}

static int
read_hex(const char *file, const char *text, size_t len, struct dlo_conf_stamp *stamp,
	char err[DLO_CONF_ERR])
{
	if (len % 2 != 0)
		return dlo_conf_fail(err, "the key in '%s' ends in half a byte, give two hex digits "
			"for each", file);
	for (size_t i = 0; i < len; i += 2) {
		int high = dlo_conf_hex_digit(text[i]), low = dlo_conf_hex_digit(text[i + 1]);

		if (high < 0 || low < 0)
			return dlo_conf_fail(err, "the key in '%s' has something else than hex digits "
				"behind '" HEX "'", file);
		stamp->key[i / 2] = high << 4 | low;
	}
	stamp->key_len = len / 2;
	return 0;
}

/* The text without the line break that editors put behind it. */
static int
parse_key(const char *file, const char *text, size_t len, struct dlo_conf_stamp *stamp,
	char err[DLO_CONF_ERR])
{
	bool hex;
	size_t bytes;
	int rc = 0;

	if (len > 0 && text[len - 1] == '\n')
		len--;
	hex = len >= HEX_LEN && memcmp(text, HEX, HEX_LEN) == 0;
	bytes = hex ? (len - HEX_LEN + 1) / 2 : len;
	if (bytes < KEY_MIN || bytes > DLO_CONF_KEY_MAX)
		return dlo_conf_fail(err, "the key in '%s' has %zu bytes, give it %d to %d", file,
			bytes, KEY_MIN, DLO_CONF_KEY_MAX);
	if (hex) {
		rc = read_hex(file, text + HEX_LEN, len - HEX_LEN, stamp, err);
	} else {
		memcpy(stamp->key, text, len);
		stamp->key_len = len;
	}
	return rc;
}

static int
read_key(const char *file, struct dlo_conf_stamp *stamp, char err[DLO_CONF_ERR])
{
	/* One more than a key can have, to tell that there is more. */
	char text[TEXT_MAX + 2];
	FILE *f = fopen(file, "re");
	struct stat st;
	size_t len;
	int rc;

	if (f == NULL)
		return dlo_conf_fail(err, "key file '%s' cannot be read: %s", file,
			strerror(errno));
	setvbuf(f, NULL, _IONBF, 0);
	stamp->key_is_open = fstat(fileno(f), &st) == 0 && (st.st_mode & S_IROTH) != 0;
	len = fread(text, 1, sizeof(text), f);
	if (ferror(f))
		rc = dlo_conf_fail(err, "key file '%s' cannot be read: %s", file, strerror(errno));
	else if (len > TEXT_MAX + 1)
		rc = dlo_conf_fail(err, "'%s' holds more than a key of %d bytes", file,
			DLO_CONF_KEY_MAX);
	else
		rc = parse_key(file, text, len, stamp, err);
	fclose(f);
	explicit_bzero(text, sizeof(text));
	return rc;
}

enum { PORT, STATEFUL, PTP, SAME_PORT, KEY_FILE, TLV_HMAC };

static int
take(void *settings, int key, const char *value, char err[DLO_CONF_ERR])
{
	struct dlo_conf_stamp *stamp = settings;

	switch (key) {
	case PORT:
		return dlo_conf_read_service_port(value, &stamp->port, err);
	case STATEFUL:
		stamp->stateful = true;
		return 0;
	case PTP:
		stamp->ptp = true;
		return 0;
	case SAME_PORT:
		stamp->same_port = true;
		return 0;
	case KEY_FILE:
		return read_key(value, stamp, err);
	default:
		stamp->tlv_hmac = true;
		return 0;
	}
}

static int
set_stamp(struct dlo_conf *conf, struct dlo_conf_port *port, char *list, char err[DLO_CONF_ERR])
{
	static const char *const names[] = { "port", "stateful", "ptp", "same-port", "key-file",
		"tlv-hmac", NULL };
	static const struct dlo_conf_keys_reader reader = { names,
		1 << STATEFUL | 1 << PTP | 1 << SAME_PORT | 1 << TLV_HMAC, take };
	struct dlo_conf_stamp stamp;
	int rc;

	(void)conf;
	dlo_conf_stamp_init(&stamp);
	rc = dlo_conf_read_keys(&reader, &stamp, list, err);
	if (rc == 0 && stamp.tlv_hmac && stamp.key_len == 0)
		rc = dlo_conf_fail(err, "tlv-hmac needs a key, add key-file=FILE");
	if (rc == 0)
		port->stamp = stamp;
	return rc;
}

DLO_CONF_SETTER(stamp)
{
	return dlo_conf_on_copy(set_stamp, conf, port, value, err);
}
