// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "menu.h"

void menu_begin(struct menu *menu, const char *title)
{
	menu_free(menu);
	snprintf(menu->title, sizeof(menu->title), "%s", title);
}

void menu_add(struct menu *menu, const char *label, uint64_t value, bool selected)
{
	size_t room = menu->room ? 2 * menu->room : 32;
	struct menu_item *items;

	if (menu->count == menu->room) {
		items = realloc(menu->items, room * sizeof(*items));
		if (!items)
			return;
		menu->items = items;
		menu->room = room;
	}
	if (selected)
		menu->selected = menu->count;
	items = &menu->items[menu->count++];
	snprintf(items->label, sizeof(items->label), "%s", label);
	items->value = value;
}

static long bounded(long value, long most)
{
	return value > most ? most < 0 ? 0 : most : value < 0 ? 0 : value;
}

void menu_move(struct menu *menu, long by, size_t rows)
{
	long last = (long)menu->count - 1;

	if (menu->fixed) {
		menu->offset = (size_t)bounded((long)menu->offset + by,
					       (long)menu->count - (long)rows);
		return;
	}
	menu->selected = (size_t)bounded((long)menu->selected + by, last);
	if (menu->selected < menu->offset)
		menu->offset = menu->selected;
	if (rows && menu->selected >= menu->offset + rows)
		menu->offset = menu->selected - rows + 1;
}

void menu_jump(struct menu *menu, int letter, size_t rows)
{
	size_t i;

	for (i = 1; i <= menu->count; i++) {
		size_t at = (menu->selected + i) % menu->count;
		const char *label = menu->items[at].label;

		/* Signals begin with their number. */
		label += strspn(label, " 0123456789");
		if (tolower((unsigned char)*label) != tolower(letter))
			continue;
		menu_move(menu, (long)at - (long)menu->selected, rows);
		return;
	}
}

void menu_free(struct menu *menu)
{
	free(menu->items);
	memset(menu, 0, sizeof(*menu));
}
