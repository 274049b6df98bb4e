// SPDX-License-Identifier: GPL-2.0-only
/* tmctl-exporter: the command line. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "error.h"
#include "exporter.h"
#include "options.h"
#include "output.h"
#include "parse.h"
#include "status.h"

#define INTERVAL_NS	(15 * NSEC_PER_SEC)
#define GROUPS_DEFAULT	100
#define GROUPS_MOST	10000
#define PIDS_MOST	10000
#define DEPTH_DEFAULT	2
#define DEPTH_MOST	64
#define PEM_MAX		(1024 * 1024)	/* bytes */

/* The options' arguments. */
static struct {
	const char *listen;
	const char *unix_path;
	const char *mode;
	const char *tls_cert;
	const char *tls_key;
	const char *by;
	const char *depth;
	const char *groups;
	const char *pids;
	const char *textfile;
	const char *interval;
	const char *format;
	bool once;
} args;

/* What they say. */
static struct {
	enum naming_by by;
	uint64_t depth;
	uint64_t groups;
	uint64_t pids;
	uint64_t interval_ns;
	mode_t mode;
	enum dialect dialect;
} wish = {
	.depth = DEPTH_DEFAULT,
	.groups = GROUPS_DEFAULT,
	.interval_ns = INTERVAL_NS,
	.mode = 0660,
};

static const struct opt exporter_opts[] = {
	OPT_VALUE('l', "listen", "ADDR:PORT", &args.listen,
		  "serve there; unless told otherwise at\n" LISTEN_ADDRESS ":" LISTEN_PORT
		  ", which other machines cannot reach"),
	OPT_VALUE(0, "unix", "PATH", &args.unix_path, "serve at a socket in the file system"),
	OPT_VALUE(0, "mode", "MODE", &args.mode, "its permissions; 660 unless told otherwise"),
	OPT_VALUE(0, "tls-cert", "FILE", &args.tls_cert, "serve HTTPS with this certificate (PEM)"),
	OPT_VALUE(0, "tls-key", "FILE", &args.tls_key, "and its key"),
	OPT_VALUE('b', "by", "WHAT", &args.by,
		  "what makes a group: name (unless told otherwise),\ncgroup or user"),
	OPT_VALUE(0, "cgroup-depth", "N", &args.depth,
		  "the first N names of a cgroup's path; 2 unless told\notherwise"),
	OPT_VALUE('g', "max-groups", "N", &args.groups,
		  "more than N are one group, \"other\"; 100 unless told\notherwise"),
	OPT_VALUE(0, "pids", "N", &args.pids,
		  "the N processes that have used most CPU time, too,\neach by itself"),
	OPT_VALUE(0, "textfile", "PATH", &args.textfile,
		  "write the metrics there, for node_exporter; serves\nthem only with -l or --unix"),
	OPT_VALUE('i', "interval", "TIME", &args.interval,
		  "how often; 15s unless told otherwise"),
	OPT_FLAG(0, "once", &args.once, "print the metrics, or write the file, and end"),
	OPT_VALUE(0, "format", "FORMAT", &args.format,
		  "of --once: openmetrics (unless told otherwise) or text"),
	OPT_END
};

/* --- the command line ---------------------------------------------------------------- */

/* Which of @n words @word is; -1: none. */
static int find_word(const char *word, const char *const *words, int n)
{
	int i;

	for (i = 0; i < n; i++) {
		if (!strcmp(word, words[i]))
			return i;
	}
	return -1;
}

static int set_words(void)
{
	static const char *const bys[] = {
		[BY_NAME] = "name", [BY_CGROUP] = "cgroup", [BY_USER] = "user",
	};
	static const char *const formats[] = {
		[DIALECT_OPENMETRICS] = "openmetrics", [DIALECT_TEXT] = "text",
	};
	int by = args.by ? find_word(args.by, bys, ARRAY_SIZE(bys)) : BY_NAME;
	int format = args.format ? find_word(args.format, formats, ARRAY_SIZE(formats)) :
				   DIALECT_OPENMETRICS;

	if (by < 0)
		return fail_usage("exporter: by '%s': name, cgroup or user", args.by);
	if (format < 0)
		return fail_usage("exporter: format '%s': openmetrics or text", args.format);
	if (args.format && !args.once)
		return fail_usage("exporter: --format is for --once");
	wish.by = (enum naming_by)by;
	wish.dialect = (enum dialect)format;
	return STATUS_DONE;
}

static int set_mode(void)
{
	char *end;
	unsigned long mode;

	if (!args.mode)
		return STATUS_DONE;
	mode = strtoul(args.mode, &end, 8);
	if (*end || args.mode[0] < '0' || args.mode[0] > '7' || mode > 0777)
		return fail_usage("exporter: invalid mode '%s' (octal, such as 660)", args.mode);
	if (!args.unix_path)
		return fail_usage("exporter: --mode is for --unix");
	wish.mode = (mode_t)mode;
	return STATUS_DONE;
}

static int set_numbers(void)
{
	int err = args.interval ? parse_duration(args.interval, NSEC_PER_SEC, 3600 * NSEC_PER_SEC,
						 &wish.interval_ns) : 0;

	if (err == -ERANGE)
		return fail_usage("exporter: interval '%s' is not between 1s and 1h", args.interval);
	if (err)
		return fail_usage("exporter: invalid interval '%s' (such as 15s)", args.interval);
	if (args.depth && parse_uint(args.depth, 1, DEPTH_MOST, &wish.depth))
		return fail_usage("exporter: invalid depth '%s' (1 to %d)", args.depth, DEPTH_MOST);
	if (args.groups && parse_uint(args.groups, 1, GROUPS_MOST, &wish.groups))
		return fail_usage("exporter: invalid number of groups '%s' (1 to %d)", args.groups,
				  GROUPS_MOST);
	if (args.pids && parse_uint(args.pids, 1, PIDS_MOST, &wish.pids))
		return fail_usage("exporter: invalid number of processes '%s' (1 to %d)", args.pids,
				  PIDS_MOST);
	return set_mode();
}

static int set_options(void)
{
	int status = set_words();

	if (!status)
		status = set_numbers();
	if (status)
		return status;
	if (args.listen && args.unix_path)
		return fail_usage("exporter: --listen or --unix, not both");
	if (!args.tls_cert != !args.tls_key)
		return fail_usage("exporter: --tls-cert and --tls-key go together");
	if (args.depth && wish.by != BY_CGROUP)
		return fail_usage("exporter: --cgroup-depth is for --by=cgroup");
	if (args.interval && !args.textfile)
		return fail_usage("exporter: --interval is for --textfile (a server samples when it "
				  "is asked)");
	if (args.once && (args.listen || args.unix_path || args.tls_cert))
		return fail_usage("exporter: --once serves nothing");
	if (args.once && args.textfile && wish.dialect != DIALECT_TEXT && args.format)
		return fail_usage("exporter: --textfile is of format text");
	return STATUS_DONE;
}

/* --- the server ------------------------------------------------------------------------ */

/* All of a file, to be freed, terminated. Return: an exit code. */
static int read_file(const char *path, char **text)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), err = errno;
	ssize_t n = 1;
	size_t length = 0;

	if (fd < 0)
		return fail(STATUS_FAILED, "exporter: %s: %s", path, strerror(err));
	*text = malloc(PEM_MAX + 1);
	while (*text && length < PEM_MAX && n > 0) {
		n = read(fd, *text + length, PEM_MAX - length);
		length += n > 0 ? (size_t)n : 0;
	}
	err = n < 0 ? errno : *text ? 0 : ENOMEM;
	close(fd);
	if (err || !length) {
		free(*text);
		*text = NULL;
		return fail(STATUS_FAILED, "exporter: %s: %s", path,
			    err ? strerror(err) : "it is empty");
	}
	(*text)[length] = '\0';
	return STATUS_DONE;
}

static int open_listener(struct listener *listener)
{
	int status;

	if (args.unix_path)
		return listen_unix(listener, args.unix_path, wish.mode);
	if (args.listen)
		return listen_tcp(listener, args.listen);
	status = listen_inherited(listener);
	if (status || listener->fd >= 0 || args.textfile)
		return status;
	return listen_tcp(listener, LISTEN_ADDRESS ":" LISTEN_PORT);
}

static int start_http(struct exporter *exporter, const char *cert, const char *key)
{
	const struct http_config config = {
		.fd = exporter->listener.fd,
		.tls_cert = cert,
		.tls_key = key,
		.make = exporter_page,
		.context = exporter,
	};

	exporter->http = http_start(&config);
	if (!exporter->http && cert)
		return fail(STATUS_FAILED, "exporter: %s, %s: they do not make a server (is that a "
			    "certificate with its key, in PEM?)", args.tls_cert, args.tls_key);
	if (!exporter->http)
		return fail(STATUS_FAILED, "exporter: the server does not start");
	exporter->listener.fd = -1;	/* the server's now */
	if (args.unix_path)
		printf("Listening on %s\n", exporter->listener.where);
	else
		printf("Listening on %s://%s/metrics\n", cert ? "https" : "http",
		       exporter->listener.where);
	output_flush();
	return STATUS_DONE;
}

static int serve(struct exporter *exporter)
{
	char *cert = NULL, *key = NULL;
	int status = open_listener(&exporter->listener);

	if (status || exporter->listener.fd < 0)
		return status;
	if (args.tls_cert)
		status = read_file(args.tls_cert, &cert);
	if (!status && args.tls_key)
		status = read_file(args.tls_key, &key);
	if (!status)
		status = start_http(exporter, cert, key);
	if (key)
		explicit_bzero(key, strlen(key));
	free(key);
	free(cert);
	return status;
}

/* --- the command ------------------------------------------------------------------------- */

/* A module that is not there may come; rights will not. */
static int begin(struct exporter *exporter, bool must)
{
	int err = exporter_sample(exporter), status = err ? error_status(err) : STATUS_DONE;

	if (!err)
		return STATUS_DONE;
	return must || status != STATUS_NO_MODULE ? status : STATUS_DONE;
}

static int print_once(struct exporter *exporter)
{
	page_print(stdout, wish.dialect, &exporter->page);
	return STATUS_DONE;
}

static int run(struct exporter *exporter)
{
	int status = begin(exporter, args.once);

	if (status)
		return status;
	if (args.textfile && exporter_write(exporter))
		return STATUS_FAILED;
	if (args.once)
		return args.textfile ? STATUS_DONE : print_once(exporter);
	status = serve(exporter);
	return status ? status : exporter_run(exporter);
}

static int cmd_exporter(const struct options *opts, int argc, char **argv)
{
	struct exporter exporter = {
		.source.device = opts->device,
		.listener.fd = -1,
		.textfile = args.textfile,
		.epoll_fd = -1,
		.signal_fd = -1,
	};
	int status;

	if (argc)
		return fail_excess("exporter", argv[0]);
	status = set_options();
	if (status)
		return status;
	exporter.interval_ns = wish.interval_ns;
	exporter.page.account = &exporter.account;
	exporter.page.source = &exporter.source;
	exporter.page.pids = (size_t)wish.pids;
	if (account_init(&exporter.account, wish.by, (unsigned int)wish.depth,
			 (size_t)wish.groups, NULL))
		return fail_errno("exporter", ENOMEM);
	status = run(&exporter);
	http_stop(exporter.http);
	listen_close(&exporter.listener);
	source_close(&exporter.source);
	account_free(&exporter.account);
	if (exporter.epoll_fd >= 0)
		close(exporter.epoll_fd);
	if (exporter.signal_fd >= 0)
		close(exporter.signal_fd);
	return status;
}

static const struct command command_exporter = {
	.name = "exporter",
	.run = cmd_exporter,
	.opts = exporter_opts,
	.usage = "[OPTION]...",
	.help = "metrics of all processes for Prometheus",
	.details =
		"Groups of processes, those that lived between two scrapes included. It needs\n"
		"CAP_PERFMON (or CAP_SYS_ADMIN) and the device. SIGUSR1 lets the module go for a\n"
		"moment, so that it can be unloaded; SIGINT and SIGTERM end it.\n"
		"\n"
		"Examples:\n"
		"  tmctl exporter                          by name, at http://127.0.0.1:9971/metrics\n"
		"  tmctl exporter --by=cgroup -g 50        by service, 50 at most\n"
		"  tmctl exporter --unix /run/tm.sock      for a proxy on this machine\n"
		"  tmctl exporter --once | promtool check metrics\n"
		"  tmctl exporter --textfile /var/lib/prometheus/node-exporter/taskmonitor.prom\n",
};

int main(int argc, char **argv)
{
	return program_main(&command_exporter, argc, argv);
}
