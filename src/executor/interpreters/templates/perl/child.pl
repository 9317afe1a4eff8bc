package OmdWarm;

# Gives the child what belongs to its check, and what the plugin had when it was compiled. Part of OmdWarm.pm.

BEGIN { ( $^H, ${^WARNING_BITS} ) = ( $^H | 0x6e2, '' ) }

# Linux' numbers; Fcntl would have to be loaded.
my $SET_FLAGS = 4;           # F_SETFL
my $TO_WRITE  = 1 | 2048;    # O_WRONLY | O_NONBLOCK: if no process reads the pipe, to open it is an error

my %CHARACTER = ( t => "\t", n => "\n", r => "\r" );

my ( $errno, $alarm );
our ( $requests, $status, @data, $warnings, %layers_of );

# To be called in the template, first of all: a child does not inherit an alarm.
sub keep_errno_and_alarm { ( $errno, $alarm ) = ( $! + 0, alarm 0 ) }

sub become_plugin {
    setpgrp 0, 0;
    close $requests;
    close $status;
    my ( undef, $out, $err, $additions, @words ) = split /\t/, $_[0], -1;
    direct( \*STDERR, $err, $layers_of{stderr}, $warnings );
    direct( \*STDOUT, $out, $layers_of{stdout}, '' );
    if ( $_[0] =~ /\\/ ) { unescape($_) for @words }
    for my $addition ( splice @words, 0, $additions ) {
        my ( $name, $value ) = split /=/, $addition, 2;
        $ENV{$name} = $value;
    }
    if ( ${^UNICODE} & 32 ) { utf8::decode($_) for @words }
    @ARGV = @words;
    reopen($_) for @data;
    give_signals_back();
    alarm $alarm if $alarm;
    ( $^T, $?, $! ) = ( time, 0, $errno );
}

sub direct {
    my ( $handle, $path, $layers, $text ) = @_;
    sysopen( $handle, untaint($path), $TO_WRITE ) && fcntl( $handle, $SET_FLAGS, 0 ) or kill KILL => $$;
    binmode $handle;
    syswrite $handle, $text if length $text;
    binmode $handle, $layers if length $layers;
}

sub unescape { $_[0] =~ s/\\(.)/exists $CHARACTER{$1} ? $CHARACTER{$1} : $1/ge }

sub reopen {
    my ($data) = @_;
    open my $handle, "<$data->{layers}", "/proc/self/fd/$data->{descriptor}" or return;
    seek $handle, $data->{position}, 0;
    *{ $data->{glob} } = *{$handle}{IO};
}

1;
