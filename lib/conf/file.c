/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <rte_cfgfile.h>

#include "conf/conf.h"
#include "conf/conf_apply.h"
#include "conf/text.h"

#define COMMENT ';'
#define APPLIANCE "dpdk-lo"
#define PORT "port "

/* Longest line: a value that long would be cut short by rte_cfgfile without a word. */
#define LINE_MAX_BYTES (CFG_VALUE_LEN - 1)

/* All options with all they can hold are a tenth of it: a file that long is no config file. */
#define FILE_MAX_BYTES (1 << 20)

/* A path, and the number of a line. */
#define WHERE_MAX (PATH_MAX + 32)

#define BYTE_ORDER_MARK "\xef\xbb\xbf"

/* What rte_cfgfile would pass over in silence, or say only in its log. */
static const char *
line_fault(char *line, size_t len, bool *in_section)
{
	char *start = line + strspn(line, " \t\r\n");
	char *close;

	if (strlen(line) != len)
		return "a zero byte";
	if (len > LINE_MAX_BYTES)
		return "longer than 255 bytes";
	if (start[0] == '\0' || start[0] == '#' || start[0] == COMMENT)
		return NULL;
	if (start[0] == '[') {
		close = strchr(start, ']');
		*in_section = true;
		if (close == NULL || close > start + strcspn(start, ";"))
			return "']' is missing";
		close += 1 + strspn(close + 1, " \t\r\n");
		return close[0] == '\0' || close[0] == COMMENT ? NULL : "text after ']'";
	}
	if (start[0] == '=')
		return "no key before '='";
	if (strchr(start, '=') == NULL || strchr(start, '=') > start + strcspn(start, ";"))
		return "neither 'key = value' nor [section]";
	return *in_section ? NULL : "a key before the first [section]";
}

static int
check_lines(FILE *f, const char *path, char err[DLO_CONF_ERR])
{
	bool in_section = false;
	char *line = NULL;
	size_t size = 0;
	ssize_t len;
	int rc = 0;

	for (unsigned int n = 1; rc == 0 && (len = getline(&line, &size, f)) >= 0; n++) {
		const char *fault = n == 1 && strncmp(line, BYTE_ORDER_MARK, strlen(BYTE_ORDER_MARK)) == 0 ?
			"a byte order mark: save the file without one" : line_fault(line, len, &in_section);

		if (fault != NULL)
			rc = dlo_conf_fail(err, "%s: line %u: %s", path, n, fault);
	}
	if (rc == 0 && ferror(f)) {
		rc = -errno;
		dlo_conf_fail(err, "%s: cannot be read: %s", path, strerror(-rc));
	}
	free(line);
	return rc;
}

static int
check_file(const char *path, char err[DLO_CONF_ERR])
{
	struct stat st;
	FILE *f;
	int fd;
	int rc;

	/* Without waiting for the other end of a pipe; it is read twice, so a pipe would not do. */
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0 || fstat(fd, &st) != 0) {
		rc = -errno;
		dlo_conf_fail(err, "%s: cannot be opened: %s", path, strerror(-rc));
		if (fd >= 0)
			close(fd);
		return rc;
	}
	f = S_ISREG(st.st_mode) && st.st_size <= FILE_MAX_BYTES ? fdopen(fd, "r") : NULL;
	if (f == NULL) {
		close(fd);
		return dlo_conf_fail(err, "%s: %s", path, S_ISREG(st.st_mode) ? "longer than 1 MiB, which no "
			"config file is" : "not a regular file");
	}
	rc = check_lines(f, path, err);
	fclose(f);
	return rc;
}

/* @return whether @p line begins with @p name, of which rte_cfgfile may have kept the first bytes only */
static bool
begins_with(const char *line, const char *name, char end)
{
	size_t len = strlen(name);

	return strncmp(line, name, len) == 0 &&
		(len == CFG_NAME_LEN - 1 || line[len + strspn(line + len, " \t")] == end);
}

/*
 * rte_cfgfile does not say where it found things: look again.
 * @param key NULL: the section itself
 * @param nth of its name, from 0
 * @param where the file's name, with the line's number if it is found
 */
static void
look_up(const char *path, const char *section, const char *key, unsigned int nth, char where[WHERE_MAX])
{
	FILE *f = fopen(path, "re");
	bool inside = false;
	char *line = NULL;
	size_t size = 0;

	snprintf(where, WHERE_MAX, "%s", path);
	for (unsigned int n = 1; f != NULL && getline(&line, &size, f) >= 0; n++) {
		const char *start = line + strspn(line, " \t");
		bool hit;

		if (start[0] == '[') {
			inside = begins_with(start + 1 + strspn(start + 1, " \t"), section, ']');
			hit = inside && key == NULL;
		} else {
			hit = inside && key != NULL && begins_with(start, key, '=');
		}
		if (hit && nth-- == 0) {
			snprintf(where, WHERE_MAX, "%s: line %u", path, n);
			break;
		}
	}
	free(line);
	if (f != NULL)
		fclose(f);
}

/* FNV-1a, with the end of each text told: who differs in any of them gets another number. */
static uint64_t
mix(uint64_t hash, const char *text)
{
	do {
		hash = (hash ^ (uint8_t)*text) * UINT64_C(0x100000001b3);
	} while (*text++ != '\0');
	return hash;
}

/* The order of sections makes no difference. */
static void
note_fixed(struct dlo_conf *conf, const struct dlo_option *option, const char *port_name,
	const char *value)
{
	uint64_t hash = mix(UINT64_C(0xcbf29ce484222325), port_name != NULL ? port_name : "");

	if (!option->live)
		conf->fixed[dlo_option_index(option)] ^= mix(hash, value);
}

static int
set_entry(struct dlo_conf *conf, const char *port_name, const struct rte_cfgfile_entry *entry,
	char err[DLO_CONF_ERR])
{
	const struct dlo_option *option = dlo_option_by_name(entry->name);
	const char *value = entry->value;
	int rc;

	if (option == NULL)
		return dlo_conf_fail(err, "no such key, see the options of --help");
	if (strcmp(option->name, "config") == 0)
		return dlo_conf_fail(err, "a config file cannot name another one");
	if (port_name != NULL && option->port_bit == 0)
		return dlo_conf_fail(err, "not a setting of one port, write it in [" APPLIANCE "]");
	if (value[0] == '\0' && option->arg_optional)
		value = NULL;
	rc = dlo_conf_apply(conf, option, port_name, value, err);
	if (rc == 0)
		note_fixed(conf, option, port_name, entry->value);
	return rc;
}

/* @param why it is refused, when it is not 0 that is returned */
static int
read_entry(struct dlo_conf *conf, const char *port_name, const struct rte_cfgfile_entry *entry,
	unsigned int nth, char why[DLO_CONF_ERR])
{
	/* A line holds a dozen loopbacks; a router may have more. */
	if (nth > 0 && strcmp(entry->name, "loopback") != 0)
		return dlo_conf_fail(why, "given twice");
	return set_entry(conf, port_name, entry, why);
}

static int
read_entries(struct dlo_conf *conf, const char *port_name, const struct rte_cfgfile_entry *entries,
	unsigned int nb, const char *path, const char *section, char err[DLO_CONF_ERR])
{
	char why[DLO_CONF_ERR], where[WHERE_MAX];

	for (unsigned int i = 0; i < nb; i++) {
		const struct rte_cfgfile_entry *entry = &entries[i];
		unsigned int nth = 0;

		/* rte_cfgfile knows one comment character and takes these for keys. */
		if (entry->name[0] == '#')
			continue;
		for (unsigned int k = 0; k < i; k++)
			nth += strcmp(entries[k].name, entry->name) == 0;
		if (read_entry(conf, port_name, entry, nth, why) != 0) {
			look_up(path, section, entry->name, nth, where);
			return dlo_conf_fail(err, "%s: [%s]: %s: %s", where, section, entry->name, why);
		}
	}
	return 0;
}

/* @return NULL, or what is wrong with it, which may be in @p why */
static const char *
section_fault(struct dlo_conf *conf, const char *section, unsigned int nth, const char **ret_port,
	char why[DLO_CONF_ERR])
{
	*ret_port = NULL;
	if (strncmp(section, PORT, strlen(PORT)) == 0)
		*ret_port = section + strlen(PORT) + strspn(section + strlen(PORT), " \t");
	else if (strcmp(section, APPLIANCE) != 0)
		return "no such section; known: [" APPLIANCE "] and [port NAME]";
	/* The name may have been cut; the longest that fits is 58 bytes. */
	if (strlen(section) == CFG_NAME_LEN - 1)
		return "the section's name is too long";
	if (nth > 0)
		return "is there twice";
	return *ret_port != NULL && dlo_conf_named(conf, *ret_port, why) == NULL ? why : NULL;
}

static int
read_section(struct dlo_conf *conf, struct rte_cfgfile *file, int index, const char *path,
	char err[DLO_CONF_ERR])
{
	char section[CFG_NAME_LEN] = "", why[DLO_CONF_ERR], where[WHERE_MAX];
	struct rte_cfgfile_entry *entries;
	const char *port_name, *fault;
	unsigned int nth = 0;
	int nb, rc;

	nb = rte_cfgfile_section_num_entries_by_index(file, section, index);
	for (int i = 1; i < index; i++) {
		char other[CFG_NAME_LEN] = "";

		rte_cfgfile_section_num_entries_by_index(file, other, i);
		nth += strcmp(other, section) == 0;
	}
	fault = section_fault(conf, section, nth, &port_name, why);
	if (fault != NULL) {
		look_up(path, section, NULL, nth, where);
		return dlo_conf_fail(err, "%s: [%s]: %s", where, section, fault);
	}
	entries = calloc(nb > 0 ? nb : 1, sizeof(*entries));
	if (entries == NULL)
		return dlo_conf_fail(err, "%s: out of memory", path);
	nb = rte_cfgfile_section_entries_by_index(file, index, section, entries, nb);
	rc = read_entries(conf, port_name, entries, nb > 0 ? nb : 0, path, section, err);
	free(entries);
	return rc;
}

static int
read_sections(struct dlo_conf *conf, const char *path, char err[DLO_CONF_ERR])
{
	static const struct rte_cfgfile_parameters params = { .comment_character = COMMENT };
	struct rte_cfgfile *file;
	int rc = 0;
	int nb;

	/* With a section for '#' lines that it takes for keys, before the first of the file's. */
	file = rte_cfgfile_load_with_params(path, CFG_FLAG_EMPTY_VALUES | CFG_FLAG_GLOBAL_SECTION,
		&params);
	if (file == NULL)
		return dlo_conf_fail(err, "%s: cannot be read as an INI file", path);
	nb = rte_cfgfile_num_sections(file, NULL, 0);
	for (int i = 1; rc == 0 && i < nb; i++)
		rc = read_section(conf, file, i, path, err);
	rte_cfgfile_close(file);
	return rc;
}

int
dlo_conf_read_file(struct dlo_conf *conf, const char *path, char err[DLO_CONF_ERR])
{
	struct dlo_conf *next;
	int rc;

	next = malloc(sizeof(*next));
	if (next == NULL)
		return dlo_conf_fail(err, "%s: out of memory", path);
	memcpy(next, conf, sizeof(*next));
	rc = dlo_conf_read_text("config file's name", path, next->config, sizeof(next->config),
		err);
	if (rc == 0)
		rc = check_file(path, err);
	if (rc == 0)
		rc = read_sections(next, path, err);
	if (rc == 0) {
		next->all.from_file = next->all.set;
		next->loopbacks_from_file = next->nb_loopbacks > 0;
		next->allow_from_file = next->nb_allow > 0;
		for (unsigned int i = 0; i < next->nb_ports; i++)
			next->ports[i].port.from_file = next->ports[i].port.set;
		memcpy(conf, next, sizeof(*conf));
	}
	free(next);
	return rc;
}
