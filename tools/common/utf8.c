// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "utf8.h"

/* How many bytes follow a first byte, or -1 if it cannot be one. */
static int tail_length(unsigned char first)
{
	if (first < 0x80)
		return 0;
	if (first >= 0xc2 && first < 0xe0)
		return 1;
	if (first >= 0xe0 && first < 0xf0)
		return 2;
	if (first >= 0xf0 && first < 0xf5)
		return 3;
	return -1;
}

size_t utf8_decode(const char *s, size_t length, uint32_t *code)
{
	static const uint32_t least[] = { 0, 0x80, 0x800, 0x10000 };
	const unsigned char *byte = (const unsigned char *)s;
	int tail = tail_length(byte[0]);
	uint32_t value;
	int i;

	if (tail < 0 || (size_t)tail >= length)
		return 0;
	value = tail ? byte[0] & (0x3fu >> tail) : byte[0];
	for (i = 1; i <= tail; i++) {
		if ((byte[i] & 0xc0) != 0x80)
			return 0;
		value = value << 6 | (byte[i] & 0x3f);
	}
	if (value < least[tail] || value > 0x10ffff || (value >= 0xd800 && value < 0xe000))
		return 0;
	*code = value;
	return (size_t)tail + 1;
}

static int is_control(uint32_t code)
{
	return code < 0x20 || (code >= 0x7f && code < 0xa0);
}

void utf8_printable(const char *s, char *buf, size_t size)
{
	size_t length = strlen(s);
	size_t used = 0;

	while (length) {
		uint32_t code = 0;
		size_t bytes = utf8_decode(s, length, &code);
		int show = bytes && !is_control(code);
		size_t room = show ? bytes : 1;

		if (!bytes)
			bytes = 1;
		if (used + room >= size)
			break;
		memcpy(buf + used, show ? s : "?", room);
		used += room;
		s += bytes;
		length -= bytes;
	}
	buf[used] = '\0';
}
