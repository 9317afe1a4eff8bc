package OmdWarm;

# Loads the modules that the operator or the plugin's author has named. Part of OmdWarm.pm.

BEGIN { ( $^H, ${^WARNING_BITS} ) = ( $^H | 0x6e2, '' ) }

my $LONGEST_REASON = 300;    # a line must fit into the status pipe at once

# Returns the reason why one can't be loaded, or undef. A module is loaded as by `require` in the plugin.
sub load_ahead {
    for my $module (@_) {
        my $path = "$module.pm";
        $path =~ s{::}{/}g;
        my $reason = complaint_about($path);
        return "$module cannot be loaded ahead: $reason" if defined $reason;
    }
    return undef;
}

sub complaint_about {
    my ($path) = @_;
    local $@;
    return undef if eval { require $path; 1 };
    my ($line) = "$@" =~ /\A([^\n]*)/;
    return substr $line, 0, $LONGEST_REASON;
}

1;
