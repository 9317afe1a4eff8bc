package OmdWarm;

# Takes requests, forks a child for each, and tells how it ends. Part of OmdWarm.pm.

BEGIN { ( $^H, ${^WARNING_BITS} ) = ( $^H | 0x6e2, '' ) }

# Linux' numbers; POSIX would have to be loaded.
my $INTERRUPTED = 4;     # EINTR
my $AGAIN       = 11;    # EAGAIN
my $NO_HANG     = 1;     # WNOHANG

# A template survives these signals: a plugin may send them to its parent.
my @SURVIVED = qw(HUP INT TERM);

# If a signal comes just before select, perl calls the handler only after select. So select waits for so many
# seconds at first, then longer and longer.
my ( $SHORT, $LONG ) = ( 0.02, 0.5 );

my ( %id_of, $has_news, %handler_of );
our ( $requests, $status, $is_seeded );

sub catch_signals {
    for my $name (@SURVIVED) { $handler_of{$name} = $SIG{$name}; $SIG{$name} = sub { } }
    $handler_of{CHLD} = $SIG{CHLD};
    $SIG{CHLD} = sub { $has_news = 1 };
}

# To be called in the child.
sub give_signals_back { $SIG{$_} = $handler_of{$_} for keys %handler_of }

# Returns in a child, with its request. In the template it returns undef after the last request.
sub next_request {
    my ( $text, $wait ) = ( '', $SHORT );
    for ( ; ; ) {
        if ($has_news) { reap($NO_HANG); $wait = $SHORT }
        if ( %id_of && !can_read( $requests, $has_news ? 0 : $wait ) ) {
            $wait *= 2 if $wait < $LONG;
            next;
        }
        my $count = sysread $requests, $text, 65536, length $text;
        last if defined $count ? $count == 0 : $! != $INTERRUPTED;
        $wait = $SHORT;
        while ( ( my $end = index $text, "\n" ) >= 0 ) {
            my $request = substr $text, 0, $end + 1, '';
            chop $request;
            return $request if is_child_for($request);
        }
    }
    reap(0);
    return undef;
}

sub is_child_for {
    my $id = substr $_[0], 0, index $_[0], "\t";
    my $seed = $is_seeded ? rand 0xffffffff : undef;
    if ( is_changed() ) { report("$id -"); return 0 }
    my $pid = fork;
    if ( !defined $pid ) { report("$id !") }
    elsif ($pid) {
        setpgrp $pid, $pid;    # the child does the same, so that it is done as early as can be
        $id_of{$pid} = $id;
        report("$id +$pid");
    }
    else {
        srand $seed if $is_seeded;
        return 1;
    }
    return 0;
}

sub reap {
    my ($flags) = @_;
    $has_news = 0;
    while ( ( my $pid = waitpid -1, $flags ) > 0 ) {
        my $id = delete $id_of{$pid};
        report( "$id " . ( $? & 127 ? 128 + ( $? & 127 ) : $? >> 8 ) ) if defined $id;
    }
}

sub report {
    my $line = "$_[0]\n";
    until ( defined syswrite $status, $line ) {
        last if $! != $AGAIN;
        select undef, undef, undef, $SHORT;
    }
}

1;
