/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DLO_TOP_PAGE_H
#define DLO_TOP_PAGE_H

/**
 * @file
 * Lines of styled text, before anybody knows where they are shown. What is wider than the page is
 * cut off. Thread: one.
 */

#include <stdint.h>
#include <stdio.h>

#define PAGE_LINES_MAX 512
#define PAGE_LINE_BYTES 1024
#define PAGE_SPANS_MAX 24
#define PAGE_WIDTH_MAX 300

enum style {
	STYLE_PLAIN,
	STYLE_TITLE, /**< first line */
	STYLE_HEAD, /**< heading of a section or table */
	STYLE_DIM, /**< of no interest now */
	STYLE_GOOD,
	STYLE_WARN,
	STYLE_BAD,
	STYLE_CHOSEN, /**< the port whose verdicts are shown */
	STYLE_MAX
};

struct page_span {
	uint16_t start; /**< first byte */
	enum style style;
};

struct page_line {
	uint16_t bytes;
	uint16_t columns;
	uint16_t nb_spans;
	struct page_span spans[PAGE_SPANS_MAX];
	char text[PAGE_LINE_BYTES];
};

struct page {
	unsigned int width; /**< columns */
	unsigned int nb_lines; /**< finished */
	struct page_line lines[PAGE_LINES_MAX + 1]; /**< one more is being written */
};

/** Start anew; @p width at most PAGE_WIDTH_MAX. */
void page_clear(struct page *page, unsigned int width);

/** Add to the line. UTF-8 characters take one column each. */
void page_put(struct page *page, enum style style, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/** Add blanks until the line has that many columns. */
void page_tab(struct page *page, unsigned int column);

/** The line is done. */
void page_end_line(struct page *page);

/** Write the finished lines as plain text, without blanks at their ends. */
void page_print(const struct page *page, FILE *out);

#endif
