#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only
#
# openmetrics.pl [FILE]: is this OpenMetrics text 1.0? A reading of the specification
# of our own, for counters, gauges and infos without timestamps: says what is wrong
# and fails, or says how many families and metrics there are.

use strict;
use warnings;

my ($family, %family, %seen, %closed, $ended, $metrics);
my @wrong;
my %ending = (counter => '_total', gauge => '', info => '_info');

local $/;
my $text = <>;
sub wrong { push @wrong, "line $_[0]: $_[1]" }

utf8::decode(my $decoded = $text) or push @wrong, 'no valid UTF-8';
push @wrong, 'no end of line at the end' unless $text =~ /\n\z/;
my $n = 0;
for my $line (split /\n/, $text) {
	$n++;
	wrong($n, 'something behind # EOF') if $ended;
	if ($line eq '# EOF') {
		$ended = 1;
	} elsif ($line =~ /^# (HELP|TYPE|UNIT) ([a-zA-Z_:][\w:]*) (.*)$/) {
		my ($what, $name, $rest) = ($1, $2, $3);
		if (!defined $family || $family ne $name) {
			wrong($n, "$name begins a second time") if $family{$name};
			$closed{$family} = 1 if defined $family;
			$family = $name;
			$family{$name} = {};
		}
		wrong($n, "$what of $name twice") if exists $family{$name}{$what};
		wrong($n, "$what of $name behind its metrics") if $family{$name}{metrics};
		$family{$name}{$what} = $rest;
		wrong($n, "type $rest") if $what eq 'TYPE' && !exists $ending{$rest};
		wrong($n, "$name does not end with its unit $rest")
			if $what eq 'UNIT' && $name !~ /_\Q$rest\E$/;
		wrong($n, 'a quote or backslash that is not escaped')
			if $what eq 'HELP' && $rest !~ /^(?:[^"\\]|\\[n"\\])*$/;
	} elsif ($line =~ /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/) {
		my ($name, $labels, $value) = ($1, $2 // '', $3);
		my $type = defined $family ? $family{$family}{TYPE} // '' : '';
		$family{$family}{metrics}++ if defined $family;
		$metrics++;
		wrong($n, "$name is not of the family above")
			unless defined $family && exists $ending{$type} && $name eq $family . $ending{$type};
		my (%label, $rest);
		$rest = $labels;
		while ($rest =~ s/^([a-zA-Z_]\w*)="((?:[^"\\\n]|\\[n"\\])*)"(?:,(?=.)|$)//) {
			wrong($n, "label $1 twice") if $label{$1}++;
			wrong($n, 'a control character') if $2 =~ /[\x00-\x1f\x7f]/;
		}
		wrong($n, "labels: $rest") if $rest ne '';
		wrong($n, "$name\{$labels} twice") if $seen{"$name $labels"}++;
		wrong($n, "value $value") unless $value =~ /^\d+(?:\.\d+)?$/;
		wrong($n, 'an info that is not 1') if $type eq 'info' && $value ne '1';
	} else {
		wrong($n, "what is '$line'?");
	}
}
push @wrong, 'no # EOF' unless $ended;
for my $name (sort keys %family) {
	push @wrong, "$name: no type" unless exists $family{$name}{TYPE};
	push @wrong, "$name: no help" unless $family{$name}{HELP};
	my ($unit) = $name =~ /_(seconds|bytes)$/;
	push @wrong, "$name: its unit is not told" if $unit && ($family{$name}{UNIT} // '') ne $unit;
}
print "wrong: $_\n" for @wrong;
exit 1 if @wrong;
printf "%d families, %d metrics\n", scalar keys %family, $metrics // 0;
