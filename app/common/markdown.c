/* SPDX-License-Identifier: BSD-3-Clause */
#include "markdown.h"

#include <stdbool.h>
#include <string.h>

#include "quote.h"

/* Quoted words become code; what Markdown would take for its own is escaped. */
static void
put_text(FILE *out, const char *text)
{
	bool code = false;

	for (const char *c = text; *c != '\0'; c++) {
		if (!code && quote_opens(text, c)) {
			fputc('`', out);
			code = true;
		} else if (code && quote_closes(c)) {
			fputc('`', out);
			code = false;
		} else {
			if (!code && strchr("\\`*_<>[]|", *c) != NULL)
				fputc('\\', out);
			fputc(*c, out);
		}
	}
	if (code)
		fputc('`', out);
}

static void
put_items(FILE *out, const char *title, const struct prose_item *items)
{
	fprintf(out, "\n## %s\n", title);
	for (const struct prose_item *i = items; i->term != NULL; i++) {
		fprintf(out, "\n- `%s`: ", i->term);
		put_text(out, i->text);
	}
	fputc('\n', out);
}

static void
put_option(FILE *out, const struct dlo_option *o)
{
	fprintf(out, "\n### --%s\n\n`--%s%s%s%s`\n\n", o->name, o->name, o->arg != NULL ? " " : "",
		o->arg != NULL ? o->arg : "", o->port_bit != 0 ? "[@PORT]" : "");
	put_text(out, o->help);
	fputc('\n', out);
	if (o->dflt != NULL) {
		fputs("\nDefault: ", out);
		put_text(out, o->dflt);
		fputs(".\n", out);
	}
	if (o->live)
		fputs("\nCan change at a reload.\n", out);
}

void
markdown_print(const struct program *program, FILE *out)
{
	const char *group = "";

	fprintf(out, "# %s: every option\n\n<!-- Made by %s --help=markdown from its option table; do "
		"not edit. -->\n\n`%s`\n",
		program->name, program->name, program->synopsis);
	for (unsigned int i = 0; program->arguments[i] != NULL; i++) {
		fputc('\n', out);
		put_text(out, program->arguments[i]);
		fputc('\n', out);
	}
	for (const struct dlo_option *o = program->options; o->name != NULL; o++) {
		if (strcmp(o->group, group) != 0) {
			group = o->group;
			fprintf(out, "\n## %s\n", group);
		}
		put_option(out, o);
	}
	put_items(out, "Pages", program->pages);
	put_items(out, "Exit status", program->exit_status);
	put_items(out, "Files", program->files);
	put_items(out, "Examples", program->examples);
}
