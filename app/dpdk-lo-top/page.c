/* SPDX-License-Identifier: BSD-3-Clause */
#include "page.h"

#include <stdarg.h>
#include <stdbool.h>
#include <string.h>

void
page_clear(struct page *page, unsigned int width)
{
	page->width = width < PAGE_WIDTH_MAX ? width : PAGE_WIDTH_MAX;
	page->nb_lines = 0;
	memset(&page->lines[0], 0, sizeof(page->lines[0]));
}

static bool
starts_character(char c)
{
	return ((unsigned char)c & 0xc0) != 0x80;
}

static void
put_text(struct page *page, enum style style, const char *text)
{
	struct page_line *line = &page->lines[page->nb_lines];

	if (text[0] == '\0')
		return;
	if ((line->nb_spans == 0 || line->spans[line->nb_spans - 1].style != style) &&
		line->nb_spans < PAGE_SPANS_MAX)
		line->spans[line->nb_spans++] = (struct page_span){ line->bytes, style };
	for (; *text != '\0'; text++) {
		if (starts_character(*text)) {
			/* Whole characters only: four bytes are the longest. */
			if (line->columns >= page->width || line->bytes + 5 > PAGE_LINE_BYTES)
				return;
			line->columns++;
		}
		line->text[line->bytes++] = *text;
	}
	line->text[line->bytes] = '\0';
}

void
page_put(struct page *page, enum style style, const char *fmt, ...)
{
	char text[PAGE_LINE_BYTES];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	put_text(page, style, text);
}

void
page_tab(struct page *page, unsigned int column)
{
	while (page->lines[page->nb_lines].columns < column &&
		page->lines[page->nb_lines].columns < page->width)
		put_text(page, STYLE_PLAIN, " ");
}

void
page_end_line(struct page *page)
{
	struct page_line *line = &page->lines[page->nb_lines];

	line->text[line->bytes] = '\0';
	if (page->nb_lines == PAGE_LINES_MAX)
		page->nb_lines--;
	memset(&page->lines[++page->nb_lines], 0, sizeof(page->lines[0]));
}

void
page_print(const struct page *page, FILE *out)
{
	for (unsigned int i = 0; i < page->nb_lines; i++) {
		size_t len = page->lines[i].bytes;

		while (len > 0 && page->lines[i].text[len - 1] == ' ')
			len--;
		fprintf(out, "%.*s\n", (int)len, page->lines[i].text);
	}
}
