// SPDX-License-Identifier: GPL-2.0-only
/* tmctl plot: a recording as a picture. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "error.h"
#include "figures.h"
#include "label.h"
#include "options.h"
#include "output.h"
#include "parse.h"
#include "pattern.h"
#include "picture.h"
#include "save.h"
#include "status.h"

#define WIDTH		1000
#define HEIGHT		640
#define SIDE_MIN	240
#define SIDE_MAX	8192
#define TOP		8
#define CELLS_MIN	100	/* a coarser picture does not show what it could */

/* The options' arguments. */
static struct {
	const char *output;
	const char *format;
	const char *what;
	const char *by;
	const char *top;
	const char *pids;
	const char *name;
	const char *from;
	const char *to;
	const char *bin;
	const char *size;
	const char *title;
	const char *theme;
	bool lines;
	bool clock;
	bool csv;
} args;

/**
 * struct plot - one tmctl plot
 * @path: of the recording
 * @format: of the picture
 * @what: mask of enum what
 * @by: what a series is
 * @top: how many series there are, and the rest
 * @from_ns: where it begins, since the recording began
 * @to_ns: where it ends
 * @bin_ns: how long a cell is; 0: as the picture's width has it
 * @width: of the picture
 * @height: of the picture
 * @theme: its colours
 * @table: of the figures
 * @rec: the recording
 * @all: its processes
 * @grid: the picture's time
 * @set: its series
 * @loss: what is missing
 */
struct plot {
	const char *path;
	enum canvas_format format;
	unsigned int what;
	enum group_by by;
	uint64_t top;
	uint64_t from_ns;
	uint64_t to_ns;
	uint64_t bin_ns;
	uint64_t width;
	uint64_t height;
	const struct theme *theme;
	enum table_format table;
	struct recording rec;
	struct processes all;
	struct grid grid;
	struct series_set set;
	struct loss loss;
};

/* --- the command line -------------------------------------------------------- */

/**
 * struct word - a value of an option that takes one of several words
 * @name: the word
 * @value: what it stands for
 */
struct word {
	const char *name;
	unsigned int value;
};

static const struct word formats[] = {
	{ "svg", CANVAS_SVG }, { "png", CANVAS_PNG }, { "pdf", CANVAS_PDF }, { NULL, 0 },
};
static const struct word whats[] = {
	{ "cpu", WHAT_CPU }, { "rss", WHAT_RSS }, { "both", WHAT_CPU | WHAT_RSS }, { NULL, 0 },
};
static const struct word bys[] = {
	{ "process", GROUP_PROCESS }, { "command", GROUP_COMMAND }, { "tree", GROUP_TREE },
	{ NULL, 0 },
};

static const struct word *find_word(const struct word *words, const char *name)
{
	for (; words->name; words++) {
		if (!strcmp(words->name, name))
			return words;
	}
	return NULL;
}

static int set_format(struct plot *plot)
{
	const char *suffix = args.output ? strrchr(args.output, '.') : NULL;
	const struct word *word;

	if (args.format)
		word = find_word(formats, args.format);
	else
		word = suffix ? find_word(formats, suffix + 1) : NULL;
	if (word)
		plot->format = word->value;
	else if (args.format)
		return fail_usage("plot: unknown format '%s' (svg, png or pdf)", args.format);
	else if (args.output)
		return fail_usage("plot: %s: which format? (a name that ends with .svg, .png or "
				  ".pdf, or --format)", args.output);
	return STATUS_DONE;
}

static int set_words(struct plot *plot)
{
	const struct word *what = find_word(whats, args.what ? args.what : "both");
	const struct word *by = find_word(bys, args.by ? args.by : "process");

	if (!what)
		return fail_usage("plot: what is '%s'? (cpu, rss or both)", args.what);
	if (!by)
		return fail_usage("plot: by '%s'? (process, command or tree)", args.by);
	plot->what = what->value;
	plot->by = (enum group_by)by->value;
	plot->theme = theme_find(args.theme ? args.theme : "light");
	if (!plot->theme)
		return fail_usage("plot: unknown theme '%s' (light or dark)", args.theme);
	return STATUS_DONE;
}

static int set_time(const char *arg, uint64_t least, uint64_t *ns)
{
	int err = arg ? parse_duration(arg, least, INT64_MAX, ns) : 0;

	if (err)
		return fail_usage("plot: invalid time '%s' (such as 90, 1.5s, 20ms or 2h)", arg);
	return STATUS_DONE;
}

static int set_times(struct plot *plot)
{
	int status = set_time(args.from, 0, &plot->from_ns);

	plot->to_ns = UINT64_MAX;
	if (!status)
		status = set_time(args.to, 1, &plot->to_ns);
	if (!status)
		status = set_time(args.bin, 1, &plot->bin_ns);
	if (!status && plot->from_ns >= plot->to_ns)
		return fail_usage("plot: --from=%s is not before --to=%s", args.from, args.to);
	return status;
}

static int set_size(struct plot *plot)
{
	char width[32] = "";
	const char *x = strchr(args.size, 'x');

	if (x && (size_t)(x - args.size) < sizeof(width))
		memcpy(width, args.size, (size_t)(x - args.size));
	if (!x || parse_uint(width, SIDE_MIN, SIDE_MAX, &plot->width) ||
	    parse_uint(x + 1, SIDE_MIN, SIDE_MAX, &plot->height))
		return fail_usage("plot: invalid size '%s' (WIDTHxHEIGHT, each %d to %d)",
				  args.size, SIDE_MIN, SIDE_MAX);
	return STATUS_DONE;
}

static int set_numbers(struct plot *plot)
{
	plot->width = WIDTH;
	plot->height = HEIGHT;
	plot->top = TOP;
	if (args.top && parse_uint(args.top, 1, SERIES_MAX, &plot->top))
		return fail_usage("plot: invalid number of series '%s' (1 to %d)", args.top,
				  SERIES_MAX);
	return args.size ? set_size(plot) : STATUS_DONE;
}

static int set_options(struct plot *plot, const struct options *opts, int argc, char **argv)
{
	int status;

	if (!argc)
		return fail_usage("plot: no recording given (such as: tmctl plot run.tmr "
				  "-o run.svg)");
	if (argc > 1)
		return fail_excess("plot", argv[1]);
	if (opts->json && args.csv)
		return fail_usage("plot: --json or --csv, not both");
	if (!args.output && !opts->json && !args.csv)
		return fail_usage("plot: where to? (-o FILE.svg, .png or .pdf; or --csv, --json)");
	if (args.output && !strcmp(args.output, "-") && (opts->json || args.csv))
		return fail_usage("plot: picture and figures cannot both go to standard output");
	plot->path = argv[0];
	plot->table = table_format(opts->json, args.csv);
	status = set_format(plot);
	if (!status)
		status = set_words(plot);
	if (!status)
		status = set_times(plot);
	return status ? status : set_numbers(plot);
}

/* --- who is wanted ------------------------------------------------------------- */

/* The next of a list with commas, and where the rest begins; its length. */
static size_t next_item(const char **rest, const char **item)
{
	size_t length = strcspn(*rest, ",");

	*item = *rest;
	*rest += length;
	if (**rest)
		(*rest)++;
	return length;
}

static size_t want_pid(struct processes *all, int32_t pid)
{
	size_t found = 0, i;

	for (i = 0; i < all->n; i++) {
		if (all->list[i].pid == pid) {
			all->list[i].wanted = true;
			found++;
		}
	}
	return found;
}

static int want_pids(struct plot *plot)
{
	const char *rest = args.pids, *item;
	char number[32];
	pid_t pid;

	do {
		size_t length = next_item(&rest, &item);

		snprintf(number, sizeof(number), "%.*s", (int)length, item);
		if (length >= sizeof(number) || parse_pid(number, &pid))
			return fail_usage("plot: invalid PID '%.*s'", (int)length, item);
		if (!want_pid(&plot->all, pid))
			return fail(STATUS_FAILED, "plot: %s: no process %d in it "
				    "(see: tmctl report)", plot->path, pid);
	} while (*rest);
	return STATUS_DONE;
}

static int want_names(struct plot *plot)
{
	size_t found = 0, i;
	regex_t pattern;
	int status = pattern_compile(&pattern, "plot", args.name);

	if (status)
		return status;
	for (i = 0; i < plot->all.n; i++) {
		struct process *p = &plot->all.list[i];

		if (!pattern_matches(&pattern, p->comm))
			continue;
		p->wanted = true;
		found++;
	}
	regfree(&pattern);
	if (!found)
		return fail(STATUS_FAILED, "plot: %s: no process whose name matches '%s' in it "
			    "(see: tmctl report)", plot->path, args.name);
	return STATUS_DONE;
}

static int want(struct plot *plot)
{
	int status = STATUS_DONE;
	size_t i;

	for (i = 0; i < plot->all.n; i++)
		plot->all.list[i].wanted = !args.pids && !args.name;
	if (args.pids)
		status = want_pids(plot);
	if (!status && args.name)
		status = want_names(plot);
	return status;
}

/* --- the work ------------------------------------------------------------------- */

/*
 * Within an interval nobody knows when CPU time was used: what one process used
 * in its first half, and another one in the second, is drawn as used by both all
 * the time, and may be more than there are CPUs. So a cell is an interval long,
 * from sample to sample, unless that makes very few.
 */
static bool cut_by_interval(struct plot *plot, uint64_t begin_ns, uint64_t end_ns, size_t most)
{
	uint64_t interval_ns = plot->rec.interval_ns;

	if (!interval_ns || interval_ns > (end_ns - begin_ns) / CELLS_MIN ||
	    !grid_init(&plot->grid, begin_ns, end_ns, interval_ns, most - 1))
		return false;
	grid_align(&plot->grid, recording_tick(&plot->rec));
	return true;
}

static int cut_time(struct plot *plot)
{
	const struct recording *rec = &plot->rec;
	uint64_t length = rec->end_ns - rec->begin_ns, begin_ns, end_ns;
	size_t most = picture_cells((double)plot->width);
	char text[SCALE_LABEL_MAX];

	amount_ns(length, text);
	if (plot->from_ns >= length)
		return fail(STATUS_FAILED, "plot: %s: --from=%s: it is only %s long", plot->path,
			    args.from, text);
	if (plot->to_ns > length)
		plot->to_ns = length;
	begin_ns = rec->begin_ns + plot->from_ns;
	end_ns = rec->begin_ns + plot->to_ns;
	if (!plot->bin_ns && cut_by_interval(plot, begin_ns, end_ns, most))
		return STATUS_DONE;
	if (grid_init(&plot->grid, begin_ns, end_ns, plot->bin_ns, most))
		return STATUS_DONE;
	amount_ns((plot->to_ns - plot->from_ns) / most + 1, text);
	return fail_usage("plot: --bin=%s: that is less than the picture can show (%s at least, or "
			  "a greater --size)", args.bin, text);
}

static int read_recording(struct plot *plot)
{
	int status = recording_open(&plot->rec, plot->path);

	if (!status && args.output)
		status = save_check(args.output, plot->path);
	if (!status)
		status = cut_time(plot);
	if (!status)
		status = processes_read(&plot->all, &plot->rec);
	if (!status)
		status = want(plot);
	if (!status && processes_group(&plot->all, plot->by))
		status = fail(STATUS_FAILED, "plot: %s: %s", plot->path, strerror(ENOMEM));
	if (!status)
		status = series_make(&plot->set, &plot->rec, &plot->all, &plot->grid, plot->what,
				     (size_t)plot->top);
	if (!status)
		status = loss_read(&plot->loss, &plot->rec, &plot->grid, plot->set.first_ns);
	if (!status && !plot->set.n)
		return fail(STATUS_FAILED, "plot: %s: nothing is known of that time%s", plot->path,
			    args.pids || args.name ? " and these processes" : "");
	return status;
}

static int draw(struct plot *plot)
{
	const char *title = args.title ? args.title : plot->rec.command;
	char name[RECORDING_TEXT_MAX];
	struct picture picture = {
		.theme = plot->theme, .rec = &plot->rec, .all = &plot->all, .set = &plot->set,
		.loss = &plot->loss, .what = plot->what, .by = plot->by, .lines = args.lines,
		.clock = args.clock, .title = name,
	};
	int status;

	label_clean(*title ? title : plot->path, name, sizeof(name));
	picture.canvas = canvas_new(plot->format, (double)plot->width, (double)plot->height, name);
	if (!picture.canvas)
		return fail(STATUS_FAILED, "plot: %s: %s", args.output, strerror(errno));
	status = picture_draw(&picture);
	if (!status)
		status = save_picture(picture.canvas, args.output);
	canvas_free(picture.canvas);
	return status;
}

static int cmd_plot(const struct options *opts, int argc, char **argv)
{
	struct plot plot = { 0 };
	int status = set_options(&plot, opts, argc, argv);

	if (status)
		return status;
	status = read_recording(&plot);
	if (!status && plot.table != TABLE_TEXT)
		figures_print(stdout, &plot.set, &plot.rec, plot.by, plot.table);
	if (!status && args.output)
		status = draw(&plot);
	loss_free(&plot.loss);
	series_free(&plot.set);
	processes_free(&plot.all);
	recording_close(&plot.rec);
	return status;
}

static const struct opt plot_opts[] = {
	OPT_VALUE('o', "output", "FILE", &args.output,
		  "the picture, .svg, .png or .pdf; -: standard output"),
	OPT_VALUE('f', "format", "FORMAT", &args.format,
		  "svg, png or pdf, whatever FILE is called"),
	OPT_VALUE('w', "what", "WHAT", &args.what, "cpu, rss or both (default)"),
	OPT_VALUE('b', "by", "WHOM", &args.by, "process (default), command or tree"),
	OPT_FLAG('l', "lines", &args.lines, "a line each, not areas upon each other"),
	OPT_VALUE('n', "top", "N", &args.top, "those that used most (default: 8), the rest as one"),
	OPT_VALUE('p', "pid", "PID,...", &args.pids, "these processes alone"),
	OPT_VALUE('C', "command", "NAME", &args.name, "those whose name matches NAME, a regular expression"),
	OPT_VALUE(0, "from", "TIME", &args.from, "begin there, since the recording began"),
	OPT_VALUE(0, "to", "TIME", &args.to, "end there"),
	OPT_VALUE(0, "bin", "TIME", &args.bin, "the step of time (default: by the width)"),
	OPT_FLAG(0, "clock", &args.clock, "times of day along the axis"),
	OPT_VALUE('s', "size", "WxH", &args.size, "in pixels (default: 1000x640)"),
	OPT_VALUE(0, "title", "TEXT", &args.title, "above it (default: what was recorded)"),
	OPT_VALUE(0, "theme", "THEME", &args.theme, "light (default) or dark"),
	OPT_FLAG(0, "csv", &args.csv, "print the figures, comma-separated; so with --json"),
	OPT_END
};

static const struct command command_plot = {
	.name = "plot",
	.run = cmd_plot,
	.opts = plot_opts,
	.usage = "[OPTION]... RECORDING -o FILE",
	.help = "a recording as a picture: CPU and memory over time",
	.details =
		"Examples:\n"
		"  tmctl plot build.tmr -o build.svg              every process, the rest as one\n"
		"  tmctl plot build.tmr -o build.png --by=command  all compilers as one\n"
		"  tmctl plot build.tmr -o peak.pdf --what=rss --from=90 --to=2m\n"
		"  tmctl plot build.tmr --csv                     the same in figures\n",
};

int main(int argc, char **argv)
{
	return program_main(&command_plot, argc, argv);
}
