// SPDX-License-Identifier: GPL-2.0-only
/* JSON: whatever the bytes, what comes out is one valid line. */
#include <math.h>
#include <stdlib.h>

#include "../../common/json.h"
#include "../../common/utf8.h"
#include "tap.h"

static char out[4096];

static FILE *open_out(void)
{
	FILE *file;

	memset(out, 0xcc, sizeof(out));
	file = fmemopen(out, sizeof(out), "w");
	if (!file)
		abort();
	return file;
}

static const char *as_string(const char *s, size_t length)
{
	FILE *file = open_out();
	struct json json = { .out = file };

	json_string(&json, "k", s, length);
	fclose(file);
	return out;
}

#define STRING(bytes, wanted, name) \
	CHECK_STR(as_string(bytes, sizeof(bytes) - 1), ",\"k\":\"" wanted "\"", name)

static void strings(void)
{
	STRING("", "", "empty");
	STRING("sh", "sh", "plain");
	STRING("a\"b\\c", "a\\\"b\\\\c", "quote and backslash");
	STRING("a/b", "a/b", "a slash stays");
	STRING("\n\t", "\\n\\t", "newline, tab");
	STRING("\x01\x1b[2J\x1f", "\\u0001\\u001b[2J\\u001f", "control characters");
	STRING("\x7f", "\\u007f", "delete");
	STRING("a\0b", "a\\u0000b", "NUL");
	STRING("gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f", "two bytes");
	STRING("\xe2\x82\xac", "\xe2\x82\xac", "three bytes");
	STRING("\xf0\x9f\x90\xa7", "\xf0\x9f\x90\xa7", "four bytes");
	STRING("\xf4\x8f\xbf\xbf", "\xf4\x8f\xbf\xbf", "U+10FFFF");
	STRING("\x80", "\\ufffd", "a lone tail");
	STRING("\xff\xfe", "\\ufffd\\ufffd", "bytes that never occur");
	STRING("\xc3", "\\ufffd", "cut off after one of two");
	STRING("x\xe2\x82", "x\\ufffd\\ufffd", "cut off after two of three");
	STRING("\xc3x", "\\ufffdx", "no tail");
	STRING("\xc0\xaf", "\\ufffd\\ufffd", "overlong, two bytes");
	STRING("\xe0\x80\xaf", "\\ufffd\\ufffd\\ufffd", "overlong, three bytes");
	STRING("\xf0\x80\x80\xaf", "\\ufffd\\ufffd\\ufffd\\ufffd", "overlong, four bytes");
	STRING("\xed\xa0\x80", "\\ufffd\\ufffd\\ufffd", "a surrogate");
	STRING("\xf4\x90\x80\x80", "\\ufffd\\ufffd\\ufffd\\ufffd", "above U+10FFFF");
}

static void objects(void)
{
	FILE *file = open_out();
	struct json json;

	json_begin(&json, file, "s/1");
	json_uint(&json, "u", UINT64_MAX);
	json_int(&json, "i", INT64_MIN);
	json_real(&json, "r", 12.5);
	json_real(&json, "n", NAN);
	json_real(&json, "f", INFINITY);
	json_bool(&json, "t", true);
	json_bool(&json, "b", false);
	json_null(&json, "x");
	json_end(&json);
	fclose(file);
	CHECK_STR(out, "{\"schema\":\"s/1\",\"u\":18446744073709551615,"
		  "\"i\":-9223372036854775808,\"r\":12.5000,\"n\":null,\"f\":null,"
		  "\"t\":true,\"b\":false,\"x\":null}\n", "an object of every kind");
}

static const char *printable(const char *s, size_t size)
{
	static char buf[64];

	memset(buf, 0xcc, sizeof(buf));
	utf8_printable(s, buf, size);
	return buf;
}

static void terminals(void)
{
	CHECK_STR(printable("bash", 16), "bash", "terminal: plain");
	CHECK_STR(printable("a\x1b[2Jb", 16), "a?[2Jb", "terminal: no escape sequence");
	CHECK_STR(printable("\xc2\x9b" "2J", 16), "?2J", "terminal: nor a C1 one");
	CHECK_STR(printable("\x9b" "2J", 16), "?2J", "terminal: nor its raw byte");
	CHECK_STR(printable("gr\xc3\xbc\xc3\x9f", 16), "gr\xc3\xbc\xc3\x9f", "terminal: UTF-8");
	CHECK_STR(printable("abcdef", 4), "abc", "terminal: cut to the room");
	CHECK_STR(printable("ab\xc3\xbc", 4), "ab", "terminal: no character is cut in two");
	CHECK_STR(printable("", 1), "", "terminal: empty");
}

/* Each of the 65536 pairs of bytes: the output is printable ASCII or valid UTF-8. */
static void all_pairs(void)
{
	int first, second, bad = 0;

	for (first = 0; first < 256; first++) {
		for (second = 0; second < 256; second++) {
			char bytes[2] = { (char)first, (char)second };
			const char *s = as_string(bytes, sizeof(bytes));

			while (*s) {
				uint32_t code;
				size_t length = utf8_decode(s, strlen(s), &code);

				if (!length || code < 0x20 || code == 0x7f) {
					bad++;
					break;
				}
				s += length;
			}
		}
	}
	CHECK(!bad, "every pair of bytes gives valid text");
}

static void rows(void)
{
	FILE *file = open_out();
	struct json row;

	csv_begin(&row, file, "");
	csv_heading(&row, "pid");
	csv_heading(&row, "comm");
	csv_end(&row);
	csv_begin(&row, file, "");
	json_null(&row, "pid");
	json_uint(&row, "n", 7);
	json_string(&row, "comm", "a\"b,\n\xff", 6);
	json_bool(&row, "final", true);
	csv_end(&row);
	fclose(file);
	CHECK_STR(out, "pid,comm\n,7,\"a\"\"b,??\",true\n", "comma-separated values");
}

int main(void)
{
	strings();
	objects();
	terminals();
	rows();
	all_pairs();
	return tap_end();
}
