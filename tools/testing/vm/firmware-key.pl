#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only
#
# A firmware's variables with a certificate in them, as if the machine's owner
# had enrolled it: usage: firmware-key.pl CERTIFICATE VARS OUT
#
# VARS is OVMF_VARS_4M.fd as Debian ships it, empty. The certificate goes into
# db, the list of those that the firmware trusts. A variable
# (UEFI specification 2.10, 8.2; its place in the flash is edk2's) is a header,
# its name in UTF-16, its data; a list of certificates is in 32.4.1.

use strict;
use warnings;
use Encode ();

my ($cert, $vars, $out) = @ARGV;
die "usage: firmware-key.pl CERTIFICATE VARS OUT\n" unless defined $out;

sub slurp {
	my ($path) = @_;
	open my $fh, '<:raw', $path or die "$path: $!\n";
	local $/;
	return scalar <$fh>;
}

# As they stand in memory: the first three parts little-endian.
sub guid {
	my ($a, $b, $c, $d) = $_[0] =~ /^(\w{8})-(\w{4})-(\w{4})-(\w{4}-\w{12})$/ or die;
	return pack('VvvH*', hex $a, hex $b, hex $c, $d =~ s/-//r);
}

my $NV_BS_RT = 0x07;
my $AUTHENTICATED = 0x20;
my $owner = guid('77fa9abd-0359-4d32-bd60-28f4e78f784b');
my $security = guid('d719b2cb-3d3a-4596-a3bc-dad00e67656f');
my $der = slurp($cert);
my $list = guid('a5c059a1-94e4-4aa7-87b5-ab155c2bf072')
	. pack('VVV', 28 + 16 + length $der, 0, 16 + length $der) . $owner . $der;

my $flash = slurp($vars);
my $volume = unpack 'v', substr $flash, 48, 2;
die "$vars: not edk2's variables\n"
	unless substr($flash, $volume, 16) eq guid('aaf32c78-947b-439a-a180-2e144ec37792');
my $at = $volume + 28;

sub put {
	my ($name, $vendor, $attributes, $data) = @_;
	my $wide = Encode::encode('UTF-16LE', "$name\0");
	my $record = pack('vCCVQ<', 0x55aa, 0x3f, 0, $attributes, 0)
		. pack('vCCCCCCVvCC', 2026, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0) . pack('V', 0)
		. pack('VV', length $wide, length $data) . $vendor . $wide . $data;

	$at += -$at % 4;
	die "$vars: it is not empty\n" unless substr($flash, $at, length $record) =~ /^\xff+$/;
	substr($flash, $at, length $record) = $record;
	$at += length $record;
}

put('db', $security, $NV_BS_RT | $AUTHENTICATED, $list);

open my $fh, '>:raw', $out or die "$out: $!\n";
print $fh $flash;
close $fh or die "$out: $!\n";
