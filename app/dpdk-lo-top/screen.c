/* SPDX-License-Identifier: BSD-3-Clause */
#include "screen.h"

#include <curses.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "log.h"

static SCREEN *terminal;
static bool colours;

/* Colour numbers of pairs are the style's own, plus one. */
static const struct look {
	short colour; /* -1: the terminal's own */
	attr_t attributes; /* where there are colours */
	attr_t without; /* where there are none */
} looks[STYLE_MAX] = {
	[STYLE_PLAIN] = { -1, A_NORMAL, A_NORMAL },
	[STYLE_TITLE] = { -1, A_BOLD, A_BOLD },
	[STYLE_HEAD] = { COLOR_CYAN, A_BOLD, A_BOLD },
	[STYLE_DIM] = { -1, A_DIM, A_DIM },
	[STYLE_GOOD] = { COLOR_GREEN, A_NORMAL, A_NORMAL },
	[STYLE_WARN] = { COLOR_YELLOW, A_BOLD, A_BOLD },
	[STYLE_BAD] = { COLOR_RED, A_BOLD, A_BOLD | A_UNDERLINE },
	[STYLE_CHOSEN] = { -1, A_REVERSE, A_REVERSE },
};

/* https://no-color.org: set and not empty. */
static bool
wants_colours(void)
{
	const char *no = getenv("NO_COLOR");

	return (no == NULL || no[0] == '\0') && has_colors();
}

int
screen_open(void)
{
	if (!isatty(STDOUT_FILENO) || !isatty(STDIN_FILENO)) {
		say_error("the live view needs a terminal on stdin and stdout: use --once or --json for "
			"files and pipes");
		return -ENOTTY;
	}
	/* Not initscr(), which ends the process. */
	terminal = newterm(NULL, stdout, stdin);
	if (terminal == NULL) {
		const char *term = getenv("TERM");

		say_error("the terminal type '%s' is not known here: set TERM, or use --once",
			term != NULL ? term : "");
		return -ENOTTY;
	}
	/* One on paper, or "dumb": curses would take it, and show nothing. */
	if (tigetstr("cup") == NULL) {
		screen_close();
		say_error("the terminal type '%s' cannot move its cursor: set TERM, or use --once", getenv("TERM"));
		return -ENOTTY;
	}
	cbreak();
	noecho();
	curs_set(0);
	keypad(stdscr, TRUE);
	colours = wants_colours() && start_color() == OK && use_default_colors() == OK;
	for (short i = 0; colours && i < STYLE_MAX; i++)
		init_pair((short)(i + 1), looks[i].colour, -1);
	return 0;
}

void
screen_size(unsigned int *ret_width, unsigned int *ret_height)
{
	*ret_width = (unsigned int)COLS;
	*ret_height = (unsigned int)LINES;
}

static attr_t
attributes_of(enum style style)
{
	return colours ? looks[style].attributes | COLOR_PAIR(style + 1) : looks[style].without;
}

static void
show_line(const struct page_line *line)
{
	for (unsigned int i = 0; i < line->nb_spans; i++) {
		unsigned int end = i + 1 < line->nb_spans ? line->spans[i + 1].start : line->bytes;

		attrset(attributes_of(line->spans[i].style));
		addnstr(line->text + line->spans[i].start, (int)(end - line->spans[i].start));
	}
	attrset(A_NORMAL);
}

void
screen_show(const struct page *page, unsigned int skip, const char *keys)
{
	erase();
	for (unsigned int i = 0; (int)i < LINES - 1; i++) {
		unsigned int line = i > 0 ? i + skip : 0;

		if (line >= page->nb_lines)
			break;
		move((int)i, 0);
		show_line(&page->lines[line]);
	}
	if (LINES > 1) {
		move(LINES - 1, 0);
		attrset(attributes_of(STYLE_DIM));
		addnstr(keys, COLS - 1);
		attrset(A_NORMAL);
	}
	refresh();
}

static enum screen_key
meaning_of(int key)
{
	switch (key) {
	case KEY_RESIZE:
		return SCREEN_RESIZED;
	case KEY_UP:
	case 'k':
		return SCREEN_UP;
	case KEY_DOWN:
	case 'j':
		return SCREEN_DOWN;
	case KEY_PPAGE:
		return SCREEN_PAGE_UP;
	case KEY_NPAGE:
		return SCREEN_PAGE_DOWN;
	case 's':
		return SCREEN_SORT;
	case 'z':
		return SCREEN_ZEROS;
	case 'p':
	case ' ':
		return SCREEN_PAUSE;
	case 'r':
		return SCREEN_RESET;
	case 'R':
		return SCREEN_TOTALS;
	case '+':
		return SCREEN_SLOWER;
	case '-':
		return SCREEN_FASTER;
	case 'n':
		return SCREEN_NEXT;
	case 'h':
	case '?':
		return SCREEN_HELP;
	case 'q':
	case 'Q':
		return SCREEN_QUIT;
	default:
		return SCREEN_NOTHING;
	}
}

/* Not by getch() alone: of a terminal that is gone it says what it says when no key came, at once. */
enum screen_key
screen_wait(int timeout_ms)
{
	struct pollfd fd = { .fd = STDIN_FILENO, .events = POLLIN };
	int key;

	timeout(0);
	key = getch();
	if (key == ERR && poll(&fd, 1, timeout_ms) > 0) {
		key = getch();
		if (key == ERR && (fd.revents & (POLLHUP | POLLERR | POLLNVAL)) != 0)
			return SCREEN_QUIT;
	}
	return key == ERR ? SCREEN_NOTHING : meaning_of(key);
}

void
screen_close(void)
{
	if (terminal == NULL)
		return;
	endwin();
	delscreen(terminal);
	terminal = NULL;
}
