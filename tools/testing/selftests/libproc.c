// SPDX-License-Identifier: GPL-2.0-only
#include "harness.h"

bool proc_stat(pid_t pid, struct proc_stat *st)
{
	char path[64], buf[1024];
	const char *s;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	if (file_read(path, buf, sizeof(buf)) <= 0)
		return false;
	s = strrchr(buf, ')');
	return s && sscanf(s + 1,
			   " %c %lld %*d %*d %*d %*d %lld %lld %*d %lld %*d %lld %lld %*d %*d %*d %*d"
			   " %lld %*d %lld %lld %lld %*u %*u %*u %*u %*u %*u %*u %*u %*u %*u %*u %*u"
			   " %*u %*d %*d %*d %lld",
			   &st->state, &st->ppid, &st->flags, &st->min_flt, &st->maj_flt,
			   &st->utime, &st->stime, &st->threads, &st->start, &st->vsize, &st->rss,
			   &st->policy) == 12;
}

char proc_state(pid_t pid)
{
	struct proc_stat st;

	return proc_stat(pid, &st) ? st.state : 0;
}

/* Until the process waits for its next command: from then on its figures stand still. */
void proc_settle(pid_t pid)
{
	if (!eventually(proc_state(pid) == 'S'))
		tap_bail("process %d does not come to rest", pid);
}

/* "key: value" in /proc/PID/FILE; negative where it is not there. */
long long proc_value(pid_t pid, const char *file, const char *key)
{
	char path[64], buf[4096];
	const char *s;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, file);
	if (file_read(path, buf, sizeof(buf)) <= 0)
		return -1;
	for (s = buf; s && *s; s = strchr(s, '\n')) {
		s += *s == '\n';
		if (!strncmp(s, key, strlen(key)) && s[strlen(key)] == ':')
			return atoll(s + strlen(key) + 1);
	}
	return -1;
}

/* The first @n numbers of /proc/PID/FILE. */
bool proc_numbers(pid_t pid, const char *file, long long *numbers, int n)
{
	char path[64], buf[512], *s = buf;
	int i;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, file);
	if (file_read(path, buf, sizeof(buf)) <= 0)
		return false;
	for (i = 0; i < n; i++)
		numbers[i] = strtoll(s, &s, 10);
	return true;
}

static bool row_find(char *row, bool (*wanted)(const char *row, int n, int arg), int arg)
{
	FILE *f = fopen(PROC_FILE, "re");
	bool found = false;
	int n;

	if (!f)
		return false;
	for (n = 0; !found && fgets(row, ROW_SIZE, f); n++)
		found = wanted(row, n, arg);
	fclose(f);
	return found;
}

static bool row_is_nth(const char *row, int n, int arg)
{
	(void)row;
	return n == arg;
}

static bool row_is_pid(const char *row, int n, int arg)
{
	int pid;

	(void)n;
	return sscanf(row, "pid %d ", &pid) == 1 && pid == arg;
}

bool row_read_nth(int n, char *row)
{
	return row_find(row, row_is_nth, n);
}

bool row_read(pid_t pid, char *row)
{
	return row_find(row, row_is_pid, pid);
}

int row_count(void)
{
	char row[ROW_SIZE];
	int n = 0;

	while (row_read_nth(n, row))
		n++;
	return n;
}

/* The word behind @key; keys and values take turns in a row. */
bool row_word(const char *row, const char *key, char *word, size_t size)
{
	char copy[ROW_SIZE], *save = NULL, *k, *v;

	snprintf(copy, sizeof(copy), "%s", row);
	for (k = strtok_r(copy, " \n", &save); k; k = strtok_r(NULL, " \n", &save)) {
		v = strtok_r(NULL, " \n", &save);
		if (!v)
			return false;
		if (!strcmp(k, key)) {
			snprintf(word, size, "%s", v);
			return true;
		}
	}
	return false;
}

/* -1: there is no such key, or its value is not a number */
long long row_value(const char *row, const char *key)
{
	char word[64], *end;
	long long value;

	if (!row_word(row, key, word, sizeof(word)))
		return -1;
	value = strtoll(word, &end, 10);
	return *end || end == word ? -1 : value;
}

bool row_is_absent(const char *row, const char *key)
{
	char word[64];

	return row_word(row, key, word, sizeof(word)) && !strcmp(word, "-");
}
