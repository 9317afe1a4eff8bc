#!/usr/bin/perl
# The hosts and routers of a network namespace, for tests of ping. The route to 10.0.0.0/8 must be the
# loopback device. KIND decides how the k-th request of a sender to 10.KIND.ARGUMENT.x is answered. x only
# makes the addresses differ.
use strict;
use warnings;
use Socket qw(AF_INET SOCK_DGRAM SOCK_RAW inet_aton pack_sockaddr_in);

use constant {AF_PACKET => 17, ETH_P_IP => 0x0800, IP_HDRINCL => 3, ROUTER => inet_aton('10.255.0.1')};

my %answers = (
  # no reply if bit k of the argument is set
  1 => sub { my ($ip, $bit) = @_; $bit ? () : reply($ip) },
  # two replies if bit k is set
  2 => sub { my ($ip, $bit) = @_; (reply($ip)) x ($bit ? 2 : 1) },
  # a router's error: ARGUMENT is type × 16 + code
  3 => sub { my ($ip, undef, $argument) = @_; error($ip, $argument >> 4, $argument & 15) },
  # host unreachable if bit k is set
  4 => sub { my ($ip, $bit) = @_; $bit ? error($ip, 3, 1) : reply($ip) },
  # a reply from another address
  5 => sub { my ($ip) = @_; reply($ip, ROUTER) },
  # before the reply, a flood of replies to requests that were not sent, and of errors that quote nothing
  6 => sub { my ($ip) = @_; (hostile($ip), reply($ip)) },
  # the flood without the reply
  7 => sub { my ($ip) = @_; hostile($ip) },
);

socket(my $in, AF_PACKET, SOCK_DGRAM, unpack('S', pack('n', ETH_P_IP))) or die "packet socket: $!";
socket(my $out, AF_INET, SOCK_RAW, 255) or die "raw socket: $!";
setsockopt($out, 0, IP_HDRINCL, pack('i', 1)) or die "header: $!";
$| = 1;
print "ready\n";

my %count;
while (defined recv($in, my $ip, 65_535, 0)) {
  next if ord(substr($ip, 9, 1)) != 1 || ord(substr($ip, 20, 1)) != 8;
  my ($ten, $kind, $argument) = unpack('C3', substr($ip, 16, 4));
  my $answer = $ten == 10 && $answers{$kind} or next;
  my $k = $count{substr($ip, 16, 4) . substr($ip, 24, 2)}++;
  for my $packet ($answer->($ip, $argument >> ($k % 8) & 1, $argument)) {
    my $to = substr($packet, 16, 4);
    send($out, $packet, 0, pack_sockaddr_in(0, $to)) // warn "send: $!";
  }
}

sub reply {
  my ($ip, $from) = @_;
  return packet($from // substr($ip, 16, 4), substr($ip, 12, 4), "\0\0\0\0" . substr($ip, 24));
}

sub error {
  my ($ip, $type, $code) = @_;
  return packet(ROUTER, substr($ip, 12, 4), pack('C C x2 x4', $type, $code) . $ip);
}

sub hostile {
  my ($ip) = @_;
  my ($from, $to, $id) = (substr($ip, 16, 4), substr($ip, 12, 4), substr($ip, 24, 2));
  my @forged = map { packet($from, $to, pack('x4 a2 n N', $id, $_, rand 0xffff_ffff) . "\0" x 64) } 0 .. 40;
  my @short = map { packet($from, $to, pack('C x7', $_)) } 0, 3, 11, 12;
  my $quoted = substr($ip, 0, 16) . ROUTER . substr($ip, 20);    # of a request to somebody else
  return (@forged, @short, packet($from, $to, pack('C C x6', 3, 1) . $quoted), packet($from, $to, pack('C x7', 3) . "\xff" x 60));
}

sub packet {
  my ($from, $to, $icmp) = @_;
  substr($icmp, 2, 2, pack('n', checksum($icmp)));
  return pack('C x n x2 x2 C C x2 a4 a4', 0x45, 20 + length $icmp, 64, 1, $from, $to) . $icmp;
}

sub checksum {
  my ($bytes) = @_;
  my $sum = unpack('%32n*', length($bytes) % 2 ? "$bytes\0" : $bytes);
  $sum = ($sum >> 16) + ($sum & 0xffff) while $sum > 0xffff;
  return ~$sum & 0xffff;
}
