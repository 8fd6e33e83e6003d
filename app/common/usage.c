/* SPDX-License-Identifier: BSD-3-Clause */
#include "usage.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/ioctl.h>


#define TEXT_INDENT 6
#define COLUMNS_MAX 100
#define COLUMNS_DEFAULT 80
#define COLUMNS_MIN 40

unsigned int
usage_columns(void)
{
	const char *env = getenv("COLUMNS");
	struct winsize size;
	unsigned long columns = 0;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
		columns = size.ws_col;
	if (columns == 0 && env != NULL)
		columns = strtoul(env, NULL, 10);
	if (columns < COLUMNS_MIN)
		columns = COLUMNS_DEFAULT;
	return columns < COLUMNS_MAX ? columns : COLUMNS_MAX;
}

/* Words of text from the given column on; a word longer than a line stands alone. */
static void
print_wrapped(FILE *out, const char *text, unsigned int indent, unsigned int columns)
{
	unsigned int column = 0;

	while (*text != '\0') {
		unsigned int len = strcspn(text, " ");

		if (column > 0 && column + 1 + len > columns) {
			fputc('\n', out);
			column = 0;
		}
		column += column == 0 ? fprintf(out, "%*s", indent, "") : fprintf(out, " ");
		column += fprintf(out, "%.*s", len, text);
		text += len;
		text += strspn(text, " ");
	}
	fputc('\n', out);
}

static void
print_option(FILE *out, const struct dlo_option *o, unsigned int columns)
{
	char text[256];

	fprintf(out, "  --%s%s%s%s\n", o->name, o->arg != NULL ? " " : "",
		o->arg != NULL ? o->arg : "", o->port_bit != 0 ? "[@PORT]" : "");
	print_wrapped(out, o->help, TEXT_INDENT, columns);
	if (o->dflt != NULL) {
		snprintf(text, sizeof(text), "Default: %s.", o->dflt);
		print_wrapped(out, text, TEXT_INDENT, columns);
	}
}

void
usage_print(const struct program *program, FILE *out, unsigned int columns)
{
	const char *group = "";

	fprintf(out, "Usage: %s\n\n", program->synopsis);
	print_wrapped(out, program->summary, 0, columns);
	for (const struct dlo_option *o = program->options; o->name != NULL; o++) {
		if (strcmp(o->group, group) != 0) {
			group = o->group;
			fprintf(out, "\n%s:\n", group);
		}
		print_option(out, o, columns);
	}
	fputs(program->no_eal ? "\nAlso:\n" : "\nBefore or after '--':\n", out);
	for (const struct prose_item *i = program->pages; i->term != NULL; i++) {
		fprintf(out, "  %s\n", i->term);
		print_wrapped(out, i->text, TEXT_INDENT, columns);
	}
	fputc('\n', out);
	for (unsigned int i = 0; program->arguments[i] != NULL; i++) {
		print_wrapped(out, program->arguments[i], 0, columns);
		fputc('\n', out);
	}
	fprintf(out, "Examples:\n");
	for (const struct prose_item *i = program->examples; i->term != NULL; i++) {
		fprintf(out, "  %s\n", i->term);
		print_wrapped(out, i->text, TEXT_INDENT, columns);
	}
}
