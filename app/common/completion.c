/* SPDX-License-Identifier: BSD-3-Clause */
#include "completion.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "eal_args.h"

#define WRAP 98

/* Options of EAL that people type; eal_args_is_option() keeps them honest. */
static const char *const eal_options[] = {
	"allow", "block", "file-prefix", "huge-dir", "in-memory", "lcores", "log-level", "main-lcore",
	"no-huge", "no-pci", "no-telemetry", "proc-type", "socket-mem", "vdev",
};

/* "net_pcap0" and so on: the drivers that a vdev's name begins with. */
static const char vdevs[] = "net_af_packet0 net_af_xdp0 net_memif0 net_null0 net_pcap0 net_ring0 net_tap0 "
	"net_vhost0 net_virtio_user0";

static bool
is_word(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (!islower((unsigned char)text[i]) && !isdigit((unsigned char)text[i]) &&
			text[i] != '-')
			return false;
	}
	return len > 0;
}

/* The words in quotes, which are what the option takes. */
static void
put_quoted(FILE *out, const char *help)
{
	const char *open = strchr(help, '\'');

	while (open != NULL) {
		const char *close = strchr(open + 1, '\'');

		if (close == NULL)
			return;
		if (is_word(open + 1, (size_t)(close - open - 1)))
			fprintf(out, " %.*s", (int)(close - open - 1), open + 1);
		open = strchr(close + 1, '\'');
	}
}

/* "on|off": the words themselves. */
static void
put_alternatives(FILE *out, const char *arg)
{
	while (*arg != '\0') {
		size_t len = strcspn(arg, "|");

		fprintf(out, " %.*s", (int)len, arg);
		arg += len + (arg[len] == '|');
	}
}

static bool
has_alternatives(const char *arg)
{
	return strchr(arg, '|') != NULL && strpbrk(arg, "[],=") == NULL;
}

static bool
is_in(const char *word, const char *const *list)
{
	for (; *list != NULL; list++) {
		if (strcmp(*list, word) == 0)
			return true;
	}
	return false;
}

static void
put_value(FILE *out, const struct dlo_option *o)
{
	static const char *const named[] = { "MODE", "WHAT", "LIST", "KEY", NULL };

	if (o->arg == NULL)
		return;
	if (strstr(o->arg, "FILE") == o->arg || strcmp(o->arg, "[FILE]") == 0) {
		fprintf(out, "\t--%s)\n\t\tcompopt -o filenames 2>/dev/null\n"
			"\t\tmapfile -t COMPREPLY < <(compgen -f -- \"$cur\")\n\t\treturn ;;\n", o->name);
		return;
	}
	if (!has_alternatives(o->arg) && !is_in(o->arg, named))
		/* A value that nobody can guess: nothing is offered, rather than an option. */
		fprintf(out, "\t--%s)\n\t\t%s\n", o->name,
			o->arg_optional ? ";;" : "return ;;");
	else {
		fprintf(out, "\t--%s)\n\t\tCOMPREPLY=($(compgen -W \"", o->name);
		if (has_alternatives(o->arg))
			put_alternatives(out, o->arg);
		else
			put_quoted(out, o->help);
		fputs("\" -- \"$cur\"))\n\t\treturn ;;\n", out);
	}
}

/* A shell function's name. */
static void
put_function(FILE *out, const char *name)
{
	fputc('_', out);
	for (; *name != '\0'; name++)
		fputc(*name == '-' ? '_' : *name, out);
}

static void
put_eal(FILE *out)
{
	fputs("\tif [ \"$ours\" = no ]; then\n\t\tcase $prev in\n"
	      "\t\t--vdev)\n\t\t\tCOMPREPLY=($(compgen -W \"", out);
	fputs(vdevs, out);
	fputs("\" -- \"$cur\"))\n\t\t\treturn ;;\n"
	      "\t\t-a|--allow|-b|--block)\n"
	      "\t\t\tCOMPREPLY=($(compgen -W \"$(ls /sys/bus/pci/devices 2>/dev/null)\" -- \"$cur\"))\n"
	      "\t\t\treturn ;;\n\t\tesac\n\t\tCOMPREPLY=($(compgen -W \"-- -a -l -m --help --version", out);
	for (unsigned int i = 0; i < sizeof(eal_options) / sizeof(eal_options[0]); i++) {
		if (eal_args_is_option(eal_options[i]))
			fprintf(out, " --%s", eal_options[i]);
	}
	fputs("\" -- \"$cur\"))\n\t\treturn\n\tfi\n", out);
}

void
completion_print(const struct program *program, FILE *out)
{
	fprintf(out, "# SPDX-License-Identifier: BSD-3-Clause\n# shellcheck shell=bash disable=SC2207\n"
		"# Made by %s --help=bash from its option table; do not edit.\n\n", program->name);
	put_function(out, program->name);
	fprintf(out, "()\n{\n\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} ours=%s word\n\n"
		"\tCOMPREPLY=()\n", program->no_eal ? "yes" : "no");
	/* "--mode=l4" is three words to bash. */
	fputs("\t[ \"$cur\" != = ] || cur=\n"
	      "\t[ \"$prev\" != = ] || prev=${COMP_WORDS[COMP_CWORD-2]}\n", out);
	fputs("\tfor word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
	      "\t\t[ \"$word\" != -- ] || ours=yes\n\tdone\n", out);
	if (!program->no_eal)
		put_eal(out);
	fputs("\tcase $prev in\n", out);
	for (const struct dlo_option *o = program->options; o->name != NULL; o++)
		put_value(out, o);
	fputs("\tesac\n\tCOMPREPLY=($(compgen -W \"--help --version", out);
	for (const struct dlo_option *o = program->options; o->name != NULL; o++)
		fprintf(out, " --%s", o->name);
	fputs("\" -- \"$cur\"))\n}\ncomplete -F ", out);
	put_function(out, program->name);
	fprintf(out, " %s\n", program->name);
}

/* Words of text as lines of a comment; a semicolon would begin another one, which does no harm. */
static void
put_comment(FILE *out, const char *text)
{
	size_t column = 0;

	while (*text != '\0') {
		size_t len = strcspn(text, " ");

		if (column > 0 && column + 1 + len > WRAP) {
			fputc('\n', out);
			column = 0;
		}
		column += (size_t)fprintf(out, "%s%.*s", column == 0 ? "# " : " ", (int)len, text);
		text += len;
		text += strspn(text, " ");
	}
	fputc('\n', out);
}

static void
put_setting(FILE *out, const struct dlo_option *o)
{
	fputc('\n', out);
	put_comment(out, o->help);
	if (o->dflt != NULL)
		fprintf(out, "# Default: %s.\n", o->dflt);
	if (o->live)
		fputs("# Changes while dpdk-lo runs: systemctl reload dpdk-lo, or SIGHUP.\n", out);
	fprintf(out, "#%s = %s\n", o->name, o->arg != NULL ? o->arg : "");
}

void
config_example_print(const struct program *program, FILE *out)
{
	const char *group = "";

	fprintf(out, "# SPDX-License-Identifier: BSD-3-Clause\n"
		"# Config file of %s (--config FILE). Made by %s --help=config from its option table.\n"
		"#\n# Keys are the options of %s(8) without their dashes; the command line wins. A line that\n"
		"# begins with '#' is a comment, and ';' begins one anywhere ('\\;' is a semicolon). Everything\n"
		"# here is commented out: as it stands, the file changes nothing.\n\n[%s]\n",
		program->name, program->name, program->name, program->name);
	for (const struct dlo_option *o = program->options; o->name != NULL; o++) {
		if (strcmp(o->name, "config") == 0)
			continue;
		if (strcmp(o->group, group) != 0) {
			group = o->group;
			fprintf(out, "\n# ---- %s ----\n", group);
		}
		put_setting(out, o);
	}
	fputs("\n# ---- One port ----\n#\n"
	      "# A section for each port that is to differ, by the name of its ethdev; the host link also\n"
	      "# goes by the name of its interface. These keys may stand in it:\n#", out);
	for (const struct dlo_option *o = program->options; o->name != NULL; o++) {
		if (o->port_bit != 0)
			fprintf(out, " %s", o->name);
	}
	fputs("\n#\n#[port 0000:01:00.0]\n#mode = mac\n#accept = own\n", out);
}
