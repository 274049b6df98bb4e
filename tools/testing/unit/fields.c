// SPDX-License-Identifier: GPL-2.0-only
/* Fields as people read them; their JSON is looked at in tmctl-fake.t. */
#include <stdlib.h>

#include "../../common/field.h"
#include "tap.h"

struct record {
	uint64_t number;
	uint32_t half;
	uint16_t quarter;
	uint8_t byte;
	int32_t negative;
	double real;
	char name[16];
};

static struct record record;

static const char *text_of(const struct field_type *type, size_t offset, size_t size,
			   uint32_t mask)
{
	static char buf[FIELD_TEXT_MAX];
	struct field field = {
		.key = "k", .heading = "h", .type = type, .offset = offset, .size = size,
		.mask = mask,
	};

	memset(buf, 0xcc, sizeof(buf));
	field_to_text(&field, &record, 0, buf);
	return buf;
}

#define TEXT(type, member) \
	text_of(&(type), offsetof(struct record, member), sizeof(record.member), 0)

static void sizes(void)
{
	record = (struct record){
		.number = UINT64_MAX, .half = UINT32_MAX, .quarter = UINT16_MAX,
		.byte = UINT8_MAX, .negative = INT32_MIN,
	};
	CHECK_STR(TEXT(field_number, number), "18446744073709551615", "eight bytes");
	CHECK_STR(TEXT(field_number, half), "4294967295", "four bytes");
	CHECK_STR(TEXT(field_number, quarter), "65535", "two bytes");
	CHECK_STR(TEXT(field_number, byte), "255", "one byte");
	CHECK_STR(TEXT(field_signed, negative), "-2147483648", "a negative number");
}

static void units(void)
{
	record.number = 1536;
	CHECK_STR(TEXT(field_bytes, number), "1", "bytes are KiB");
	record.number = 36181127855;
	CHECK_STR(TEXT(field_seconds, number), "36.181127855", "seconds to the nanosecond");
	record.number = 5;
	CHECK_STR(TEXT(field_seconds, number), "0.000000005", "nanoseconds keep their zeroes");
	record.half = 1234567;
	CHECK_STR(TEXT(field_ppm, half), "123.46", "millionths are percent");
	record.real = 99.999;
	CHECK_STR(TEXT(field_percent, real), "100.00", "percent has two digits");
	record.half = 1 << 16 | 20 << 8 | 3;
	CHECK_STR(TEXT(field_version, half), "1.20.3", "a version");
}

static void spans(void)
{
	static const struct {
		uint64_t ns;
		const char *text;
	} cases[] = {
		{ 0, "0 ns" }, { 999, "999 ns" }, { 1000, "1 us" }, { 1500, "1.500 us" },
		{ 100000000, "100 ms" }, { 1000000000, "1 s" }, { 90500000000, "90.500 s" },
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		record.number = cases[i].ns;
		CHECK_STR(TEXT(field_span, number), cases[i].text, "span %s", cases[i].text);
	}
}

static void flags(void)
{
	record.quarter = 5;
	CHECK_STR(text_of(&field_flag, offsetof(struct record, quarter), 2, 4), "yes", "flag set");
	CHECK_STR(text_of(&field_flag, offsetof(struct record, quarter), 2, 2), "no", "not set");
}

static void unknowns(void)
{
	struct field field = {
		.key = "k", .heading = "h", .type = &field_number, .size = 8, .needs = 6,
	};
	char buf[FIELD_TEXT_MAX];

	record.number = 0;
	field_to_text(&field, &record, 2, buf);
	CHECK_STR(buf, "-", "one of two bits missing: unknown");
	field_to_text(&field, &record, 6, buf);
	CHECK_STR(buf, "0", "both there: 0 is a figure");
	field.zero_unknown = true;
	field_to_text(&field, &record, 6, buf);
	CHECK_STR(buf, "-", "unless 0 says that it is unknown");
}

static void times(void)
{
	setenv("TZ", "UTC", 1);
	record.number = 1700000000123456789;
	CHECK_STR(TEXT(field_wallclock, number), "2023-11-14 22:13:20.123", "a time of day");
}

static void names(void)
{
	memcpy(record.name, "a\nb", 4);
	CHECK_STR(TEXT(field_name, name), "a?b", "a name cannot begin a line");
}

int main(void)
{
	sizes();
	units();
	spans();
	flags();
	unknowns();
	times();
	names();
	return tap_end();
}
