#!/usr/bin/perl
# Sends echo requests for all checks of one worker, which a Node process cannot do itself. Started by icmp-sender.ts, ends when its
# standard input does. Needs nothing beyond perl-base, and either CAP_NET_RAW or a group within net.ipv4.ping_group_range.
#
# It is given series of requests (SERIES) and gives back one report for each (REPORT), when the series is through or is stopped.
use strict;
use warnings;
use Config;
use Errno qw(EAGAIN EINTR ENOBUFS);
use Socket qw(AF_INET AF_INET6 SOCK_RAW SOCK_DGRAM SOL_SOCKET SO_RCVBUF SO_SNDBUF MSG_DONTWAIT);

# Frames, as icmp-frames.ts writes and reads them.
use constant SERIES => 'C C C C n n N N N N N a16 a4';    # what family flags ttl size count id token within gap limit address source
use constant SERIES_LENGTH => 48;
use constant REPORT => 'N n n n n n n C C C x d> N N a16';
use constant {START => 1, STOP => 2, NO_SOURCE => "\0" x 4};
use constant {PACED => 1, FIRST => 2, ENDS_ON_ERROR => 4, COUNTS_REPLIES => 8, ENDS_UNSENT => 16};
use constant {FIRST_WITHOUT_LOSS => 32, IGNORES_REPEATED => 64};

# A series. Times are microseconds.
use constant {
  ID => 0, FAMILY => 1, FLAGS => 2, TTL => 3, PADDING => 4, COUNT => 5, TOKEN => 6, GAP => 7, LIMIT => 8, TO => 9, ADDRESS => 10,
  ATTEMPTS => 11, SENT => 12, RECEIVED => 13, REPEATED => 14, ERRORS => 15, ERRNO => 16, TYPE => 17, CODE => 18, OFFENDER => 19,
  SUM => 20, MIN => 21, MAX => 22, NUMBERS => 23, LAST => 24, IS_REFUSED => 25, SOURCE => 26,
};

# What Socket does not name.
use constant {SIOCGSTAMP => 0x8906, MSG_ERRQUEUE => 0x2000, SO_SNDBUFFORCE => 32, SO_RCVBUFFORCE => 33};
use constant {IPPROTO_ICMP => 1, IPPROTO_ICMPV6 => 58, SOL_IP => 0, SOL_IPV6 => 41, SOL_RAW => 255};
use constant {IP_TTL => 2, IP_RECVERR => 11, IPV6_RECVERR => 25, ICMP_FILTER => 1};
use constant {CLOCK_REALTIME => 0, CLOCK_MONOTONIC => 1, LOCAL_ERROR => 1};
use constant {BUFFER => 4 << 20, MAX_SOCKETS => 16, MAX_SOURCES => 32, MAX_AT_ONCE => 64, READ_SIZE => 65_536, PACKET => 2048};
use constant PATIENCE => 1_000_000;    # microseconds

# perl-base has neither Time::HiRes nor recvmsg.
my %CALLS = (    # clock_gettime, recvmsg
  x86_64 => [228, 47], aarch64 => [113, 212], riscv64 => [113, 212], loongarch64 => [113, 212],
  powerpc64le => [246, 342], ppc64le => [246, 342], s390x => [260, 372], i686 => [265, 372], i386 => [265, 372], arm => [263, 297],
);
my ($machine) = $Config{archname} =~ /^([^-]+)/;
my ($CLOCK_GETTIME, $RECVMSG) = @{$CALLS{$machine} // exit 3};

my %FAMILIES = (
  4 => {
    domain => AF_INET, protocol => IPPROTO_ICMP, request => 8, reply => 0, errors => {3 => 1, 11 => 1, 12 => 1},
    receive_errors => [SOL_IP, IP_RECVERR],
    pass => pack('L', ~(1 << 0 | 1 << 3 | 1 << 11 | 1 << 12) & 0xffff_ffff), block => pack('L', 0xffff_ffff), filter => SOL_RAW,
    to => sub { pack('S n a4 x8', AF_INET, 0, $_[0]) }, from => sub { substr($_[0], 4, 4) . "\0" x 12 },
  },
  6 => {
    domain => AF_INET6, protocol => IPPROTO_ICMPV6, request => 128, reply => 129, errors => {1 => 1, 2 => 1, 3 => 1, 4 => 1},
    receive_errors => [SOL_IPV6, IPV6_RECVERR],
    pass => pack('L8', ~(1 << 1 | 1 << 2 | 1 << 3 | 1 << 4) & 0xffff_ffff, (0xffff_ffff) x 3, ~(1 << 1) & 0xffff_ffff, (0xffff_ffff) x 3),
    block => pack('L8', (0xffff_ffff) x 8), filter => IPPROTO_ICMPV6,
    to => sub { pack('S n N a16 N', AF_INET6, 0, 0, $_[0], 0) }, from => sub { substr($_[0], 8, 16) },
  },
);

my %series;         # by id
# By the sequence number of a request: its series, when it was sent, whether it was answered.
my (@by_sequence, @sent_at, @is_answered);
my $sequence = 0;
# Series with the same gap or the same time in all, the first due first.
my %waiting;    # gap → those that send when it is over: [due, series, its attempts]
my %ending;     # time → those that end when it is over, with what is known: [due, id]
my $input = '';
my $output = '';
my $readable = '';    # for select
my @sockets;          # by descriptor
my $now = 0;          # of the monotonic clock, when this turn began
my $time = pack('l!2', 0, 0);    # where the kernel writes one

$SIG{INT} = $SIG{TERM} = $SIG{HUP} = 'IGNORE';    # the worker ends its checks in its own time
$0 = 'omd-worker icmp';
binmode STDIN;
binmode STDOUT;
vec($readable, fileno(STDIN), 1) = 1;
@$_{qw(sockets bound)} = (open_first($_), {}) for values %FAMILIES;
turn() while 1;

# Waits for something to happen and does what is to do.
sub turn {
  my $ready = $readable;
  my $due = next_due();
  my $found = select($ready, undef, undef, defined $due ? ($due > 0 ? $due / 1e6 : 0) : undef);
  $now = clock(CLOCK_MONOTONIC);
  my $is_behind = 0;
  if ($found > 0) {
    vec($ready, fileno($_->{handle}), 1) && receive($_) && $is_behind++ for @sockets;
    read_requests() if vec($ready, fileno(STDIN), 1);
  }
  send_due();
  # Nobody's time is up while replies may still lie there, but no flood keeps anybody waiting.
  end_due($is_behind ? $now - PATIENCE : $now);
  write_reports() if $output ne '';
}

sub clock {
  syscall($CLOCK_GETTIME, $_[0], $time);
  my ($seconds, $nanoseconds) = unpack('l!2', $time);
  return $seconds * 1_000_000 + ($nanoseconds - $nanoseconds % 1000) / 1000;
}

# ---- sockets ----

# Unprivileged ones first: the kernel passes them their own replies only.
sub open_first {
  my ($family) = @_;
  my $first = open_socket($family, SOCK_DGRAM) // open_socket($family, SOCK_RAW);
  $family->{errno} = $! + 0;
  return [$first // ()];
}

sub open_socket {
  my ($family, $type, $source) = @_;
  socket(my $handle, $family->{domain}, $type, $family->{protocol}) or return undef;
  my $socket = {handle => $handle, is_raw => $type == SOCK_RAW, id => $$ & 0xffff, ttl => 0, family => $family};
  setsockopt($handle, SOL_SOCKET, $_, pack('i', BUFFER)) for SO_RCVBUF, SO_SNDBUF, SO_RCVBUFFORCE, SO_SNDBUFFORCE;
  return undef if defined $source && !bind($handle, $family->{to}->($source));
  if ($socket->{is_raw}) {
    # Raw sockets receive the replies to all of them: one does.
    my $is_first = !@{$family->{sockets} // []};
    setsockopt($handle, $family->{filter}, ICMP_FILTER, $is_first ? $family->{pass} : $family->{block}) or return undef;
    return $socket unless $is_first;
  } else {
    setsockopt($handle, $family->{receive_errors}[0], $family->{receive_errors}[1], pack('i', 1)) or return undef;
  }
  ioctl($handle, SIOCGSTAMP, $time);    # from now on packets carry the time of their arrival
  vec($readable, fileno($handle), 1) = 1;
  push @sockets, $socket;
  return $socket;
}

# Requests that wait for the addresses of dead neighbours fill a socket's buffer: others go through another one.
sub next_socket {
  my ($family, $tried) = @_;
  my $all = $family->{sockets};
  if ($tried < @$all) { push @$all, shift @$all }
  elsif (@$all >= MAX_SOCKETS) { return undef }
  else { unshift @$all, open_socket($family, $all->[0]{is_raw} ? SOCK_RAW : SOCK_DGRAM) // return undef }
  return $all->[0];
}

# One that sends from an address of this machine; IPv4 only.
sub bound_socket {
  my ($family, $source) = @_;
  my $bound = $family->{bound};
  return $bound->{$source} if $bound->{$source};
  if (keys %$bound >= MAX_SOURCES) {
    $! = EAGAIN;
    return undef;
  }
  my $socket = open_socket($family, $family->{sockets}[0]{is_raw} ? SOCK_RAW : SOCK_DGRAM, $source) // return undef;
  return $bound->{$source} = $socket;
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
      # Replies of a near host are there at once, and a socket does not hold many.
      receive_all() if ++$begun % MAX_AT_ONCE == 0;
    } elsif (my $stopped = $series{$fields[5]}) {
      finish($stopped);
    }
  }
  substr($input, 0, $at, '');
}

sub begin {
  my ($version, $flags, $ttl, $size, $count, $id, $token, $within_ms, $gap, $limit, $address, $source) = @_;
  my $family = $FAMILIES{$version};
  my $series = $series{$id} = [];
  @$series[ID, FAMILY, FLAGS, TTL, COUNT, TOKEN, GAP, LIMIT, SOURCE] = ($id, $family, $flags, $ttl, $count, $token, $gap, $limit, $source);
  @$series[PADDING, TO, ADDRESS] = ("\0" x ($size - 4), $family->{to}->($address), $address);
  @$series[ATTEMPTS .. CODE] = (0) x 8;
  @$series[OFFENDER .. IS_REFUSED] = ('', 0, 0xffff_ffff, 0, [], -1, 0);
  if (!@{$family->{sockets}}) {
    @$series[ERRNO, IS_REFUSED] = ($family->{errno}, 1);
    return finish($series);
  }
  push @{$ending{$within_ms}}, [$now + $within_ms * 1000, $id];
  send_next($series);
}

sub finish {
  my ($series) = @_;
  delete $series{$series->[ID]} or return;
  undef $by_sequence[$_] for @{$series->[NUMBERS]};
  $output .= pack(REPORT, @$series[ID, ATTEMPTS .. CODE, IS_REFUSED, SUM, MIN, MAX, OFFENDER]);
}

sub write_reports {
  while ($output ne '') {
    my $written = syswrite(STDOUT, $output);
    if (defined $written) { substr($output, 0, $written, '') }
    elsif ($! != EINTR) { exit 0 }
  }
}

# ---- echo requests ----

# Sends the next request, and the one after it at once where the kernel refused to send it and nothing is under way.
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
  # Where a reply may not take longer than the gap, all but the last request have had their time.
  return $series->[LAST] < 0 || $is_answered[$series->[LAST]] if $flags & PACED && $series->[LIMIT] <= $series->[GAP];
  return under_way($series) <= 0;
}

# Gives the error number, 0 where the request was sent.
sub transmit {
  my ($series) = @_;
  my $family = $series->[FAMILY];
  $series->[LAST] = -1;
  my $number = next_sequence() // return ENOBUFS;
  my $is_bound = $series->[SOURCE] ne NO_SOURCE;
  my $socket = $is_bound ? bound_socket($family, $series->[SOURCE]) : $family->{sockets}[0];
  return $! + 0 unless $socket;
  my $errno = 0;
  for my $try (1 .. MAX_SOCKETS + 1) {
    set_ttl($socket, $series->[TTL]) if $series->[TTL] != $socket->{ttl};
    my $packet = build($family, $socket, $number, $series);
    my $at = clock(CLOCK_REALTIME);
    my $is_sent = defined send($socket->{handle}, $packet, MSG_DONTWAIT, $series->[TO]);
    # Only unprivileged sockets are told of a packet that was dropped on its way out; to the plugin it is sent, and lost.
    if ($is_sent || ($! == ENOBUFS && !$socket->{is_raw})) {
      $series->[SENT]++;
      $series->[LAST] = $number;
      push @{$series->[NUMBERS]}, $number;
      ($by_sequence[$number], $sent_at[$number], $is_answered[$number]) = ($series, $at, 0);
      return 0;
    }
    $errno = $! + 0;
    if ($errno == EAGAIN || $errno == ENOBUFS) {
      return $errno if $is_bound;
      $socket = next_socket($family, $try) // return $errno;
    } else {
      # An unprivileged socket first tells of another request's error, as if it were this one's.
      my $told = $socket->{is_raw} ? 0 : receive_errors($socket);
      return $errno unless $told || ($try == 1 && !$socket->{is_raw});
    }
  }
  return $errno;
}

sub next_sequence {
  for (0 .. 0xffff) {
    $sequence = ($sequence + 1) & 0xffff;
    return $sequence unless defined $by_sequence[$sequence];
  }
  return undef;
}

sub set_ttl {
  my ($socket, $ttl) = @_;
  $socket->{ttl} = $ttl;
  # IPv6 has the kernel's limit: check_icmp sets its own on IPv4 alone.
  setsockopt($socket->{handle}, SOL_IP, IP_TTL, pack('i', $ttl || -1)) if $socket->{family}{domain} == AF_INET;
}

# The token shows that a reply is one to this series. Nothing but zeros follows it.
sub build {
  my ($family, $socket, $number, $series) = @_;
  my ($type, $id, $token) = ($family->{request}, $socket->{id}, $series->[TOKEN]);
  my $sum = 0;
  if ($socket->{is_raw} && $type == 8) {
    $sum = ($type << 8) + $id + $number + ($token >> 16) + ($token & 0xffff);
    $sum = ($sum >> 16) + ($sum & 0xffff) while $sum > 0xffff;
    $sum = ~$sum & 0xffff;
  }
  return pack('C x n n n N', $type, $sum, $id, $number, $token) . $series->[PADDING];
}

# ---- replies ----

sub receive_all {
  receive($_) for @sockets;
}

# True: there may be more.
sub receive {
  my ($socket) = @_;
  my $family = $socket->{family};
  my $has_header = $socket->{is_raw} && $family->{domain} == AF_INET;
  for my $done (0 .. MAX_AT_ONCE - 1) {
    my $from = recv($socket->{handle}, my $packet, PACKET, MSG_DONTWAIT);
    if (!defined $from) {
      receive_errors($socket) if !$socket->{is_raw} && ($done == 0 || $! != EAGAIN);
      return 0;
    }
    substr($packet, 0, (ord($packet) & 15) * 4, '') if $has_header;
    next if length $packet < 8;
    my ($type, $code, undef, $id, $number) = unpack('C C n n n', $packet);
    if ($type == $family->{reply}) {
      replied($socket, $number, $packet) if !$socket->{is_raw} || $id == $socket->{id};
    } elsif ($socket->{is_raw} && $family->{errors}{$type}) {
      failed($socket, $type, $code, $family->{from}->($from), $packet);
    }
  }
  return 1;
}

sub replied {
  my ($socket, $number, $packet) = @_;
  my $series = $by_sequence[$number] // return;
  return if length $packet < 12 || unpack('x8 N', $packet) != $series->[TOKEN] || $series->[FAMILY] != $socket->{family};
  ioctl($socket->{handle}, SIOCGSTAMP, $time);
  my ($seconds, $microseconds) = unpack('l!2', $time);
  my $took = $seconds * 1_000_000 + $microseconds - $sent_at[$number];
  $took = 0 if $took < 0;
  return if $series->[LIMIT] && $took > $series->[LIMIT];
  if (!$is_answered[$number]++) { $series->[RECEIVED]++ }
  elsif ($series->[FLAGS] & IGNORES_REPEATED) { return }
  else { $series->[REPEATED]++ }
  $series->[SUM] += $took;
  $series->[MIN] = $took if $took < $series->[MIN];
  $series->[MAX] = $took if $took > $series->[MAX];
  go_on($series);
}

# A router's answer to one of our requests, which it quotes.
sub failed {
  my ($socket, $type, $code, $offender, $packet) = @_;
  my $is_v4 = $socket->{family}{domain} == AF_INET;
  my $quoted = $is_v4 ? 8 + (ord(substr($packet, 8, 1) || "\0") & 15) * 4 : 48;
  return if length $packet < $quoted + 8;
  my ($request, $id, $number) = unpack('C x3 n n', substr($packet, $quoted, 8));
  return if $request != $socket->{family}{request} || $id != $socket->{id};
  my $series = $by_sequence[$number] // return;
  my $address = $is_v4 ? substr($packet, 24, 4) : substr($packet, 32, 16);
  note_error($series, $type, $code, $offender) if $address eq substr($series->[ADDRESS], 0, length $address);
}

sub note_error {
  my ($series, $type, $code, $offender) = @_;
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

# The queue of an unprivileged socket's errors. Gives how many there were.
sub receive_errors {
  my ($socket) = @_;
  my $family = $socket->{family};
  my ($to, $packet, $control) = ("\0" x 28, "\0" x 64, "\0" x 512);
  vec($_, 0, 8) = 0 for $to, $packet, $control;    # buffers of their own, for the kernel to write to
  my $vector = pack('P L!', $packet, length $packet);
  for my $told (0 .. MAX_AT_ONCE) {
    my $message = pack('P L x!8 P L! P L! i x!8', $to, length $to, $vector, 1, $control, length $control, 0);
    my $length = syscall($RECVMSG, fileno($socket->{handle}), $message, MSG_ERRQUEUE | MSG_DONTWAIT);
    return $told if $length < 0;
    # A header, what was wrong, and who said so.
    my ($level, $kind, $origin, $type, $code) = unpack('x[L!] i i x4 C C C', $control);
    next if $length < 8 || $level != $family->{receive_errors}[0] || $kind != $family->{receive_errors}[1];
    next if $origin <= LOCAL_ERROR || !$family->{errors}{$type};
    my $series = $by_sequence[unpack('x6 n', $packet)];
    next if !$series || $family->{from}->($to) ne $series->[ADDRESS];
    note_error($series, $type, $code, $family->{from}->(substr($control, length(pack('L! i i', 0, 0, 0)) + 16, 28)));
  }
  return MAX_AT_ONCE;
}

# ---- time ----

sub is_stale {
  my ($entry) = @_;
  my (undef, $series, $attempts) = @$entry;
  return $series->[ATTEMPTS] != $attempts || !exists $series{$series->[ID]};
}

# How long until something is due; undefined: nothing is.
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
