package OmdWarm;

# What is in pipes, and where handles and descriptors lead. Part of OmdWarm.pm.

BEGIN { ( $^H, ${^WARNING_BITS} ) = ( $^H | 0x6e2, '' ) }

sub untaint { return $_[0] =~ /\A(.*)\z/s ? $1 : undef }

sub flush_handle {
    my $selected = select $_[0];
    my $was = $|;
    $| = 1;
    $| = $was;
    select $selected;
}

# Returns what is in a pipe now.
sub take {
    my ( $pipe, $text ) = ( @_, '' );
    while ( can_read( $pipe, 0 ) ) { sysread( $pipe, $text, 65536, length $text ) or last }
    return $text;
}

sub can_read {
    my ( $handle, $seconds ) = @_;
    my $set = '';
    vec( $set, fileno $handle, 1 ) = 1;
    return select( $set, undef, undef, $seconds ) > 0;
}

sub leads_to {
    my ( $handle, $pipe ) = @_;
    return join( ' ', ( stat $handle )[ 0, 1 ] ) eq join( ' ', ( stat $pipe )[ 0, 1 ] );
}

# Returns the layers that were put upon those with which a handle starts: by `use open`, -C or binmode.
sub layers {
    return join '', map { ":$_" } grep { $_ ne 'unix' && $_ ne 'perlio' } PerlIO::get_layers( $_[0] );
}

# Leaves out the descriptor with which the directory was read.
sub open_descriptors { return grep { -e "/proc/self/fd/$_" } entries('/proc/self/fd') }

sub entries {
    opendir my $directory, $_[0] or return ();
    return grep { !/\A\./ } readdir $directory;
}

sub content_of {
    my ( $path, $text ) = ( @_, '' );
    sysopen my $file, untaint($path), 0 or return $text;
    binmode $file;
    while ( sysread $file, $text, 1 << 20, length $text ) { }
    return $text;
}

1;
