#!/usr/bin/perl
# Sends echo requests for all checks of one worker, because a Node process cannot send them itself. sender.ts
# starts this program, and it ends when its standard input ends. It needs perl-base only, and either
# CAP_NET_RAW or a group within net.ipv4.ping_group_range.
#
# It reads series of requests (SERIES) and writes one report for each (REPORT) when the series has ended or is
# stopped.
use strict;
use warnings;
use Errno qw(EAGAIN EINTR ENOBUFS);

BEGIN { unshift @INC, __FILE__ =~ m{^(.*)/}s ? $1 : '.' }
use IcmpSockets qw(has_errors monotonic_clock open_sockets receive refusal_of send_request socket_address watched);

# The frames that frames.ts writes and reads.
use constant SERIES => 'C C C C n n N N N N N a16 a4';    # what family flags ttl size count id token within gap limit address source
use constant SERIES_LENGTH => 48;
use constant REPORT => 'N n n n n n n C C C x d> N N a16';
use constant {START => 1, STOP => 2};
use constant {PACED => 1, FIRST => 2, ENDS_ON_ERROR => 4, COUNTS_REPLIES => 8, ENDS_UNSENT => 16};
use constant {FIRST_WITHOUT_LOSS => 32, IGNORES_REPEATED => 64};

# The fields of a series. Times are microseconds.
use constant {
  ID => 0, FAMILY => 1, FLAGS => 2, TTL => 3, PADDING => 4, COUNT => 5, TOKEN => 6, GAP => 7, LIMIT => 8, TO => 9, ADDRESS => 10,
  ATTEMPTS => 11, SENT => 12, RECEIVED => 13, REPEATED => 14, ERRORS => 15, ERRNO => 16, TYPE => 17, CODE => 18, OFFENDER => 19,
  SUM => 20, MIN => 21, MAX => 22, NUMBERS => 23, LAST => 24, IS_REFUSED => 25, SOURCE => 26,
};

use constant {READ_SIZE => 65_536, BEGUN_AT_ONCE => 64, PATIENCE => 1_000_000};

my %series;         # by id
# By the sequence number of a request that is under way: its series, when it was sent, whether it was answered.
# Lists of all 65,536 numbers would take several MiB.
my (%by_sequence, %sent_at, %is_answered);
my $sequence = 0;
# Series with the same gap, or with the same total time, are in one queue. The first in a queue is due first.
my %waiting;    # gap → the series that send when it is over: [due, series, its attempts]
my %ending;     # total time → the series that end when it is over: [due, id]
my $input = '';
my $output = '';
my $now = 0;    # the time at which this turn began

$SIG{INT} = $SIG{TERM} = $SIG{HUP} = 'IGNORE';    # the worker decides when its checks end
$0 = 'omd-worker icmp';
binmode STDIN;
binmode STDOUT;
open_sockets();
turn() while 1;

# Waits for the next event and handles all that has happened.
sub turn {
  my $ready = watched();
  vec($ready, fileno(STDIN), 1) = 1;
  my $due = has_errors() ? 0 : next_due();
  my $found = select($ready, undef, undef, defined $due ? ($due > 0 ? $due / 1e6 : 0) : undef);
  $now = monotonic_clock();
  $ready = '' if $found <= 0;
  my $is_behind = receive($ready, \&replied, \&failed);
  read_requests() if vec($ready, fileno(STDIN), 1);
  send_due();
  # While replies may still be unread, no series ends, but a flood of them delays the end by PATIENCE only.
  end_due($is_behind ? $now - PATIENCE : $now);
  write_reports() if $output ne '';
}

# ---- requests from the worker ----

sub read_requests {
  my $read = sysread(STDIN, $input, READ_SIZE, length $input);
  return if !defined $read && ($! == EAGAIN || $! == EINTR);
  exit 0 unless $read;
  my $at = 0;
  my $begun = 0;
  for (; $at + SERIES_LENGTH <= length $input; $at += SERIES_LENGTH) {
    my ($what, @fields) = unpack(SERIES, substr($input, $at, SERIES_LENGTH));
    if ($what == START) {
      begin(@fields);
      # Replies of a near host come at once, and a socket does not hold many of them.
      receive(undef, \&replied, \&failed) if ++$begun % BEGUN_AT_ONCE == 0;
    } elsif (my $stopped = $series{$fields[5]}) {
      finish($stopped);
    }
  }
  substr($input, 0, $at, '');
}

sub begin {
  my ($version, $flags, $ttl, $size, $count, $id, $token, $within_ms, $gap, $limit, $address, $source) = @_;
  my $series = $series{$id} = [];
  @$series[ID, FAMILY, FLAGS, TTL, COUNT, TOKEN, GAP, LIMIT, SOURCE] = ($id, $version, $flags, $ttl, $count, $token, $gap, $limit, $source);
  @$series[PADDING, TO, ADDRESS] = ("\0" x ($size - 4), socket_address($version, $address), $address);
  @$series[ATTEMPTS .. CODE] = (0) x 8;
  @$series[OFFENDER .. IS_REFUSED] = ('', 0, 0xffff_ffff, 0, [], -1, 0);
  if (my $errno = refusal_of($version)) {
    @$series[ERRNO, IS_REFUSED] = ($errno, 1);
    return finish($series);
  }
  push @{$ending{$within_ms}}, [$now + $within_ms * 1000, $id];
  send_next($series);
}

sub finish {
  my ($series) = @_;
  delete $series{$series->[ID]} or return;
  my @numbers = @{$series->[NUMBERS]};
  delete @by_sequence{@numbers};
  delete @sent_at{@numbers};
  delete @is_answered{@numbers};
  $output .= pack(REPORT, @$series[ID, ATTEMPTS .. CODE, IS_REFUSED, SUM, MIN, MAX, OFFENDER]);
}

sub write_reports {
  while ($output ne '') {
    my $written = syswrite(STDOUT, $output);
    if (defined $written) { substr($output, 0, $written, '') }
    elsif ($! != EINTR) { exit 0 }
  }
}

# ---- requests and replies ----

# Sends the next request. Where the kernel refuses it and no request is under way, the one after it is sent at
# once.
sub send_next {
  my ($series) = @_;
  my ($flags, $count) = @$series[FLAGS, COUNT];
  for (;;) {
    my $errno = transmit($series);
    my $attempts = ++$series->[ATTEMPTS];
    if ($errno) {
      $series->[ERRNO] = $errno;
      return finish($series) if $flags & ENDS_UNSENT || is_through($series);
    }
    return if $attempts >= $count && !($flags & COUNTS_REPLIES);
    next if $errno && !($flags & PACED) && under_way($series) <= 0;
    return push @{$waiting{$series->[GAP]}}, [$now + $series->[GAP], $series, $attempts];
  }
}

sub under_way {
  my ($series) = @_;
  return $series->[SENT] - $series->[RECEIVED] - $series->[REPEATED] - $series->[ERRORS];
}

sub is_through {
  my ($series) = @_;
  my ($flags, $count) = @$series[FLAGS, COUNT];
  return 1 if $flags & FIRST && $series->[RECEIVED];
  return 1 if $flags & FIRST_WITHOUT_LOSS && $series->[RECEIVED] == $series->[ATTEMPTS];
  return 1 if $flags & ENDS_ON_ERROR && $series->[ERRORS];
  return $series->[RECEIVED] >= $count if $flags & COUNTS_REPLIES;
  return 0 if $series->[ATTEMPTS] < $count;
  # Where a reply may not take longer than the gap, the time of all requests but the last is over.
  return $series->[LAST] < 0 || $is_answered{$series->[LAST]} if $flags & PACED && $series->[LIMIT] <= $series->[GAP];
  return under_way($series) <= 0;
}

# Returns the error number, or 0 where the request was sent.
sub transmit {
  my ($series) = @_;
  $series->[LAST] = -1;
  my $number = next_sequence() // return ENOBUFS;
  my ($errno, $at) = send_request(@$series[FAMILY, TO], $number, @$series[TOKEN, PADDING, TTL, SOURCE]);
  return $errno if $errno;
  $series->[SENT]++;
  $series->[LAST] = $number;
  push @{$series->[NUMBERS]}, $number;
  ($by_sequence{$number}, $sent_at{$number}, $is_answered{$number}) = ($series, $at, 0);
  return 0;
}

sub next_sequence {
  for (0 .. 0xffff) {
    $sequence = ($sequence + 1) & 0xffff;
    return $sequence unless exists $by_sequence{$sequence};
  }
  return undef;
}

# The token proves that it is a reply to a request of this series.
sub replied {
  my ($number, $token, $at) = @_;
  my $series = $by_sequence{$number} // return;
  return if $token != $series->[TOKEN];
  my $took = $at > $sent_at{$number} ? $at - $sent_at{$number} : 0;
  return if $series->[LIMIT] && $took > $series->[LIMIT];
  if (!$is_answered{$number}++) { $series->[RECEIVED]++ }
  elsif ($series->[FLAGS] & IGNORES_REPEATED) { return }
  else { $series->[REPEATED]++ }
  $series->[SUM] += $took;
  $series->[MIN] = $took if $took < $series->[MIN];
  $series->[MAX] = $took if $took > $series->[MAX];
  go_on($series);
}

# An error counts only if it names the address the request was sent to, which makes it harder to forge.
sub failed {
  my ($number, $address, $type, $code, $offender) = @_;
  my $series = $by_sequence{$number} // return;
  return if $address ne $series->[ADDRESS];
  @$series[TYPE, CODE, OFFENDER] = ($type, $code, $offender) unless $series->[ERRORS];
  $series->[ERRORS]++;
  go_on($series);
}

sub go_on {
  my ($series) = @_;
  return finish($series) if is_through($series);
  my ($flags, $count, $attempts) = @$series[FLAGS, COUNT, ATTEMPTS];
  send_next($series) if !($flags & PACED) && $attempts < $count && under_way($series) <= 0;
}

# ---- time ----

sub is_stale {
  my ($entry) = @_;
  my (undef, $series, $attempts) = @$entry;
  return $series->[ATTEMPTS] != $attempts || !exists $series{$series->[ID]};
}

# The time until the next series is due. Undefined where none is.
sub next_due {
  my $first;
  for ([\%waiting, \&is_stale], [\%ending, sub { !exists $series{$_[0][1]} }]) {
    my ($queues, $is_stale) = @$_;
    for my $time (keys %$queues) {
      my $queue = $queues->{$time};
      shift @$queue while @$queue && $is_stale->($queue->[0]);
      if (!@$queue) { delete $queues->{$time} }
      elsif (!defined $first || $queue->[0][0] < $first) { $first = $queue->[0][0] }
    }
  }
  return defined $first ? $first - $now : undef;
}

sub send_due {
  for my $queue (values %waiting) {
    while (@$queue && $queue->[0][0] <= $now) {
      my $entry = shift @$queue;
      send_next($entry->[1]) unless is_stale($entry);
    }
  }
}

sub end_due {
  my ($until) = @_;
  for my $queue (values %ending) {
    while (@$queue && $queue->[0][0] <= $until) {
      my $series = $series{(shift @$queue)->[1]};
      finish($series) if $series;
    }
  }
}
