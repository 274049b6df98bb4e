/* SPDX-License-Identifier: GPL-2.0-only */
/* A list to choose from, in place of the table. */
#ifndef TMCTL_TOP_MENU_H
#define TMCTL_TOP_MENU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MENU_LABEL	96	/* bytes of an item, NUL included */

/**
 * struct menu_item - one of the list
 * @label: what is shown of it
 * @value: what it stands for
 */
struct menu_item {
	char label[MENU_LABEL];
	uint64_t value;
};

/**
 * struct menu - the list
 * @title: what is chosen
 * @items: the items
 * @count: how many
 * @selected: the one that the bar is on
 * @offset: the first in view
 * @fixed: it is read, and nothing is chosen
 */
struct menu {
	char title[MENU_LABEL];
	struct menu_item *items;
	size_t count;
	size_t selected;
	size_t offset;
	bool fixed;

	size_t room;
};

/* Begin with an empty one; what was in it before goes away. */
void menu_begin(struct menu *menu, const char *title);

/* Without memory an item is left out. @selected: the bar stands on it */
void menu_add(struct menu *menu, const char *label, uint64_t value, bool selected);

/**
 * menu_move() - move the bar, or what is read
 * @menu: the list
 * @by: downwards so many items; upwards where it is negative
 * @rows: that are in view
 */
void menu_move(struct menu *menu, long by, size_t rows);

/* To the next item whose label begins with that letter, of either case. */
void menu_jump(struct menu *menu, int letter, size_t rows);

void menu_free(struct menu *menu);

#endif /* TMCTL_TOP_MENU_H */
