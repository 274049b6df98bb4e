// SPDX-License-Identifier: GPL-2.0-only
#include <stdbool.h>
#include <string.h>

#include "label.h"
#include "utf8.h"

#define ELLIPSIS	"\u2026"

static bool is_bidi_control(uint32_t code)
{
	return code == 0x061c || code == 0x200e || code == 0x200f ||
	       (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
}

/* U+2028 and U+2029 end lines. */
static bool is_unfit(uint32_t code)
{
	return (code & 0xfffe) == 0xfffe || (code >= 0xfdd0 && code <= 0xfdef) ||
	       code == 0x2028 || code == 0x2029 || is_bidi_control(code);
}

void label_clean(const char *s, char *buf, size_t size)
{
	const char *from = buf;
	char *to = buf;

	utf8_printable(s, buf, size);
	while (*from) {
		uint32_t code = 0;
		size_t bytes = utf8_decode(from, strlen(from), &code);

		if (is_unfit(code))
			*to++ = '?';
		else
			to = (char *)memmove(to, from, bytes) + bytes;
		from += bytes;
	}
	*to = '\0';
}

int label_shorten(char *s, size_t size)
{
	size_t length = strlen(s);

	if (length >= strlen(ELLIPSIS) && !strcmp(s + length - strlen(ELLIPSIS), ELLIPSIS))
		length -= strlen(ELLIPSIS);
	if (!length)
		return false;
	while (length && ((unsigned char)s[--length] & 0xc0) == 0x80)
		;
	s[length] = '\0';
	if (length + strlen(ELLIPSIS) < size)
		strcat(s, ELLIPSIS);
	return true;
}
