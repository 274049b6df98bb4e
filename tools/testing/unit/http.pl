#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only
#
# An HTTP client with bad manners, for exporter.t.
#
#	http.pl ADDRESS get [PATH [HEADER...]]	a request; prints all of the answer
#	http.pl ADDRESS raw TEXT		sends TEXT (\r, \n as in Perl), prints the answer
#	http.pl ADDRESS half			the same as get, and says that it sends no more
#	http.pl ADDRESS drip			a byte of a request each half second: how long, in seconds
#	http.pl ADDRESS crowd N			N connections at once that say nothing, and a request
#						once they are gone: prints its answer
#
# ADDRESS is HOST:PORT, or the path of a socket.

use strict;
use warnings;
use IO::Socket::INET;
use IO::Socket::UNIX;
use Socket qw(SHUT_WR);
use Time::HiRes qw(time sleep);

$SIG{PIPE} = 'IGNORE';
my ($address, $what, @rest) = @ARGV;

sub dial {
	return $address =~ m{/} ? IO::Socket::UNIX->new(Peer => $address)
				: IO::Socket::INET->new(PeerAddr => $address);
}
sub slurp { my ($s) = @_; local $/; return scalar(<$s>) // '' }
sub get {
	my ($path, @headers) = @_;
	return join "\r\n", "GET " . ($path // '/metrics') . " HTTP/1.1", 'Host: x', @headers, '', '';
}

my $s = dial() or die "http.pl: $address: $!\n";
if ($what eq 'get') {
	print $s get(@rest);
	print slurp($s);
} elsif ($what eq 'raw') {
	print $s $rest[0] =~ s/\\r/\r/gr =~ s/\\n/\n/gr;
	print slurp($s);
} elsif ($what eq 'half') {
	print $s get();
	shutdown $s, SHUT_WR;
	print slurp($s);
} elsif ($what eq 'drip') {
	my $begin = time;
	my $text = get('/metrics', 'X: ' . 'x' x 1000);
	for my $byte (split //, $text) {
		last unless defined syswrite $s, $byte;
		my $bits = '';
		vec($bits, fileno $s, 1) = 1;
		last if select $bits, undef, undef, 0.5;
	}
	printf "%d\n", time - $begin;
} elsif ($what eq 'crowd') {
	my @crowd = map { dial() // () } 1 .. $rest[0];
	close $_ for @crowd;
	print $s get();
	print slurp($s);
}
