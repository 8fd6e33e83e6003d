/* SPDX-License-Identifier: BSD-3-Clause */
#include "manpage.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "quote.h"

/* One character of text; a hyphen must stay one that can be pasted into a shell. */
static void
put_char(FILE *out, char c)
{
	switch (c) {
	case '\\':
		fputs("\\e", out);
		break;
	case '-':
		fputs("\\-", out);
		break;
	case '\'':
		fputs("\\(aq", out);
		break;
	case '~':
		fputs("\\(ti", out);
		break;
	default:
		fputc(c, out);
	}
}

static void
put_text(FILE *out, const char *text)
{
	bool bold = false;

	if (text[0] == '.' || text[0] == '\'')
		fputs("\\&", out);
	for (const char *c = text; *c != '\0'; c++) {
		if (!bold && quote_opens(text, c)) {
			fputs("\\fB", out);
			bold = true;
		} else if (bold && quote_closes(c)) {
			fputs("\\fR", out);
			bold = false;
		} else {
			put_char(out, *c);
		}
	}
	if (bold)
		fputs("\\fR", out);
	fputc('\n', out);
}

static void
put_items(FILE *out, const char *font, const struct prose_item *items)
{
	for (const struct prose_item *i = items; i->term != NULL; i++) {
		fprintf(out, ".TP\n\\f%s", font);
		for (const char *c = i->term; *c != '\0'; c++)
			put_char(out, *c);
		fputs("\\fR\n", out);
		put_text(out, i->text);
	}
}

static void
put_paragraphs(FILE *out, const char *const *paragraphs)
{
	for (unsigned int i = 0; paragraphs[i] != NULL; i++) {
		fputs(".PP\n", out);
		put_text(out, paragraphs[i]);
	}
}

static void
put_option(FILE *out, const struct dlo_option *o)
{
	fputs(".TP\n\\fB\\-\\-", out);
	for (const char *c = o->name; *c != '\0'; c++)
		put_char(out, *c);
	fputs("\\fR", out);
	if (o->arg != NULL) {
		fputs(" \\fI", out);
		for (const char *c = o->arg; *c != '\0'; c++)
			put_char(out, *c);
		fputs("\\fR", out);
	}
	if (o->port_bit != 0)
		fputs("[@\\fIPORT\\fR]", out);
	fputc('\n', out);
	put_text(out, o->help);
	if (o->dflt != NULL) {
		fputs(".br\nDefault: ", out);
		for (const char *c = o->dflt; *c != '\0'; c++)
			put_char(out, *c);
		fputs(".\n", out);
	}
	if (o->live)
		fputs(".br\nCan change at a reload.\n", out);
}

/* A name in the middle of a line. */
static void
put_name(FILE *out, const char *name, bool upper)
{
	for (const char *c = name; *c != '\0'; c++)
		put_char(out, upper ? (char)toupper((unsigned char)*c) : *c);
}

static void
put_head(const struct program *program, FILE *out)
{
	fprintf(out, ".\\\" SPDX-License-Identifier: BSD-3-Clause\n"
		".\\\" Made by %s --help=man from its option table; do not edit.\n.TH ",
		program->name);
	put_name(out, program->name, true);
	fprintf(out, " %d \"\" \"", program->section == 0 ? 8 : program->section);
	put_name(out, program->name, false);
	fprintf(out, " " DLO_VERSION "\" \"%s\"\n.SH NAME\n",
		program->section == 1 ? "User commands" : "System administration");
	put_name(out, program->name, false);
	fprintf(out, " \\- %s\n.SH SYNOPSIS\n\\fB", program->title);
	put_name(out, program->name, false);
	fputs(program->no_eal ? "\\fR [\\fIoptions\\fR]\n.SH DESCRIPTION\n" :
		"\\fR [\\fIEAL options\\fR] [\\fB\\-\\-\\fR \\fIoptions\\fR]\n"
		".SH DESCRIPTION\n", out);
}

void
manpage_print(const struct program *program, FILE *out)
{
	const char *group = "";

	put_head(program, out);
	put_paragraphs(out, program->description);
	fputs(".SH OPTIONS\n", out);
	put_paragraphs(out, program->arguments);
	put_items(out, "B", program->pages);
	for (const struct dlo_option *o = program->options; o->name != NULL; o++) {
		if (strcmp(o->group, group) != 0) {
			group = o->group;
			fprintf(out, ".SS %s\n", group);
		}
		put_option(out, o);
	}
	fputs(".SH EXIT STATUS\n", out);
	put_items(out, "B", program->exit_status);
	fputs(".SH FILES\n", out);
	put_items(out, "I", program->files);
	fputs(".SH EXAMPLES\n", out);
	put_items(out, "B", program->examples);
	fputs(".SH SEE ALSO\n", out);
	put_text(out, program->see_also);
}
